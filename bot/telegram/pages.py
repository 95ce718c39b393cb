"""A page of a list, with codes to tap and a button that shows more."""

from __future__ import annotations

from bot.outbox.letters import Button, letters
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, s_

IN_A_ROW = 4


def send_page(talk: Dialogues, lines: list[Words], more: str | None, codes: list[str] | None = None) -> None:
    """Say the lines; `more`: what the button that shows more sends back; `codes`: a button for each of these."""
    language = talk.person.chat.language
    buttons = [Button(code, f"{code}.card") for code in codes or []]
    rows = [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]
    if more is not None:
        rows.append([Button(talk.work.render(s_("Show more"), language), more)])
    talk.send(letters([talk.work.render(line, language) for line in lines], rows))
