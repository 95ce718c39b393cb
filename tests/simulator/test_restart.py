"""What survives when the simulator stops and starts again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.simulator import Simulator
from tests.simulator.conftest import aiogram_bot


async def test_counters_messages_files_and_updates_survive(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state.db"
    sim = Simulator(state_file=state)
    bot = aiogram_bot(await sim.start())
    anna = sim.person("Anna")
    anna.start()
    anna.photo(b"bytes", caption="Kijk")
    office = sim.group("Kantoor", [anna])
    first = await bot.get_updates(allowed_updates=["message", "callback_query", "my_chat_member"])
    await bot.get_updates(offset=first[0].update_id + 1)
    sent = await bot.send_message(anna.id, "Dank je")
    deleted = await bot.send_message(anna.id, "Weg")
    await bot.delete_message(anna.id, deleted.message_id)
    await bot.set_my_name("Straatpraat")
    await sim.move_clock(timedelta(days=2))
    office.upgrade()
    await bot.session.close()
    await sim.stop()

    again = Simulator(state_file=state)
    bot = aiogram_bot(await again.start())
    same = again.person("Anna", id=anna.id)
    assert again.clock_offset == timedelta(days=2)
    assert [seen.text for seen in same.messages] == ["/start", "Kijk", "Dank je"]
    assert same.last.id == sent.message_id
    assert (await bot.get_my_name()).name == "Straatpraat"
    waiting = await bot.get_updates()
    assert waiting[0].update_id == first[0].update_id + 1
    assert waiting[0].message is not None
    assert waiting[0].message.photo is not None
    content = await bot.download(waiting[0].message.photo[-1].file_id)
    assert content is not None
    assert content.read() == b"bytes"
    same.block()
    newest = (await bot.get_updates())[-1]
    assert newest.update_id > max(update.update_id for update in waiting)
    same.unblock()
    assert (await bot.send_message(anna.id, "Weer")).message_id == deleted.message_id + 1
    assert (await same.hears(3))[-1].text == "Weer"
    assert again.person("Bas").id != anna.id
    assert again.group("Kantoor", [same], id=office.dialog.chat_id).id == office.id
    await bot.session.close()
    await again.stop()


async def test_without_a_file_nothing_is_kept() -> None:
    sim = Simulator()
    await sim.start()
    sim.person("Anna").start()
    await sim.stop()
    assert not sim.world.state.dirty
    assert sim.world.saved is None


async def test_a_bounded_chat_forgets_its_oldest() -> None:
    sim = Simulator(keep_messages=5)
    anna = sim.person("Anna")
    for number in range(10):
        anna.say(str(number))
    assert [seen.text for seen in anna.messages] == ["5", "6", "7", "8", "9"]
