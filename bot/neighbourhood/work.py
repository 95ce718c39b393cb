"""What the programme's rules work with during one transaction, and how they tell people things."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.neighbourhood.area import Area
from bot.neighbourhood.floods import Floods
from bot.outbox import rows
from bot.outbox.letters import Button, Letter, document, letters
from bot.outbox.letters import picture as letter_picture
from bot.outbox.rows import Lane
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.tables import Chat, Conversation, History, PersonTalk, Resident
from conversations.questions import Option
from conversations.talk import Place as AreaWords
from conversations.words import LANGUAGE_NAMES, Catalogues, Local, Words, s_

STAFF = frozenset({"staff", "coordinator"})
COORDINATORS = frozenset({"coordinator"})
PANEL_TOO = STAFF | {"panel"}
ROLES = ("panel", "staff", "coordinator")


@dataclass(frozen=True, slots=True)
class Action:
    """A button outside any conversation: its label, and what it does (`do.report`, `M12.take`; at most 64 bytes)."""

    label: Words
    does: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said at the end of a conversation, with what one can do next.

    `goes_on`: then the conversation that waited behind it is taken up again. `begins`: a flow that begins at once, with
    the answers that it is opened with.
    """

    words: Sequence[Words]
    actions: Sequence[Action] = ()
    goes_on: bool = True
    begins: tuple[str, Mapping[str, Any]] | None = None


class NotAllowed(Exception):
    """Somebody without the role tried; `what` names the attempt for the log.

    `words`: what is said to them, where that is more than to somebody who knows no such thing.
    """

    def __init__(self, what: str, words: Words | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.words = words


class TooLate(Exception):
    """Somebody else was first: what this step begins from is no longer so; `words` says how it stands.

    `name` and `at`: who it was, and when, where that is known. Made by `team.too_late`.
    """

    def __init__(self, code: str, state: Words, name: Words | None = None, at: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.words = s_("That's too late. {code} stands at: {state}.", code=code, state=state)
        if name is not None and at is not None:
            self.words = s_(
                "{name} was first, on {moment}. {code} stands at: {state}.",
                name=name,
                moment=at,
                code=code,
                state=state,
            )


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody of the office works on: neighbourhoods (codes) and topics (keys); where there are none, all."""

    neighbourhoods: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


@dataclass(slots=True)
class Person:
    """Somebody in a private chat, as loaded for this transaction."""

    chat: Chat
    resident: Resident
    roles: frozenset[str]
    conversations: list[Conversation]
    asked_anew: bool = False
    """Agreed once, to another text than today's."""
    talk: PersonTalk | None = None
    """The talk with the office that was open at the beginning of this transaction, or was begun in it."""
    scope: Scope = Scope()
    """What a member of staff works on."""
    chairs: bool = False
    """Enters what the panel's meeting decided."""

    @property
    def consents(self) -> bool:
        """Whether this person agreed to what is kept, as the text says it today."""
        return self.agreed_once and not self.asked_anew

    @property
    def agreed_once(self) -> bool:
        """Whether this person agreed, be it to an older text."""
        return self.resident.consent_at is not None

    @property
    def open_talk(self) -> PersonTalk | None:
        """The talk with somebody of the office that goes on, in which the bot keeps quiet."""
        return self.talk if self.talk is not None and self.talk.state == "open" else None

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the office."""
        return self.is_one_of(STAFF)

    def is_one_of(self, roles: frozenset[str]) -> bool:
        """Whether this person has one of these roles now."""
        return bool(self.roles & roles)

    def must_be(self, roles: frozenset[str], attempt: str) -> None:
        """Raises `NotAllowed` for who has none of these roles; `attempt` names it for the log."""
        if not self.is_one_of(roles):
            raise NotAllowed(attempt)


@dataclass(slots=True)
class Work:
    """One transaction's surroundings: its session, the moment (UTC), the area and its rules, the words."""

    session: AsyncSession
    now: datetime
    area: Area
    catalogues: Catalogues
    free_days: frozenset[date]
    """Public holidays of the years around now."""
    area_words: AreaWords
    """What conversations know of the area."""
    seal: Seal
    bot_name: str = ""
    letters: list[dict[str, Any]] = field(default_factory=list)
    """Rows for the outbox, gathered: one statement for many."""
    lines: list[dict[str, Any]] = field(default_factory=list)
    """Lines for the history, gathered likewise."""
    floods: Floods = field(default_factory=Floods)
    new_menus: list[Person] = field(default_factory=list)
    """People whose role has changed in this transaction: their menu of commands is to change too."""
    loaded: list[Person] = field(default_factory=list)
    """Everybody who was looked up in this transaction: who loses a role loses it here too."""
    changed: set[str] = field(default_factory=set)
    """Subjects with a new line in the history: what is shown of them elsewhere is to change too."""
    raised: set[str] = field(default_factory=set)
    """Of these, what the office must see anew: its card comes as a new message, below all that was said since."""

    @property
    def today(self) -> date:
        """The local date."""
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.area.time_zone).date()

    def answer_by(self, topic_key: str) -> date:
        """The day by which an answer about this topic is promised now."""
        return self.area.answer_due(self.now, topic_key, self.free_days)

    @property
    def area_name(self) -> Words:
        """How the office calls itself in a sentence."""
        return self.local(self.area.organisation)

    def local(self, label: Mapping[str, str]) -> Local:
        """A label of the area file as words."""
        return Local(label)

    def render(self, words: Words, language: str) -> str:
        """Plain text in that language."""
        return self.catalogues.render(words, language)

    def allowed_at(self, moment: datetime) -> datetime:
        """The moment, or the end of the quiet hours that it falls in."""
        quiet = self.area.quiet_hours
        return quiet.next_allowed(moment, self.area.time_zone) if quiet else moment

    def send(self, chat: Chat, what: Iterable[Letter], lane: Lane = Lane.REPLY, *, subject: str | None = None) -> None:
        """Write letters down; what is no reply waits for the end of the quiet hours."""
        allowed = None if lane == Lane.REPLY else self.allowed_at(self.now)
        not_before = allowed if allowed and allowed > self.now else None
        self.letters += rows.to_send(chat, lane, what, self.now, subject=subject, not_before=not_before)

    def tell(
        self,
        chat: Chat,
        words: Iterable[Words],
        lane: Lane = Lane.REPLY,
        *,
        actions: Iterable[Action] = (),
        subject: str | None = None,
    ) -> None:
        """Say something in the chat's language, one button to a row."""
        paragraphs = [self.render(each, chat.language) for each in words]
        buttons = [[Button(self.render(action.label, chat.language), action.does)] for action in actions]
        self.send(chat, letters(paragraphs, buttons), lane, subject=subject)

    def send_file(self, chat: Chat, path: str, name: str, caption: Words, *, picture: bool = False) -> None:
        """Send a file of this machine, as a picture or as a document under that name."""
        words = self.render(caption, chat.language)
        self.send(chat, [letter_picture(path, words) if picture else document(path, name, words)])

    def note(self, subject: str, what: str, by: Resident | None, words: str = "") -> None:
        """Add a line to the history."""
        self.changed.add(subject)
        self.lines.append(
            {"subject": subject, "what": what, "words": words, "by": by.id if by else None, "at": self.now}
        )

    @asynccontextmanager
    async def in_one_piece(self) -> AsyncIterator[None]:
        """A part of the transaction that leaves no trace when it fails: in no table, nor in what is gathered."""
        letters, lines, menus = list(self.letters), list(self.lines), list(self.new_menus)
        changed, raised = set(self.changed), set(self.raised)
        try:
            async with self.session.begin_nested():
                yield
        except Exception:
            self.letters, self.lines, self.new_menus = letters, lines, menus
            self.changed, self.raised = changed, raised
            raise

    async def write_down(self) -> None:
        """Write what was gathered: at the end of the transaction, and before something in it reads those tables."""
        written, self.letters = self.letters, []
        noted, self.lines = self.lines, []
        await rows.write(self.session, written)
        if noted:
            await self.session.execute(insert(History), noted)


def words_of(area: Area) -> AreaWords:
    """What conversations know of an area: its labels, in every language."""
    topics = [Option(topic.key, Local(topic.label)) for topic in area.topics]
    neighbourhoods = [Option(each.code, each.name) for each in area.neighbourhoods]
    languages = [Option(each, LANGUAGE_NAMES.get(each, each)) for each in area.languages]
    lines = {each: "\n".join(f"• {duty.words[each]}" for duty in area.ideas.duties) for each in area.languages}
    duties = Local(lines) if area.ideas.duties else ""
    return AreaWords(Local(area.organisation), topics, neighbourhoods, Local(area.consent.changed), languages, duties)


@dataclass(slots=True)
class Surroundings:
    """What every transaction needs: the rules, the words, the secret, the clock."""

    database: Database
    seal: Seal
    clock: Clock
    area: Area
    catalogues: Catalogues
    free_days: frozenset[date]
    """Public holidays of the years around now."""
    bot_name: str = ""

    floods: Floods = field(default_factory=Floods)
    _area_words: AreaWords | None = None

    def reading(self, session: AsyncSession) -> Work:
        """What reading in this session needs."""
        words = self._area_words = self._area_words or words_of(self.area)
        around = (self.area, self.catalogues, self.free_days, words, self.seal, self.bot_name)
        return Work(session, self.clock.now(), *around, floods=self.floods)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Work]:
        """A transaction that commits at the end, with all that was said and noted. Raises `LeaseLost`."""
        async with self.database.write() as session:
            work = self.reading(session)
            yield work
            await work.write_down()
