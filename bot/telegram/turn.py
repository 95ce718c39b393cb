"""What one update does, within the transaction of its turn: a button, a command, or words for a conversation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.neighbourhood import complaints, floods, person_talks
from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import Action, NotAllowed, Person, Work
from bot.outbox import rows
from bot.store.tables import Answer, Conversation
from bot.telegram import blue, codes, commands, for_announcing, for_persons
from bot.telegram.anew import may_act
from bot.telegram.arriving import arrive
from bot.telegram.coming_back import reminder
from bot.telegram.dialogues import BEFORE_CONSENT, KEEP_AHEAD, Dialogues
from bot.telegram.draw import read_button
from bot.telegram.for_persons import Mark
from bot.telegram.menu import offer_menu
from bot.telegram.newcomers import hear_newcomer, welcome
from bot.telegram.read import Command, Incoming
from bot.telegram.staying import stays
from conversations.inputs import Input, Said, Tapped
from conversations.questions import labelled
from conversations.talk import Asks
from conversations.welcome import ASIDES
from conversations.words import Words, _, fold

STILL = _("We were in the middle of something else.")


ASKS_FOR_A_CODE = frozenset({"same"})
"""Conversations in which a code is an answer; elsewhere it shows what it names."""
HEARD_WITHIN = timedelta(minutes=10)
"""When somebody was heard last is known as exactly as this: writing it at each word would cost a statement."""


@dataclass(frozen=True, slots=True)
class Toast:
    """What the phone shows for a moment to who tapped; `alert`: until they close it."""

    words: str
    alert: bool = False


@dataclass(slots=True)
class Turn:
    """The people of one transaction, and what they hand in, in order."""

    work: Work
    people: Mapping[int, Person]
    bot: int = 0
    """The bot's own Telegram id."""
    talks: dict[int, Dialogues] = field(default_factory=dict)
    heard_now: Counter[int] = field(default_factory=Counter)
    """How many inputs of each chat came together, before any could be answered."""
    warned: set[int] = field(default_factory=set)
    """Chats in which the number for emergencies was said."""
    marks: list[Mark] = field(default_factory=list)
    """Answers of staff to put a sign under, after the commit."""
    toasts: dict[str, Toast] = field(default_factory=dict)
    """What taps (by Telegram's id of each) are answered with, after the commit; the others without words."""

    async def handle(self, incoming: Incoming) -> None:
        """Let one update of a private chat act."""
        person = self.people[incoming.chat_id]
        talk = self.talks.setdefault(incoming.chat_id, Dialogues(self.work, person))
        if self.work.now - person.chat.heard_at > HEARD_WITHIN:
            person.chat.heard_at = self.work.now
        if not person.agreed_once and not person.conversations:
            person.chat.language = self.work.catalogues.known(incoming.language_code)
        if incoming.membership in ("kicked", "left"):
            await self.work.write_down()
            await rows.hold(self.work.session, person.chat.id, self.work.now)
            person.chat.unreachable_since = self.work.now
            await person_talks.tell_reachable(self.work, person, reachable=False)
            return
        if person.chat.unreachable_since is not None:
            await self.work.write_down()
            await rows.release(self.work.session, person.chat, self.work.now)
            await person_talks.tell_reachable(self.work, person, reachable=True)
            if person.roles:  # Telegram shows nothing new to who can't be reached
                self.work.new_menus.append(person)
        self._warn_of_danger(talk, incoming)
        if person.resident.warned_at is not None and person.agreed_once and stays(talk, incoming):
            return
        for each in await may_act(talk, incoming):
            try:
                await self._act(each, talk)
            except NotAllowed as refusal:
                self.work.note(f"R{person.resident.id}", "refused", person.resident, refusal.what)
                await self._remark(talk, refusal.words or commands.UNKNOWN, stuck=refusal.words is None)
        while self.work.new_menus:
            offer_menu(self.work, self.work.new_menus.pop())
        self.heard_now[incoming.chat_id] += 1
        if self.work.floods.another(incoming.chat_id) % floods.MANY == 0:
            await self._calm(talk, self.heard_now[incoming.chat_id])

    async def _calm(self, talk: Dialogues, at_once: int) -> None:
        """Somebody sends a great deal at once: all of it acts, and of the questions that pile up they get the last."""
        await self.work.write_down()
        chat = talk.person.chat.id
        waiting = await rows.waiting_replies(self.work.session, chat)
        if waiting >= floods.MANY // 2:
            await rows.ask_once(self.work.session, chat)
        if max(waiting, at_once) >= floods.MANY // 2 and self.work.floods.is_to_be_told(chat):
            talk.say([_("That is a lot at once! I read all of it. I answer in a moment.")])

    def _warn_of_danger(self, talk: Dialogues, incoming: Incoming) -> None:
        """Who speaks of an emergency reads the number for it at once; what they said goes its way all the same."""
        person, front = talk.person, talk.front
        does_office_work = person.is_staff and (front is None or front.flow not in KEEP_AHEAD)
        if does_office_work or person.chat.id in self.warned or not blue.speaks_of_danger(incoming.given):
            return
        self.warned.add(person.chat.id)
        talk.say([self.work.local(self.work.area.emergency.danger.words)])

    async def _act(self, incoming: Incoming, talk: Dialogues) -> None:
        if incoming.button is not None:
            await self._button(incoming.button, talk)
        elif incoming.command is not None:
            await self._command(incoming.command, incoming.given, talk)
        elif incoming.edited:
            await self._remark(talk, _("I can't see changes in what you sent before. Please send it again."))
        elif incoming.given is not None:
            answered = await for_persons.answers(talk, incoming, self.bot)
            if isinstance(answered, Mark):
                self.marks.append(answered)
            elif answered is False:
                await self._given(incoming.given, talk)

    async def _button(self, data: str, talk: Dialogues) -> None:
        consents = talk.person.consents
        if button := read_button(data):
            conversation = talk.by_id(button[0])
            if conversation is None and button[0] in talk.ended:
                pass  # a thumb that taps twice
            elif conversation is None:
                await self._remark(talk, _("That one is finished already."))
            elif consents or conversation.flow in BEFORE_CONSENT:
                await talk.hear(conversation, Tapped(button[2], button[1]))
            else:
                await welcome(talk)
            return
        subject, _dot, what = data.partition(".")
        if subject == "l" and what in self.work.catalogues.languages:
            talk.person.chat.language = what
            self.work.new_menus.append(talk.person)
            await self._remark(talk, _("From now on in English."))
        elif subject == "do" and what in commands.BY_NAME and (consents or commands.BY_NAME[what].without_consent):
            await self._command(Command(what, ""), None, talk)
        elif not consents:
            await welcome(talk)
        elif what == "report" and (answer := re.fullmatch(r"A(\d{1,9})", subject)):
            await self._make_report(int(answer[1]), talk)
        elif not await codes.button(talk, subject, what):
            await self._remark(talk, _("That button doesn't work any more."))

    async def _command(self, command: Command, given: Input | None, talk: Dialogues) -> None:
        person = talk.person
        found = commands.BY_NAME.get(command.name)
        if found is None:
            await self._remark(talk, commands.UNKNOWN, stuck=True)
            return
        if found.roles:
            person.must_be(found.roles, f"/{command.name}")
        if found.name == "start" and await arrive(talk, command.words):
            return
        if not person.consents and not found.without_consent:
            if found.flow:
                await talk.open(found.flow)
            await welcome(talk, whole=found.name == "start")
        elif found.flow:
            await self._start(found.flow, talk)
        else:
            here = talk.front
            await found.run(talk, command.words, given)
            if found.interrupts and here is not None and talk.front is here:
                await self._still(talk)

    async def _still(self, talk: Dialogues) -> None:
        """What was going on is still there."""
        if talk.person.consents and talk.front is not None and (told := reminder(self.work, talk.front)):
            await talk.ask(talk.front, told)
        elif talk.person.consents:
            talk.say([STILL], [Action(_("Go on with it"), "do.on")])
        else:
            await welcome(talk)

    async def _start(self, flow: str, talk: Dialogues) -> None:
        if flow == "person" and for_persons.where_we_are(talk):
            return
        same = next((each for each in talk.person.conversations if each.flow == flow and each.front_since), None)
        if same is None:
            await talk.ask(await talk.open(flow))
            return
        talk.bring_to_front(same)
        await talk.ask(same, [_("We had begun this already. Let's go on:")])

    async def _given(self, given: Input, talk: Dialogues) -> None:
        front = talk.front
        if not talk.person.consents and (front is None or front.flow == "welcome"):
            if aside := self._aside(given):
                await self._command(Command(aside, ""), None, talk)
            else:
                await hear_newcomer(talk, given)
        elif await for_persons.hears(talk, given):
            pass
        elif front is not None and (front.flow in ASKS_FOR_A_CODE or await for_announcing.asks_for_codes(talk, front)):
            await talk.hear(front, given)
        elif isinstance(given, Said) and await codes.typed(talk, given.text):
            if front is not None:
                talk.say([STILL], [Action(_("Go on with it"), "do.on")])
        elif front is not None:
            await talk.hear(front, await blue.words_under(talk, front, given))
        elif isinstance(given, Said) and (does := self._menu_label(given.text)):
            await self._button(does, talk)
        elif isinstance(given, Said) and (waiting := await self._waits_for(given.text, talk)):
            await talk.hear(waiting, given)
        elif not await blue.hears(talk, given):
            await self._remark(talk, _("I can't do anything with that. Type it, speak it, or send a photo or a spot."))

    async def _make_report(self, answer_id: int, talk: Dialogues) -> None:
        """What must be better becomes a complaint, with what was said."""
        answer = await self.work.session.get(Answer, answer_id)
        if answer is None or answer.resident_id != talk.person.resident.id:
            await self._remark(talk, _("That button doesn't work any more."))
            return
        about = f"A{answer_id}"
        begun = next((each for each in talk.person.conversations if each.about == about), None)
        if begun is not None:
            talk.bring_to_front(begun)
            await talk.ask(begun)
            return
        answers: dict[str, object] = {}
        if answer.words or answer.voice:
            answers["words"] = {"text": answer.words, "voice": answer.voice}
        if photos := await complaints.photos_of(self.work, f"A{answer.id}"):
            answers["photos"] = photos
        await talk.ask(await talk.open("report", answers, about=about))

    async def _remark(self, talk: Dialogues, words: Words, *, stuck: bool = False) -> None:
        """One sentence, and where we are; or what one can do, where nothing is going on. `stuck`: offer a person."""
        if not talk.person.consents:
            await welcome(talk, [words])
        elif talk.front is not None:
            await talk.ask(talk.front, [words], stuck=stuck)
        else:
            talk.say([words], for_persons.stop_or_menu(talk))

    def _aside(self, given: Input) -> str | None:
        """The command whose button under the welcome was typed."""
        typed = fold(given.text) if isinstance(given, Said) else ""
        named = (aside.key for aside in ASIDES if typed in self.work.catalogues.spellings(aside.label))
        return next(named, None) if typed else None

    def _menu_label(self, text: str) -> str | None:
        typed = fold(text)
        labels = (action for action in MENU if typed in self.work.catalogues.spellings(action.label))
        return next((action.does for action in labels), None) if typed else None

    async def _waits_for(self, text: str, talk: Dialogues) -> Conversation | None:
        """The one question of the bot's own that waits, when a label of its buttons was typed, or a plain yes or no.

        Nothing else is being said (no conversation is in front), so the words can't belong to anything else.
        """
        if len(talk.waiting()) != 1:
            return None
        asks, _document = await talk.peek(talk.waiting()[0])
        fits = isinstance(asks, Asks) and labelled(asks.question, text, self.work.catalogues.spellings)
        return talk.waiting()[0] if fits else None
