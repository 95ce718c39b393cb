"""After the last restart: what people did and were told, held against the database and the chats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.tables import (
    Answer,
    Chat,
    Complaint,
    Conversation,
    Due,
    History,
    Message,
    Photo,
    Reporter,
    Resident,
    Update,
)
from tests.crash.ledger import Ledger, Reported, codes, is_notice, options


@dataclass
class Findings:
    """What is wrong, each by name; nothing when all is well."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        """Everything that is wrong, one line each."""
        named = (("lost", self.lost), ("twice", self.twice), ("unsent", self.unsent), ("wrong", self.other))
        return [f"{kind}: {what}" for kind, each in named for what in each]


async def check(database_url: str, folder: Path, ledger: Ledger) -> Findings:
    """Look through the tables and the chats."""
    findings = Findings()
    findings.lost += ledger.unanswered
    seal = Seal((folder / "secret.key").read_text().strip())
    database = Database(database_url)
    try:
        async with database.read() as session:
            who = await _residents(session, seal, ledger, findings)
            await _complaints(session, ledger, who, findings)
            await _answers(session, ledger, who, findings)
            await _photos(session, folder, ledger, findings)
            await _left_over(session, findings)
    finally:
        await database.close()
    _told(ledger, findings)
    return findings


async def _residents(session: AsyncSession, seal: Seal, ledger: Ledger, findings: Findings) -> dict[int, int]:
    """Telegram ids by number of resident."""
    rows = await session.execute(
        select(Resident.id, Chat.fingerprint)
        .join(Chat, Chat.id == Resident.chat_id)
        .where(Resident.consent_at.is_not(None))
    )
    numbers = {fingerprint: number for number, fingerprint in rows}
    who = {}
    for person in ledger.joined:
        number = numbers.pop(seal.fingerprint(person), None)
        if number is None:
            findings.lost.append(f"{person} joined, and isn't among the residents")
        else:
            who[number] = person
    findings.other += [f"resident {number} joined, and nobody knows of it" for number in numbers.values()]
    return who


async def _complaints(session: AsyncSession, ledger: Ledger, who: dict[int, int], findings: Findings) -> None:
    rows = list(await session.scalars(select(Complaint).order_by(Complaint.id)))
    reporters: dict[int, list[int]] = {}
    for by in await session.scalars(select(Reporter)):
        reporters.setdefault(by.complaint_id, []).append(who.get(by.resident_id, 0))
    history = Counter((row.subject, row.what) for row in await session.scalars(select(History)))
    times = Counter(row.words for row in rows)
    findings.twice += [f"{count} complaints with the words {words!r}" for words, count in times.items() if count > 1]
    by_words = {row.words: row for row in rows}
    for told in ledger.reported:
        row = by_words.pop(told.words, None)
        if row is None:
            findings.lost.append(f"complaint {told.code or '(no code yet)'} with the words {told.words!r}")
            continue
        place = row.place if isinstance(told.place, str) else (row.latitude, row.longitude)
        got = (row.code, row.topic, place, row.state, reporters.get(row.id), row.result)
        result = told.solutions[-1].words if told.solutions else ""
        meant = (told.code, told.topic, told.place, told.state, [told.reporter], result)
        if got != meant:
            findings.lost.append(f"complaint {told.words!r} is kept as {got}, and was {meant}")
        steps = {"received": 1, "take": told.taken, "solve": len(told.solutions)}
        steps |= {"reopen": told.verdicts.count("no"), "confirm": told.verdicts.count("yes")}
        for step, count in steps.items():
            happened = history[row.code, step]
            if happened > count:
                findings.twice.append(f"{row.code}: {step} happened {happened} times, not {count}")
            elif happened < count:
                findings.lost.append(f"{row.code}: {step} happened {happened} times, not {count}")
    findings.other += [f"nobody reported {row.code}: {words!r}" for words, row in by_words.items()]


async def _answers(session: AsyncSession, ledger: Ledger, who: dict[int, int], findings: Findings) -> None:
    rows = Counter(
        (who.get(row.resident_id or 0, 0), row.question, row.words) for row in await session.scalars(select(Answer))
    )
    given = Counter(
        (each.resident, question, words)
        for each in ledger.answered
        for question, words in (("proud", each.proud), ("better", each.better))
        if words is not None
    )
    findings.lost += [f"answer {what}" for what in given - rows]
    findings.twice += [f"answer {what}" for what in rows - given]


async def _photos(session: AsyncSession, folder: Path, ledger: Ledger, findings: Findings) -> None:
    kept = list(await session.scalars(select(Photo)))
    rows = Counter((row.subject, row.part, row.file_id) for row in kept)
    sent = Counter((told.code, "before", photo) for told in ledger.reported for photo in told.photos)
    sent += Counter(
        (told.code, "after", photo) for told in ledger.reported for done in told.solutions for photo in done.photos
    )
    findings.lost += [f"photo {what}" for what in sent - rows]
    findings.twice += [f"photo {what}" for what in rows - sent]
    for row in kept:
        if row.state == "new" and row.attempts and row.next_at > datetime.now(UTC):
            continue  # Telegram was away; it is tried again in some minutes
        file = folder / "photos" / (row.file or "-")
        if row.state != "kept" or not file.is_file() or file.stat().st_size == 0:
            findings.lost.append(f"photo {row.id} of {row.subject} is {row.state!r}, and not on disk")


async def _left_over(session: AsyncSession, findings: Findings) -> None:
    """Nothing must be under way any more."""
    for message in await session.scalars(select(Message)):
        findings.unsent.append(
            f"{message.state} in the outbox: {message.method} {message.subject or ''} {message.error or ''}"
        )
    for handled in await session.scalars(select(Update).where(Update.state != "done")):
        findings.lost.append(f"update {handled.update_id} is {handled.state!r}: {handled.error}")
    for open_one in await session.scalars(select(Conversation)):
        findings.other.append(f"conversation {open_one.id} ({open_one.flow}) is still open")
    for due in await session.scalars(select(Due).where(Due.at <= datetime.now(UTC))):
        findings.unsent.append(f"{due.what} of {due.subject} was due at {due.at}")


def _told(ledger: Ledger, findings: Findings) -> None:
    """Each promised message is in its chat."""
    for told in ledger.reported:
        findings.unsent += [f"to {chat}, {told.code}: {what}" for chat, what in _missing(told, ledger)]
    shown = Counter((chat, photo) for chat, said in ledger.heard.items() for each in said for photo in each.photos)
    missing = ledger.pictures - shown
    findings.unsent += [f"to {chat}: picture {photo}" for (chat, photo) in missing]


def _missing(told: Reported, ledger: Ledger) -> Iterable[tuple[int, str]]:
    """What was promised about a complaint and stands in no chat: to whom, and what."""
    office = ledger.office
    mine = [each for each in ledger.heard.get(told.reporter, ()) if told.code in codes(each)]
    theirs = [each for each in ledger.heard.get(office, ()) if told.code in codes(each)]
    notices = [each for each in theirs if is_notice(each)]
    if not any(told.words in each.text for each in notices):
        yield office, "the news of it"
    for wrong in told.wrong:
        if not any(wrong in each.text for each in notices):
            yield office, f"that it isn't solved: {wrong!r}"
    if len([each for each in theirs if not options(each) and not is_notice(each)]) < told.taken + len(told.solutions):
        yield office, "that what they did has been done"
    for done in told.solutions:
        about = [each for each in mine if done.words in each.text]
        if all(options(each) for each in about):
            yield told.reporter, f"that it was solved: {done.words!r}"
        if not any(options(each) for each in about):
            yield told.reporter, f"whether it is really solved: {done.words!r}"
    plain = {each.text for each in mine if not any(done.words in each.text for done in told.solutions)}
    if len(plain) < 1 + told.taken + len(told.verdicts):
        yield told.reporter, f"one of: its code, that it was taken, thanks for each verdict; heard {plain}"
