"""Staff write down what somebody without a phone says: what it is, where they live, then what anybody is asked."""

from __future__ import annotations

from conversations.complaint import report_complaint
from conversations.idea import hand_in_idea
from conversations.office_said import Spoken
from conversations.questions import ChoiceOfNames, Option
from conversations.talk import Talk
from conversations.two_questions import two_questions
from conversations.words import _, s_

TOLD = {"questions": two_questions, "report": report_complaint, "idea": hand_in_idea}


async def spoken(talk: Talk) -> Spoken:
    """Ask staff on somebody's behalf; the questions themselves can be read aloud as they stand."""
    kind = await talk.choose(
        "kind",
        s_("What does somebody want to say? I ask, you read it aloud and type the answer."),
        [
            Option("report", s_("Something is broken")),
            Option("idea", s_("An idea")),
            Option("questions", s_("The two questions")),
        ],
    )
    home = await talk.ask(
        ChoiceOfNames(
            "home",
            _("Which neighbourhood do you live in?"),
            [*talk.area.neighbourhoods, Option("elsewhere", _("Somewhere else"))],
            columns=2,
            skippable=True,
        )
    )
    return Spoken(None if home in ("", "elsewhere") else home, await TOLD[kind](talk))
