"""Broadcasts on their way: in their lane, within their time, once to each, and what becomes of those in hand."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Integer, cast, null, select

from bot.outbox import bulk, rows
from bot.outbox.letters import Letter, captioned, letters
from bot.outbox.rows import Lane
from bot.outbox.sender import FOR_REPLIES, IN_HAND
from bot.simulator import Fault
from bot.store import lease
from bot.store.database import Database
from bot.store.tables import Broadcast, Chat, Message
from tests.crowd import EVERYBODY, WORDS, change, copies, crowd, recipients, row, send_out, tally
from tests.postgres import NoPostgres, PrivateServer, private_server
from tests.town import Town
from tests.town import town as running_town
from tests.waiting import until

COPIES_IN_HAND = IN_HAND - FOR_REPLIES


async def over(town: Town, number: int, seconds: float = 20) -> None:
    """Until nobody waits for it any more."""

    async def waiting() -> int:
        return (await row(town, number)).waiting

    await until(waiting, 0, seconds)


async def at_least(town: Town, number: int, sent: int, seconds: float = 40) -> None:
    """Until so many have got it; tried again and again over a bad network, that takes a while."""

    async def enough() -> bool:
        return (await row(town, number)).sent >= sent

    await until(enough, True, seconds)


# Order and time


async def test_each_gets_it_once_and_the_number_of_the_message_is_kept(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 45)
    number = await send_out(town)
    await over(town, number)
    assert copies(people) == {1: 45}
    assert await tally(town, number) == {"sent": 45}
    assert [each.message_id for each in await recipients(town, number)] == [person.last.id for person in people]
    assert (await row(town, number)).started_at == town.clock.now()


async def test_what_people_must_know_goes_before_invitations(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 30)
    later = await send_out(town, {"en": letters(["An invitation"])[0]}, state="paused")
    first = await send_out(town, {"en": letters(["It is cancelled"])[0]}, state="paused", lane=int(Lane.NOTICE))
    async with town.service.turns.around.database.write() as session:  # type: ignore[union-attr]
        for number in (later, first):
            (await session.get_one(Broadcast, number)).state = "running"
    await over(town, later)
    for person in people:
        assert [seen.text for seen in person.messages] == ["It is cancelled", "An invitation"]
    assert (await row(town, first)).sent == 30


@pytest.mark.parametrize("state", ["asked", "paused", "stopped", "done"])
async def test_what_does_not_run_is_not_sent(either_town: Town, state: str) -> None:
    town = either_town
    people = await crowd(town, 3)
    number = await send_out(town, state=state)
    await asyncio.sleep(1.2)
    assert copies(people) == {0: 3}
    assert (await row(town, number)).started_at is None
    await change(town, number, state="running")
    await over(town, number)
    assert copies(people) == {1: 3}


async def test_a_pause_takes_effect_within_what_is_in_hand(tmp_path: Any, database_url: str) -> None:
    async with running_town(tmp_path, database_url, messages_per_second=60) as town:
        people = await crowd(town, 120)
        number = await send_out(town)
        await at_least(town, number, 10)
        await change(town, number, state="paused")
        paused_at = copies(people)[1]
        await asyncio.sleep(1.5)
        stood = copies(people)[1]
        assert stood <= paused_at + COPIES_IN_HAND
        assert stood < 120
        await change(town, number, state="running")
        await over(town, number)
        assert copies(people) == {1: 120}


async def test_replies_do_not_wait_for_the_copies_in_front_of_them(tmp_path: Any, sqlite_url: str) -> None:
    async with running_town(tmp_path, sqlite_url, messages_per_second=20) as town:
        people = await crowd(town, 100)
        noor = await town.known("Noor", "en")
        number = await send_out(town)
        await at_least(town, number, 5)
        began = time.monotonic()
        noor.say("/help")
        await noor.sees("/mine")
        assert time.monotonic() - began < 1
        assert copies(people)[1] < 60


# Too late


async def test_what_was_to_be_tried_again_is_not_sent_after_its_time(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 3)
    fault = Fault("error", {"sendMessage"})
    town.simulator.faults.append(fault)
    expires = town.clock.now() + timedelta(hours=1)
    number = await send_out(town, expires_at=expires)
    async with town.service.turns.around.database.write() as session:  # type: ignore[union-attr]
        chat = await session.get_one(Chat, (await recipients(town, number))[0].chat_id)
        reminder = letters(["It begins in an hour"])
        await rows.write(session, rows.to_send(chat, Lane.NOTICE, reminder, town.clock.now(), expires_at=expires))

    async def all_tried() -> bool:
        return fault.met >= 3

    await until(all_tried, True)
    town.passes(hours=2)
    town.simulator.faults.clear()
    await asyncio.sleep(2.5)
    assert copies(people) == {0: 3}
    assert copies(people, "It begins") == {0: 3}
    assert await tally(town, number) == {"waiting": 3}
    database = Database(town.database_url)
    async with database.read() as session:
        assert list(await session.scalars(select(Message))) == []
    await database.close()


async def test_what_waits_for_its_moment_is_not_sent_after_its_time(tmp_path: Any, sqlite_url: str) -> None:
    async with running_town(tmp_path, sqlite_url, messages_per_second=2) as town:
        people = await crowd(town, 12)
        number = await send_out(town, expires_at=town.clock.now() + timedelta(hours=1))
        await at_least(town, number, 1)
        town.passes(hours=2)
        sent = copies(people)[1]
        await asyncio.sleep(1.5)
        assert copies(people) == {0: 12 - sent, 1: sent}


# Edits


async def test_a_mistake_is_mended_in_what_was_sent(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 25)
    people[3].dialog.blocked = True
    first = await send_out(town)
    await over(town, first)
    del people[7].dialog.messages[people[7].last.id]
    again = await send_out(town, {"en": letters(["The barbecue is on Sunday"])[0]}, bulk.reached(first), edits=first)
    await over(town, again)
    assert await tally(town, again) == {"sent": 23, "refused": 1}
    assert copies(people) == {0: 25}
    assert copies(people, "on Sunday") == {0: 2, 1: 23}
    assert people[0].last.edited
    once_more = await send_out(
        town, {"en": letters(["The barbecue is on Sunday"])[0]}, bulk.reached(first), edits=first
    )
    await over(town, once_more)
    assert await tally(town, once_more) == {"sent": 23, "refused": 1}, "it says so already"
    town.simulator.refusals.clear()


async def test_an_edit_that_is_tried_again_never_undoes_a_newer_one(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 3)
    first = await send_out(town)
    await over(town, first)
    fault = Fault("error", {"editMessageText"})
    town.simulator.faults.append(fault)
    older = await send_out(town, {"en": letters(["At noon"])[0]}, bulk.reached(first), edits=first)

    async def all_tried() -> bool:
        return fault.met >= 3

    await until(all_tried, True)
    newer = await send_out(town, {"en": letters(["On Sunday"])[0]}, bulk.reached(first), edits=first)
    town.simulator.faults.clear()
    await over(town, newer)
    await asyncio.sleep(2.5)
    assert copies(people, "On Sunday") == {1: 3}
    assert ((await row(town, older)).state, (await row(town, older)).sent) == ("stopped", 0)


async def test_the_words_under_a_photo_are_mended_too(town: Town) -> None:
    anna = await town.known("Anna", "en")
    photo = anna.photo().photos[0]
    await anna.hears()
    first = await send_out(town, {"en": captioned(photo, [WORDS])})
    await anna.sees(WORDS)
    await over(town, first)
    again = await send_out(town, {"en": captioned(photo, ["On Sunday"])}, bulk.reached(first), edits=first)
    await over(town, again)
    assert (anna.last.text, anna.last.kind, anna.last.edited) == ("On Sunday", "photo", True)


async def test_whoever_is_just_being_sent_to_gets_the_edit_too(tmp_path: Any, database_url: str) -> None:
    async with running_town(tmp_path, database_url, messages_per_second=15) as town:
        people = await crowd(town, 40)
        first = await send_out(town)
        await at_least(town, first, 3)
        await change(town, first, state="paused")
        mended: dict[str, Letter] = {"en": letters(["On Sunday"])[0]}
        again = await send_out(town, mended, bulk.reached(first), edits=first)
        await over(town, again)
        assert copies(people) == {0: 40}
        assert copies(people, "On Sunday")[1] == (await row(town, first)).sent >= COPIES_IN_HAND


async def test_where_nothing_arrived_there_is_nothing_to_mend(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 3)
    first = await send_out(town, state="stopped")
    never = EVERYBODY.add_columns(cast(null(), Integer))
    again = await send_out(town, {"en": letters(["On Sunday"])[0]}, never, edits=first)
    await over(town, again)
    assert await tally(town, again) == {"refused": 3}
    assert copies(people, "On Sunday") == {0: 3}
    with pytest.raises(ValueError, match="can't be changed"):
        await send_out(town, {"en": Letter("sendDocument", {})}, never, edits=first)


# Who dies with something in hand


@pytest.mark.parametrize("never_twice", [False, True])
async def test_what_was_in_hand_is_given_back_or_is_unknown(either_town: Town, never_twice: bool) -> None:
    town = either_town
    people = await crowd(town, 30)
    silence = Fault("silence", {"sendMessage"})
    town.simulator.faults.append(silence)
    number = await send_out(town, never_twice=never_twice)

    async def in_hand() -> int:
        return silence.met

    await until(in_hand, COPIES_IN_HAND)
    await town.kill()
    town.simulator.faults.clear()
    await town.start()
    await over(town, number)
    if never_twice:
        assert await tally(town, number) == {"sent": 30 - COPIES_IN_HAND, "unknown": COPIES_IN_HAND}
        assert copies(people) == {0: COPIES_IN_HAND, 1: 30 - COPIES_IN_HAND}
    else:
        assert await tally(town, number) == {"sent": 30}
        assert copies(people) == {1: 30}


async def test_what_surely_did_not_go_is_tried_again_also_where_nothing_may_go_twice(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 4)
    town.simulator.faults.append(Fault("retry_after", {"sendMessage"}, seconds=3, times=2))
    number = await send_out(town, never_twice=True)
    await at_least(town, number, 2)
    await asyncio.sleep(0.5)
    await town.kill()
    await town.start()
    await over(town, number)
    assert await tally(town, number) == {"sent": 4}
    assert copies(people) == {1: 4}


async def test_where_nothing_may_go_twice_a_lost_answer_is_the_end_of_it(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 6)
    town.simulator.faults.append(Fault("drop_after", {"sendMessage"}, times=1))
    town.simulator.faults.append(Fault("error", {"sendMessage"}, times=1))
    number = await send_out(town, never_twice=True)
    await over(town, number)
    assert await tally(town, number) == {"sent": 4, "unknown": 2}
    assert copies(people) == {0: 1, 1: 5}


async def test_a_clean_stop_leaves_nothing_in_doubt(tmp_path: Any, database_url: str) -> None:
    async with running_town(tmp_path, database_url, messages_per_second=25) as town:
        people = await crowd(town, 60)
        number = await send_out(town, never_twice=True)
        await at_least(town, number, 5)
        await town.stop()
        assert set(await tally(town, number)) == {"sent", "waiting"}
        await town.start()
        await over(town, number)
        assert copies(people) == {1: 60}


KINDS: list[tuple[dict[str, Any], bool]] = [
    ({"subject": "E1"}, False),
    ({"subject": "news"}, False),
    ({"subject": "I1"}, False),
    ({"subject": "said"}, True),
    ({"subject": "E1", "lane": int(Lane.NOTICE)}, True),
    ({"subject": "E1", "edits": True}, True),
]


@pytest.mark.parametrize(
    ("kind", "arrives"), KINDS, ids=["invitation", "news", "question", "what came of it", "notice", "edit"]
)
async def test_who_wants_no_invitations_gets_none_that_waits_and_all_the_rest(
    town: Town, kind: dict[str, Any], arrives: bool
) -> None:
    anna, bob, carl = await crowd(town, 3)
    mended: dict[str, Letter] = {"en": letters(["On Sunday"])[0]}
    if edits := kind.get("edits"):
        first = await send_out(town, subject="E1")
        await over(town, first)
        number = await send_out(town, mended, bulk.reached(first), **{**kind, "edits": first}, state="paused")
    else:
        number = await send_out(town, state="paused", **kind)
    anna.say("/stop")
    await anna.sees("won't get invitations any more")
    bob.say("hello")
    await bob.sees("has changed")
    bob.tap("No, thank you")
    await bob.sees("you get no invitations")
    await change(town, number, state="running")
    await over(town, number)
    got = copies([anna, bob], "On Sunday" if edits else WORDS)
    assert got == ({1: 2} if arrives else {0: 2})
    assert copies([carl], "On Sunday" if edits else WORDS) == {1: 1}
    assert await tally(town, number) == ({"sent": 3} if arrives else {"sent": 1, "gone": 2})


async def test_what_is_over_keeps_its_figures_whoever_says_stop(town: Town) -> None:
    anna, _bob = await crowd(town, 2)
    number = await send_out(town, subject="E1", state="done")
    anna.say("/stop")
    await anna.sees("won't get invitations any more")
    assert await tally(town, number) == {"waiting": 2}


async def test_an_end_is_counted_once(either_town: Town) -> None:
    town = either_town
    await crowd(town, 3)
    number = await send_out(town, state="paused")
    chats = [each.chat_id for each in await recipients(town, number)]
    async with town.service.turns.around.database.write() as session:  # type: ignore[union-attr]
        await bulk.settle(session, number, chats[:2], "sent", {chats[0]: 5})
        await bulk.settle(session, number, chats[:2], "gone")
        await bulk.leave_out(session, chats[2])
        await bulk.leave_out(session, chats[2])
    assert await tally(town, number) == {"sent": 2, "gone": 1}
    assert [each.message_id for each in await recipients(town, number)] == [5, None, None]


# Outages


async def test_after_an_hour_without_telegram_it_goes_on_where_it_was(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 50)
    away = Fault("drop_before")
    number = await send_out(town)
    town.simulator.faults.append(away)
    await asyncio.sleep(1.5)
    town.passes(hours=1)
    await asyncio.sleep(1)
    calls = sum(call.method == "sendMessage" and not call.ok for call in town.simulator.calls)
    assert calls <= COPIES_IN_HAND + 5, "an outage costs few their turn"
    town.simulator.faults.clear()
    await over(town, number)
    assert copies(people) == {1: 50}


async def test_a_network_that_comes_and_goes_loses_nothing(either_town: Town) -> None:
    town = either_town
    people = await crowd(town, 40)
    town.simulator.faults.append(Fault("drop_before", {"sendMessage"}, chance=0.25))
    number = await send_out(town)
    await at_least(town, number, 15)
    town.simulator.faults.clear()
    await over(town, number)
    assert copies(people) == {1: 40}


async def test_a_database_that_restarts_in_the_middle_loses_nothing(tmp_path: Any) -> None:
    try:
        server: PrivateServer = private_server()
    except NoPostgres as reason:
        pytest.skip(str(reason))
    with server:
        url = server.url(server.create_database())
        async with running_town(tmp_path, url, messages_per_second=60) as town:
            people = await crowd(town, 90)
            number = await send_out(town)
            await at_least(town, number, 20)
            await asyncio.to_thread(server.stop, immediate=True)
            await asyncio.sleep(1)
            await asyncio.to_thread(server.start)
            await over(town, number, 30)
            assert copies(people) == {1: 90}
            assert await tally(town, number) == {"sent": 90}


# Two processes


async def test_when_one_process_dies_the_other_goes_on_with_the_broadcast(
    tmp_path: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_is_gone", lambda _holder: False)  # as on two machines
    async with running_town(tmp_path, postgres_url, messages_per_second=40) as town:
        people = await crowd(town, 150)
        second = Town(town.simulator, tmp_path, postgres_url, messages_per_second=40)
        await second.start()
        try:
            number = await send_out(town)
            await at_least(town, number, 30)
            await town.kill()
            reached, began = copies(people)[0], time.monotonic()

            async def goes_on() -> bool:
                return copies(people)[0] < reached

            await until(goes_on, True)
            assert time.monotonic() - began < 10
            await over(second, number)
            found = copies(people)
            assert found[0] == 0
            assert found[1] + found[2] == 150
            assert found[2] <= COPIES_IN_HAND
            assert await tally(second, number) == {"sent": 150}
            assert [call for call in town.simulator.calls if call.error_code == 409] == []
        finally:
            await second.stop()
            town.service = None
