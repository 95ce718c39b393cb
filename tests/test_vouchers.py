"""Vouchers: who may read one, what it is good for, what is spent from it, and what happens to it by itself."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
from PIL import Image
from sqlalchemy import func, select, update

from bot.neighbourhood import money, residents, vouchers
from bot.neighbourhood.area import load_area
from bot.neighbourhood.work import Person as Somebody
from bot.neighbourhood.work import Surroundings
from bot.reports import budget_picture, sheets
from bot.simulator import Person
from bot.store.tables import Budget, Chat, Due, Entry, History, Idea, Photo, Resident, Spending, Voucher
from tests.test_announcing import join_as
from tests.test_money import adds_up
from tests.test_poster import LINES, downloaded, read_code, read_pdf, words_of
from tests.town import Town
from tests.waiting import until

AREA = load_area("heerlen-noord")
CODE = "ABCD2345"
BAD_CODES = ["V-ABCD234", "V-ABCD23456", "VABCD2345", "ABCD2345", "V-ABCD_345", "verhuizen", "V-", "v-1", "1V-ABCD2345"]


def around(town: Town) -> Surroundings:
    assert town.service is not None
    assert town.service.turns is not None
    return town.service.turns.around


async def award(town: Town, person: Person | None, cents: int = 15_000, state: str = "accepted") -> int:
    """An idea of this person's (None: of somebody without a phone) with a voucher; its number."""
    here = around(town)
    async with here.working() as work:
        if person is not None:
            (owner,) = (await residents.recognise(work, here.seal, [person.id])).values()
            number = owner.resident.id
        else:
            resident = Resident(came_at=work.now, came_from="spoken")
            work.session.add(resident)
            await work.session.flush()
            number = resident.id
        place = AREA.neighbourhoods[0].code
        idea = Idea(resident_id=number, state=state, words="A swing", language="en", neighbourhood=place, wish="money")
        idea.answer_by, idea.came_from, idea.first, idea.at = work.today, "telegram", False, work.now
        idea.awarded_cents = cents
        if person is None:
            idea.came_from = "spoken"
        work.session.add(idea)
        await work.session.flush()
        bank = Somebody(
            Chat(language="en"), await work.session.get_one(Resident, number), frozenset({"coordinator"}), []
        )
        await money.put_in(work, bank, place, work.today.year, cents)
        (await money.award(work, None, idea, cents)).code = CODE
        return idea.id


async def change(town: Town, statement: Any) -> None:
    async with around(town).database.write() as session:
        await session.execute(statement)


async def read(town: Town, query: Any) -> list[Any]:
    async with around(town).database.read() as session:
        return list(await session.scalars(query))


async def books_add_up(town: Town) -> None:
    async with around(town).database.read() as session:
        await adds_up(session)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("V-ABCD2345", "ABCD2345"),
        (" v-abcd2345 ", "ABCD2345"),
        ("V-ABCD 2345", "ABCD2345"),
        ("V – ABCD-2345", "ABCD2345"),
        ("v-86zu2345", "BG2V2345"),
        *((bad, None) for bad in BAD_CODES),
    ],
)
def test_a_code_is_read_as_people_copy_it(typed: str, code: str | None) -> None:
    assert vouchers.read_code(typed) == code


def test_codes_are_of_letters_that_nobody_mixes_up_and_no_two_are_the_same() -> None:
    codes = {vouchers._new_code() for _number in range(2000)}
    assert len(codes) == 2000
    assert all(vouchers.read_code(f"V-{code}") == code for code in codes)
    assert not set("0O1ILQ") & set(vouchers.LETTERS)
    assert len(vouchers.LETTERS) ** vouchers.LENGTH > 10**11


async def test_staff_see_what_a_voucher_is_good_for_and_residents_nothing(town: Town) -> None:
    sanne, anna, bram = await town.coordinator("en"), await town.known("Anna", "en"), await town.known("Bram", "en")
    await award(town, anna)
    for way in (f"V-{CODE}", None):
        for person in (sanne, anna, bram):
            person.say(way) if way else person.start(f"v-{CODE}")
        card = await sanne.sees(f"V-{CODE} is good")
        assert "Left: €150 of €150" in card.text
        assert "Maria Gewanden" in card.text
        assert "resident" not in card.text
        assert "Anna" not in card.text
        await anna.sees("€150 left of €150")
        assert (await bram.sees("Only the office")).text == "Only the office can read this code."
    bram.say("V-ABCD2347")
    assert (await bram.sees("Only the office")).text == "Only the office can read this code.", "as if there were one"
    attempts = await read(town, select(History.words).where(History.what == "refused"))
    assert attempts == ["V-"] * 3, "noted without the code"
    for tap in ("V1.spend", "V1.done", "V1.show", "V1.picture", "V1.hand", "V1.others"):
        bram.tap_data(tap)
        await bram.sees("I don't know that one")


async def test_a_newcomer_who_scans_one_is_asked_for_the_yes(town: Town) -> None:
    anna, carla = await town.known("Anna", "en"), town.resident("Carla", "en")
    await award(town, anna)
    carla.start(f"v-{CODE}")
    assert "Only the office can read this code." in (await carla.hears())[-1].text
    assert "Yes, that's fine" in carla.last.labels


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"code": "ABCD2347"}, "isn't one of ours"),
        ({"balance": 0}, "is used up"),
        ({"state": "closed", "balance": 0}, "is closed"),
        ({"valid_until": "yesterday"}, "was good until Sunday 22 November"),
        ({"idea": "awarded"}, "as soon as its owner says yes"),
    ],
)
async def test_one_that_is_not_good_is_refused_with_the_reason(town: Town, wrong: dict[str, Any], reason: str) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    if wrong.get("valid_until"):
        wrong = {"valid_until": town.clock.now().date() - timedelta(days=1)}
    if state := wrong.pop("idea", None):
        await change(town, update(Idea).values(state=state))
    if wrong:
        await change(town, update(Voucher).values(wrong))
    sanne.say(f"V-{CODE}")
    card = await sanne.sees(reason)
    assert "is good." not in card.text
    assert "ay nothing" in card.text
    if "code" not in wrong:
        anna.tap_data(f"V{number}.spend")
        await anna.sees(reason)
        assert await read(town, select(Spending)) == []


async def spend(person: Person, idea: int, amount: str, kind: str = "I paid it myself") -> None:
    """Spend this, with a photo of the receipt."""
    person.tap_data(f"V{idea}.spend")
    await person.sees("What do you want to spend?")
    person.tap(kind)
    await person.hears()
    if kind == "Somebody helps us":
        person.say("Ali makes the posts")
    else:
        person.photo()
    await person.sees("How much is it")
    person.say(amount)
    await person.sees("Is this right?")
    person.tap("Yes, that's right")
    await person.hears()


async def test_what_is_spent_is_booked_and_the_receipt_kept(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "45,50")
    await anna.sees("Booked: €45.50. There is €104.50 left")
    assert (await sanne.sees("S1 · €45.50 · booked")).kind == "photo"
    (idea,) = await read(town, select(Idea))
    assert idea.state == "running", "who spends something has begun"
    (photo,) = await read(town, select(Photo))
    assert (photo.subject, photo.part) == ("S1", "receipt")
    (entry,) = await read(town, select(Entry).where(Entry.kind == "spend"))
    assert (entry.cents, entry.words, entry.idea_id) == (-4550, "S1", number)
    await books_add_up(town)


async def test_a_receipt_over_the_balance_is_shown_and_not_booked(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "150,01", "Please pay the shop")
    told = await anna.sees("more than what is left: €150")
    assert told.labels == ["Book €150 of it", "Change the amount"]
    await sanne.sees("S1 · €150.01 · not booked")
    assert await read(town, select(Entry).where(Entry.kind == "spend")) == []
    assert (await read(town, select(Voucher)))[0].balance == 15_000
    anna.tap("Change the amount")
    await anna.sees("How much is it")
    anna.say("150")
    await anna.sees("Is this right?")
    anna.tap("Yes, that's right")
    await anna.sees("Booked: €150. There is €0 left")
    assert [each.id for each in await read(town, select(Spending))] == [1], "the same one, with another amount"
    anna.tap_data(f"V{number}.part.1")
    await anna.sees("That's too late. S1 stands at: booked")
    anna.tap_data(f"V{number}.again.1")
    await anna.sees("€150: booked, still to be paid.")
    anna.tap_data(f"V{number}.spend")
    await anna.sees("is used up")
    await books_add_up(town)


async def test_part_of_it_can_be_booked_once(town: Town) -> None:
    anna = await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "200", "Please pay the shop")
    await anna.sees("more than what is left")
    button = next(each.data for row in anna.last.buttons for each in row if each.label == "Book €150 of it")
    assert button is not None
    anna.tap_data(button)
    anna.tap_data(button)
    await anna.sees("Booked: €150. There is €0 left")
    await anna.sees("That's too late")
    assert sum(each.cents for each in await read(town, select(Entry).where(Entry.kind == "spend"))) == -15_000
    await books_add_up(town)


async def test_what_staff_refuse_is_booked_back_and_only_once(town: Town) -> None:
    sanne, anna, bram = await town.coordinator("en"), await town.known("Anna", "en"), await town.known("Bram", "en")
    number = await award(town, anna)
    await spend(anna, number, "50", "Somebody helps us")
    await anna.sees("The office pays who helps you.")
    await sanne.sees("Ali makes the posts")
    for tap in ("S1.paid", "S1.refuse", "S1.card"):
        bram.tap_data(tap)
        await bram.sees("I don't know that one")
    bram.say("S1")
    await bram.hears()
    sanne.tap_data("S1.refuse")
    await sanne.sees("why don't you pay it?")
    sanne.say("Ali is paid already.")
    await sanne.sees("Done. Its owner gets a message. (S1)")
    told = await anna.sees("sorry, we can't pay €50")
    assert "Ali is paid already." in told.text
    assert "There is €150 left." in told.text
    sanne.tap_data("S1.paid")
    await sanne.sees("That's too late. S1 stands at: not paid.")
    assert sum(each.cents for each in await read(town, select(Entry).where(Entry.kind == "spend"))) == 0
    await books_add_up(town)


async def test_two_of_the_office_who_pay_and_refuse_at_once(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "50")
    await sanne.sees("S1 · €50")
    sanne.tap_data("S1.refuse")
    await sanne.sees("why don't you pay it?")
    sanne.tap_data("S1.paid")
    await sanne.sees("Done. Its owner gets a message. (S1)")
    sanne.say("I changed my mind.")
    await sanne.sees("That's too late. S1 stands at: paid.")
    await books_add_up(town)


async def test_nobody_of_the_office_pays_out_what_they_spent_themselves(town: Town) -> None:
    sanne, kim = await town.coordinator("en"), await town.known("Kim", "en")
    await join_as(sanne, kim, "staff")
    number = await award(town, kim)
    await spend(kim, number, "50")
    await sanne.sees("S1 · €50")
    for what in ("paid", "refuse"):
        kim.tap_data(f"S1.{what}")
        await kim.sees("S1 is your own: a colleague sees to it.")
    assert await read(town, select(Spending.state)) == ["booked"]
    assert await read(town, select(History.words).where(History.what == "refused")) == ["S1.paid", "S1.refuse"]
    sanne.tap_data("S1.paid")
    await kim.sees("€50 has been paid")


async def test_a_machine_that_was_off_says_only_what_still_holds(town: Town) -> None:
    anna = await town.known("Anna", "en")
    await award(town, anna)
    town.passes(days=AREA.vouchers.good_for.days + 3)
    await anna.sees("the time of your voucher is over")
    said = "".join(each.text for each in anna.messages)
    assert "how is it going?" not in said
    assert "your voucher is good until" not in said


async def test_what_is_refused_after_the_end_goes_back_into_the_budget(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "50")
    await anna.sees("Booked: €50")
    await end(anna, number)
    await anna.sees("€100 goes back, for other ideas.")
    sanne.tap_data("S1.refuse")
    await sanne.sees("why don't you pay it?")
    sanne.say("That was something else.")
    told = await anna.sees("we can't pay €50")
    assert "on your voucher again" not in told.text
    assert [each.available for each in await read(town, select(Budget))] == [15_000]
    await books_add_up(town)


async def end(person: Person, idea: int, *, shown: str = "No, only the office") -> None:
    """Say that it's done, and tell how it went."""
    person.tap_data(f"V{idea}.done")
    if "Is everything paid for?" in (await person.hears())[-1].text:
        person.tap("Yes, that's all")
        await person.sees("Send a photo of it?")
    person.photo()
    await person.sees("What did you do?")
    person.say("We built it on a Saturday")
    await person.sees("what has changed")
    person.voice()
    await person.sees("May other residents see this too?")
    person.tap(shown)
    await person.hears()


async def test_at_the_end_the_story_is_shown_to_others_only_with_a_yes(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna, state="running")
    await end(anna, number)
    told = await anna.sees("Thank you for telling how I1 went!")
    assert "€150 goes back, for other ideas." in told.text
    assert "/ideas" not in told.text
    assert "Others don't see it." in (await sanne.sees("its owner tells how it went")).text
    (idea,) = await read(town, select(Idea))
    assert (idea.state, idea.done, idea.story_shown) == ("accounted", "We built it on a Saturday", False)
    assert set(idea.spoken) == {"difference"}
    (photo,) = await read(town, select(Photo))
    assert (photo.subject, photo.part) == ("I1", "after")
    for tap, shown in (("others", True), ("hide", False)):
        anna.tap_data(f"V{number}.{tap}")
        await anna.sees("Good.")
        assert (await read(town, select(Idea.story_shown))) == [shown]
    anna.tap_data(f"V{number}.done")
    await anna.sees("That's too late")
    anna.tap_data(f"V{number}.spend")
    await anna.sees("is closed")
    sanne.say("I1")
    await sanne.sees("Its voucher is closed.")
    sanne.tap("It's finished")
    await anna.sees("I1 is finished")
    await books_add_up(town)


async def test_who_has_one_more_receipt_spends_first(town: Town) -> None:
    anna = await town.known("Anna", "en")
    number = await award(town, anna)
    anna.tap_data(f"V{number}.done")
    await anna.sees("Is everything paid for?")
    anna.tap("No, one more receipt")
    await anna.sees("What do you want to spend?")


async def test_time_asks_halfway_and_before_the_end_and_then_takes_back_what_is_left(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "50")
    good_for = AREA.vouchers.good_for.days
    await sanne.sees("S1 · €50")
    sanne.tap_data("S1.paid")
    await anna.sees("has been paid")
    town.passes(days=good_for / 2, hours=1)
    asked = await anna.sees("I1: how is it going?")
    assert "There is €100 left" in asked.text
    anna.tap("Yes, please")
    await anna.sees("All that you send now goes to the office.")
    await sanne.sees("I1: ik kan wel hulp gebruiken.")  # in the house's language
    anna.tap("Stop talking to a person")
    await anna.sees("The talk has ended")
    town.passes(days=good_for / 2 - 14)
    assert "There is €100 left" in (await anna.sees("I1: your voucher is good until")).text
    town.passes(days=15)
    told = await anna.sees("the time of your voucher is over")
    assert "€100 goes back, for other ideas." in told.text
    assert told.labels == ["Tell how it went"]
    assert [each.available for each in await read(town, select(Budget))] == [10_000]
    anna.tap_data(f"V{number}.spend")
    await anna.sees("is closed")
    town.passes(days=15)
    await anna.sees("I1: we'd love to hear how it went.")
    await sanne.sees("its owner hasn't told yet how it went")
    anna.tap("Tell how it went")
    await anna.sees("Nice that it's done!")
    assert await read(town, select(Due).where(Due.what.like("voucher%"))) == []
    await books_add_up(town)


async def test_what_the_office_leaves_unpaid_is_said_with_a_new_day(town: Town) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "50")
    await anna.sees("no later than Monday 30 November")
    town.passes(days=8, hours=2)
    late = await anna.sees("you were to hear of €50 by Monday 30 November. Sorry.")
    assert "no later than Tuesday 8 December" in late.text
    await sanne.sees("S1: not paid yet, and its day has passed.")
    sanne.tap_data("S1.paid")
    await anna.sees("€50 has been paid")
    town.passes(days=9)
    anna.say("/mine")
    await anna.sees("This is yours")
    assert "you were to hear" not in "".join(each.text for each in anna.messages[-2:])


async def test_staff_look_after_the_voucher_of_somebody_without_a_phone(town: Town) -> None:
    sanne = await town.coordinator("en")
    number = await award(town, None)
    sanne.say(f"V-{CODE}")
    card = await sanne.sees("is good")
    assert "Spend something" in card.labels
    await spend(sanne, number, "20")
    await sanne.sees("Booked: €20")
    sanne.tap_data(f"V{number}.picture")
    await sanne.sees("It comes in a moment.")


async def pages(town: Town, person: Person) -> tuple[bytes, bytes]:
    """The voucher as a picture and as a PDF, once both are there."""

    async def kinds() -> list[str]:
        return [each.kind for each in person.messages if each.kind in ("photo", "document")]

    await until(kinds, ["photo", "document"], seconds=40)
    photo, paper = (each for each in person.messages if each.kind in ("photo", "document"))
    return (
        await downloaded(town, photo.raw["photo"][-1]["file_id"]),
        await downloaded(town, paper.raw["document"]["file_id"]),
    )


async def test_the_owner_gets_it_as_a_picture_and_to_print_and_both_scan(town: Town) -> None:
    anna = await town.known("Anna", "en")
    await award(town, anna)
    picture, paper = await pages(town, anna)
    link = f"https://t.me/{town.simulator.the_bot().username}?start=v-"
    with Image.open(BytesIO(picture)) as image:
        assert read_code(image).startswith(link)
    document = pypdfium2.PdfDocument(paper)
    assert read_code(document[0].render(scale=2).to_pil()).startswith(link)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "€150" in text
    assert "A swing" in text
    assert "24 May 2027" in text
    assert (await anna.sees("spend from it here")).labels == ["My voucher"]


VOUCHER: dict[str, Any] = {
    "link": f"https://t.me/{'B' * 32}?start=v-{CODE}",
    "title": "Voucher",
    "idea": "I123456",
    "amount": "€ 1.234.567,89",
    "about": "Een schommel op het veldje",
    "until": "Geldig tot en met woensdag 24 september 2027",
    "code": f"V-{CODE}",
    "how": "Alleen het kantoor kan deze code lezen.",
    "footer": "Buurtpraat · Heerlen-Noord",
    "colour": "#2f6f73",
    "direction": "ltr",
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {
            "title": "قسيمة",
            "direction": "rtl",
            "about": "أرجوحة في الملعب خلف العمارة",
            "until": "صالحة حتى 24 مايو 2027",
        },
        {"about": "W" * 110, "title": "Gutschein " * 3, "colour": "#d9a441"},
        {"about": LINES[6], "how": LINES[4]},
    ],
)
def test_a_voucher_scans_from_paper_and_holds_every_word(tmp_path: Path, changed: dict[str, Any]) -> None:
    asked, pdf = {**VOUCHER, **changed}, tmp_path / "voucher.pdf"
    sheets.draw_voucher(asked, pdf)
    assert read_pdf(pdf) == asked["link"]
    with Image.open(pdf.with_suffix(".png")) as image:
        assert read_code(image) == asked["link"]
    text = words_of(pdf, margin=3)
    assert "�" not in text
    for whole in ("idea", "code", "amount"):
        assert asked[whole] in text
    assert "24" in text


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_budget_is_drawn_whatever_there_is(tmp_path: Path, direction: str) -> None:
    row: dict[str, Any] = {
        "label": "W" * 28,
        "whole": "€ 20.000.000",
        "parts": [0, 0, 0],
        "amounts": ["€ 0"] * 3,
        "below": "",
    }
    full: dict[str, Any] = {
        **row,
        "parts": [1, 2, 2_000_000_000],
        "amounts": ["€ 20.000.000"] * 3,
        "below": "Terug: € 20.000.000",
    }
    asked: dict[str, Any] = {
        "title": "Geld",
        "source": "Heerlen",
        "direction": direction,
        "palette": list(AREA.colours.in_order),
    }
    asked |= {"names": ["Uitgegeven " * 2] * 3, "rows": [row, full] * 8}
    budget_picture.draw(asked, tmp_path / "budget.png")
    with Image.open(tmp_path / "budget.png") as image:
        assert image.size[0] == 1080
        assert image.size[1] < 4 * image.size[0]
        edge = image.convert("RGB").crop((0, 0, 20, image.size[1])).getcolors()
        assert edge == [(20 * image.size[1], (255, 255, 255))], "nothing runs off the paper"
        right = image.convert("RGB").crop((1060, 0, 1080, image.size[1])).getcolors()
        assert right == [(20 * image.size[1], (255, 255, 255))]


async def test_forgetting_takes_the_words_and_leaves_the_money_where_it_belongs(town: Town) -> None:
    anna = await town.known("Anna", "en")
    number = await award(town, anna)
    await spend(anna, number, "50", "Somebody helps us")
    await anna.sees("Booked: €50")
    await spend(anna, number, "20")
    await anna.sees("Booked: €20")
    anna.say("/forget")
    await anna.hears()
    anna.tap("Yes, forget me")
    await anna.sees("We have forgotten you")
    spent = await read(town, select(Spending).order_by(Spending.id))
    assert [(each.words, each.photo, each.why, each.cents) for each in spent] == [
        ("", None, "", 5000),
        ("", None, "", 2000),
    ]
    assert [each.state for each in await read(town, select(Photo))] == ["gone"]
    assert await read(town, select(Entry.by).where(Entry.kind == "spend")) == [None, None]
    (voucher,) = await read(town, select(Voucher))
    assert (voucher.state, voucher.balance) == ("closed", 0)
    assert [each.available for each in await read(town, select(Budget))] == [8000]
    assert await read(town, select(func.count()).select_from(Due).where(Due.what.like("voucher%"))) == [0]
    await books_add_up(town)


async def test_ones_own_data_hold_the_voucher_and_what_was_spent(town: Town) -> None:
    anna = await town.known("Anna", "en")
    number = await award(town, anna)
    await pages(town, anna)
    await spend(anna, number, "50", "Somebody helps us")
    await anna.sees("Booked: €50")
    anna.say("/mydata")

    async def files() -> int:
        return sum(each.kind == "document" for each in anna.messages)

    await until(files, 2, seconds=40)
    archive = await downloaded(town, anna.last.raw["document"]["file_id"])
    with ZipFile(BytesIO(archive)) as packed:
        name = next(each for each in packed.namelist() if each.endswith(".json"))
        kept = json.loads(packed.read(name))
        page = next(packed.read(each).decode() for each in packed.namelist() if each.endswith(".html"))
    (voucher,), (spending,) = kept["vouchers"], kept["spendings"]
    assert (voucher["code"], voucher["idea"], voucher["balance"]) == (f"V-{CODE}", "I1", 10_000)
    assert (spending["code"], spending["words"], spending["cents"]) == ("S1", "Ali makes the posts", 5000)
    for words in (f"V-{CODE}", "€100", "Ali makes the posts", "24 May 2027", "booked, still to be paid"):
        assert words in page
