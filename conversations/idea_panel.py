"""What the panel, its chair and the office say on an idea, by a button of its card. Opened with its number."""

from __future__ import annotations

from conversations.idea_said import MeetingAdvised
from conversations.office import NAMED, WORDS, standard_options
from conversations.office_said import IdeaAnswered
from conversations.questions import LATER, Option
from conversations.standard import IDEA_REASONS, OTHER
from conversations.talk import Talk
from conversations.words import Words, s_

ADVISED: dict[str, Words] = {
    "award": s_("The panel advised a yes."),
    "not_now": s_("The panel advised a no."),
}
CAN_AT_MOST = 500
THEY_READ_IT = s_("Neighbours who gave their say read it too.")


async def award_idea(talk: Talk) -> IdeaAnswered:
    """Yes to an idea, with an amount where it wants money. `differs`: it is not what the panel advised."""
    number = talk.given("idea")
    cents = 0
    if talk.brought("money") is not False:
        prompt = s_("I{number}: how many euros?", number=str(number))
        cents = await talk.amount("cents", prompt, skippable=talk.brought("money") is None)
    own = _and_neighbours(talk, s_("What should its owner know about it?"))
    words = await talk.tell("words", _why_differs(talk, own), up_to=WORDS)
    return IdeaAnswered(number, "award", words.text, cents or None)


async def not_now_idea(talk: Talk) -> IdeaAnswered:
    """Not now: why, what can be done, and from when on it can be asked again."""
    return await _no(talk, "not_now", s_("I{number}: why not now?", number=str(talk.given("idea"))))


async def cannot_idea(talk: Talk) -> IdeaAnswered:
    """It can't be done: why, what can be done, and from when on another plan can be handed in."""
    return await _no(talk, "cannot", s_("I{number}: why can't it be done?", number=str(talk.given("idea"))))


async def _no(talk: Talk, what: str, prompt: Words) -> IdeaAnswered:
    reason = await talk.choose("reason", prompt, standard_options(IDEA_REASONS, s_("Another reason")))
    own = _and_neighbours(talk, s_("Explain it in your own words. Its owner reads them as you type them."))
    must_explain = reason == OTHER or talk.brought("differs") is True
    words = await talk.tell("words", _why_differs(talk, own), up_to=WORDS, skippable=not must_explain)
    can = await talk.tell("can", s_("And what can be done? Its owner reads it as you type it."), up_to=CAN_AT_MOST)
    day = await talk.day("day", s_("From which day can they ask again?"), offered=LATER)
    return IdeaAnswered(talk.given("idea"), what, words.text, None, reason, can.text, day)


def _and_neighbours(talk: Talk, prompt: Words) -> list[Words]:
    """With whoever reads these words besides: neighbours, where they said what they think of it."""
    return [THEY_READ_IT, prompt] if talk.brought("neighbours") is True else [prompt]


def _why_differs(talk: Talk, prompt: list[Words]) -> list[Words]:
    """With what the panel advised, where this is something else: then the panel reads these words too."""
    advice = talk.brought("advice")
    if talk.brought("differs") is not True or advice not in ADVISED:
        return prompt
    return [ADVISED[advice], s_("Explain why you decide otherwise. The panel and the owner read it."), *prompt]


async def more_idea(talk: Talk) -> IdeaAnswered:
    """One question to the owner; until they answer, the clock stands still."""
    number = talk.given("idea")
    words = await talk.tell(
        "words", s_("I{number}: what do you want to ask? One question at a time.", number=str(number)), up_to=WORDS
    )
    return IdeaAnswered(number, "more", words.text)


async def refer_idea(talk: Talk) -> IdeaAnswered:
    """Who else it belongs with."""
    number = talk.given("idea")
    where = await talk.tell(
        "where",
        s_("I{number}: where can they go with it? With a number or a link, if you know it.", number=str(number)),
        up_to=NAMED,
    )
    return IdeaAnswered(number, "refer", where.text)


async def meeting_idea(talk: Talk) -> MeetingAdvised:
    """What the panel's meeting advises, where a coordinator decides."""
    number = talk.given("idea")
    advice = await talk.choose(
        "advice",
        s_("I{number}: what did the meeting say?", number=str(number)),
        [Option("award", s_("Yes")), Option("not_now", s_("No"))],
    )
    words = await talk.tell("words", s_("Why? The coordinators read it."), up_to=WORDS, skippable=True)
    return MeetingAdvised(number, advice, words.text)
