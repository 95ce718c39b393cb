"""What somebody without a phone says, written down by staff; and what a voice message says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import select

from bot.simulator import Person
from bot.store.tables import Answer, Complaint, History, Idea, Reporter, Resident
from tests.test_barbecue import all_of
from tests.test_poster import downloaded
from tests.town import Town

COMPLAINT = ["Something is broken", "Heksenberg", "Broken pavement or road", "A loose tile", "Heulstraat 12", "Skip"]
IDEA = ["An idea", "Skip", "A bench by the shop", "Skip", "A place"]


async def write_down(staff: Person, said: Sequence[str], last: str) -> None:
    """Go through /spoken, everything typed."""
    staff.say("/spoken")
    await staff.sees("What does somebody want to say?")
    for each in said:
        staff.say(each)
        await staff.hears()
    staff.say(last)


async def slip_of(town: Town, staff: Person) -> str:
    """The words on the slip that comes."""
    sent = await staff.sees("The slip, to print", timeout=30)
    document = pypdfium2.PdfDocument(await downloaded(town, sent.raw["document"]["file_id"]))
    try:
        words: str = document[0].get_textpage().get_text_range()
        return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())
    finally:
        document.close()


async def newest(town: Town, table: Any) -> Any:
    return (await all_of(town, select(table).order_by(table.id.desc()).limit(1)))[0]


async def test_a_complaint_by_somebody_without_a_phone(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await write_down(sanne, COMPLAINT, "Send")
    await sanne.sees("Written down: M1.")
    slip = await slip_of(town, sanne)
    assert slip.startswith("M1 ")
    for words in ("A loose tile", "045 000 00 00", "donderdag 26 november", "Call 045 000 00 00 and name this code."):
        assert words in slip
    complaint, said_by = await newest(town, Complaint), await newest(town, Resident)
    assert (complaint.came_from, complaint.first) == ("spoken", False)
    assert (said_by.chat_id, said_by.consent_at, said_by.came_from, said_by.contributions) == (None, None, "spoken", 1)
    assert said_by.neighbourhood == complaint.neighbourhood
    sanne.say("M1")
    card = await sanne.sees("Written down by staff")
    assert "Make the slip" in card.labels
    sanne.tap("Make the slip")
    assert (await slip_of(town, sanne)).startswith("M1 ")
    sanne.say("/stats")
    await sanne.sees("Of these, written down by staff: fewer than 5.", timeout=30)


async def test_every_step_on_it_goes_on_without_anybody_to_tell(town: Town) -> None:
    sanne = await town.coordinator("en")
    await write_down(sanne, COMPLAINT, "Send")
    await sanne.sees("Written down: M1.")
    for step in ("/take M1", "/plan M1 2026-12-24 Soon", "/solve M1 It lies flat"):
        sanne.say(step)
        await sanne.sees("Nobody gets a message")
    town.passes(days=3)
    asked = await sanne.sees("Can you go by, or call?")
    assert "Somebody without a phone told you: A loose tile" in asked.text
    town.passes(days=7)
    await sanne.sees("May I ask once more?")
    sanne.tap("No, not yet")
    await sanne.sees("What is still wrong?")
    sanne.say("It is loose again")
    await sanne.sees("We go on with it")
    assert (await newest(town, Complaint)).state == "reopened"
    sanne.say("/cannot M1 It is on private ground")
    await sanne.sees("Nobody gets a message")


async def test_unanswered_it_closes_as_any_other(town: Town) -> None:
    sanne = await town.coordinator("en")
    await write_down(sanne, COMPLAINT, "Send")
    await sanne.sees("Written down: M1.")
    sanne.say("/solve M1 It lies flat")
    await sanne.sees("Done. Nobody gets a message")
    town.passes(days=3)
    await sanne.sees("Can you go by, or call?")
    town.passes(days=7)
    await sanne.sees("May I ask once more?")
    town.passes(days=7, hours=1)
    await sanne.quiet()
    sanne.say("M1")
    await sanne.sees("closed without an answer")


async def test_the_two_questions_and_an_idea(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await write_down(sanne, ["The two questions", "Heksenberg", "The market"], "The bus stop")
    await sanne.sees("Thank you for writing it down")
    answers = await all_of(town, select(Answer).order_by(Answer.id))
    assert [(each.question, each.words, each.came_from) for each in answers] == [
        ("proud", "The market", "spoken"),
        ("better", "The bus stop", "spoken"),
    ]
    assert len({each.resident_id for each in answers}) == 1
    await write_down(sanne, IDEA, "Send")
    await sanne.sees("Written down: I1.")
    assert "A bench by the shop" in await slip_of(town, sanne)
    idea = await newest(town, Idea)
    assert (idea.came_from, idea.neighbourhood) == ("spoken", None)
    sanne.say("I1")
    await sanne.sees("Written down by staff")
    sanne.tap("Say not now")
    for said in ("Another reason", "No room there", "Ask for another place", "In a month"):
        await sanne.hears()
        sanne.say(said)
    await sanne.sees("Nobody gets a message")
    sanne.say("/stats")
    await sanne.sees("Of these, written down by staff: fewer than 5.", timeout=30)


async def test_only_staff_write_down_what_others_say(town: Town) -> None:
    anna = await town.known("Anna", "en")
    for attempt in ("/spoken", "/gesproken"):
        anna.say(attempt)
        await anna.sees("I don't know that one")
    for data in ("do.spoken", "M1.slip", "M1.heard", "I1.slip", "A1.heard", "A1.card"):
        anna.tap_data(data)
        (seen,) = await anna.hears()
        assert "I don't know that one" in seen.text or "doesn't work any more" in seen.text
    assert await all_of(town, select(Reporter.resident_id)) == []


async def test_who_lost_the_role_halfway_writes_nothing_down(town: Town) -> None:
    sanne = await town.coordinator("en")
    sanne.say("/join_link staff")
    link = (await sanne.sees("start=")).text.split("start=")[1].split()[0]
    bob = await town.known("Bob", "en")
    bob.start(link)
    await bob.sees("Welcome to the team!")
    bob.say("/spoken")
    await bob.hears()
    for each in COMPLAINT:
        bob.say(each)
        await bob.hears()
    sanne.say("/team")
    await sanne.hears()
    sanne.tap(next(label for label in sanne.last.labels if label.startswith("Take")))
    await sanne.sees("no longer has that role")
    bob.say("Send")
    await bob.sees("I don't know that one")
    assert await all_of(town, select(Complaint)) == []
    assert await all_of(town, select(Resident).where(Resident.came_from == "spoken")) == []


async def voice_answer(person: Person) -> None:
    person.say("/questions")
    await person.hears()
    person.voice()
    await person.hears()
    person.tap("Skip")
    await person.hears()


async def test_what_a_voice_message_says_is_written_down_once_and_found(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await voice_answer(anna)
    sanne.say("/answers")
    listed = await sanne.sees("(voice message)")
    assert listed.labels == ["A1"]
    sanne.tap("A1")
    card = await sanne.sees("proud")
    assert "In English." in card.text
    sanne.tap("Write down what it says")
    await sanne.sees("A1: what does the voice message say?")
    sanne.voice()
    await sanne.sees("Please type it")
    sanne.say("The vegetable garden")
    await sanne.sees("Noted with A1.")
    sanne.say("/find vegetable")
    await sanne.sees("A1 · proud · today\nThe vegetable garden")
    sanne.say("/answers")
    await sanne.sees("The vegetable garden")
    assert (await newest(town, Answer)).heard == "The vegetable garden"
    sanne.say("A1")
    await sanne.sees("The voice message says: The vegetable garden")
    sanne.tap("Write down what it says")
    await sanne.hears()
    sanne.say("The allotment")
    await sanne.sees("Noted with A1.")
    sanne.say("/find vegetable")
    await sanne.sees("Nothing found")
    assert [each.words for each in await all_of(town, select(History).where(History.what == "heard"))] == [
        "The vegetable garden",
        "The allotment",
    ]


async def test_of_a_complaint_too_and_it_stays_findable_when_it_is_solved(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    anna.say("/report")
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    anna.voice()
    await anna.hears()
    anna.say("Schoolstraat 3")
    await anna.hears(2)
    anna.tap("Skip")
    await anna.hears()
    anna.tap("Send")
    await anna.sees("Your report is M1")
    sanne.say("M1")
    await sanne.sees("In English.")
    sanne.tap("Write down what it says")
    await sanne.hears()
    sanne.say("A bump by the school")
    await sanne.sees("Noted with M1.")
    sanne.tap("Open M1")
    card = await sanne.sees("The voice message says: A bump by the school")
    assert "voice message written down" in card.text
    sanne.say("/solve M1 Made flat")
    await sanne.hears()
    sanne.say("/find bump")
    await sanne.sees("M1 · ")


async def test_a_card_names_no_language_when_it_is_the_houses(town: Town) -> None:
    sanne = await town.coordinator("nl")
    anna = await town.known("Anna", "nl")
    anna.say("/idee")
    await anna.hears()
    anna.voice()
    for label in ("Overslaan", "Alleen dat jullie het weten", "Versturen"):
        await anna.hears()
        anna.tap(label)
    await anna.sees("I1")
    sanne.say("I1")
    await sanne.sees("I1 · ")
    assert "In het" not in sanne.last.text
    assert "Opschrijven wat het zegt" in sanne.last.labels


async def test_when_its_owner_was_forgotten_meanwhile_nothing_is_kept(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await voice_answer(anna)
    sanne.say("A1")
    await sanne.sees("proud")
    sanne.tap("Write down what it says")
    await sanne.hears()
    anna.say("/forget")
    await anna.hears()
    anna.tap(next(label for label in anna.last.labels if label.startswith("Yes")))
    await anna.sees("We have forgotten you")
    sanne.say("Something private")
    await sanne.sees("There is no voice message any more")
    assert await all_of(town, select(Answer.heard)) == [""]


@pytest.mark.parametrize("data", ["M7.heard", "M7.slip", "I7.heard", "A7.heard", "A7.card", "A0.heard", "A1.nothing"])
async def test_a_button_of_nothing_does_nothing(town: Town, data: str) -> None:
    sanne = await town.coordinator("en")
    sanne.tap_data(data)
    await sanne.sees("doesn't work any more")
