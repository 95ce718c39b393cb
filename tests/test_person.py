"""Talking with a person: what is said reaches the right one, whoever else tries, wherever the office sits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.neighbourhood import person_talks, residents
from bot.simulator import Fault, Group, Person
from bot.simulator.errors import bad_request
from bot.store.database import Database
from bot.store.tables import Chat, History, Message, PersonTalk, PersonTalkLine, Post, Resident, StaffRoom
from bot.telegram.command import UNKNOWN
from tests.town import Town
from tests.waiting import until

UPGRADED = " group chat was upgraded to a supergroup chat"


async def office(town: Town, *others: Person) -> tuple[Person, Group]:
    """Sanne, and the group that she made the staff room."""
    sanne = next((each for each in town.people if each.name == "Sanne"), None) or await town.coordinator("en")
    group = town.simulator.group("Office", members=[sanne, *others])
    sanne.say_in(group, "/staffroom")
    await sanne.sees("staff room", group=group)
    return sanne, group


async def colleague(town: Town, name: str = "Kim", role: str = "staff") -> Person:
    """Somebody who came by Sanne's link."""
    sanne = next((each for each in town.people if each.name == "Sanne"), None) or await town.coordinator("en")
    kim = await town.known(name, "en")
    sanne.say(f"/join_link {role}")
    await sanne.sees("start=")
    kim.start(sanne.last.text.partition("start=")[2].split()[0])
    await kim.sees("Welcome to the team")
    await kim.sees("Hello again")
    return kim


async def talking(town: Town, name: str, words: str, language: str = "en") -> Person:
    """A resident who has begun a talk with these words."""
    person = await town.known(name, language)
    person.say("/person")
    await person.hears()
    person.say(words)
    await person.hears()
    return person


def card(group: Group, words: str) -> Any:
    """The newest card in the group with these words."""
    return next(each for each in reversed(group.messages) if each.from_bot and words in each.text)


async def counted(town: Town, *where: Any, of: Any = PersonTalkLine.id) -> int:
    database = Database(town.database_url)
    async with database.read() as session:
        found = await session.scalar(select(func.count(of)).where(*where))
    await database.close()
    return int(found or 0)


async def refused(town: Town) -> list[str]:
    database = Database(town.database_url)
    async with database.read() as session:
        query = select(History.words).where(History.what == "refused").order_by(History.id)
        found = list(await session.scalars(query))
    await database.close()
    return found


async def test_each_answer_reaches_the_one_whose_card_was_replied_to(either_town: Town) -> None:
    town = either_town
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "About my rent")
    bob = await talking(town, "Bob", "About my bike")
    await sanne.sees("About my bike", group=group)
    sanne.say_in(group, "For Bob", reply_to=card(group, "my bike"))
    sanne.say_in(group, "For Anna", reply_to=card(group, "my rent"))
    assert (await anna.sees("For Anna")).text == "Somebody from the Heerlen-Noord office\n\nFor Anna"
    await bob.sees("For Bob")
    assert not any("For Bob" in each.text for each in anna.messages)
    sanne.photo_in(group, caption="", reply_to=card(group, "my rent"))
    sanne.voice_in(group, reply_to=card(group, "my rent"))
    await until(lambda: kinds_of(anna), ["text", "photo", "voice"])
    assert anna.last.labels == ["Stop talking to a person"]
    await town.stop()  # and as well after a restart
    await town.start()
    sanne.say_in(group, "Once more", reply_to=card(group, "my bike"))
    await bob.sees("Once more")


async def kinds_of(person: Person) -> list[str]:
    return [each.kind for each in person.messages if each.from_bot and each.text.startswith("Somebody from")]


async def test_only_who_has_the_role_at_that_moment_answers(either_town: Town) -> None:
    town = either_town
    kim = await colleague(town)
    stranger, bob = town.resident("Stranger"), await town.known("Bob", "en")
    sanne, group = await office(town, kim, stranger, bob)
    anna = await talking(town, "Anna", "Who is there?")
    await sanne.sees("Who is there?", group=group)
    asked = card(group, "Who is there?")
    stranger.say_in(group, "I am", reply_to=asked)  # never talked with the bot
    bob.say_in(group, "Me too", reply_to=asked)
    bob.tap_in(group, "End the talk")
    sanne.say("/team")
    await sanne.sees("The team")
    sanne.tap("Take staff from")
    await sanne.sees("no longer has that role")
    kim.say_in(group, "I was", reply_to=asked)
    kim.tap_in(group, "I stay the contact")
    sanne.say_in(group, "I still am", reply_to=asked)
    await anna.sees("I still am")
    said = [each.text for each in anna.messages if each.from_bot]
    assert not any(words in text for text in said for words in ("I am", "Me too", "I was", "contact"))
    assert await refused(town) == ["reply", "reply", "T1.end", "reply", "T1.contact"]
    assert {call.method for call in town.simulator.refusals} <= {"banChatMember", "unbanChatMember"}
    town.simulator.refusals.clear()  # the bot is no administrator there, so Kim could go on speaking
    known = await counted(town, Chat.fingerprint.is_not(None), of=Chat.id)
    assert known == len({sanne, kim, bob, anna}) + 1, "of who only spoke in the group nothing is kept"


async def test_who_lost_the_role_answers_no_card_of_their_own_chat_either(town: Town) -> None:
    kim = await colleague(town, role="coordinator")
    sanne = next(each for each in town.people if each.name == "Sanne")
    anna = await talking(town, "Anna", "Who is there?")
    asked = await kim.sees("Who is there?")
    sanne.say("/team")
    await sanne.sees("The team")
    sanne.tap("Take coordinator from")
    await sanne.sees("no longer has that role")
    kim.say("I was", reply_to=asked)
    await kim.sees(UNKNOWN.message)
    kim.tap_data("T1.contact")
    await kim.sees(UNKNOWN.message)
    await anna.quiet()


async def test_without_a_room_each_coordinator_sees_who_answered(either_town: Town) -> None:
    town = either_town
    kim = await colleague(town, role="coordinator")
    sanne = next(each for each in town.people if each.name == "Sanne")
    kim.say("/name Kim")
    await kim.sees("residents see: Kim")
    anna = await talking(town, "Anna", "May I call?")
    await kim.sees("May I call?")
    asked = await sanne.sees("May I call?")
    kim.say("You may", reply_to=await kim.sees("May I call?"))
    await anna.sees("Kim\n\nYou may")
    await sanne.sees("Answered by Kim: You may")
    sanne.say("Until five", reply_to=asked)
    await anna.sees("Until five")


@pytest.mark.parametrize("data", ["T1.stop", "T1.front", "T1.end", "T1.contact", "T1.card", "T99.stop", "T1.", "T.end"])
async def test_forged_buttons_do_nothing_with_the_talk_of_another(town: Town, data: str) -> None:
    await town.coordinator("en")
    anna = await talking(town, "Anna", "Hello there")
    bob = await talking(town, "Bob", "I am Bob")
    bob.tap_data(data)
    heard = (await bob.hears())[0].text
    assert heard in ("That button doesn't work any more.", UNKNOWN.message)
    assert await counted(town, PersonTalk.state == "open", of=PersonTalk.id) == 2
    await anna.quiet()


async def test_a_reply_to_anything_but_a_card_goes_nowhere_and_says_so(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Hello there")
    await sanne.sees("Hello there", group=group)
    sanne.say_in(group, "Hi", reply_to=card(group, "This is the staff room now"))
    await sanne.sees("reached nobody", group=group)
    own = sanne.say_in(group, "Between us")
    sanne.say_in(group, "Indeed", reply_to=own)
    anna.say("An answer to the bot", reply_to=anna.messages[1])  # a resident's own reply is just said
    await sanne.sees("An answer to the bot", group=group)
    await anna.quiet()


async def test_a_sign_that_fails_is_said_in_words(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Hello there")
    await sanne.sees("Hello there", group=group)
    said = sanne.say_in(group, "Hi", reply_to=card(group, "Hello there"))
    await anna.sees("Hi")
    await until(lambda: reaction(group, said.id), "👍")
    town.simulator.faults.append(Fault("error", {"setMessageReaction"}))
    sanne.say_in(group, "Hi again", reply_to=card(group, "Hello there"))
    await sanne.sees("T1: your answer is on its way", group=group)
    await anna.sees("Hi again")


async def reaction(group: Group, number: int) -> str:
    return next(each.reaction for each in group.messages if each.id == number)


async def test_the_room_moves_and_no_old_number_leads_to_a_wrong_talk(either_town: Town) -> None:
    town = either_town
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "About my rent")
    bob = await talking(town, "Bob", "About my bike")
    await sanne.sees("About my bike", group=group)
    sanne.say_in(group, "Known", reply_to=card(group, "my rent"))
    await sanne.sees("Answered by a colleague: Known", group=group)
    group.upgrade()
    await sanne.sees("About my bike", group=group)  # what waits for an answer is shown there again
    for number in range(1, 20):
        sanne.say_in(group, f"Filling {number}")
    sanne.say_in(group, "After the move", reply_to=card(group, "my bike"))
    await bob.sees("After the move")
    anna.say("One more thing")
    await sanne.sees("One more thing", group=group)
    assert await counted(town, of=StaffRoom.id) == 1
    database = Database(town.database_url)
    async with database.read() as session:
        numbers = list(await session.execute(select(Post.message_id, Post.subject).where(Post.message_id.is_not(None))))
    await database.close()
    texts = {each.id: each.text for each in group.messages if each.from_bot}
    assert len(numbers) >= 2
    assert all(texts[number or 0].startswith(subject.partition(".")[0]) for number, subject in numbers)


async def test_a_move_that_only_the_outbox_hears_of(town: Town) -> None:
    sanne, group = await office(town)
    await town.stop()
    group.upgrade()
    for number in list(town.simulator.the_bot().updates):
        town.simulator.world.forget_update(town.simulator.the_bot(), number)
    await town.start()
    await talking(town, "Anna", "Still there?")
    await sanne.sees("Still there?", group=group)
    assert {call.description.partition(":")[2] for call in town.simulator.refusals} == {UPGRADED}
    town.simulator.refusals.clear()


async def test_a_room_that_takes_no_words_loses_none(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Does this arrive?")
    await sanne.sees("Does this arrive?", group=group)
    group.remove_bot(sanne)
    await sanne.sees("The staff room is gone")
    await sanne.sees("Does this arrive?")
    sanne.say("It does", reply_to=sanne.last)
    await anna.sees("It does")
    assert await counted(town, of=StaffRoom.id) == 0


async def test_new_complaints_are_shown_in_the_room_and_nowhere_twice(town: Town) -> None:
    sanne, group = await office(town)
    anna = await town.known("Anna", "en")
    anna.say("/idea")
    await anna.hears()
    anna.say("A bench")
    for label in ("Skip", "Just so you know", "Send"):
        await anna.hears()
        anna.tap(label)
    await sanne.sees("I1", group=group)
    await sanne.quiet()


async def test_many_messages_at_once_are_one_card(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Line 0")
    for number in range(1, 60):
        anna.say(f"Line {number}")
    await sanne.sees("Line 59", group=group)
    assert await counted(town) == 1
    town.passes(minutes=2)
    anna.say("Later")
    await sanne.sees("Later", group=group)
    assert await counted(town) == 2


async def test_what_is_long_is_passed_on_whole(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Begin")
    anna.say("🙂" * 2000)
    anna.photo(caption="x" * 1024)
    await sanne.sees("x" * 1000, group=group)
    shown = "".join(each.text for each in group.messages if each.from_bot)
    assert shown.count("🙂") == 2000
    sanne.say_in(group, "z" * 4096, reply_to=card(group, "Begin"))
    await anna.sees("z" * 50)
    await until(lambda: letters_of(anna, "z"), 4096)


async def letters_of(person: Person, letter: str) -> int:
    return max(sum(each.text.count(letter) for each in person.messages[at:]) for at in (-2, -3))


async def test_the_contact_stays_and_is_asked_first(town: Town) -> None:
    kim = await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    kim.say("/name Kim")
    await kim.hears()
    anna = await talking(town, "Anna", "May I call?")
    await sanne.sees("May I call?")
    kim.tap_data("T1.contact")
    await anna.sees("Kim stays your contact")
    await sanne.sees("Contact: Kim")
    anna.say("/cancel")
    await anna.sees("The talk has ended")
    anna.say("/person")
    await anna.hears()
    anna.say("Me again")
    await anna.sees("Kim is your contact here.")
    await kim.sees("Me again")
    await sanne.sees("Me again")
    kim.say("Hello!", reply_to=await kim.sees("Me again"))
    await anna.sees("Kim\n\nHello!")
    sanne.say("/team")
    await sanne.sees("The team")
    sanne.tap("Take staff from")
    await sanne.sees("no longer has that role")
    before = len(kim.messages)
    anna.say("And now?")
    asked = await sanne.sees("And now?")
    assert "Contact" not in asked.text
    assert len(kim.messages) <= before + 1, "who works here no longer sees no card"


@pytest.mark.parametrize(
    "name", ["", "Sanne de Vries van het kantoor", "@sanne", "https://a.nl", "4nne", "A\nB!", "🙂"]
)
async def test_a_name_is_a_first_name(town: Town, name: str) -> None:
    sanne = await town.coordinator("en")
    sanne.say(f"/name {name}")
    await sanne.sees("Type only your first name")


@pytest.mark.parametrize("name", ["Sanne", "Anne-Marie", "D’Arcy", "Şükrü", "سمر", "Jan Willem"])
async def test_a_name_in_any_script(town: Town, name: str) -> None:
    sanne = await town.coordinator("en")
    sanne.say(f"/name {name}")
    await sanne.sees(f"residents see: {name}.")


async def test_nobody_at_the_office_is_said_with_a_number_to_call(town: Town) -> None:
    anna = await town.known("Anna", "en")  # Sanne never pressed Start
    anna.say("/person")
    await anna.hears()
    anna.say("Hello?")
    await anna.sees("Call 045")
    assert await counted(town, of=PersonTalk.id) == 0


async def working(town: Town, do: Callable[[Any], Any]) -> Any:
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.working() as work:
        return await do(work)


async def test_being_forgotten_takes_what_was_said_off_the_cards(either_town: Town) -> None:
    town = either_town
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "My secret")
    anna.photo(caption="My letter")
    await sanne.sees("My letter", group=group)
    bob = await talking(town, "Bob", "About my bike")
    await sanne.sees("About my bike", group=group)

    async def forget(work: Any) -> None:
        for number in await work.session.scalars(select(PersonTalk.resident_id).where(PersonTalk.id == 1)):
            resident = await work.session.get_one(Resident, number)
            kept = await person_talks.kept_of(work, resident)
            assert [(each["by"], each["words"]) for each in kept] == [("you", "My secret"), ("you", "My letter")]
            await person_talks.erase_of(work, resident)

    await working(town, forget)
    await until(lambda: number_with(group, "My secret", "My letter"), 0)
    assert await counted(town) == 1
    assert await counted(town, History.subject == "T1", History.by.is_not(None), of=History.id) == 0
    sanne.say_in(group, "Still for you", reply_to=card(group, "T1: erased"))
    await sanne.sees("The talk T1 has ended", group=group)
    sanne.say_in(group, "For Bob", reply_to=card(group, "About my bike"))
    await bob.sees("For Bob")


async def number_with(group: Group, *words: str) -> int:
    return sum(any(word in each.text for word in words) for each in group.messages)


async def test_old_talks_are_forgotten_and_open_ones_are_not(either_town: Town) -> None:
    town = either_town
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Long ago")
    await talking(town, "Bob", "Still waiting")
    await sanne.sees("Still waiting", group=group)
    anna.tap("Stop talking to a person")
    await sanne.sees("resident has ended the talk", group=group)
    town.passes(days=91)

    async def forget(work: Any) -> int:
        return await person_talks.forget_old_talks(work, work.now - timedelta(days=90))

    assert await working(town, forget) == 1
    assert await working(town, forget) == 0
    await until(lambda: number_with(group, "Long ago"), 0)
    assert await counted(town) == 1

    async def posts_left() -> int:  # what was still to be shown goes the next time
        await working(town, forget)
        return await counted(town, Post.subject.startswith("T1."), of=Post.id)

    await until(posts_left, 0)
    assert await number_with(group, "Still waiting")


async def test_a_talk_in_which_the_resident_falls_silent_ends_by_itself(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Hello there")
    bob = await talking(town, "Bob", "Nobody answers me")
    await sanne.sees("Nobody answers me", group=group)
    sanne.say_in(group, "Hi Anna", reply_to=card(group, "Hello there"))
    await anna.sees("Hi Anna")
    town.passes(days=15)
    await anna.sees("quiet for long")
    await sanne.sees("quiet for long", group=group)
    anna.say("/mine")
    await anna.sees("nothing of yours")
    bob.say("Still nobody?")
    await sanne.sees("Still nobody?", group=group)
    assert await counted(town, PersonTalk.state == "open", of=PersonTalk.id) == 1


async def test_who_left_telegram_is_told_of_once(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Hello there")
    await sanne.sees("Hello there", group=group)
    anna.delete_account()
    sanne.say_in(group, "Hi", reply_to=card(group, "Hello there"))
    await until(lambda: counted(town, Chat.unreachable_since.is_not(None), of=Chat.id), 1)
    for _sweep in range(3):
        town.passes(seconds=6)
    await sanne.sees("can't be reached now", group=group)
    assert await number_with(group, "can't be reached now") == 1


async def test_an_answer_that_fails_is_said_in_the_room(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "Hello there")
    await sanne.sees("Hello there", group=group)

    async def fails(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(person_talks, "answer", fails)
        sanne.say_in(group, "Hi", reply_to=card(group, "Hello there"))
        await sanne.sees("nothing was passed on", group=group)
    sanne.say_in(group, "Hi once more", reply_to=card(group, "Hello there"))
    await anna.sees("Hi once more")


async def test_at_night_a_card_makes_no_sound(town: Town) -> None:
    sanne, group = await office(town)
    anna = await talking(town, "Anna", "By day")
    await sanne.sees("By day", group=group)
    town.passes(hours=12)
    anna.say("By night")
    await sanne.sees("By night", group=group)
    database = Database(town.database_url)
    async with database.read() as session:
        contents = list(await session.scalars(select(Post.content).order_by(Post.id)))
    await database.close()
    assert [content.get("disable_notification", False) for content in contents] == [False, True]


async def test_an_account_is_nowhere_in_what_staff_see(town: Town) -> None:
    sanne, group = await office(town)
    anna = town.simulator.person("Anna Geheim", "en", username="anna_geheim")
    town.people.append(anna)
    await town._welcome(anna, "Heksenberg")
    anna.say("/person")
    await anna.hears()
    anna.say("Hello there")
    await sanne.sees("Hello there", group=group)
    shown = str([each.raw for each in group.messages if each.from_bot and each.reply_to is None])
    assert str(anna.id) not in shown
    assert "geheim" not in shown.casefold()


async def test_a_group_that_is_no_staff_room_leaves_nothing_behind(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    group = town.simulator.group("Neighbours", admins=[anna], members=[sanne])
    for _again in range(3):
        anna.say_in(group, "/staffroom", anonymous=True)
    await anna.sees("Anoniem blijven", group=group)
    town.passes(minutes=11)
    await until(lambda: counted(town, of=Chat.id), 2)
    assert await number_with(group, "Anoniem blijven") == 1
    anna.say_in(group, "/staffroom@another_bot")
    sanne.say_in(group, "/staffroom")
    await sanne.sees("staff room", group=group)
    town.passes(minutes=11)
    await sanne.quiet()
    assert await counted(town, of=StaffRoom.id) == 1


async def test_messages_that_a_room_refuses_are_told_of(town: Town) -> None:
    sanne, group = await office(town)
    real = town.simulator.dispatch.methods["sendmessage"]

    def mute(world: Any, bot: Any, params: Any) -> Any:
        if params.values.get("chat_id") == group.id:
            raise bad_request("not enough rights to send text messages to the chat")
        return real(world, bot, params)

    town.simulator.dispatch.methods["sendmessage"] = mute
    try:
        anna = await talking(town, "Anna", "Does this arrive?")
        await until(lambda: counted(town, Message.state.in_(["dead", "told"]), of=Message.id), 1)
        town.passes(seconds=6)
        await sanne.sees("could not be delivered: T1.1")
        sanne.tap("Open T1")
        asked = await sanne.sees("Does this arrive?")
        sanne.say("It does", reply_to=asked)
        await anna.sees("It does")
    finally:
        town.simulator.dispatch.methods["sendmessage"] = real
        town.simulator.refusals.clear()


async def test_a_person_of_the_office_may_ask_something_too(town: Town) -> None:
    kim = await colleague(town, role="coordinator")
    sanne = next(each for each in town.people if each.name == "Sanne")
    sanne.say("/person")
    await sanne.hears()
    sanne.say("Who has the key?")
    await sanne.sees("passed it on")
    asked = await kim.sees("Who has the key?")
    assert [each.text for each in sanne.messages if each.from_bot and "Who has the key?" in each.text] == []
    kim.say("I do", reply_to=asked)
    await sanne.sees("I do")


def test_the_menu_ends_in_a_person() -> None:
    assert residents.MENU[-1].does == "do.person"
