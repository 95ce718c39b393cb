"""Conversations as the database held them when they were released, played through today's flows.

The files in `tests/saved/` are never edited and never removed, only added to: each is what somebody was in the middle
of when a newer version was installed. `flow` is the name under which it was stored, `said` the stored document. When a
test here fails, the flow is to be changed so that it still takes what was said, not the file.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.main import area_of
from bot.settings import load_settings
from conversations import FLOWS
from conversations.questions import Option
from conversations.talk import Asks, Ends, Place, Wants, from_json, play, to_json
from conversations.words import Local

FILES = sorted((Path(__file__).parent / "saved").glob("*.json"))


def area_words() -> Place:
    """What flows know of the area that is shipped."""
    area = area_of(load_settings(bot_token="1:a"))
    return Place(
        Local(area.organisation),
        [Option(topic.key, Local(topic.label)) for topic in area.topics],
        [Option(each.code, each.name) for each in area.neighbourhoods],
        languages=[Option(each, each) for each in area.languages],
    )


def saved(path: Path) -> tuple[str, dict[str, Any]]:
    """The flow's name and the stored document."""
    content = json.loads(path.read_text("utf-8"))
    return content["flow"], content["said"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_saved_conversation_goes_on_where_it_was(path: Path) -> None:
    flow, said = saved(path)
    stands_at = play(FLOWS[flow], from_json(said), area_words())
    assert isinstance(stands_at, Asks | Wants | Ends)
    if isinstance(stands_at, Asks):  # what was answered before is not asked again
        assert stands_at.question.name not in said["answers"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_answer_is_lost_when_it_is_stored_anew(path: Path) -> None:
    _flow, said = saved(path)
    again = to_json(from_json(said))
    assert {key: again[key] for key in said} == said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_answer_of_another_shape_is_asked_again(path: Path) -> None:
    """So a conversation that an older version stored otherwise is never a failure."""
    flow, said = saved(path)
    given = {"complaint", "idea"}
    broken = {name: answer if name in given else [[1]] for name, answer in said["answers"].items()}
    stands_at = play(FLOWS[flow], from_json({**said, "answers": broken}), area_words())
    assert isinstance(stands_at, Asks | Wants)


def test_each_conversation_is_among_the_saved_ones() -> None:
    assert {saved(path)[0] for path in FILES} == set(FLOWS)
