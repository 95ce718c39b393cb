"""What people send and see, through two clients that share no code: aiogram and python-telegram-bot."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import telegram
from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputPollOption,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.simulator import Person, Seen, Simulator
from bot.simulator.drawings import NAMES, picture

YES_NO = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Ja", callback_data="1:ja"),
            InlineKeyboardButton(text="Nee", callback_data="1:nee"),
        ],
        [InlineKeyboardButton(text="Meer", url="https://example.nl")],
    ]
)


async def test_all_that_a_person_can_send(bot: Bot, anna: Person) -> None:
    first = anna.say("Hallo /mine")
    anna.photo(b"no picture at all", caption="Kijk")
    anna.album([None, None, None], caption="Drie")
    anna.spot(50.9, 5.98)
    anna.venue(50.9, 5.98, "School", "Straat 1")
    anna.voice(7)
    anna.video()
    anna.document("a.txt", b"abc", "text/plain")
    anna.sticker()
    anna.contact()
    anna.dice()
    anna.poll("Zullen we?", ["Ja", "Nee"])
    anna.forward("Van een ander")
    anna.say("Daarop", reply_to=first)
    anna.edit(first, "Hallo!")
    updates = await bot.get_updates()
    messages = [update.message for update in updates if update.message]
    kinds = [message.content_type for message in messages]
    assert kinds == [
        ContentType.TEXT,
        ContentType.TEXT,
        *[ContentType.PHOTO] * 4,
        ContentType.LOCATION,
        ContentType.VENUE,
        ContentType.VOICE,
        ContentType.VIDEO,
        ContentType.DOCUMENT,
        ContentType.STICKER,
        ContentType.CONTACT,
        ContentType.DICE,
        ContentType.POLL,
        ContentType.TEXT,
        ContentType.TEXT,
    ]
    assert len({message.media_group_id for message in messages[3:6]}) == 1
    assert messages[-2].forward_origin is not None
    assert messages[-1].reply_to_message is not None
    assert messages[-1].reply_to_message.message_id == first.id
    edited = updates[-1].edited_message
    assert edited is not None
    assert edited.text == "Hallo!"
    photo = messages[2].photo
    assert photo is not None
    content = await bot.download(photo[-1].file_id)
    assert content is not None
    assert content.read() == b"no picture at all", "the bytes are kept as they came"


async def test_deep_links(bot: Bot, sim: Simulator) -> None:
    sim.person("Bas").start("poster-12")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "/start poster-12"
    assert update.message.entities is not None
    assert update.message.entities[0].type == "bot_command"


async def test_buttons_are_tapped_by_label_part_of_it_or_data(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "Oud", reply_markup=YES_NO)
    await bot.send_message(anna.id, "Nieuw", reply_markup=YES_NO)
    newest, oldest = anna.last, anna.messages[1]
    assert newest.labels == ["Ja", "Nee", "Meer"]
    assert anna.tap("Ja").id == newest.id
    assert anna.tap("1:nee").id == newest.id
    assert anna.tap("nee", oldest).id == oldest.id
    anna.tap_data("kapot", newest)
    with pytest.raises(AssertionError, match="opens https"):
        anna.tap("Meer")
    queries = [update.callback_query for update in await bot.get_updates() if update.callback_query]
    assert [query.data for query in queries] == ["1:ja", "1:nee", "1:nee", "kapot"]
    await bot.answer_callback_query(queries[0].id, text="Genoteerd")
    assert anna.alerts == ["Genoteerd"]


async def test_the_keyboard_comes_and_goes(bot: Bot, anna: Person) -> None:
    rows = [[KeyboardButton(text="Plek delen", request_location=True)], [KeyboardButton(text="Terug")]]
    await bot.send_message(anna.id, "Waar?", reply_markup=ReplyKeyboardMarkup(keyboard=rows))
    assert [button.label for row in anna.keyboard or [] for button in row] == ["Plek delen", "Terug"]
    with pytest.raises(AssertionError, match="share_spot"):
        anna.tap("Plek delen")
    assert anna.share_spot(50.9, 5.98).kind == "location"
    assert anna.tap("Terug").text == "Terug"
    back = InlineKeyboardButton(text="Terug", callback_data="terug")
    await bot.send_message(anna.id, "Of hier", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[back]]))
    assert anna.tap("Terug").text == "Of hier", "the newest message comes before the keyboard"
    await bot.send_message(anna.id, "Nieuw")
    assert anna.tap("Terug").text == "Terug", "the keyboard comes before an older message"
    await bot.send_message(anna.id, "Klaar", reply_markup=ReplyKeyboardRemove())
    assert anna.keyboard is None
    with pytest.raises(AssertionError, match="no button asks"):
        anna.share_spot(50.9, 5.98)
    once = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Eens")]], one_time_keyboard=True)
    await bot.send_message(anna.id, "Nog een", reply_markup=once)
    anna.tap("Eens")
    assert anna.keyboard is None


async def test_hearing_and_seeing(bot: Bot, anna: Person) -> None:
    async def later() -> None:
        await asyncio.sleep(0.05)
        sent = await bot.send_message(anna.id, "een")
        await bot.send_message(anna.id, "<b>twee</b> &amp; drie", parse_mode="HTML")
        await bot.edit_message_text("anders", chat_id=anna.id, message_id=sent.message_id)

    task = asyncio.create_task(later())
    (one,) = await anna.hears()
    (two,) = await anna.hears()
    assert (one.text, two.text, two.html) == ("een", "twee & drie", "<b>twee</b> &amp; drie")
    assert (await anna.sees("anders")).edited
    await task
    with pytest.raises(AssertionError, match=r"waited 0\.1 s for 1 message"):
        await anna.hears(timeout=0.1)
    anna.say("iets")
    with pytest.raises(AssertionError, match="did not see 'anders'"):
        await anna.sees("anders", timeout=0.1)
    await anna.quiet(0.05)


async def test_what_a_bot_can_send(sim: Simulator, bot: Bot, anna: Person) -> None:
    heard: list[tuple[int, Seen]] = []
    stop = sim.on_message(lambda chat, seen: heard.append((chat, seen)))
    file = BufferedInputFile(picture("rubbish"), "photo.png")
    photo = await bot.send_photo(anna.id, file, caption="<i>Kijk</i>", parse_mode="HTML")
    assert photo.photo is not None
    known = photo.photo[-1].file_id
    album = await bot.send_media_group(
        anna.id, [InputMediaPhoto(media=known, caption="a"), InputMediaPhoto(media=file)]
    )
    assert len({message.media_group_id for message in album}) == 1
    await bot.send_document(anna.id, BufferedInputFile(b"a;b", "export.csv"), caption="Export")
    await bot.send_voice(anna.id, BufferedInputFile(b"OggS", "a.ogg"), duration=3)
    await bot.send_location(anna.id, 50.9, 5.98)
    await bot.send_venue(anna.id, 50.9, 5.98, "School", "Straat 1")
    poll = await bot.send_poll(
        anna.id, "Wanneer?", [InputPollOption(text="Za"), InputPollOption(text="Zo")], is_anonymous=False
    )
    await bot.send_chat_action(anna.id, "typing")
    await bot.set_message_reaction(anna.id, photo.message_id, [ReactionTypeEmoji(emoji="👍")])
    await bot.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(picture("weeds"), "w.png")),
        chat_id=anna.id,
        message_id=photo.message_id,
    )
    await bot.edit_message_caption(chat_id=anna.id, message_id=album[0].message_id, caption="b")
    await bot.copy_message(anna.id, anna.id, album[0].message_id)
    await bot.forward_message(anna.id, anna.id, album[0].message_id)
    await bot.pin_chat_message(anna.id, poll.message_id)
    assert (await bot.get_chat(anna.id)).pinned_message is not None
    assert (await bot.get_chat_member(anna.id, anna.id)).status == "member"
    anna.vote("Za", poll.message_id)
    assert [update.event_type for update in await bot.get_updates()] == ["message", "poll_answer"]
    kinds = [seen.kind for _, seen in heard]
    assert kinds == [
        "photo", "photo", "photo", "document", "voice", "location", "venue", "poll", "photo", "photo", "photo", "photo",
    ]  # fmt: skip
    stop()
    await bot.send_message(anna.id, "x")
    assert len(heard) == len(kinds)
    assert sim.refusals == []


async def test_python_telegram_bot_understands_it_too(sim: Simulator, anna: Person) -> None:
    client = telegram.Bot(sim.token, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot")
    async with client:
        assert client.username == sim.bot().username
        anna.photo(picture("paving"), caption="Los")
        updates = await client.get_updates()
        message = updates[-1].message
        assert message is not None
        content = await (await message.photo[-1].get_file()).download_as_bytearray()
        assert bytes(content) == picture("paving")
        markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Ja", callback_data="j")]])
        sent = await client.send_message(anna.id, "<b>Dank</b>", parse_mode="HTML", reply_markup=markup)
        assert sent.text_html == "<b>Dank</b>"
        assert sent.reply_markup == markup
        await client.send_photo(anna.id, picture("weeds"), caption="b")
        await client.set_my_commands([telegram.BotCommand("mine", "Mijn meldingen")])
        anna.tap("Ja")
        query = (await client.get_updates(offset=updates[-1].update_id + 1))[0].callback_query
        assert query is not None
        await query.answer("Ok")
        await query.edit_message_text("Klaar")
    assert anna.alerts == ["Ok"]
    assert sim.refusals == []


async def test_the_clock_moves(sim: Simulator, bot: Bot, anna: Person) -> None:
    moves: list[timedelta] = []

    async def moved(by: timedelta) -> None:
        moves.append(by)

    sim.on_clock_moved = moved
    before = (await bot.send_message(anna.id, "nu")).date
    await sim.move_clock(timedelta(days=3))
    after = (await bot.send_message(anna.id, "straks")).date
    assert timedelta(days=3) <= after - before < timedelta(days=3, seconds=5)
    assert (moves, sim.clock_offset) == ([timedelta(days=3)], timedelta(days=3))


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_can_be_opened(name: str) -> None:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(picture(name))) as image:
        image.load()
        assert image.size == (480, 360)
