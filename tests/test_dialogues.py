"""Golden dialogues: every message that each person gets, to the letter, as `tests/dialogues/` has it.

When words were changed on purpose: `python -m tests.dialogue --update`, and read the diff as a resident would.
"""

from pathlib import Path

import pytest

from tests.dialogue import (
    FOLDER,
    LANGUAGES,
    NotUnderstood,
    as_it_went,
    as_this_goes,
    difference,
    files,
    find_step,
    name_of,
    read,
)

ON_POSTGRESQL = ("follow-up-no", "welcome-in-between", "office")
RESTARTING = ("the bot restarts before every turn", "de bot herstart voor elke beurt")
FIVE_INPUTS = "blue-photo"


@pytest.mark.parametrize("path", files(), ids=name_of)
async def test_dialogue(path: Path, tmp_path: Path, sqlite_url: str) -> None:
    went = await as_it_went(path, tmp_path, sqlite_url)
    if differs := difference(path.read_text("utf-8"), went):  # noqa: ASYNC240 - a small file
        pytest.fail(f"the bot said something else:\n{differs}", pytrace=False)


@pytest.mark.parametrize("path", [path for path in files() if path.stem in ON_POSTGRESQL], ids=name_of)
async def test_dialogue_on_postgresql(path: Path, tmp_path: Path, postgres_url: str) -> None:
    went = await as_it_went(path, tmp_path, postgres_url)
    if differs := difference(path.read_text("utf-8"), went):  # noqa: ASYNC240 - a small file
        pytest.fail(f"the bot said something else:\n{differs}", pytrace=False)


def test_every_dialogue_is_there_in_each_language() -> None:
    names = {language: {path.stem for path in (FOLDER / language).glob("*.txt")} for language in LANGUAGES}
    assert len(names["nl"]) >= 30
    assert names["nl"] == names["en"]


def test_several_dialogues_restart_the_bot_before_every_turn() -> None:
    assert len([path for path in files() if set(read(path.read_text("utf-8"))) & set(RESTARTING)]) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_known_resident_reports_a_photo_in_five_inputs_at_most(language: str) -> None:
    text = (FOLDER / language / f"{FIVE_INPUTS}.txt").read_text("utf-8")
    inputs = [line for line in read(text) if line.startswith("Anna ") and not line.startswith("Anna is ")]
    assert 0 < len(inputs) <= 5
    assert "M1" in text.rstrip().rsplit("\n", 1)[-1]


HELLO = "# Tried\n\nAnna is a resident of Heksenberg\n\nAnna says: /cancel\n"


async def test_changed_and_added_words_are_noticed(tmp_path: Path, sqlite_url: str) -> None:
    went = await as_this_goes(HELLO, "en", tmp_path, sqlite_url)
    assert went.startswith(HELLO)
    assert "+  There is nothing to stop." in difference(HELLO, went)
    assert difference(went, went) == ""
    assert "-  There is nothing to halt." in difference(went.replace("to stop", "to halt"), went)


async def test_a_button_that_is_not_there_cannot_be_tapped(tmp_path: Path, sqlite_url: str) -> None:
    with pytest.raises(AssertionError, match="No such button"):
        await as_this_goes("Anna is a resident of Heksenberg\nAnna taps: No such button\n", "en", tmp_path, sqlite_url)


def test_a_line_that_is_no_step_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="dances"):
        find_step("Anna dances")
