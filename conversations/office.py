"""What staff say on a complaint or an idea, when they tap a button on its card. Opened with its number given."""

from __future__ import annotations

from conversations.office_said import CannotBe, IdeaAnswered, NotOurs, PassedOn, Planned, SameAs, Solved, ToldReporters
from conversations.questions import Line, Option
from conversations.standard import ANSWERS, OTHER, REASONS
from conversations.talk import Talk
from conversations.words import Text, s_

NAMED = 200
"""So many characters of whom it is passed on to, or where it belongs: that stands in a sentence."""
WORDS = 3000
"""So many characters of the office's own words fit one message, whatever else stands in it. Typed: they are read."""


async def pass_on(talk: Talk) -> PassedOn:
    """Who sees to it now."""
    number = talk.given("complaint")
    whom = await talk.tell(
        "whom",
        s_("M{number}: who sees to it now? Who reported it reads this, so name no person.", number=str(number)),
        up_to=NAMED,
    )
    return PassedOn(number, whom.text)


async def not_ours(talk: Talk) -> NotOurs:
    """Where somebody can go with it."""
    number = talk.given("complaint")
    where = await talk.tell(
        "where",
        s_("M{number}: where can they go with it? With a number or a link, if you know it.", number=str(number)),
        up_to=NAMED,
    )
    return NotOurs(number, where.text)


async def same(talk: Talk) -> SameAs:
    """With which other one it goes on."""
    number = talk.given("complaint")
    other = await talk.tell(
        "other",
        s_("M{number}: which other one is the same? Type its code, like {example}.", number=str(number), example="M9"),
        up_to=24,
    )
    return SameAs(number, other.text)


async def plan(talk: Talk) -> Planned:
    """A day that is promised to the reporter, with words."""
    number = talk.given("complaint")
    day = await talk.day("day", s_("M{number}: which day do you promise?", number=str(number)))
    words = await talk.tell("words", s_("What should people know about it?"), skippable=True, up_to=WORDS)
    return Planned(number, day, words.text)


async def solve(talk: Talk) -> Solved:
    """What was done, with photos of the result; shown once more before the reporter gets it."""
    number = talk.given("complaint")
    words = await talk.tell(
        "words", s_("M{number}: what was done? Who reported it reads this.", number=str(number)), up_to=WORDS
    )
    photos = await talk.photos("photos", s_("Send a photo of the result."), skippable=True)
    await talk.confirm(
        s_("Shall I send this?"),
        [
            Line("words", s_("Done"), words.text, s_("Change the words")),
            Line("photos", s_("Photos"), str(len(photos)), s_("Change the photos")),
        ],
        s_("Send it"),
    )
    return Solved(number, words.text, photos)


async def cannot(talk: Talk) -> CannotBe:
    """Why it can't be done: a reason that everybody reads in their own language, and the office's own words."""
    number = talk.given("complaint")
    reason = await talk.choose(
        "reason",
        s_("M{number}: why can't it be done?", number=str(number)),
        standard_options(REASONS, s_("Another reason")),
    )
    words = await talk.tell(
        "words",
        s_("Explain it in your own words. Who reported it reads them as you type them."),
        up_to=WORDS,
        skippable=reason != OTHER,
    )
    return CannotBe(number, words.text, reason)


async def tell(talk: Talk) -> ToldReporters:
    """Something for who reported it, while its state stays as it is."""
    number = talk.given("complaint")
    answer = await talk.choose(
        "answer",
        s_("M{number}: what do you want to say?", number=str(number)),
        standard_options(ANSWERS, s_("Something else")),
    )
    words = await talk.tell(
        "words", s_("What else? Who reported it reads it as you type it."), up_to=WORDS, skippable=answer != OTHER
    )
    return ToldReporters(number, words.text, answer)


def standard_options(kind: dict[str, tuple[Text, Text]], other: Text) -> list[Option]:
    """A button for each, and one for what is none of them."""
    return [*(Option(key, label) for key, (label, _said) in kind.items()), Option(OTHER, other)]


async def answer_idea(talk: Talk) -> IdeaAnswered:
    """An answer to an idea."""
    number = talk.given("idea")
    words = await talk.tell(
        "words", s_("I{number}: what is your answer? Its owner reads it.", number=str(number)), up_to=WORDS
    )
    return IdeaAnswered(number, "answer", words.text)
