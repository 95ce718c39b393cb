"""People, as tests and load generators play them: what they do is at once an update to the bot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from telegram import (
    CallbackQuery,
    Contact,
    Dice,
    Document,
    Location,
    MessageEntity,
    MessageOriginHiddenUser,
    Poll,
    PollAnswer,
    PollOption,
    Sticker,
    Venue,
    Video,
    Voice,
)

from bot.simulator.checks import DEEP_LINK
from bot.simulator.drawings import swatch
from bot.simulator.errors import must
from bot.simulator.file_ids import file_id, image_size, photo_sizes, unique_id
from bot.simulator.formatting import with_found
from bot.simulator.groups import Group
from bot.simulator.membership import set_blocked
from bot.simulator.reading import Reader
from bot.simulator.seen import Button, Seen, inline_buttons, keyboard_rows, seen
from bot.simulator.state import Dialog, Kept, Query, StoredFile


def _entities(text: str) -> list[MessageEntity] | None:
    found = with_found(text, [])
    return [MessageEntity(e["type"], e["offset"], e["length"]) for e in found] or None


class Person(Reader):
    """Somebody with a Telegram account, in a private chat with the bot."""

    # Doing

    def _act(self, where: Dialog | None = None) -> Dialog:
        dialog = where or self.dialog
        must(not self.human.deleted, f"{self.name}'s account is deleted")
        must(
            where is not None or not dialog.blocked,
            f"{self.name} has blocked the bot: unblock() or start() first",
        )
        key = (dialog.bot_id, dialog.chat_id)
        self._heard[key] = dialog.said_count
        self._acted[key] = dialog.changes
        return dialog

    def _post(self, where: Dialog | None = None, *, reply_to: Seen | int | None = None, **content: Any) -> Seen:
        dialog = self._act(where)
        if reply_to is not None:
            number = reply_to if isinstance(reply_to, int) else reply_to.id
            content["reply_to"] = dialog.messages[number]
        return seen(self.world.post_by_human(self.human, dialog, **content))

    def say(self, text: str, reply_to: Seen | int | None = None) -> Seen:
        """Type a text and send it."""
        return self._post(reply_to=reply_to, text=text, entities=_entities(text))

    def start(self, payload: str = "") -> Seen:
        """Press Start, perhaps through a deep link; lets a blocked bot speak again."""
        must(DEEP_LINK.fullmatch(payload) is not None, f"not a payload that a deep link can carry: {payload!r}")
        if self.dialog.blocked:
            self.unblock()
        return self.say(f"/start {payload}".strip())

    def tap(self, label_or_data: str, message: Seen | int | None = None) -> Seen:
        """Tap a button: an inline one by its label or data, the newest first; else one of the keyboard."""
        return self._tap(self.dialog, label_or_data, message)

    def tap_data(self, data: str, message: Seen | int | None = None) -> str:
        """Send raw callback data, as a tampered client would; gives the query's id."""
        number = message if isinstance(message, int) else message.id if message else self._newest_with_buttons().id
        return self._query(self.dialog, data, self.dialog.messages.get(number), number)

    def _newest_with_buttons(self) -> Seen:
        for kept in reversed(self.dialog.messages.values()):
            if kept.bot_id:
                return seen(kept)
        raise AssertionError(f"{self.name} has no message of the bot's to tap on")

    def _tap(self, dialog: Dialog, wanted: str, message: Seen | int | None) -> Seen:
        number = message if isinstance(message, int) else message.id if message else None
        exact: Callable[[Button], bool] = lambda button: wanted in (button.label, button.data)  # noqa: E731
        part: Callable[[Button], bool] = lambda button: wanted.casefold() in button.label.casefold()  # noqa: E731
        for fits in (exact, part):
            for kept, button in self._tappable(dialog, number):
                if fits(button):
                    if kept is None:
                        return self._tap_key(dialog, button)
                    label = f"the button {button.label!r}"
                    must(button.data is not None, f"{label} opens {button.url}, it cannot be tapped")
                    self._query(dialog, button.data or "", kept, kept.id)
                    return seen(kept)
        offered = [(button.label, kept.id if kept else "keyboard") for kept, button in self._tappable(dialog, number)]
        newest = next((seen(kept).text for kept in reversed(dialog.messages.values()) if kept.bot_id), None)
        raise AssertionError(
            f"no button {wanted!r} for {self.name}. There are (with their message): {offered}; newest: {newest!r}"
        )

    def _tappable(self, dialog: Dialog, number: int | None) -> Iterator[tuple[Kept | None, Button]]:
        """All buttons: those under the newest message, the keyboard's (without a message), then the older ones."""
        keyboard = keyboard_rows(dialog.keyboard) if number is None else None
        ordered = reversed(dialog.messages.values()) if number is None else [dialog.messages[number]]
        for kept in ordered:
            if kept.bot_id:
                for row in inline_buttons(kept):
                    yield from ((kept, button) for button in row)
                for row in keyboard or []:
                    yield from ((None, button) for button in row)
                keyboard = None

    def _tap_key(self, dialog: Dialog, button: Button) -> Seen:
        must(not button.asks_location, f"{button.label!r} shares a spot: use share_spot(lat, lon)")
        if dialog.keyboard and dialog.keyboard.get("one_time_keyboard"):
            dialog.keyboard = None
        if button.asks_contact:
            return self.contact()
        where = dialog if not dialog.bot_id else None
        return self._post(where, text=button.label, entities=_entities(button.label))

    def _query(self, dialog: Dialog, data: str, kept: Kept | None, number: int) -> str:
        self._act(dialog if not dialog.bot_id else None)
        bot = self.world.bot(kept.bot_id if kept and kept.bot_id else self.bot.id)
        query_id = str(self.world.state.next_number("query", 4_300_000_000_000_001))
        query = CallbackQuery(query_id, self.human.user(), str(dialog.chat_id), data=data).to_dict()
        chat = dialog.wire(self.world.human_of(dialog))
        query["message"] = kept.wire if kept else {"chat": chat, "message_id": number, "date": 0}
        self.world.state.remember_query(query_id, Query(bot.id, self.id, time.monotonic()))
        self.world.push(bot, "callback_query", query, dialog.chat_id)
        return query_id

    def spot(self, latitude: float, longitude: float) -> Seen:
        """Share a spot on the map."""
        return self._post(location=Location(longitude=longitude, latitude=latitude))

    def share_spot(self, latitude: float, longitude: float) -> Seen:
        """Tap the keyboard's button that asks for a spot."""
        keys = [button for row in keyboard_rows(self.dialog.keyboard) or [] for button in row]
        must(any(button.asks_location for button in keys), f"no button asks {self.name} for a spot: {keys}")
        if self.dialog.keyboard and self.dialog.keyboard.get("one_time_keyboard"):
            self.dialog.keyboard = None
        return self.spot(latitude, longitude)

    def venue(self, latitude: float, longitude: float, title: str, address: str) -> Seen:
        """Share a place with a name."""
        place = Location(longitude=longitude, latitude=latitude)
        return self._post(venue=Venue(place, title, address), location=place)

    def _stored(self, kind: str, name: str, mime: str, content: bytes) -> StoredFile:
        size = image_size(content) if kind == "photo" else None
        return self.world.state.store_file(kind, name, mime, content, size or (0, 0))

    def _photo(self, content: bytes | None, caption: str, album: str | None = None, **more: Any) -> Seen:
        if content is None:
            content = swatch(self.world.state.next_number("swatch", 1))
        stored = self._stored("photo", "photo.jpg", "image/jpeg", content)
        return self._post(
            photo=photo_sizes(self.bot.id, stored),
            caption=caption or None,
            caption_entities=_entities(caption),
            media_group_id=album,
            **more,
        )

    def photo(self, content: bytes | None = None, caption: str = "", reply_to: Seen | int | None = None) -> Seen:
        """Send a photo: these bytes exactly as they are, or a small valid picture."""
        return self._photo(content, caption, reply_to=reply_to)

    def album(self, contents: Sequence[bytes | None], caption: str = "") -> list[Seen]:
        """Send photos as one album: one update each, one media_group_id; the first bears the caption."""
        album = str(self.world.state.next_number("media_group", 13_000_000_000_000_001))
        return [self._photo(one, caption if i == 0 else "", album) for i, one in enumerate(contents)]

    def voice(self, seconds: int = 3, reply_to: Seen | int | None = None, caption: str = "") -> Seen:
        """Send a voice message (the sound is made up)."""
        return self._voice(None, seconds, reply_to, caption)

    def _voice(self, where: Dialog | None, seconds: int, reply_to: Seen | int | None, caption: str = "") -> Seen:
        stored = self._stored("voice", "voice.ogg", "audio/ogg", b"OggS" + bytes(400 * seconds))
        voice = Voice(file_id(self.bot.id, stored), unique_id(stored), seconds, "audio/ogg", stored.size)
        return self._post(where, voice=voice, caption=caption or None, reply_to=reply_to)

    def video(self, seconds: int = 5, caption: str = "") -> Seen:
        """Send a video (made up)."""
        stored = self._stored("video", "video.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(2000))
        known, unique = file_id(self.bot.id, stored), unique_id(stored)
        video = Video(known, unique, 640, 360, seconds, mime_type="video/mp4", file_size=stored.size)
        return self._post(video=video, caption=caption or None)

    def document(self, name: str = "notes.pdf", content: bytes = b"%PDF-1.4 ", mime: str = "application/pdf") -> Seen:
        """Send a file as it is."""
        stored = self._stored("document", name, mime, content)
        known, unique = file_id(self.bot.id, stored), unique_id(stored)
        return self._post(document=Document(known, unique, file_name=name, mime_type=mime, file_size=stored.size))

    def sticker(self) -> Seen:
        """Send a sticker."""
        return self._sticker(None, None)

    def _sticker(self, where: Dialog | None, reply_to: Seen | int | None) -> Seen:
        stored = self._stored("sticker", "sticker.webp", "image/webp", b"RIFF\x00\x00\x00\x00WEBP")
        known, unique = file_id(self.bot.id, stored), unique_id(stored)
        sticker = Sticker(known, unique, 512, 512, False, False, "regular", emoji="👍")
        return self._post(where, sticker=sticker, reply_to=reply_to)

    def contact(self) -> Seen:
        """Send one's own phone number."""
        return self._post(contact=Contact("+31612345678", self.name, user_id=self.id))

    def dice(self) -> Seen:
        """Throw a die."""
        return self._post(dice=Dice(6, "🎲"))

    def poll(self, question: str = "Zullen we?", options: Sequence[str] = ("Ja", "Nee")) -> Seen:
        """Send a poll of one's own."""
        number = str(self.world.state.next_number("poll", 5_000_000_001))
        answers = [PollOption(text=text, voter_count=0, persistent_id=str(i)) for i, text in enumerate(options)]
        poll = Poll(
            id=number,
            question=question,
            options=answers,
            total_voter_count=0,
            is_closed=False,
            is_anonymous=True,
            type="regular",
            allows_multiple_answers=False,
            allows_revoting=True,
            members_only=False,
        )
        return self._post(poll=poll)

    def vote(self, option: str, message: Seen | int) -> None:
        """Answer a poll of the bot's that is not anonymous."""
        kept = self.dialog.messages[message if isinstance(message, int) else message.id]
        options = [answer["text"] for answer in kept.wire["poll"]["options"]]
        must(option in options, f"no option {option!r} among {options}")
        self._act()
        index = options.index(option)
        answer = PollAnswer(
            kept.wire["poll"]["id"], [index], option_persistent_ids=[str(index)], user=self.human.user()
        )
        self.world.push(self.bot, "poll_answer", answer.to_dict(), self.id)

    def forward(self, text: str, sender: str = "Iemand") -> Seen:
        """Pass on what somebody else wrote."""
        origin = MessageOriginHiddenUser(self.world.now() - timedelta(hours=1), sender)
        return self._post(text=text, entities=_entities(text), forward_origin=origin)

    def edit(self, message: Seen | int, text: str, group: Group | None = None) -> Seen:
        """Change the words of an own message afterwards, in a group where it stands there."""
        dialog = self._act(group.dialog if group else None)
        kept = dialog.messages[message if isinstance(message, int) else message.id]
        must(not kept.bot_id, "this message is the bot's")
        field = "text" if "text" in kept.wire else "caption"
        kept.wire = {**kept.wire, field: text, "edit_date": int(self.world.now().timestamp())}
        kept.wire.pop("entities", None)
        found = with_found(text, [])
        if found and field == "text":
            kept.wire["entities"] = found
        self.world.changed(dialog, kept, "edited")
        for bot in self.world.bots_that_see(dialog, kept):
            self.world.push(bot, "edited_message", kept.wire, dialog.chat_id)
        return seen(kept)

    def block(self) -> None:
        """Block the bot."""
        set_blocked(self.world, self.dialog, self.human, True)

    def unblock(self) -> None:
        """Let the bot speak again."""
        set_blocked(self.world, self.dialog, self.human, False)

    def delete_account(self) -> None:
        """Leave Telegram."""
        self.human.deleted = True
        self.world.state.touch("human", str(self.id), self.human)

    # In a group

    def say_in(self, group: Group, text: str, reply_to: Seen | int | None = None, *, anonymous: bool = False) -> Seen:
        """Type a text in a group; an administrator may do so without a name."""
        group.check(self, anonymous)
        entities = _entities(text)
        return self._post(group.dialog, reply_to=reply_to, text=text, entities=entities, anonymous=anonymous)

    def photo_in(
        self,
        group: Group,
        content: bytes | None = None,
        caption: str = "",
        reply_to: Seen | int | None = None,
    ) -> Seen:
        """Send a photo to a group."""
        group.check(self)
        return self._photo(content, caption, where=group.dialog, reply_to=reply_to)

    def voice_in(self, group: Group, seconds: int = 3, reply_to: Seen | int | None = None) -> Seen:
        """Send a voice message to a group."""
        group.check(self)
        return self._voice(group.dialog, seconds, reply_to)

    def sticker_in(self, group: Group, reply_to: Seen | int | None = None) -> Seen:
        """Send a sticker to a group."""
        group.check(self)
        return self._sticker(group.dialog, reply_to)

    def tap_in(self, group: Group, label_or_data: str, message: Seen | int | None = None) -> Seen:
        """Tap a button in a group."""
        group.check(self)
        return self._tap(group.dialog, label_or_data, message)
