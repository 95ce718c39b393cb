"""Reading a question aloud, for people who would rather listen: staff choose which, in which language, and speak."""

from __future__ import annotations

from conversations.office_said import Recorded
from conversations.questions import Option
from conversations.talk import Talk
from conversations.words import Text, s_

READ_ALOUD: dict[str, Text] = {
    "welcome:consent": s_("The first hello"),
    "welcome:neighbourhood": s_("Which neighbourhood"),
    "questions:proud": s_("What are you proud of"),
    "questions:better": s_("What must be better"),
    "report:topic": s_("Report: what about"),
    "report:words": s_("Report: what is going on"),
    "report:place": s_("Report: where is it"),
    "report:photos": s_("Report: a photo"),
    "report:confirm": s_("Report: is it right"),
    "idea:words": s_("Idea: what and where"),
    "idea:whom": s_("Idea: who is it for"),
    "idea:together": s_("Idea: who joins in"),
    "idea:wish": s_("Idea: what from us"),
    "idea:cents": s_("Idea: what it costs"),
    "idea:behind": s_("Idea: who is behind it"),
    "idea:neighbours": s_("Idea: what neighbours think"),
    "idea:confirm": s_("Idea: is it right"),
    "follow_up:verdict": s_("Is it really solved"),
    "follow_up:wrong": s_("What is still wrong"),
    "forget:sure": s_("Do you want to be forgotten"),
    "person:words": s_("Talk to a person"),
}
"""Questions that can be read aloud: flow:question → what staff tap."""


async def record(talk: Talk) -> Recorded:
    """A question, a language, a voice message."""
    question = await talk.choose(
        "question",
        s_("Which question do you read aloud?"),
        [Option(key, label) for key, label in READ_ALOUD.items()],
        columns=2,
    )
    language = await talk.choose("language", s_("In which language?"), talk.area.languages, columns=2)
    spoken = await talk.tell("spoken", s_("Record a voice message now. Read the question, and the choices too."))
    return Recorded(question, language, spoken.voice)
