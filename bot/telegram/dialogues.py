"""Conversations as Telegram carries them: opened, heard, drawn, ended, and the one that waited taken up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.neighbourhood import acts, complaints, recordings
from bot.neighbourhood.work import Action, Closing, NotAllowed, Person, TooLate, Work
from bot.outbox.letters import Button, Letter, letters, voice
from bot.outbox.rows import QUESTION, Lane
from bot.store.tables import Complaint, Conversation
from bot.telegram.coming_back import reminder
from bot.telegram.draw import NO_KEYBOARD, draw
from conversations import FLOWS
from conversations.hearing import Ear, drop, hear, hear_on
from conversations.inputs import Input, Photo, Said, Tapped
from conversations.questions import Confirmation, Option, Place, Tell
from conversations.results import Refused
from conversations.talk import Asks, Ends, Wants, found, from_json, play, to_json
from conversations.talk import Said as Document
from conversations.words import Words, _

WEEK = timedelta(days=7)
BEFORE_CONSENT = frozenset({"welcome", "consent", "forget"})
KEEP_AHEAD = frozenset({"report", "blue"})
"""Conversations whose questions "words", "place" and "photos" may be answered before they are asked."""
CANNOT_BE_STOPPED = frozenset({"welcome", "consent"})


@dataclass(slots=True)
class Dialogues:
    """The conversations of one person during one transaction."""

    work: Work
    person: Person
    just_told: tuple[int, Tell] | None = None
    """The conversation and the question that typed words have answered in this turn."""
    too_late: Words | None = None
    """What was said to a tap in this turn that came after another's."""
    ended: set[int] = field(default_factory=set)
    """Conversations that ended in this turn."""
    _documents: dict[int, Document] = field(default_factory=dict)
    _later: dict[int, tuple[Conversation, Sequence[Words]]] = field(default_factory=dict)

    @property
    def front(self) -> Conversation | None:
        """The conversation that typed words go to; None while they go to a talk with a person, begun after it."""
        fronts = [each for each in self.person.conversations if each.front_since is not None]
        if (talk := self.person.open_talk) is not None:
            since = talk.opened_at
            fronts = [each for each in fronts if each.front_since is not None and each.front_since > since]
        if not self.person.consents:  # the yes comes first, whatever was begun
            fronts = [each for each in fronts if each.flow in BEFORE_CONSENT]
        return max(fronts, key=lambda each: (each.front_since, each.id), default=None)

    def bring_to_front(self, conversation: Conversation) -> None:
        """Typed words go to this one from now on, also when another came to the front in the same moment."""
        moments = [each.front_since for each in self.person.conversations if each.front_since]
        moments += [self.person.talk.opened_at] if self.person.talk is not None else []
        latest = max(moments, default=None)
        now = self.work.now
        conversation.front_since = now if latest is None or latest < now else latest + timedelta(microseconds=1)

    def waiting(self) -> list[Conversation]:
        """What the bot opened and nobody has tapped yet."""
        return [each for each in self.person.conversations if each.front_since is None]

    def by_id(self, number: int) -> Conversation | None:
        """A conversation of this person's; None for one that has ended, or is another's."""
        return next((each for each in self.person.conversations if each.id == number), None)

    async def open(
        self,
        flow: str,
        answers: Mapping[str, Any] | None = None,
        *,
        about: str | None = None,
        front: bool = True,
    ) -> Conversation:
        """Begin a conversation, in front or waiting for a tap; nothing is said yet."""
        work = self.work
        times = work.area.conversation
        keep_for = times.expires_after if self.person.agreed_once else times.without_consent
        conversation = Conversation(
            chat_id=self.person.chat.id,
            flow=flow,
            said=to_json(Document(answers=dict(answers or {}))),
            about=about,
            turn=0,
            front_since=None,
            started_at=work.now,
            expires_at=work.now + keep_for,
        )
        if front:
            self.bring_to_front(conversation)
        work.session.add(conversation)
        await work.session.flush()
        self.person.conversations.append(conversation)
        return conversation

    async def ask(
        self,
        conversation: Conversation,
        notes: Sequence[Words] = (),
        lane: Lane = Lane.REPLY,
        *,
        whole: bool = False,
        stuck: bool = False,
    ) -> None:
        """Say where the conversation stands: its open question, after `notes`; or act, when it has come to its end.

        `whole`: a long prompt too, though it may have been said just now. `stuck`: with a way to a person.
        """
        self._later.pop(conversation.id, None)
        document = self._document(conversation)
        asks = await self._play(conversation, document)
        if isinstance(asks, Ends):
            await self._finish(conversation, document, asks, notes)
            return
        language = self.person.chat.language
        shown = [asks.question.name, language] if asks.question.again else []
        is_again = bool(shown) and document.shown == shown and not whole
        document.shown = shown
        to_person = stuck and self.person.consents and not self.person.is_staff and conversation.flow != "person"
        number, turn = conversation.id, conversation.turn
        what = draw(self.work, language, number, turn, asks, notes, again=is_again, stuck=to_person)
        if self.person.resident.reads_aloud:
            said = await recordings.voice_of(self.work, conversation.flow, asks.question.name, language)
            what = [*([voice(said)] if said else []), *what]
        subject = f"{QUESTION}{conversation.id}" if lane == Lane.REPLY else conversation.about
        self.work.send(self.person.chat, what, lane, subject=subject)
        self._keep(conversation, document)

    def put(self, conversation: Conversation, name: str, answer: Any) -> None:
        """Keep something in a conversation without asking or saying anything."""
        document = self._document(conversation)
        document.answers = {**document.answers, name: answer}
        self._keep(conversation, document)

    def ask_later(self, conversation: Conversation, notes: Sequence[Words] = ()) -> None:
        """Say it at the end of this turn: more photos of an album may be in it."""
        self._later[conversation.id] = (conversation, notes)

    async def ask_what_waits(self) -> None:
        """The end of the turn: say what was put off."""
        for conversation, notes in list(self._later.values()):
            if conversation in self.person.conversations:
                await self.ask(conversation, notes)

    async def peek(self, conversation: Conversation) -> tuple[Asks | Ends, Document]:
        """Where a conversation stands, with a copy of what was said in it."""
        document = from_json(conversation.said)
        return await self._play(conversation, document), document

    async def hear(self, conversation: Conversation, given: Input) -> None:
        """Let an input act on a conversation, and say what comes next."""
        tapped = isinstance(given, Tapped)
        came_back = reminder(self.work, conversation) if self.person.consents and not tapped else ()
        document = self._document(conversation)
        told_before, question = self.just_told or (None, None)
        is_same = told_before == conversation.id
        if isinstance(given, Said) and is_same and question is not None and hear_on(given, document, question):
            self._keep(conversation, document)
            return
        asks = await self._play(conversation, document)
        if isinstance(asks, Ends):  # its last step could not be taken before
            await self._finish(conversation, document, asks)
            return
        spell, ahead = self.work.catalogues.spellings, conversation.flow in KEEP_AHEAD
        heard = hear(given, document, asks, Ear(conversation.turn, self.work.today, spell, ahead))
        if heard.cancelled and conversation.flow not in CANNOT_BE_STOPPED:
            await self.cancel(conversation)
            return
        if conversation.front_since is None or conversation is not self.front:
            self.bring_to_front(conversation)
        self._keep(conversation, document)
        of_an_album = isinstance(given, Photo) and given.album is not None
        if heard.quiet:
            if of_an_album and isinstance(asks.question, Confirmation):
                self.ask_later(conversation)  # the number of photos stands there
            return
        notes = [*came_back, *heard.notes]
        if heard.accepted:
            conversation.turn += 1
            if isinstance(given, Said) and isinstance(asks.question, Tell):
                self.just_told = (conversation.id, asks.question)
            if isinstance(asks.question, Place):
                self._take_spot_keyboard_away()
        if of_an_album:
            self.ask_later(conversation, notes)
        else:
            await self.ask(conversation, notes, stuck=heard.stuck)

    async def steer(self, key: str) -> bool:
        """Go back in the conversation in front, or stop it, as /back and /cancel do; False where there is none."""
        front = self.front
        if front is None:
            return False
        label = {"back": Option("back", _("Back")), "cancel": Option("cancel", _("Cancel"))}[key].label
        await self.hear(front, Said(self.work.render(label, self.person.chat.language)))
        return True

    async def cancel(self, conversation: Conversation) -> None:
        """The person stops a conversation; its answers go."""
        await self._end(conversation)
        self.say([_("Stopped. What you said here is gone.")], keyboard=NO_KEYBOARD)
        await self.go_on()

    async def go_on(self) -> None:
        """Take up the conversation that waited behind the one that ended."""
        if (front := self.front) is not None:
            await self.ask(front, [_("We were still talking about this:")])

    def say(
        self,
        words: Sequence[Words],
        actions: Sequence[Action] = (),
        *,
        keyboard: dict[str, Any] | None = None,
        lane: Lane = Lane.REPLY,
    ) -> None:
        """Say something to this person."""
        language = self.person.chat.language
        rows = [[Button(self.work.render(action.label, language), action.does)] for action in actions]
        paragraphs = [self.work.render(each, language) for each in words]
        self.send(letters(paragraphs, rows, keyboard=keyboard), lane)

    def send(self, what: Sequence[Letter], lane: Lane = Lane.REPLY) -> None:
        """Send letters to this person."""
        self.work.send(self.person.chat, what, lane)

    async def _play(self, conversation: Conversation, document: Document) -> Asks | Ends:
        outcome = play(FLOWS[conversation.flow], document, self.work.area_words)
        while isinstance(outcome, Wants):
            found(document, outcome, await acts.find(self.work, self.person, outcome.request))
            outcome = play(FLOWS[conversation.flow], document, self.work.area_words)
        return outcome

    async def _finish(
        self, conversation: Conversation, document: Document, ends: Ends, notes: Sequence[Words] = ()
    ) -> None:
        try:
            done = await acts.act(self.work, self.person, ends.result)
        except TooLate as late:
            done = Closing([late.words])
        except NotAllowed:  # the role was taken away meanwhile
            await self._end(conversation)
            raise
        if isinstance(done, Refused):
            drop(document, done.drop)
            self._keep(conversation, document)
            await self.ask(conversation, [*notes, done.reason])
            return
        await self._end(conversation)
        if done.begins is not None:
            await self.ask(await self.open(*done.begins), [*notes, *done.words])
            return
        others_wait = self.front is not None
        self.say([*notes, *done.words], () if others_wait and done.goes_on else done.actions)
        if done.goes_on:
            await self.go_on()

    async def _end(self, conversation: Conversation) -> None:
        self.ended.add(conversation.id)
        self.person.conversations.remove(conversation)
        await self.work.session.delete(conversation)

    def _take_spot_keyboard_away(self) -> None:
        """The next question has buttons of its own, and a message carries one keyboard: so say it in between."""
        self.say([_("Okay, got it.")], keyboard=NO_KEYBOARD)

    def _document(self, conversation: Conversation) -> Document:
        if conversation.id not in self._documents:
            self._documents[conversation.id] = from_json(conversation.said)
        return self._documents[conversation.id]

    def _keep(self, conversation: Conversation, document: Document) -> None:
        conversation.said = to_json(document)
        if conversation.front_since is not None:
            keep_for = self.work.area.conversation
            conversation.expires_at = self.work.now + (
                keep_for.expires_after if self.person.agreed_once else keep_for.without_consent
            )


async def ask_follow_up(
    work: Work,
    person: Person,
    conversation: Conversation | None,
    complaint: Complaint,
    notes: Sequence[Words],
    *,
    again: bool = False,
) -> None:
    """Open a follow-up about a complaint, or repeat the one that waits: as a notice that takes taps at once.

    `again`: to somebody who was asked before, and didn't know.
    """
    talk = Dialogues(work, person)
    if conversation is None:
        answers: dict[str, Any] = {"complaint": complaint.id, "reporter": person.resident.id}
        if not await complaints.is_reporter(work, person, complaint):
            answers["for_another"] = True
        if again:
            answers["again"] = True
        conversation = await talk.open("follow_up", answers, about=complaint.code, front=False)
    times = work.area.follow_up
    conversation.expires_at = work.now + times.reminder_after + times.close_after + WEEK
    await talk.ask(conversation, notes, Lane.NOTICE)
