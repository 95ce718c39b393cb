"""Asking a neighbourhood about an idea: what, with which say, where, until when; and why somebody is for or against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from conversations.questions import Line, Option
from conversations.talk import Talk
from conversations.words import Text, Words, _, s_, sn_

QUESTION = _("Shall we do this in your neighbourhood?")
"""What is asked where nobody wrote a question of their own."""
SAYS: dict[str, Text] = {
    "decide": _("You decide: what most neighbours want, happens."),
    "advise": _("You advise: we listen to you, and then it is decided."),
    "think": _("You think along: tell us what we must not forget."),
}
"""What the say of a neighbour is, on every copy of the question."""
SAY_NAMES: dict[str, Words] = {
    "decide": s_("They decide"),
    "advise": s_("They advise"),
    "think": s_("They think along"),
}
OPINIONS: dict[str, Text] = {"for": _("For"), "against": _("Against"), "unknown": _("I don't know")}
QUESTION_AT_MOST, WHY_AT_MOST = 200, 200
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class ConsultationBegun:
    """A neighbourhood is to be asked. `question`: empty for `QUESTION`; `places`: codes, none: the whole area.

    `closes`: the last day on which people can answer; None: as many days as the area file says.
    """

    idea: int
    say: str
    question: str = ""
    places: list[str] = field(default_factory=list)
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class OpinionExplained:
    """Why a neighbour is for or against an idea, in one sentence; empty where they skipped it."""

    idea: int
    why: str


async def consult(talk: Talk) -> ConsultationBegun:
    """Ask a neighbourhood about an idea. Opened with its number, `home` (its neighbourhood), `days`, `wordless`."""
    number = talk.given("idea")
    says = [Option(key, label) for key, label in SAY_NAMES.items()]
    say = await talk.choose("say", s_("I{number}: what is the neighbours' say in it?", number=str(number)), says)
    own = talk.brought("wordless") is True
    asks: list[Words] = [s_("What do you want to ask them?")]
    if not own:
        asks += [s_("Skip it, and this is asked:"), QUESTION]
    question = await talk.tell("question", asks, up_to=QUESTION_AT_MOST, skippable=not own)
    home = next((each for each in talk.area.neighbourhoods if each.key == talk.brought("home")), None)
    wheres = [
        *([Option("home", home.label)] if home else []),
        Option("all", s_("The whole area")),
        Option("some", s_("Choose neighbourhoods")),
    ]
    where = await talk.choose("where", s_("Whom do we ask?"), wheres)
    places = [home.key] if where == "home" and home else []
    if where == "some":
        places = await talk.several("places", s_("Which neighbourhoods?"), talk.area.neighbourhoods)
    days = talk.brought("days")
    usual = sn_("{count} day", "{count} days", days if isinstance(days, int) else USUAL_DAYS)
    until = await talk.choose(
        "until", s_("How long can they answer?"), [Option("usual", usual), Option("day", s_("Until a day I choose"))]
    )
    closes = await talk.day("closes", s_("Until which day?")) if until == "day" else None
    names = [str(each.label) for each in talk.area.neighbourhoods if each.key in places]
    await talk.confirm(
        s_("Shall we ask it? Neighbours read the idea, without a name."),
        [
            Line("say", s_("Their say"), SAY_NAMES.get(say, say), s_("Change their say")),
            Line("question", s_("The question"), question.text or QUESTION, s_("Change the question")),
            Line("where", s_("Asked"), ", ".join(names) or s_("The whole area"), s_("Change whom we ask"), ["places"]),
            Line("until", s_("Until"), closes.isoformat() if closes else usual, s_("Change until when"), ["closes"]),
        ],
    )
    return ConsultationBegun(number, say, question.text, places, closes)


async def why(talk: Talk) -> OpinionExplained:
    """Why somebody is for or against the idea `idea`; what they said (`opinion`) is kept already."""
    said = talk.given("opinion")
    label = OPINIONS.get(said) if isinstance(said, str) else None
    told = await talk.tell(
        "why",
        [
            *([_("Thank you! You said: {opinion}.", opinion=label)] if label else []),
            _("Why? One sentence is enough. Your name is not with it."),
        ],
        up_to=WHY_AT_MOST,
        skippable=True,
    )
    return OpinionExplained(talk.given("idea"), told.text)
