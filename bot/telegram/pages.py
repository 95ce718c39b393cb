"""A page of a list, with codes to tap and a button that shows more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.neighbourhood.narrowing import FROM_THE_START
from bot.neighbourhood.work import Work
from bot.outbox.letters import Button, letters
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, s_, sn_

IN_A_ROW = 4
BUTTON_BYTES = 64
AT_MOST_MEANT = 4


def say_meant(talk: Dialogues, list_name: str, meant: Sequence[tuple[str, str]], first: Sequence[Words] = ()) -> bool:
    """After `first`: names that may be meant, each a button that shows the list (of that name) anew; False for none."""
    buttons = [(name, f"{list_name}.{FROM_THE_START}.{words}") for name, words in meant[:AT_MOST_MEANT]]
    rows = [[Button(name, does)] for name, does in buttons if len(does.encode()) <= BUTTON_BYTES]
    if meant:
        names = ", ".join(name for name, _words in meant[:AT_MOST_MEANT])
        texts = [*first, s_("Did you mean: {names}?", names=names)]
        talk.send(letters([talk.work.render(each, talk.person.chat.language) for each in texts], rows))
    return bool(meant)


def age(work: Work, at: datetime) -> Words:
    """For how long something has been there, in whole days."""
    days = (work.today - at.astimezone(work.area.time_zone).date()).days
    return sn_("{count} day", "{count} days", days) if days else s_("today")


def send_page(talk: Dialogues, lines: list[Words], more: str | None, codes: list[str] | None = None) -> None:
    """Say the lines; `more`: what the button that shows more sends back; `codes`: a button for each of these."""
    language = talk.person.chat.language
    buttons = [Button(code, f"{code}.card") for code in codes or []]
    rows = [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]
    if more is not None:
        rows.append([Button(talk.work.render(s_("Show more"), language), more)])
    talk.send(letters([talk.work.render(line, language) for line in lines], rows))
