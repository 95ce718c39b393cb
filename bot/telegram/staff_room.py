"""What happens in groups: one becomes a staff room; staff answer and act there by replying to cards and tapping them.

A group that is no staff room gets no answer, but to /staffroom. Nothing is kept of people who speak in a group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.neighbourhood import complaints, person_talks, residents, room_cards, staff_rooms
from bot.neighbourhood.talk_cards import talk_of
from bot.neighbourhood.work import STAFF, Action, NotAllowed, Person, TooLate
from bot.store.identity import Seal
from bot.store.tables import Chat, Complaint
from bot.telegram import cards, codes, commands, idea_cards
from bot.telegram.dialogues import Dialogues
from bot.telegram.for_persons import TALK, Mark, go_on_with, mark
from bot.telegram.read import Incoming, ReplyTo
from bot.telegram.turn import Toast, Turn
from conversations.words import Words, s_

COMMAND = "staffroom"
TOAST = 190
"""Of the two hundred characters that Telegram shows."""
_START_FIRST = s_("Press Start in your own talk with me first.")
WHO_IS_THERE = s_("I can't see who wrote that. Switch off “Remain anonymous” and send it again.")


@dataclass(slots=True)
class InGroups:
    """The groups of one transaction, and the staff who speak in them."""

    turn: Turn
    seal: Seal
    rooms: dict[int, Chat]
    staff: dict[int, Person]

    @classmethod
    async def of(cls, turn: Turn, seal: Seal, incoming: Iterable[Incoming]) -> InGroups:
        """Look up which of these groups are staff rooms, and who of those who spoke is known."""
        every = list(incoming)
        rooms = await staff_rooms.rooms_among(turn.work, seal, {each.chat_id for each in every})
        if not rooms and not any(_asks_for_room(each) or each.migrated_to for each in every):
            return cls(turn, seal, rooms, {})
        heard = {each.sender_id for each in every if each.sender_id is not None}
        known = {number: turn.people[number] for number in heard & turn.people.keys()}
        return cls(turn, seal, rooms, known | await residents.recognise(turn.work, seal, heard - known.keys()))

    async def handle(self, incoming: Incoming) -> None:
        """Let one update of a group act."""
        work, room = self.turn.work, self.rooms.get(incoming.chat_id)
        if incoming.command is not None and incoming.command.to not in ("", work.bot_name.casefold()):
            return  # said to another bot
        if incoming.migrated_to is not None:
            await self._move(incoming.chat_id, incoming.migrated_to)
        elif incoming.membership is not None:
            if room is not None and incoming.membership in ("kicked", "left"):
                del self.rooms[incoming.chat_id]
                await staff_rooms.close_room(work, room, None)
                await person_talks.show_waiting(work, None)
        elif room is None and not _asks_for_room(incoming):
            return  # a group like any other
        elif incoming.sender_id is None:
            await self._ask_who_it_is(incoming, room)
        else:
            person = self.staff.get(incoming.sender_id)
            try:
                await self._act(incoming, room, person)
            except NotAllowed as refusal:
                who = person.resident if person else None
                work.note(f"R{who.id}" if who else "group", "refused", who, refusal.what)
                if person is not None and refusal.words is not None:
                    work.tell(person.chat, [refusal.words])
                    self._toast(incoming, person, refusal.words, alert=True)

    async def _act(self, incoming: Incoming, room: Chat | None, person: Person | None) -> None:
        if _asks_for_room(incoming):
            await self._open(incoming.chat_id, _known(person, f"/{COMMAND}"))
        elif room is None:
            return
        elif incoming.button is not None:
            staff = _known(person, incoming.button[:40])
            staff.must_be(STAFF, incoming.button[:40])
            await self._button(incoming, incoming.button, room, staff)
        elif incoming.command is not None:
            if person is not None and person.is_staff and incoming.command.name in commands.BY_NAME:
                link = f"https://t.me/{self.turn.work.bot_name}"
                self._say(room, s_("I answer that in your own talk with me: {link}", link=link))
        elif incoming.reply_to is not None and incoming.reply_to.author == self.turn.bot:
            staff = _known(person, "reply")
            staff.must_be(STAFF, "reply")
            await self._reply(incoming, room, staff, incoming.reply_to)

    async def _reply(self, incoming: Incoming, room: Chat, person: Person, to: ReplyTo) -> None:
        work = self.turn.work
        number = await talk_of(work, room.id, to.message_id, to.begins)
        code = await room_cards.code_of(work, room.id, to.message_id, to.begins) if number is None else None
        if incoming.edited:
            if number is not None or code is not None:
                self._say(room, s_("Changes in an answer aren't seen. Send it again as a new reply."))
        elif code is not None and incoming.given is not None:
            words = await room_cards.answer(work, person, code, incoming.given)
            if words is None:
                said = s_("{code}: your answer is on its way.", code=code)
                self.turn.marks.append(Mark(incoming.chat_id, incoming.message_id or 0, room.id, said))
            else:
                self._say(room, words)
        elif number is None:
            self._say(room, s_("That reached nobody. Reply to a card on which a resident wrote something."))
        elif incoming.given is not None:
            words = await person_talks.answer(work, person, number, incoming.given)
            if words is None:
                self.turn.marks.append(mark(incoming, room.id, number))
            else:
                self._say(room, words)

    async def _button(self, incoming: Incoming, data: str, room: Chat, person: Person) -> None:
        """A tap in the room: it acts here, or goes on in the person's own chat; a toast says which."""
        work = self.turn.work
        subject, _dot, what = data.partition(".")
        if data == "room.close":
            await self._close(incoming.chat_id, room, person)
        elif subject == "room" and what.startswith("cards."):
            await self._show_cards(incoming, what.removeprefix("cards."), room, person)
        elif found := TALK.fullmatch(subject):
            await self._talk_button(incoming, int(found[1]), what, room, person)
        elif what in room_cards.TURNS_OVER and room_cards.CODE.fullmatch(subject):
            await room_cards.turn_over(work, room, subject, whole=what == "unfold")
        elif what == "take" and isinstance(complaint := await room_cards.subject(work, subject), Complaint):
            await self._take(incoming, complaint, person)
        elif not person.agreed_once:
            self._toast(incoming, person, _START_FIRST, alert=True)
        else:
            await self._go_on_in_own_chat(incoming, data, person)

    async def _go_on_in_own_chat(self, incoming: Incoming, data: str, person: Person) -> None:
        """As if it was tapped there: what is asked next is nothing for the whole room."""
        talk, known = self._own_chat(person), True
        subject, _dot, what = data.partition(".")
        if data == "room.list":
            await cards.show_list(talk, "received")
        elif data == "room.ideas":
            await idea_cards.show_list(talk, "received")
        else:
            known = await codes.button(talk, subject, what)
        if talk.too_late is not None:
            self._toast(incoming, person, talk.too_late, alert=True)
            talk.too_late = None
        elif known:
            self._toast(incoming, person, s_("We go on in your own talk with me."))
        else:
            self._toast(incoming, person, s_("That button doesn't work any more."))

    async def _talk_button(self, incoming: Incoming, number: int, what: str, room: Chat, person: Person) -> None:
        work = self.turn.work
        if what == "end":
            resident = await person_talks.end(work, person, number)
            if resident is not None:
                await go_on_with(work, resident.id)
                self._toast(incoming, person, s_("The talk {code} has ended.", code=f"T{number}"))
            else:
                said = s_("The talk {code} has ended already.", code=f"T{number}")
                self._say(room, said)
                self._toast(incoming, person, said, alert=True)
        elif what == "contact":
            answer = await person_talks.stay_contact(work, person, number)
            if answer is not None and person.resident.name is None:
                self._say(room, answer)
            if answer is not None:
                self._toast(incoming, person, answer)
        elif person.agreed_once:
            await codes.button(self._own_chat(person), f"T{number}", what)

    async def _take(self, incoming: Incoming, complaint: Complaint, person: Person) -> None:
        """Somebody takes it, for all to see; who comes second is told who was first, at once and in their own chat."""
        is_theirs = complaint.state in ("taken", "planned") and complaint.handler_id == person.resident.id
        if not is_theirs:
            try:
                await complaints.take(self.turn.work, person, complaint)
            except TooLate as late:
                self.turn.work.tell(person.chat, [late.words])
                self._toast(incoming, person, late.words, alert=True)
                return
        self._toast(incoming, person, s_("{code} is yours.", code=complaint.code))

    async def _show_cards(self, incoming: Incoming, number: str, room: Chat, person: Person) -> None:
        """What was counted together gets cards, a few at a time."""
        shown = await room_cards.show_from_digest(self.turn.work, room, number)
        if shown is None:
            self._toast(incoming, person, s_("That button doesn't work any more."))
        elif shown[1]:
            self._toast(incoming, person, s_("The first {count} are coming. Tap again for more.", count=shown[0]))
        else:
            self._toast(incoming, person, s_("The cards are coming."))

    def _toast(self, incoming: Incoming, person: Person, words: Words, *, alert: bool = False) -> None:
        """Answer a tap in a moment's words; what matters is said elsewhere too, for this may not arrive."""
        if incoming.callback_id is not None:
            said = self.turn.work.render(words, person.chat.language)
            self.turn.toasts[incoming.callback_id] = Toast(staff_rooms.short(said, TOAST), alert)

    def _own_chat(self, person: Person) -> Dialogues:
        for talk in self.turn.talks.values():
            if talk.person is person:
                return talk
        return Dialogues(self.turn.work, person)

    async def _open(self, telegram_id: int, person: Person) -> None:
        is_new = telegram_id not in self.rooms
        room = self.rooms[telegram_id] = await staff_rooms.open_room(self.turn.work, self.seal, person, telegram_id)
        first, *more = staff_rooms.GREETING
        said = [first if is_new else s_("This is the staff room already."), *more]
        self.turn.work.tell(room, said, actions=[Action(s_("Stop the staff room"), "room.close")])
        if is_new:
            await person_talks.show_waiting(self.turn.work, room)

    async def _close(self, telegram_id: int, room: Chat, person: Person) -> None:
        await staff_rooms.close_room(self.turn.work, room, person)
        del self.rooms[telegram_id]
        said = s_("This is no longer the staff room. What comes in goes to the coordinators themselves.")
        await staff_rooms.answer_stranger(self.turn.work, self.seal, telegram_id, [said])
        await person_talks.show_waiting(self.turn.work, None)

    async def _move(self, old: int, new: int) -> None:
        room = await staff_rooms.moved(self.turn.work, self.seal, old, new)
        if room is not None:
            self.rooms.pop(old, None)
            self.rooms[new] = room
            await person_talks.show_waiting(self.turn.work, room)

    async def _ask_who_it_is(self, incoming: Incoming, room: Chat | None) -> None:
        """An administrator without a name, or a channel: whoever it is, nothing is done for them."""
        work = self.turn.work
        if room is None:
            work.note("group", "refused", None, f"/{COMMAND}")
            await staff_rooms.answer_stranger(work, self.seal, incoming.chat_id, [WHO_IS_THERE])
        elif _asks_for_room(incoming) or (incoming.reply_to and incoming.reply_to.author == self.turn.bot):
            self._say(room, WHO_IS_THERE)

    def _say(self, room: Chat, words: Words) -> None:
        self.turn.work.tell(room, [words])


def _asks_for_room(incoming: Incoming) -> bool:
    return incoming.command is not None and incoming.command.name == COMMAND


def _known(person: Person | None, attempt: str) -> Person:
    """Who it is; somebody who never talked with the bot is nobody here."""
    if person is None:
        raise NotAllowed(attempt)
    return person
