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
    "a spot that moves": lambda anna: (
        "edited_message",
        message(anna, edit_date=1_800_000_009, location={"latitude": 50.9, "longitude": 5.9, "live_period": 900}),
    ),
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


# What is said in several ways, one after another


@pytest.mark.parametrize("spoken_first", [True, False])
async def test_what_is_spoken_and_what_is_typed_is_one_report(town: Town, spoken_first: bool) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    ways: list[Callable[[], object]] = [anna.voice, lambda: anna.say("It is about a loose tile")]
    first, second = ways if spoken_first else reversed(ways)
    first()
    await anna.sees("What is it about?")
    second()
    await anna.sees("I keep that too.")
    anna.tap("Yes: Broken pavement or road")
    await anna.sees("Where is it?")
    anna.voice(caption="My mother fell there")
    await anna.sees("I can keep one voice message here. Please type the rest.")
    anna.say("Schoolstraat 3")
    await anna.sees("Do you have a photo?")
    anna.tap("Skip")
    await anna.sees("What: It is about a loose tile\nMy mother fell there (and your voice message)")
    anna.tap("Send")
    await anna.sees("Your report is M1")
    await sanne.sees("New: M1")
    sanne.say("M1")
    await sanne.sees("It is about a loose tile\nMy mother fell there")
    assert "voice" in [each.kind for each in sanne.messages]


async def test_what_stands_under_a_voice_message_is_kept(town: Town) -> None:
    anna = await town.known("Anna", "en")
    anna.voice(caption="A loose tile near the church")
    await anna.sees("What is it about?")
    anna.tap("Yes: Broken pavement or road")
    await anna.sees("Where is it?")
    anna.say("Schoolstraat 3")
    await anna.sees("Do you have a photo?")
    anna.tap("Skip")
    await anna.sees("What: A loose tile near the church (and your voice message)")


async def test_what_a_newcomer_speaks_and_types_before_the_yes_is_one_thing(town: Town) -> None:
    noor = town.resident("Noor", "en")
    noor.voice(caption="A loose tile")
    await noor.sees("First this:")
    noor.say("near the church")
    await noor.sees("First this:")
    noor.tap("Yes, that's fine")
    await noor.sees("Which neighbourhood")
    noor.tap("Heksenberg")
    await noor.sees("What is it about?")
    noor.tap("Yes: Broken pavement or road")
    await noor.sees("Where is it?")
    noor.say("Schoolstraat 3")
    await noor.sees("Do you have a photo?")
    noor.tap("Skip")
    await noor.sees("What: A loose tile\nnear the church (and your voice message)")


# A photo alone


async def test_a_photo_of_what_somebody_is_proud_of_needs_no_words(town: Town) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    anna.photo()
    await anna.sees("What is it about?")
    anna.tap("I'm proud of this")
    await anna.sees("What makes you proud?")
    anna.photo()
    await anna.sees("that makes 2 photos")
    anna.tap("Skip")
    await anna.sees("we like to hear it")
    sanne.say("/answers")
    await sanne.sees("(photo)")
    assert "A1 · proud" in sanne.last.text
    sanne.say("A1")
    await sanne.sees("no words: see the photo")


async def test_a_photo_of_an_idea_is_enough_and_only_that_is_asked_for(town: Town) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    anna.photo()
    await anna.sees("What is it about?")
    anna.tap("It's an idea")
    for asked in ("What is your idea", "Who is joining in?", "What would you like from us?"):
        await anna.sees(asked)
        anna.tap("Skip")
    await anna.sees("Your idea: your photo")
    assert "You'd like from us: not said yet" in anna.last.text
    anna.tap("Send")
    await anna.sees("Your idea is I1")
    await sanne.sees("(photo)")
    sanne.say("/ideas")
    await sanne.sees("(photo)")
    sanne.say("I1")
    await sanne.sees("I1 · handed in")
    assert "Wants from us" not in sanne.last.text


async def test_a_photo_for_a_person_is_passed_on_without_words(town: Town) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    anna.photo()
    await anna.sees("What is it about?")
    anna.tap("A question for a person")
    await anna.sees("What do you want to ask?")
    anna.tap("Skip")
    await anna.sees("I have passed it on.")
    await sanne.sees("To answer, reply to this message.")
    anna.voice(caption="this is what I mean")
    await sanne.sees("this is what I mean")
    assert sanne.last.kind == "voice"


@pytest.mark.parametrize(("typed", "answered"), [("No", "What is still wrong?"), ("ja", "M1")])
async def test_a_plain_yes_or_no_answers_whether_it_is_solved(town: Town, typed: str, answered: str) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    for words, asked in (("/report", "about?"), ("Something else", "going on?"), ("Broken", "Where is it?")):
        anna.say(words)
        await anna.sees(asked)
    anna.say("Schoolstraat 3")
    await anna.sees("Do you have a photo?")
    anna.tap("Skip")
    await anna.sees("Is this right?")
    anna.tap("Send")
    await anna.sees("Your report is M1")
    sanne.say("/solve M1 Mended")
    await anna.sees("Mended")
    town.passes(days=3, hours=1)
    await anna.sees("Is it really solved?")
    anna.say(typed)
    await anna.sees(answered)
