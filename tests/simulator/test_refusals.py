"""Each thing that Telegram refuses is refused here too, in its words."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import pytest

from bot.simulator import Person, Simulator
from bot.simulator.drawings import picture, png, swatch

INLINE_YES = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}


async def call(sim: Simulator, method: str, token: str | None = None, **params: Any) -> dict[str, Any]:
    """One call as raw JSON, so that no client mends it on the way."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sim.url}/bot{token or sim.token}/{method}", json=params) as answer,
    ):
        envelope: dict[str, Any] = await answer.json()
        assert answer.status == envelope.get("error_code", 200)
        return envelope


async def upload(sim: Simulator, method: str, field: str, content: bytes, **params: Any) -> dict[str, Any]:
    form = aiohttp.FormData()
    for name, value in params.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    form.add_field(field, io.BytesIO(content), filename="photo.png")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sim.url}/bot{sim.token}/{method}", data=form) as answer,
    ):
        envelope: dict[str, Any] = await answer.json()
        return envelope


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "HTML5"}, "can't parse entities: unsupported parse_mode"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "Can't find end tag"),
        ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
        ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, "Unmatched end tag"),
        ({"text": "<p>x</p>", "parse_mode": "HTML"}, 'Unsupported start tag "p"'),
        ({"text": "a < b", "parse_mode": "HTML"}, "Unescaped character '<'"),
        ({"text": "a & b", "parse_mode": "HTML"}, "Unescaped character '&'"),
        ({"text": "a &nbsp; b", "parse_mode": "HTML"}, 'Unsupported entity "&nbsp;"'),
        ({"text": "<span>x</span>", "parse_mode": "HTML"}, "tg-spoiler"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 9}]}, "outside of the text"),
        (
            {"text": "x", "reply_markup": INLINE_YES | {"inline_keyboard": "no"}},
            "can't parse inline keyboard",
        ),
        ({"text": "x", "reply_markup": [1]}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": {"buttons": []}}, "can't parse reply keyboard markup"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "x", "reply_markup": inline({"text": "Ja"})}, "text buttons are unallowed"),
        ({"text": "x", "reply_markup": inline({"text": "", "callback_data": "1"})}, "must be non-empty"),
        ({"text": "x", "reply_markup": inline({"text": "Ja", "callback_data": ""})}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": inline({"text": "Ja", "callback_data": "é" * 33})},
            "BUTTON_DATA_INVALID",
        ),
        (
            {
                "text": "x",
                "reply_markup": inline({"text": "Ja", "callback_data": "1", "url": "https://a.nl"}),
            },
            "exactly one optional field",
        ),
        ({"text": "x", "reply_markup": inline({"text": "Ja", "url": "niks"})}, "Wrong HTTP URL"),
        (
            {"text": "x", "reply_markup": inline({"text": "Ja", "url": "https://t.me/b_bot?start=a+b"})},
            "START_PARAM_INVALID",
        ),
        (
            {
                "text": "x",
                "reply_markup": inline({"text": "Ja", "url": f"https://t.me/b_bot?start={'a' * 65}"}),
            },
            "START_PARAM_INVALID",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "1"}]] * 101}},
            "reply markup is too long",
        ),
        ({"text": "x", "reply_markup": {"keyboard": [[{"text": ""}]]}}, "must be non-empty"),
        (
            {"text": "x", "reply_markup": {"keyboard": [["a"]], "input_field_placeholder": "x" * 65}},
            "placeholder is too long",
        ),
        (
            {
                "text": "x",
                "reply_markup": {"keyboard": [[{"text": "a", "request_contact": True, "request_location": True}]]},
            },
            "at most one optional field",
        ),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)
async def test_messages(sim: Simulator, anna: Person, params: dict[str, Any], description: str) -> None:
    answer = await call(sim, "sendMessage", chat_id=anna.id, **params)
    assert answer["error_code"] == 400
    assert answer["description"].startswith("Bad Request: ")
    assert description in answer["description"]
    assert [refusal.description for refusal in sim.refusals] == [answer["description"]]
    assert not [message for message in anna.messages if message.from_bot]


async def test_the_limits_hold_after_entities_are_parsed(sim: Simulator, anna: Person) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    assert (await call(sim, "sendMessage", chat_id=anna.id, text=text, parse_mode="HTML"))["ok"]
    assert anna.last.text == "<" * 4096
    answer = await upload(sim, "sendPhoto", "photo", picture("paving"), chat_id=anna.id, caption="x" * 1025)
    assert answer["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("chat_id", "code", "description"),
    [
        (None, 400, "Bad Request: chat_id is empty"),
        ("somebody", 400, "Bad Request: chat not found"),
        (424242, 400, "Bad Request: chat not found"),
        (-424242, 400, "Bad Request: chat not found"),
        (4200000001, 403, "Forbidden: bot can't send messages to bots"),
    ],
)
async def test_chats_that_are_not_there(
    sim: Simulator, anna: Person, chat_id: object, code: int, description: str
) -> None:
    answer = await call(sim, "sendMessage", chat_id=chat_id, text="x")
    assert (answer["error_code"], answer["description"]) == (code, description)


async def test_people_who_cannot_be_reached(sim: Simulator, anna: Person) -> None:
    stranger, gone = sim.person("Bas"), sim.person("Cor")
    gone.start()
    gone.delete_account()
    anna.block()
    expected = {
        stranger: "Forbidden: bot can't initiate conversation with a user",
        gone: "Forbidden: user is deactivated",
        anna: "Forbidden: bot was blocked by the user",
    }
    for person, description in expected.items():
        answer = await call(sim, "sendMessage", chat_id=person.id, text="x")
        assert (answer["error_code"], answer["description"]) == (403, description)
    anna.start()
    assert (await call(sim, "sendMessage", chat_id=anna.id, text="x"))["ok"]
    assert sim.refusals == []


async def test_edits(sim: Simulator, anna: Person) -> None:
    mine = (await call(sim, "sendMessage", chat_id=anna.id, text="x", reply_markup=INLINE_YES))["result"]["message_id"]
    keys = (await call(sim, "sendMessage", chat_id=anna.id, text="k", reply_markup={"keyboard": [["a"]]}))["result"]
    hers = anna.say("hallo").id

    async def edited(message: int, method: str = "editMessageText", **params: Any) -> str:
        answer = await call(sim, method, chat_id=anna.id, message_id=message, **params)
        return str(answer.get("description", "fine")).removeprefix("Bad Request: ")

    assert (await edited(mine, text="x", reply_markup=INLINE_YES)).startswith("message is not modified")
    assert (await edited(mine, "editMessageReplyMarkup", reply_markup=INLINE_YES)).startswith("message is not mod")
    assert await edited(999, text="y") == "message to edit not found"
    assert await edited(hers, text="y") == "message can't be edited"
    assert await edited(keys["message_id"], text="y") == "message can't be edited"
    assert await edited(mine, text="y", reply_markup={"keyboard": [["a"]]}) == "inline keyboard expected"
    assert await edited(mine, text="") == "message text is empty"
    assert await edited(mine, "editMessageCaption", caption="y") == "there is no caption in the message to edit"
    assert await edited(mine, text="y") == "fine"
    assert anna.messages[1].edited
    assert anna.messages[1].buttons == []
    assert await edited(999, "deleteMessage") == "message to delete not found"
    assert await edited(mine, "deleteMessage") == "fine"


async def test_old_messages_cannot_be_deleted(sim: Simulator, anna: Person) -> None:
    from datetime import timedelta

    mine = (await call(sim, "sendMessage", chat_id=anna.id, text="x"))["result"]["message_id"]
    await sim.move_clock(timedelta(hours=49))
    answer = await call(sim, "deleteMessage", chat_id=anna.id, message_id=mine)
    assert answer["description"] == "Bad Request: message can't be deleted for everyone"


async def test_taps_that_are_unknown_or_old(sim: Simulator, anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert (await call(sim, "answerCallbackQuery", callback_query_id="1"))["description"] == too_old
    await call(sim, "sendMessage", chat_id=anna.id, text="x", reply_markup=INLINE_YES)
    query = anna.tap_data("1")
    assert (await call(sim, "answerCallbackQuery", callback_query_id=query, text="x" * 201))["ok"] is False
    assert (await call(sim, "answerCallbackQuery", callback_query_id=query, text="Dank je"))["ok"]
    assert anna.alerts == ["Dank je"]
    monkeypatch.setattr("bot.simulator.methods.editing.QUERY_LIVES", -1.0)
    assert (await call(sim, "answerCallbackQuery", callback_query_id=query))["description"] == too_old


async def test_files(sim: Simulator, anna: Person) -> None:
    other = "4200000002:other"
    sim.bot(other)
    mine = _photo_of(sim, anna)
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    assert (await call(sim, "getFile", file_id=mine))["ok"]
    assert (await call(sim, "getFile", token=other, file_id=mine))["description"] == wrong
    assert (await call(sim, "getFile", file_id="nonsense"))["description"].startswith(wrong)
    assert (await call(sim, "sendPhoto", chat_id=anna.id, photo="nonsense"))["description"].startswith(wrong)
    answer = await call(sim, "sendDocument", chat_id=anna.id, document=mine)
    assert answer["description"] == "Bad Request: can't use file of type Photo as Document"
    assert (await call(sim, "sendPhoto", chat_id=anna.id))[
        "description"
    ] == "Bad Request: there is no photo in the request"


def _photo_of(sim: Simulator, anna: Person) -> str:
    # With two bots about, a person made for one of them must say which.
    anna_of_first = sim.person("Anna", id=anna.id, bot_token=sim.token)
    return anna_of_first.photo().photos[0]


async def test_big_files_cannot_be_fetched(sim: Simulator, anna: Person) -> None:
    sent = anna.document("film.bin", bytes(20 * 1024 * 1024 + 1), "application/octet-stream")
    answer = await call(sim, "getFile", file_id=sent.raw["document"]["file_id"])
    assert answer["description"] == "Bad Request: file is too big"


async def test_pictures(sim: Simulator, anna: Person) -> None:
    assert (await upload(sim, "sendPhoto", "photo", picture("weeds"), chat_id=anna.id))["ok"]
    for content, description in (
        (b"not a picture", "Bad Request: IMAGE_PROCESS_FAILED"),
        (b"", "Bad Request: file must be non-empty"),
        (png(2100, 100, b"\x00" * (2100 * 3 + 1) * 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
    ):
        answer = await upload(sim, "sendPhoto", "photo", content, chat_id=anna.id)
        assert answer["description"] == description
    answer = await upload(sim, "sendPhoto", "photo", swatch(1) + bytes(10 * 1024 * 1024), chat_id=anna.id)
    assert answer["error_code"] == 413


@pytest.mark.parametrize("number", [1, 11])
async def test_albums_have_two_to_ten_items(sim: Simulator, anna: Person, number: int) -> None:
    photo = anna.photo().photos[0]
    media = [{"type": "photo", "media": photo}] * number
    answer = await call(sim, "sendMediaGroup", chat_id=anna.id, media=media)
    assert answer["description"] == "Bad Request: group must contain from 2 to 10 items"
    mixed = [{"type": "photo", "media": photo}, {"type": "document", "media": photo}]
    assert "can't mix" in (await call(sim, "sendMediaGroup", chat_id=anna.id, media=mixed))["description"]


@pytest.mark.parametrize(
    ("commands", "description"),
    [
        ([{"command": "Mine", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "mine", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "mine", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": f"c{i}", "description": "x"} for i in range(101)], "BOT_COMMANDS_TOO_MUCH"),
        ([{"command": "mine"}], "can't parse BotCommand: a field is missing"),
        ("mine", "can't parse commands JSON object"),
    ],
)
async def test_commands(sim: Simulator, commands: object, description: str) -> None:
    answer = await call(sim, "setMyCommands", commands=commands)
    assert answer["description"] == f"Bad Request: {description}"


async def test_command_scopes_and_descriptions(sim: Simulator, anna: Person) -> None:
    commands = [{"command": "mine", "description": "Mijn meldingen"}]
    fine = {"type": "chat", "chat_id": anna.id}
    assert (await call(sim, "setMyCommands", commands=commands, scope=fine, language_code="nl"))["ok"]
    assert (await call(sim, "getMyCommands", scope=fine, language_code="nl"))["result"] == commands
    assert (await call(sim, "getMyCommands", scope=fine))["result"] == []
    unknown = await call(sim, "setMyCommands", commands=commands, scope={"type": "chat", "chat_id": 42})
    assert unknown["description"] == "Bad Request: chat not found"
    assert not (await call(sim, "setMyCommands", commands=commands, scope={"type": "street"}))["ok"]
    assert not (await call(sim, "setMyCommands", commands=commands, language_code="dutch"))["ok"]
    assert not (await call(sim, "setMyDescription", description="x" * 513))["ok"]
    assert not (await call(sim, "setMyShortDescription", short_description="x" * 121))["ok"]
    assert not (await call(sim, "setMyName", name="x" * 65))["ok"]


async def test_the_rest_of_what_is_refused(sim: Simulator, anna: Person) -> None:
    message = anna.say("hoi").id
    refused: dict[str, tuple[str, dict[str, Any]]] = {
        "latitude must be": ("sendLocation", {"latitude": 91, "longitude": 5}),
        'field "latitude" must be of type Number': ("sendLocation", {"latitude": "north", "longitude": 5}),
        "title and address": ("sendVenue", {"latitude": 50.9, "longitude": 6.0, "title": "", "address": "x"}),
        "wrong parameter action": ("sendChatAction", {"action": "juggling"}),
        "poll must have": ("sendPoll", {"question": "x", "options": ["one"]}),
        "poll question": ("sendPoll", {"question": "", "options": ["one", "two"]}),
        "poll options": ("sendPoll", {"question": "x", "options": ["one", "x" * 101]}),
        "REACTION_INVALID": (
            "setMessageReaction",
            {"message_id": message, "reaction": [{"type": "emoji", "emoji": "🧱"}]},
        ),
        "message to react not found": ("setMessageReaction", {"message_id": 999, "reaction": []}),
        "message to pin not found": ("pinChatMessage", {"message_id": 999}),
        "must be of type Integer": ("editMessageText", {"message_id": "first", "text": "x"}),
        "phone number": ("sendContact", {"phone_number": "", "first_name": "A"}),
    }
    for description, (method, params) in refused.items():
        answer = await call(sim, method, chat_id=anna.id, **params)
        assert answer["error_code"] == 400, method
        assert description in answer["description"]


async def test_unknown_methods_and_tokens(sim: Simulator) -> None:
    answer = await call(sim, "sendTelegram")
    assert (answer["error_code"], answer["description"]) == (404, "Not Found: method not found")
    assert (await call(sim, "getMe", token="nonsense"))["error_code"] == 404
    assert (await call(sim, "GETME"))["ok"]


def test_deep_links_carry_only_64_plain_characters(sim: Simulator) -> None:
    bas = sim.person("Bas")
    assert bas.start("a" * 64).text == "/start " + "a" * 64
    for payload in ("a" * 65, "a b", "é", "a/b"):
        with pytest.raises(AssertionError, match="payload"):
            bas.start(payload)


def test_a_missing_button_names_those_that_are_there(sim: Simulator, anna: Person) -> None:
    with pytest.raises(AssertionError, match="no button 'Nee' for Anna"):
        anna.tap("Nee")
