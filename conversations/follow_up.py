"""Days after "solved": is it really solved? Opened by the bot, with `complaint` given."""

from __future__ import annotations

from conversations.looked_up import ComplaintNow, ComplaintSeen
from conversations.questions import Option, Told
from conversations.results import FollowUpAnswer
from conversations.talk import Talk
from conversations.words import Words, _, s_

LONGEST_PLACE = 200
"""Under a photo; the whole place stands in the question."""


async def follow_up(talk: Talk) -> FollowUpAnswer:
    """Ask the reporter, showing what it was about and what was done.

    With `for_another` it is staff who are asked, to ask somebody without a phone.
    """
    number = talk.given("complaint")
    seen: ComplaintSeen = await talk.look_up("seen", ComplaintNow(number, talk.brought("reporter")))
    for_another = talk.brought("for_another") is True
    verdict = await talk.choose(
        "verdict",
        [
            s_("Somebody without a phone told you: {words}", words=seen.words)
            if for_another
            else _("You told us: {words}", words=seen.words or _("what you sent us")),
            _("Where: {place}", place=seen.place or _("the spot that you shared")),
            _("What was done: {result}", result=seen.result),
            *([s_("Can you go by, or call? Then tap what they say.")] if for_another else []),
            _("Is it really solved? ({code})", code=seen.code),
        ],
        [
            Option("yes", _("Yes, it's solved"), (_("Yes"),)),
            Option("no", _("No, not yet"), (_("No"),)),
            Option("unknown", _("I don't know")),
        ],
        pictures=seen.photos,
        captions=_captions(seen),
        may_be_stopped=False,
    )
    if verdict != "no":
        return FollowUpAnswer(number, verdict, Told(), talk.brought("again") is True)
    wrong = await talk.tell("wrong", [_("What a pity."), _("What is still wrong?")], skippable=True)
    return FollowUpAnswer(number, "no", wrong)


def _captions(seen: ComplaintSeen) -> dict[int, Words]:
    """Which photo is the first of how it was, and which of how it is now; where that is, under the first."""
    if seen.before is None:
        return {}
    words: dict[int, Words] = {}
    if seen.before > 0:
        words[0] = _("Before: {place}", place=seen.place[:LONGEST_PLACE]) if seen.place else _("Before")
    if seen.before < len(seen.photos):
        words[seen.before] = _("After")
    return words
