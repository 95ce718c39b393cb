"""What residents say and what the office makes of it: answers, complaints, ideas, events, photos."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

_JOINED = text("same_as IS NOT NULL")


def _number_in_subject(row: Any) -> int:
    return int(row.get_current_parameters()["subject"][1:])


class Answer(Base):
    """An answer to one of the two questions: "proud" or "better"."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    question: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    heard: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    theme: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime]
    __table_args__ = (Index("ix_answers_question_at", "question", "at"),)


class Complaint(Base):
    """Something to be mended, M<id> to everybody. States and who may change them: `bot/neighbourhood/steps.py`.

    `place_folded`: the place's words as they are compared. `heard`: what the voice message says, written down by staff;
    so of answers and ideas too. `passed_to`: who was asked to see to it. `same_as`: the number of the complaint that it
    was joined to. `reason`: why it can't be done. `reopened`: how often somebody said that it isn't solved.
    """

    __tablename__ = "complaints"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str] = mapped_column(String(24))
    theme: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    heard: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(Text)
    place_folded: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    answer_by: Mapped[date]
    planned_for: Mapped[date | None]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    result: Mapped[str] = mapped_column(Text, default="")
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    at: Mapped[datetime]
    passed_to: Mapped[str] = mapped_column(Text, default="")
    same_as: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(16), default="")
    reopened: Mapped[int] = mapped_column(default=0)
    solved_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (
        Index("ix_complaints_state_answer_by", "state", "answer_by"),
        Index("ix_complaints_topic_latitude", "topic", "latitude", "longitude"),
        Index("ix_complaints_topic_place_folded", "topic", "place_folded"),
        # The office's lists, in order; of a state with all that they are narrowed by, without a look at the row.
        Index("ix_complaints_state_id", "state", "id", "neighbourhood", "topic", "theme", "handler_id"),
        Index("ix_complaints_topic_id", "topic", "id"),
        Index("ix_complaints_neighbourhood_id", "neighbourhood", "id"),
        Index("ix_complaints_theme_id", "theme", "id"),
        Index("ix_complaints_handler_id_state", "handler_id", "state", "id"),
        Index("ix_complaints_at_id", "at", "id"),
        Index("ix_complaints_same_as", "same_as", sqlite_where=_JOINED, postgresql_where=_JOINED),
    )

    @property
    def code(self) -> str:
        """What people call it: M12."""
        return f"M{self.id}"


class Reporter(Base):
    """Somebody who reported a complaint, alone or together with others.

    `words` and `voice` of who joined later; those of who was first (`at` is the complaint's own) stand with it.
    `came_with`: the number of the complaint that was joined to this one, where they came along with that.
    """

    __tablename__ = "reporters"
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    words: Mapped[str] = mapped_column(Text, default="")
    voice: Mapped[str | None] = mapped_column(String(200))
    came_with: Mapped[int | None]
    at: Mapped[datetime]


class Photo(Base):
    """A photo of a subject like "M12" or "A3"; `part` is "before", "after" or (of a spending) "receipt".

    `joined_by`: the resident who joined the complaint with it; None where it came with the subject itself.

    state: "new" (to be downloaded), "kept" (in `file`, below the data folder), "bad" (no picture), "gone" (erased by
    its owner: the worker removes file and row).
    """

    __tablename__ = "photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), index=True)
    part: Mapped[str] = mapped_column(String(8))
    file_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8), index=True)
    file: Mapped[str | None] = mapped_column(String(80))
    joined_by: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(index=True)


class Idea(Base):
    """A resident's idea for a voucher, I<id> to everybody. States, and who moves them: `neighbourhood/idea_steps.py`.

    `spoken`: voice messages that answer the other questions, by the question's name. `amount` as it was said;
    `amount_cents` only where it was understood beyond doubt. `rules_version`: of the day that it was handed in.
    `missing`: what its owner was asked; `waits_since`: since when it waits for its owner, while the clock stands still.
    `checklist`: the five points of ACTIE, each ticked or not. `done`, `difference`: its story, which others see only
    when `story_shown`. `advice`: what the panel's votes say ("award", "not_now"), or that its meeting is to say
    ("meeting"), until it is decided; empty before.
    """

    __tablename__ = "ideas"
    id: Mapped[int] = mapped_column(primary_key=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    words: Mapped[str] = mapped_column(Text)
    voice: Mapped[str | None] = mapped_column(String(200))
    heard: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8))
    whom: Mapped[str] = mapped_column(Text, default="")
    together: Mapped[str] = mapped_column(Text, default="")
    behind: Mapped[str] = mapped_column(Text, default="")
    neighbours: Mapped[str] = mapped_column(Text, default="")
    spoken: Mapped[dict[str, Any]] = mapped_column(default=dict)
    amount: Mapped[str] = mapped_column(Text, default="")
    amount_cents: Mapped[int | None]
    wish: Mapped[str] = mapped_column(String(16), default="")
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    rules_version: Mapped[str] = mapped_column(String(16), default="")
    contact_id: Mapped[int | None]
    missing: Mapped[str] = mapped_column(Text, default="")
    waits_since: Mapped[datetime | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    advice: Mapped[str] = mapped_column(String(8), default="")
    answer_by: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")
    awarded_cents: Mapped[int | None]
    done: Mapped[str] = mapped_column(Text, default="")
    difference: Mapped[str] = mapped_column(Text, default="")
    story_shown: Mapped[bool] = mapped_column(default=False)
    came_from: Mapped[str] = mapped_column(String(64))
    first: Mapped[bool]
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: I3."""
        return f"I{self.id}"


class Event(Base):
    """Something that people are invited to, E<id> to everybody. `starts_at` is when it begins.

    kind: "event", or "walk" (a walk to show what is wrong in the neighbourhood). state: "on", "cancelled" (`reason`
    says why), "asked" (its announcement waits for a second coordinator's yes), "declined" (it was never announced); or
    of what a resident proposed: "proposed", "declined". `language` is that of title and words; `said_in`:
    language → title and words, where somebody wrote them in more. `places`: how many people fit, None: no limit.
    `version` counts its changes; calendars go by it.
    """

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="event")
    state: Mapped[str] = mapped_column(String(12), default="on")
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="")
    said_in: Mapped[dict[str, Any]] = mapped_column(default=dict)
    place: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    neighbourhood: Mapped[str | None] = mapped_column(String(16))
    photo: Mapped[str | None] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    places: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by: Mapped[int | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    @property
    def code(self) -> str:
        """What people call it: E5."""
        return f"E{self.id}"


class EventAnswer(Base):
    """Who comes: "yes", "waiting" (it is full), "maybe" or "no"; the newest answer counts. "": came without a word.

    `people`: how many come along with this answer, oneself included. `name`: only where somebody gave it for the list.
    `came_at`: when the code at the event was scanned.
    """

    __tablename__ = "event_answers"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    answer: Mapped[str] = mapped_column(String(8))
    people: Mapped[int] = mapped_column(default=1)
    waiting_since: Mapped[datetime | None]
    brings: Mapped[str] = mapped_column(Text, default="")
    helps: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(Text, default="")
    came_at: Mapped[datetime | None]
    at: Mapped[datetime]


class Found(Base):
    """The words of a subject ("M12", "A3", "I3", "E5") as they are searched: folded. See `bot/store/search.py`."""

    __tablename__ = "found"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), unique=True)
    words: Mapped[str] = mapped_column(Text)


class Recording(Base):
    """A question read aloud by somebody of the office, for those who would rather listen.

    `question`: the flow and the question's name, "welcome:consent"; one recording a language.
    """

    __tablename__ = "recordings"
    question: Mapped[str] = mapped_column(String(48), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    voice: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Promise(Base):
    """A day that the office named: it is kept or broken, and the first day stays on record.

    kind: "answer" (to be answered by `due`), "day" (to be done on `due`), "again" (after one that was broken).
    state: "open", "kept", "broken", "dropped" (what was promised is no longer the office's to do).
    `number`: that of the subject, by itself. `partner`: who was to do it, where that is not the office.
    """

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(default=_number_in_subject)
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="open")
    first_due: Mapped[date]
    due: Mapped[date]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("residents.id", ondelete="SET NULL"), index=True)
    partner: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        # With both: SQLite takes the narrower of two indexes by their number of columns, and open ones are many.
        Index("ix_promises_subject_state", "subject", "state"),
        # In order, with what tells which are late and whose: without a look at the row.
        Index("ix_promises_state_due", "state", "due", "id", "kind", "subject", "number", "made_by", "partner"),
        Index("ix_promises_state_kind", "state", "kind", "number", "subject"),
        Index("ix_promises_state_settled_at", "state", "settled_at"),
    )
