"""The staff room's cards: in which order they go, what a flood becomes, who may act on them and who is taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.neighbourhood import complaints, residents, room_cards, team
from bot.neighbourhood.digests import MOST
from bot.neighbourhood.work import NotAllowed, Scope, TooLate, Work
from bot.outbox import posts
from bot.outbox.letters import Letter
from bot.simulator import Group, Person
from bot.store.tables import Chat, Complaint, Post, Reporter, Resident, Role
from bot.telegram.command import UNKNOWN
from conversations.questions import At, Told
from conversations.results import ComplaintReport
from tests.test_person import card, colleague, counted, office, refused, talking
from tests.town import Town
from tests.town import town as running_town
from tests.waiting import until


async def working(town: Town, do: Callable[[Work], Awaitable[Any]]) -> Any:
    """Do something by the programme's rules, in a transaction of its own."""
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.working() as work:
        done = await do(work)
        await room_cards.keep_up(work)
        return done


async def reported(town: Town, count: int = 1, topic: str = "paving") -> Person:
    """Anna, who has reported so many things."""
    anna = await town.known("Anna", "en")

    async def report(work: Work) -> None:
        number = (await work.session.scalars(select(Chat.id).order_by(Chat.id.desc()).limit(1))).one()
        resident = await work.session.scalar(select(Resident.id).where(Resident.chat_id == number))
        person = await residents.person_of(work, resident or 0)
        assert person is not None
        for each in range(count):
            await complaints.receive(work, person, ComplaintReport(topic, Told(f"Loose tile {each}"), At("Street"), []))

    await working(town, report)
    return anna


async def number_of(town: Town, role: str) -> int:
    """The number of the newest role of that kind."""
    newest = select(Role.id).where(Role.role == role).order_by(Role.id.desc()).limit(1)
    return int(await working(town, lambda work: work.session.scalar(newest)))


async def limited(town: Town, *topics: str) -> None:
    """The newest member of staff works on these topics alone."""
    number = await number_of(town, "staff")

    async def limit(work: Work) -> None:
        sanne = await residents.person_of(work, 1)
        assert sanne is not None
        assert await team.limit(work, sanne, number, Scope(topics=frozenset(topics))) is not None

    await working(town, limit)


async def state(town: Town, number: int = 1) -> str:
    return str(
        await working(town, lambda work: work.session.scalar(select(Complaint.state).where(Complaint.id == number)))
    )


async def test_talks_go_first_then_new_cards_then_edits(town: Town) -> None:
    await town.coordinator("en")

    async def claimed(work: Work) -> list[str]:
        chat = (await work.session.scalars(select(Chat).limit(1))).one()
        chat.unreachable_since = None
        for subject in ("M1", "M2", "T1.1", "T1.2"):
            await posts.put(work.session, chat.id, subject, Letter("sendMessage", {"text": subject}), work.now)
        shown = {"M1": 5, "T1.1": 6}
        for post in await work.session.scalars(select(Post)):
            post.message_id = shown.get(post.subject)
        order = []
        while taken := await posts.claim(work.session, 10, ()):
            order += [post.subject for post, _chat in taken]
        await work.session.rollback()
        return order

    assert await working(town, claimed) == ["T1.2", "M2", "M1", "T1.1"]


async def test_one_full_room_leaves_places_for_another(town: Town) -> None:
    await town.coordinator("en")
    await town.known("Anna", "en")

    async def claimed(work: Work) -> int:
        for chat in await work.session.scalars(select(Chat)):
            for number in range(20):
                letter = Letter("sendMessage", {"text": str(number)})
                await posts.put(work.session, chat.id, f"M{number}", letter, work.now)
        chats = {chat.id for _post, chat in await posts.claim(work.session, 2, ())}
        await work.session.rollback()
        return len(chats)

    assert await working(town, claimed) == 2


async def test_a_flood_becomes_one_message_that_counts(tmp_path: Path, database_url: str) -> None:
    async with running_town(tmp_path, database_url, group_messages_per_minute=1) as town:
        _sanne, group = await office(town)
        await reported(town, MOST + 5)
        waits = (Post.subject.like("M%"), Post.message_id.is_(None))
        assert await counted(town, *waits, of=Post.id) == 0
        content = await working(
            town, lambda work: work.session.scalar(select(Post.content).where(Post.subject.like("new %")))
        )
        total = MOST + 5 - await counted(town, Post.subject.like("M%"), of=Post.id)
        assert f"{total} new at once" in content["text"]
        assert f"Broken pavement or road: {total}" in content["text"]
        assert len(group.messages) < MOST


async def test_a_few_at_once_are_cards(town: Town) -> None:
    sanne, group = await office(town)
    await reported(town, MOST)
    await sanne.sees("M15 ·", group=group)
    assert await counted(town, Post.subject.like("new %"), of=Post.id) == 0


async def test_the_list_opens_in_the_chat_of_who_tapped(town: Town) -> None:
    sanne, group = await office(town)
    await reported(town, 2)
    shown = await sanne.sees("M1 ·", group=group)
    sanne._query(group.dialog, "room.list", group.dialog.messages[shown.id], shown.id)
    await sanne.sees("M2 ·")


async def test_who_lost_the_role_is_taken_out_and_may_be_let_in_again(town: Town) -> None:
    kim = await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    group = town.simulator.group("Office", members=[sanne, kim], bot_is_admin=True)
    sanne.say_in(group, "/staffroom")
    await sanne.sees("staff room", group=group)
    sanne.tap_data(f"role.{await number_of(town, 'staff')}")
    await sanne.sees("no longer has that role")
    await until(lambda: _is_in(group, kim), False)
    await until(lambda: _is_banned(group, kim), False)
    kept = await asyncio.to_thread((town.folder / "buurtpraat.db").read_bytes)
    assert str(kim.id).encode() not in kept, "the outbox held no plain id"


async def _is_in(group: Group, person: Person) -> bool:
    return person.id in group.dialog.members


async def _is_banned(group: Group, person: Person) -> bool:
    return person.id in group.dialog.banned


async def test_where_the_bot_may_not_the_coordinators_are_asked(town: Town) -> None:
    kim = await colleague(town)
    sanne, _group = await office(town, kim)
    sanne.tap_data(f"role.{await number_of(town, 'staff')}")
    await sanne.sees("no longer has that role")
    await until(lambda: _refusals(town), {"banChatMember", "unbanChatMember"})
    town.passes(seconds=6)
    assert "I may not take them out of the staff room" in (await sanne.sees("lost their role")).text
    town.simulator.refusals.clear()
    town.passes(seconds=6)
    await sanne.quiet()


async def _refusals(town: Town) -> set[str]:
    return {call.method for call in town.simulator.refusals}


async def test_who_has_another_role_of_the_office_stays(town: Town) -> None:
    kim = await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    sanne.say("/join_link coordinator")
    await sanne.sees("start=")
    kim.start(sanne.last.text.partition("start=")[2].split()[0])
    await kim.sees("Hello again")
    group = town.simulator.group("Office", members=[sanne, kim], bot_is_admin=True)
    sanne.say_in(group, "/staffroom")
    await sanne.sees("staff room", group=group)
    sanne.tap_data(f"role.{await number_of(town, 'staff')}")
    await sanne.sees("no longer has that role")
    await sanne.quiet()
    assert kim.id in group.dialog.members


async def test_a_withdrawn_role_has_no_effect_in_the_same_transaction(town: Town) -> None:
    await colleague(town)
    await reported(town)
    number = await number_of(town, "staff")

    async def withdraw_and_take(work: Work) -> None:
        sanne, kim = await residents.person_of(work, 1), await residents.person_of(work, 2)
        assert sanne is not None
        assert kim is not None
        await team.withdraw(work, sanne, number)
        with pytest.raises(NotAllowed):
            await complaints.take(work, kim, await work.session.get_one(Complaint, 1))

    await working(town, withdraw_and_take)
    assert await state(town) == "received"


async def test_old_buttons_of_who_lost_the_role_do_nothing(town: Town) -> None:
    kim = await colleague(town)
    sanne, group = await office(town, kim)
    await reported(town)
    shown = await sanne.sees("M1 ·", group=group)
    kim.say("/complaints")
    await kim.sees("M1")
    sanne.tap_data(f"role.{await number_of(town, 'staff')}")
    await sanne.sees("no longer has that role")
    kim.tap_in(group, "M1.take", shown)
    for step in ("take", "plan", "solve", "cannot", "pass_on", "not_ours", "same", "tell"):
        kim.tap_data(f"M1.{step}")
        await kim.sees(UNKNOWN.message)
    assert await state(town) == "received"
    assert (await refused(town)).count("M1.take") == 2
    town.simulator.refusals.clear()


@pytest.mark.parametrize(
    "said", ["take", "plan", "solve", "cannot", "pass_on", "not_ours", "same", "tell", "/take M1", "/solve M1 Done"]
)
async def test_what_somebody_does_not_work_on_they_can_not_change(town: Town, said: str) -> None:
    kim = await colleague(town)
    await limited(town, "green")
    await reported(town)
    if said.startswith("/"):
        kim.say(said)
    else:
        kim.tap_data(f"M1.{said}")
    await kim.sees("M1 is for colleagues: you work on another neighbourhood or topic.")
    assert await state(town) == "received"


async def test_what_somebody_works_on_they_can_change_also_in_the_room(town: Town) -> None:
    kim = await colleague(town)
    _sanne, group = await office(town, kim)
    await limited(town, "green")
    anna = await reported(town)
    await reported_more(town, "green")
    green = await kim.sees("M2 ·", group=group)
    paving = card(group, "M1 ·")
    kim.tap_in(group, "M1.take", paving)
    await kim.sees("M1 is for colleagues")
    kim.say_in(group, "Hello", reply_to=paving)
    await kim.sees("M1 is for colleagues")
    kim.tap_in(group, "M2.take", green)
    await anna.sees("M2 (Tree 0): somebody is on it now.")
    assert (await state(town), await state(town, 2)) == ("received", "taken")


async def reported_more(town: Town, topic: str) -> None:
    """Anna reports something else."""

    async def report(work: Work) -> None:
        first = (await work.session.scalars(select(Reporter.resident_id).limit(1))).one()
        person = await residents.person_of(work, first)
        assert person is not None
        await complaints.receive(work, person, ComplaintReport(topic, Told("Tree 0"), At("Street"), []))

    await working(town, report)


async def test_who_comes_second_reads_who_was_first_and_when(town: Town) -> None:
    await colleague(town)
    await reported(town)

    async def both(work: Work) -> str:
        sanne, kim = await residents.person_of(work, 1), await residents.person_of(work, 2)
        assert sanne is not None
        assert kim is not None
        kim.resident.name = "Kim"
        complaint = await work.session.get_one(Complaint, 1)
        await complaints.take(work, kim, complaint)
        with pytest.raises(TooLate) as late:
            await complaints.take(work, sanne, complaint)
        return work.render(late.value.words, "en")

    expected = "Kim was first, on Monday 23 November, 11:00. M1 stands at: somebody is on it."
    assert await working(town, both) == expected


FORGED = [
    *("works.1", "works.1.all", "works.1.n.WK091722", "works.1.t.green", "works.999999999", "works.", "works.1.n."),
    *("hand.1", "hand.2", "hand.999999999", "hand.x", "role.1", "room.list", "room.ideas", "room.close", "M1.take"),
]


@pytest.mark.parametrize("role", ["resident", "panel", "staff"])
async def test_buttons_of_coordinators_do_nothing_for_others(town: Town, role: str) -> None:
    await town.coordinator("en")
    await reported(town)
    kim = await town.known("Kim", "en") if role == "resident" else await colleague(town, role=role)
    known = {UNKNOWN.message, "That button doesn't work any more.", "There is no open work to hand over."}
    own_work = "hand.3" if role == "staff" else None
    for data in FORGED:
        if data == "M1.take" and role == "staff":
            continue
        kim.tap_data(data)
        said = (await kim.hears())[0].text
        assert said in known, data
        assert said != "There is no open work to hand over." or data == own_work, data
    assert await state(town) == "received"
    assert await counted(town, Role.withdrawn_at.is_not(None), of=Role.id) == 0
    assert await counted(town, Post.subject.like("works%"), of=Post.id) == 0


async def test_a_coordinator_with_made_up_codes_changes_nothing(town: Town) -> None:
    await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    number = await number_of(town, "staff")
    for data in (f"works.{number}.n.WK000000", f"works.{number}.t.nope", f"works.{number}.x.green"):
        sanne.tap_data(data)
        await sanne.sees("That button doesn't work any more.")
    for data in ("works.1.t.green", "works.1.all"):
        sanne.tap_data(data)
        await sanne.sees("A coordinator works on everything.")
    sanne.tap_data("works.77")
    await sanne.sees("has this role no more")


async def test_a_reply_says_so_where_nobody_can_read_it(town: Town) -> None:
    sanne, group = await office(town)
    anna = await reported(town)
    shown = await sanne.sees("M1 ·", group=group)
    sanne.voice_in(group, reply_to=shown)
    await until(lambda: _kinds(anna), True)
    anna.say("/forget")
    await anna.hears()
    anna.tap("Yes, forget me")
    await sanne.sees("M1: gewist", group=group)
    sanne.say_in(group, "Are you there?", reply_to=shown)
    await sanne.sees("Nobody gets that", group=group)


async def _kinds(person: Person) -> bool:
    return any(each.kind == "voice" for each in person.messages if each.from_bot)


async def test_a_talk_card_of_who_lost_the_role_shows_no_more(town: Town) -> None:
    kim = await colleague(town, role="coordinator")
    sanne = next(each for each in town.people if each.name == "Sanne")
    anna = await talking(town, "Anna", "Who is there?")
    asked = await sanne.sees("Who is there?")
    await kim.sees("Who is there?")
    sanne.tap_data(f"role.{await number_of(town, 'coordinator')}")
    await sanne.sees("no longer has that role")
    sanne.say("Only between us", reply_to=asked)
    await anna.sees("Only between us")
    await until(lambda: _says(sanne, "Only between us"), True)
    assert not await _says(kim, "Only between us")


async def _says(person: Person, words: str) -> bool:
    return any(words in each.text for each in person.messages if each.from_bot)
