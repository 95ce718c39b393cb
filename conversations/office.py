"""What staff say on a complaint, when they tap a button on its card. Opened with `complaint` given."""

from __future__ import annotations

from conversations.questions import Line
from conversations.results import CannotBe, Planned, Solved
from conversations.talk import Talk
from conversations.words import s_


async def plan(talk: Talk) -> Planned:
    """A day that is promised to the reporter, with words."""
    number = talk.given("complaint")
    day = await talk.day("day", s_("M{number}: which day do you promise?", number=str(number)))
    words = await talk.tell("words", s_("What should the reporter know about it?"), skippable=True)
    return Planned(number, day, words.text)


async def solve(talk: Talk) -> Solved:
    """What was done, with photos of the result; shown once more before the reporter gets it."""
    number = talk.given("complaint")
    words = await talk.tell("words", s_("M{number}: what was done? The reporter reads it.", number=str(number)))
    photos = await talk.photos("photos", s_("Send a photo of the result."), skippable=True)
    await talk.confirm(
        s_("Shall I tell the reporter?"),
        [
            Line("words", s_("Done"), words.text, s_("Change the words")),
            Line("photos", s_("Photos"), str(len(photos)), s_("Change the photos")),
        ],
        s_("Tell the reporter"),
    )
    return Solved(number, words.text, photos)


async def cannot(talk: Talk) -> CannotBe:
    """Why it can't be done."""
    number = talk.given("complaint")
    words = await talk.tell("words", s_("M{number}: why can't it be done? The reporter reads it.", number=str(number)))
    return CannotBe(number, words.text)
