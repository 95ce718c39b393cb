"""What nobody should send, and somebody will: always an answer that says what to do, never a failure, nothing lost.

What reads better as a talk is in `tests/dialogues/` (odd-things, odd-texts, buttons, wrong-kind, welcome-wrong, group).
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.simulator import Person
from bot.simulator.seen import seen
from bot.simulator.state import Query
from tests.town import Town
from tests.town import town as running_town

Act = Callable[[Person], object]


def set_aside(town: Town) -> int:
    """How many updates failed so that they were put away."""
    assert town.service is not None
    assert town.service.turns is not None
    return town.service.turns.set_aside


def in_a_town(play: Callable[[Town, Person], Awaitable[None]]) -> None:
    """Run this in a town of its own, with a known resident; nothing may be set aside."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with running_town(Path(folder), f"sqlite+aiosqlite:///{folder}/buurtpraat.db") as town:
                await play(town, await town.known("Anna", "en"))
                assert set_aside(town) == 0

    asyncio.run(run())


# Callback data, as a tampered client sends it

KEYS = ["paving", "rubbish", "proud", "yes", "no", "skip", "send", "change:topic", "+7", "nope", ""]
OF_CONVERSATIONS = st.builds(
    lambda number, turn, key: f"c{number}.{turn}.{key}",
    st.integers(0, 10**13),
    st.integers(0, 10**7),
    st.sampled_from(KEYS) | st.text(max_size=20),
)
CLOSE = st.builds(lambda turn, key: f"c2.{turn}.{key}", st.integers(0, 4), st.sampled_from(KEYS))
CODES = st.builds(
    lambda letter, number, what: f"{letter}{number}.{what}",
    st.sampled_from(["M", "A", "I", "E", "B", "p.", "l.", "do.", "R", "", "m", "Ⅿ"]),
    st.integers(-1, 10**12) | st.sampled_from(["", "²", "１", "٣", "9" * 40]),
    st.sampled_from(["card", "take", "plan", "solve", "cannot", "report", "", ".", "0"]) | st.text(max_size=12),
)


EDGES = [
    f"{letter}{number}.{what}"
    for letter in "MAIE"
    for number in ("3000000000", "9" * 40)
    for what in ("report", "card")
]


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@example(EDGES)
@given(st.lists(OF_CONVERSATIONS | CLOSE | CODES | st.text(max_size=30), min_size=30, max_size=30, unique=True))
def test_made_up_button_data_always_gets_an_answer(made_up: list[str]) -> None:
    async def play(town: Town, anna: Person) -> None:
        anna.say("A loose tile")
        await anna.hears()
        for data in made_up:
            anna.tap_data(data)
            await anna.hears()
        anna.say("M1")
        await anna.hears()

    in_a_town(play)


# Texts


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.text(min_size=1, max_size=300).filter(lambda text: not text.strip().startswith("/")),
        min_size=10,
        max_size=10,
    )
)
def test_any_text_gets_an_answer_wherever_it_is_said(texts: list[str]) -> None:
    async def play(town: Town, anna: Person) -> None:
        anna.say("/report")
        await anna.hears()
        for text in texts:
            anna.say(text)
            await anna.hears()
        anna.say("/cancel")
        await anna.hears()
        for text in texts:
            anna.say(text)
            await anna.hears()
            anna.say("/cancel")
            await anna.hears()

    in_a_town(play)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "\x00",
        "\x01\x02\x1b[31m",
        "\u202e\u2066abc",
        "e" + "\u0301" * 500,
        "𝒳" * 1000,
        "🏳️‍🌈" * 300,
        "\ufffe\uffff",
    ],
    ids=["nul", "nul-alone", "control", "bidi", "zalgo", "astral", "emoji", "noncharacters"],
)
async def test_strange_signs_reach_the_office_as_they_were_said(either_town: Town, text: str) -> None:
    anna, sanne = await either_town.known("Anna", "en"), await either_town.coordinator("en")
    for words in ("/report", "Something else", text):
        anna.say(words)
        await anna.hears()
    assert set_aside(either_town) == 0
    if anna.last.keyboard is None:  # there is nothing to see in it: asked again
        assert "Please type it" in anna.last.text
        return
    anna.say("Heulstraat")
    await anna.hears(2)
    anna.say("Skip")
    await anna.sees("Is this right?")
    anna.say("Send")
    await anna.sees("M1")
    await sanne.sees(text.replace("\x00", "").strip())
    assert set_aside(either_town) == 0


async def test_half_a_sign_is_no_failure(either_town: Town) -> None:
    """Half of a pair of UTF-16 units can be written in JSON, but in no database."""
    anna = await either_town.known("Anna", "en")
    assert either_town.service is not None
    assert either_town.service.turns is not None
    half = message(anna, text="half \ud83d of it")
    anna._act()
    await either_town.service.turns.take([{"update_id": 800_000_000, "message": half}])
    await anna.sees("What is it about?")
    assert set_aside(either_town) == 0


# Updates as Telegram may come to send them


def message(person: Person, **content: Any) -> dict[str, Any]:
    """A message as Telegram writes it."""
    chat = {"id": person.id, "type": "private", "first_name": person.name}
    sender = {"id": person.id, "is_bot": False, "first_name": person.name, "language_code": "en"}
    return {"message_id": 900_000, "date": 1_800_000_000, "chat": chat, "from": sender, **content}


def push(person: Person, kind: str, body: dict[str, Any]) -> None:
    """Put an update into the bot's queue, as it is."""
    if kind == "callback_query":
        person.world.state.remember_query(body["id"], Query(person.bot.id, person.id, time.monotonic()))
    person.world.push(person.bot, kind, body, person.id)


def query(person: Person, **content: Any) -> dict[str, Any]:
    """A tap as Telegram writes it."""
    return {"id": "77", "from": message(person)["from"], "chat_instance": "1", **content}


BOT = {"id": 5, "is_bot": True, "first_name": "Other bot"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Buurtapp"}
ASKS_NOTHING: dict[str, Callable[[Person], tuple[str, dict[str, Any]]]] = {
    "another bot": lambda anna: ("message", message(anna, text="hello") | {"from": BOT}),
    "nobody": lambda anna: ("message", {**message(anna, text="hello"), "from": None}),
    "a group": lambda anna: ("message", message(anna, text="/help") | {"chat": GROUP}),
    "an edit in a group": lambda anna: ("edited_message", message(anna, text="/help") | {"chat": GROUP}),
    "a tap in a group": lambda anna: (
        "callback_query",
        query(anna, data="do.mine", message=message(anna) | {"chat": GROUP}),
    ),
    "somebody joins": lambda anna: ("message", message(anna, new_chat_members=[BOT]) | {"chat": GROUP}),
    "a pinned message": lambda anna: ("message", message(anna, pinned_message=message(anna, text="x"))),
}
ASKS: dict[str, Callable[[Person], tuple[str, dict[str, Any]]]] = {
    "something new": lambda anna: ("message", message(anna, hologram={"file_id": "x", "depth": 3})),
    "nothing at all": lambda anna: ("message", message(anna)),
    "a photo of no size": lambda anna: ("message", message(anna, photo=[])),
    "a text of 200,000": lambda anna: ("message", message(anna, text="word " * 40_000)),
    "a tap without a message": lambda anna: ("callback_query", query(anna, data="do.mine")),
    "a tap on an old message": lambda anna: (
        "callback_query",
        query(anna, data="do.mine", message={"chat": message(anna)["chat"], "message_id": 3, "date": 0}),
    ),
    "a tap without data": lambda anna: ("callback_query", query(anna, game_short_name="chess", message=message(anna))),
    "an emptied text": lambda anna: ("message", message(anna, text="")),
    "a caption alone": lambda anna: (
        "message",
        message(anna, caption="/help", document={"file_id": "d", "file_unique_id": "d"}),
    ),
}


@pytest.mark.parametrize("kind", ASKS_NOTHING)
async def test_what_asks_nothing_gets_no_answer_and_does_no_harm(town: Town, kind: str) -> None:
    anna = await town.known("Anna", "en")
    push(anna, *ASKS_NOTHING[kind](anna))
    anna.say("/help")
    (answer,) = await anna.hears()
    assert "/questions" in answer.text
    await anna.quiet(0.1)
    assert set_aside(town) == 0


@pytest.mark.parametrize("kind", ASKS)
async def test_what_nobody_foresaw_gets_an_answer(town: Town, kind: str) -> None:
    anna = await town.known("Anna", "en")
    anna._act()
    push(anna, *ASKS[kind](anna))
    (answer, *_rest) = await anna.hears()
    assert answer.text
    assert set_aside(town) == 0


@pytest.mark.parametrize(
    "content",
    [
        {"text": 5},
        {"text": ["a"]},
        {"date": "yesterday", "text": "x"},
        {"photo": "x"},
        {"location": {"latitude": "north"}},
    ],
    ids=str,
)
async def test_what_is_no_update_is_put_aside_with_an_apology_and_holds_up_nobody(
    town: Town, content: dict[str, Any]
) -> None:
    anna, ben = await town.known("Anna", "en"), await town.known("Ben", "en")
    anna._act()
    push(anna, "message", message(anna) | content)
    ben.say("/help")
    await ben.sees("/questions")
    await anna.sees("something went wrong")
    assert set_aside(town) == 1
    anna.say("/help")
    await anna.sees("/questions")


@pytest.mark.parametrize(
    "act", [Person.sticker, Person.voice, Person.photo, Person.contact], ids=lambda act: act.__name__
)
async def test_a_flood_of_one_kind_is_answered_with_one_remark_and_loses_nothing(town: Town, act: Act) -> None:
    anna = await town.known("Anna", "en")
    anna.say("/report")
    await anna.hears()
    anna.say("Playground")
    await anna.hears()
    before = anna.dialog.said_count
    for _each in range(15):
        act(anna)
    anna.say("/help")
    await anna.sees("/questions")
    said = [seen(kept).text for kept in list(anna.dialog.said)[before:]]
    assert len(said) >= 2
    assert sum("That is a lot at once!" in text for text in said) <= 1
    assert set_aside(town) == 0
