"""Drawing a conversation's question as a message with its keyboard; and reading its buttons back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.neighbourhood.work import Work
from bot.outbox.letters import Bold, Button, Letter, letters, pictures
from conversations.questions import BACK, CANCEL, SKIP, Choice, Confirmation, Option, Place, Several
from conversations.talk import Asks
from conversations.words import LANGUAGE_NAMES, Local, Words, _

SHARE_SPOT = _("Share the spot")
TO_A_PERSON = _("Talk to a person")
OR_A_PERSON = _("Rather talk to a person? {command}", command=Local({"en": "/person", "nl": "/mens"}))
"""Beside the keyboard for a spot no other button can stand."""
NO_KEYBOARD = {"remove_keyboard": True}
Cell = TypeVar("Cell")
_BUTTON = re.compile(r"c(\d{1,12})\.(\d{1,6})\.([a-zA-Z0-9_:+-]{1,32})")


def button_data(conversation: int, turn: int, option: str) -> str:
    """What a conversation's button sends back."""
    return f"c{conversation}.{turn}.{option}"


def read_button(data: str) -> tuple[int, int, str] | None:
    """Conversation, turn and option of a button; None where it is no conversation's."""
    found = _BUTTON.fullmatch(data)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def draw(
    work: Work,
    language: str,
    conversation: int,
    turn: int,
    asks: Asks,
    notes: Sequence[Words] = (),
    *,
    again: bool = False,
    stuck: bool = False,
) -> list[Letter]:
    """The open question as messages in that language, with `notes` said before it.

    `again`: it has just been shown, so a long prompt need not be said once more. `stuck`: what was sent was no answer,
    so a person is offered.
    """
    question = asks.question

    def say(words: Words) -> str:
        return work.render(words, language)

    def button(option: Option) -> Button:
        return Button(say(option.label), button_data(conversation, turn, option.key))

    prompt = [question.again] if again and question.again else question.paragraphs
    paragraphs = [say(words) for words in (*notes, *prompt)]
    if len(paragraphs) > 1:
        asking = [place for place, text in enumerate(paragraphs) if text.rstrip().endswith(("?", "؟"))]
        place = asking[-1] if asking else len(paragraphs) - 1
        paragraphs[place] = Bold(paragraphs[place])
    if isinstance(question, Confirmation):
        summary = [f"{say(line.label)}: {say(line.value)}" for line in question.lines]
        paragraphs.append("\n".join(summary))
    steer = _steer(asks)
    if isinstance(question, Place):
        paragraphs += [say(OR_A_PERSON)] if stuck else []
        ways = [say(option.label) for option in steer]
        return letters(paragraphs, keyboard=_spot_keyboard(say(SHARE_SPOT), ways))
    options = [button(option) for option in question.options()]
    if isinstance(question, Confirmation):  # the one button that matters alone, what can be changed below it
        rows = [options[:1], *_rows(options[1:], 2)]
    else:
        columns, alone = (question.columns, question.alone) if isinstance(question, Choice | Several) else (1, 0)
        rows = [*_rows(options[:alone], 1), *_rows(options[alone:], columns)]
    rows += _rows([Button(say(aside.label), f"do.{aside.key}") for aside in question.asides], 2)
    rows += [[Button(say(TO_A_PERSON), "do.person")]] if stuck else []
    if question.languages:
        others = [each for each in work.catalogues.languages if each != language]
        rows += _rows([Button(LANGUAGE_NAMES.get(each, each), f"l.{each}") for each in others], 3)
    rows += [[button(option) for option in steer]] if steer else []
    captions = {place: say(words) for place, words in question.captions.items()}
    return [*pictures(question.pictures, captions), *letters(paragraphs, rows)]


def _rows(cells: Sequence[Cell], columns: int) -> list[Sequence[Cell]]:
    return [cells[start : start + columns] for start in range(0, len(cells), columns)]


def _steer(asks: Asks) -> list[Option]:
    """Skip, back and stop, as far as they make sense here."""
    question = asks.question
    steer = [SKIP] if question.skippable else []
    if len(asks.trail) > 1:
        steer.append(BACK)
    if question.may_be_stopped:
        steer.append(CANCEL)
    return steer


def _spot_keyboard(share: str, ways: Sequence[str]) -> dict[str, Any]:
    rows: list[list[dict[str, Any]]] = [[{"text": share, "request_location": True}]]
    if ways:
        rows.append([{"text": way} for way in ways])
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
