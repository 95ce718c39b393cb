"""Staff write down what a voice message says, so that it can be read and found."""

from __future__ import annotations

from conversations.office_said import Heard
from conversations.talk import Talk
from conversations.words import s_

LINE = 1000


async def write_down(talk: Talk) -> Heard:
    """Ask for the words of the voice message with `code` (M12, I3, A7)."""
    code = talk.given("code")
    asked = s_("{code}: what does the voice message say? One line is enough.", code=code)
    words = await talk.tell("words", asked, up_to=LINE)
    return Heard(code, words.text)
