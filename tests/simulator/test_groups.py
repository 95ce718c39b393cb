"""Groups: what a bot gets to see, who may speak, and the upgrade to a supergroup."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReactionTypeEmoji, Update

from bot.simulator import Person, Simulator


async def all_of(bot: Bot) -> list[Update]:
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


def texts(updates: list[Update]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def test_a_bot_sees_commands_and_replies_to_itself(sim: Simulator, bot: Bot, anna: Person) -> None:
    sim.bot(username="buurt_bot")
    office = sim.group("Kantoor", [anna])
    (*_, added) = await all_of(bot)
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "member"
    said = await bot.send_message(office.id, "Nieuwe melding")
    anna.say_in(office, "Onder ons")
    anna.say_in(office, "/complaints")
    anna.say_in(office, "/take@buurt_bot M12")
    anna.say_in(office, "/take@other_bot M12")
    anna.say_in(office, "Die pak ik", reply_to=said.message_id)
    anna.photo_in(office, caption="Klaar")
    assert texts(await all_of(bot)) == ["/complaints", "/take@buurt_bot M12", "Die pak ik"]


async def test_an_administrator_sees_everything_and_may_ban(sim: Simulator, bot: Bot, anna: Person) -> None:
    bas = sim.person("Bas")
    office = sim.group("Kantoor", [bas], admins=[anna], bot_is_admin=True)
    await all_of(bot)
    anna.say_in(office, "Onder ons")
    anna.say_in(office, "Zonder naam", anonymous=True)
    updates = await all_of(bot)
    assert texts(updates) == ["Onder ons", "Zonder naam"]
    anonymous = updates[1].message
    assert anonymous is not None
    assert anonymous.from_user is not None
    assert anonymous.from_user.username == "GroupAnonymousBot"
    assert anonymous.sender_chat is not None
    assert anonymous.sender_chat.id == office.id
    with pytest.raises(AssertionError, match="no administrator"):
        bas.say_in(office, "Zonder naam", anonymous=True)
    administrators = await bot.get_chat_administrators(office.id)
    assert {member.user.first_name for member in administrators} == {"Anna", "Buurtpraat"}
    with pytest.raises(TelegramBadRequest, match="user is an administrator"):
        await bot.ban_chat_member(office.id, anna.id)
    await bot.ban_chat_member(office.id, bas.id)
    assert (await bot.get_chat_member(office.id, bas.id)).status == "kicked"
    with pytest.raises(AssertionError, match="not in"):
        bas.say_in(office, "Hallo?")


async def test_without_rights(sim: Simulator, bot: Bot, anna: Person) -> None:
    office = sim.group("Kantoor", [anna])
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.ban_chat_member(office.id, anna.id)
    said = anna.say_in(office, "hoi")
    with pytest.raises(TelegramBadRequest, match="can't be deleted"):
        await bot.delete_message(office.id, said.id)
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.pin_chat_message(office.id, said.id)


async def test_a_group_becomes_a_supergroup(sim: Simulator, bot: Bot, anna: Person) -> None:
    office = sim.group("Kantoor", [anna])
    before = office.id
    await all_of(bot)
    after = office.upgrade()
    assert after < -1_000_000_000_000
    old, new = await all_of(bot)
    assert old.message is not None
    assert (old.message.chat.id, old.message.migrate_to_chat_id) == (before, after)
    assert new.message is not None
    assert (new.message.chat.id, new.message.migrate_from_chat_id) == (after, before)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(before, "x")
    assert moved.value.migrate_to_chat_id == after
    await bot.send_message(after, "x")
    assert office.last.text == "x"


async def test_a_bot_that_was_put_out(sim: Simulator, bot: Bot, anna: Person) -> None:
    office = sim.group("Kantoor", [anna])
    office.remove_bot(anna)
    with pytest.raises(TelegramForbiddenError, match="kicked"):
        await bot.send_message(office.id, "x")
    office.add_bot(anna, admin=True)
    await bot.send_message(office.id, "x")
    await bot.leave_chat(office.id)
    with pytest.raises(TelegramForbiddenError, match="not a member"):
        await bot.send_message(office.id, "x")
    statuses = [u.my_chat_member.new_chat_member.status for u in await all_of(bot) if u.my_chat_member]
    assert statuses == ["member", "kicked", "administrator", "left"]


async def test_taps_and_newcomers(sim: Simulator, bot: Bot, anna: Person) -> None:
    bas = sim.person("Bas")
    office = sim.group("Kantoor", [anna])
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Neem op", callback_data="t:12")]])
    await bot.send_message(office.id, "M12", reply_markup=keyboard)
    office.add(bas)
    bas.tap_in(office, "Neem op")
    updates = await all_of(bot)
    newcomers = [u.message.new_chat_members for u in updates if u.message and u.message.new_chat_members]
    assert [member.first_name for members in newcomers for member in members] == ["Bas"]
    query = updates[-1].callback_query
    assert query is not None
    assert (query.data, query.from_user.first_name) == ("t:12", "Bas")
    assert query.message is not None
    assert query.message.chat.id == office.id
    await bot.send_message(office.id, "Bas doet het")
    assert [seen.text for seen in await bas.hears(group=office)] == ["Bas doet het"]
    assert (await bas.sees("doet", group=office)).sender == "Buurtpraat"


async def test_a_bot_sees_voice_stickers_and_edits_that_reply_to_it(sim: Simulator, bot: Bot, anna: Person) -> None:
    office = sim.group("Kantoor", [anna])
    await all_of(bot)
    said = await bot.send_message(office.id, "Nieuwe kaart")
    anna.voice_in(office)
    anna.voice_in(office, reply_to=said.message_id)
    anna.sticker_in(office, reply_to=said.message_id)
    answer = anna.say_in(office, "Komt goed", reply_to=said.message_id)
    anna.edit(answer, "Komt helemaal goed", office)
    anna.edit(anna.say_in(office, "Onder ons"), "Onder ons dus", office)
    *_sent, edited = updates = await all_of(bot)
    assert [u.message.content_type for u in updates if u.message] == ["voice", "sticker", "text"]
    assert edited.edited_message is not None
    assert edited.edited_message.text == "Komt helemaal goed"
    assert edited.edited_message.reply_to_message is not None
    assert edited.edited_message.reply_to_message.message_id == said.message_id


async def test_a_reaction_is_kept_and_taken_away(sim: Simulator, bot: Bot, anna: Person) -> None:
    office = sim.group("Kantoor", [anna])
    said = anna.say_in(office, "/staffroom")
    await bot.set_message_reaction(office.id, said.id, [ReactionTypeEmoji(emoji="👍")])
    assert [each.reaction for each in office.messages] == ["👍"]
    await bot.set_message_reaction(office.id, said.id, [])
    assert [each.reaction for each in office.messages] == [""]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(office.id, said.id, [ReactionTypeEmoji(emoji="✅")])


async def test_a_spot_cannot_be_asked_for_in_a_group(sim: Simulator, bot: Bot, anna: Person) -> None:
    from aiogram.types import KeyboardButton, ReplyKeyboardMarkup

    office = sim.group("Kantoor", [anna])
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Plek", request_location=True)]])
    with pytest.raises(TelegramBadRequest, match="private chats only"):
        await bot.send_message(office.id, "Waar?", reply_markup=keyboard)
