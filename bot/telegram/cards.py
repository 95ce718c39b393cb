"""A complaint as it is shown: the card that staff work with, and what its reporter sees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import complaints
from bot.neighbourhood.complaint_list import complaints_like
from bot.neighbourhood.work import STAFF, Action, Person, TooLate, Work
from bot.outbox.letters import Bold, Button, letters, pictures, spot, voice
from bot.store.tables import Chat, Complaint, History, Reporter, Resident
from bot.telegram.dialogues import Dialogues
from bot.telegram.pages import send_page
from conversations.words import Words, _, s_, sn_

CODE = re.compile(r"\s*[mM]\s?(\d{1,9})\s*")
STEP_LABELS: dict[str, Words] = {
    "take": s_("I take it"),
    "plan": s_("Promise a day"),
    "solve": s_("It's solved"),
    "cannot": s_("It can't be done"),
}
HISTORY_NAMES: dict[str, Words] = {
    "received": s_("came in"),
    "take": s_("taken"),
    "plan": s_("planned"),
    "solve": s_("solved"),
    "cannot": s_("can't be done"),
    "confirm": s_("confirmed by who reported it"),
    "reopen": s_("not solved, says who reported it"),
    "close": s_("closed without an answer"),
    "follow-up yes": s_("answered: solved"),
    "follow-up no": s_("answered: not solved"),
    "follow-up unknown": s_("answered: doesn't know"),
    "joined": s_("said yes to what we keep"),
    "role given": s_("got a role"),
    "role withdrawn": s_("lost a role"),
    "join link": s_("made a link for a role"),
    "handed in": s_("idea came in"),
    "answer": s_("idea answered"),
    "award": s_("idea got a yes"),
    "not_now": s_("idea: not now"),
    "announced": s_("event announced"),
    "export": s_("made an export"),
    "stats": s_("looked at figures"),
    "refused": s_("tried what is not allowed"),
    "forgotten": s_("was forgotten"),
}
FLOWS_OF_STEPS = frozenset({"plan", "solve", "cannot"})
HISTORY_LINES = 12
SHORT = 60


async def show(talk: Dialogues, number: int) -> bool:
    """Show a complaint to staff as a card, to its reporter as theirs; False for others and where there is none."""
    work, person = talk.work, talk.person
    complaint = await work.session.get(Complaint, number)
    if complaint is None:
        if person.is_staff:
            talk.say([s_("There is no {code}.", code=f"M{number}")])
        return person.is_staff
    if person.is_staff:
        await _card(talk, complaint)
    elif await complaints.is_reporter(work, person, complaint):
        talk.say([line_for_reporter(work, complaint), complaint.result])
    else:
        return False
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on a card; False where there is no such button."""
    if what not in STEP_LABELS:
        return False
    talk.person.must_be(STAFF, f"M{number}.{what}")
    complaint = await talk.work.session.get(Complaint, number)
    if complaint is None:
        return False
    if complaint.state not in complaints.STEPS[what].before:
        talk.say([TooLate(complaint.code, complaints.STATE_NAMES[complaint.state]).words])
    elif what in FLOWS_OF_STEPS:
        await talk.ask(await talk.open(what, {"complaint": number}))
    else:
        await complaints.take(talk.work, talk.person, complaint)
        talk.say(
            [s_("You have {code} now. Who reported it gets a message.", code=complaint.code)],
            [Action(STEP_LABELS[each], f"{complaint.code}.{each}") for each in ("plan", "solve", "cannot")],
        )
    return True


async def show_list(talk: Dialogues, words: str, after: int | None = None) -> None:
    """The list of complaints that these words ask for, a page of it."""
    work, person = talk.work, talk.person
    if len(words.encode()) > 40:
        talk.say([s_("Use fewer words, for example: {example}", example="/complaints late heksenberg")])
        return
    page = await complaints_like(work, person, words, after)
    if not page.complaints:
        talk.say([s_("No complaints for that. All of them: {example}", example="/complaints all")])
        return
    lines = [_line(work, each) for each in page.complaints]
    more = f"p.{page.more_after}.{words}" if page.more_after is not None else None
    send_page(talk, lines, more, [each.code for each in page.complaints])


def line_for_reporter(work: Work, complaint: Complaint) -> Words:
    """A complaint in one line, for who reported it: what it was about in their own words, and how it stands."""
    return _(
        "{code}, {topic}: {state}. {words}",
        code=complaint.code,
        topic=complaints.topic_label(work, complaint),
        state=complaints.STATE_NAMES[complaint.state],
        words=_quoted(complaint.words),
    )


def _quoted(words: str) -> str:
    one_line = " ".join(words.split())
    short = one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1]}…"
    return f"“{short}”" if short else ""


def _line(work: Work, complaint: Complaint) -> Words:
    days = (work.today - complaint.at.astimezone(work.area.time_zone).date()).days
    promised = complaint.planned_for if complaint.state == "planned" else complaint.answer_by
    late = complaint.state in complaints.OPEN_STATES and promised is not None and promised < work.today
    words = complaint.words.replace("\n", " ")
    return s_(
        "{code} · {topic} · {place} · {state} · {age}{late}\n{words}",
        code=complaint.code,
        topic=complaints.topic_label(work, complaint),
        place=_neighbourhood(work, complaint),
        state=complaints.STATE_NAMES[complaint.state],
        age=sn_("{count} day", "{count} days", days) if days else s_("today"),
        late=s_(" · LATE") if late else "",
        words=words if len(words) <= 60 else f"{words[:59]}…",
    )


def _neighbourhood(work: Work, complaint: Complaint) -> Words:
    found = work.area.neighbourhood(complaint.neighbourhood) if complaint.neighbourhood else None
    return found.name if found else s_("no neighbourhood")


async def _card(talk: Dialogues, complaint: Complaint) -> None:
    """Photos and spot first, then everything in words with the next steps as buttons."""
    work, language = talk.work, talk.person.chat.language
    talk.send(pictures(await complaints.photos_of(work, complaint.code)))
    if complaint.latitude is not None and complaint.longitude is not None:
        talk.send([spot(complaint.latitude, complaint.longitude)])
    if complaint.voice:
        talk.send([voice(complaint.voice)])
    texts: list[Words] = [
        s_(
            "{code} · {topic} · {state}",
            code=complaint.code,
            topic=complaints.topic_label(work, complaint),
            state=complaints.STATE_NAMES[complaint.state],
        ),
        complaint.words or s_("(no words: see the photo, or listen)"),
        s_(
            "Where: {place}, {neighbourhood}",
            place=complaint.place or s_("a shared spot"),
            neighbourhood=_neighbourhood(work, complaint),
        ),
        s_(
            "For: {handler}. Answer by {day}.",
            handler=work.area.topic(complaint.topic).handled_by,
            day=complaint.answer_by,
        ),
        *([s_("Promised for {day}.", day=complaint.planned_for)] if complaint.planned_for else []),
        await _reporters(work, complaint),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    paragraphs.append("\n".join([work.render(line, language) for line in await _history(work, complaint)]))
    buttons = [
        [Button(work.render(label, language), f"{complaint.code}.{step}")]
        for step, label in STEP_LABELS.items()
        if complaint.state in complaints.STEPS[step].before
    ]
    talk.send(letters(paragraphs, buttons))


async def _reporters(work: Work, complaint: Complaint) -> Words:
    found = await work.session.execute(
        select(Resident.id, Chat.unreachable_since)
        .join(Reporter, Reporter.resident_id == Resident.id)
        .outerjoin(Chat, Chat.id == Resident.chat_id)
        .where(Reporter.complaint_id == complaint.id)
        .order_by(Resident.id)
    )
    rows = found.all()
    people = [s_("resident {number}", number=str(number)) for number, _since in rows]
    if any(since for _number, since in rows):
        return s_("Reported by: {people} (can't be reached now)", people=_joined(work, people))
    return s_("Reported by: {people}", people=_joined(work, people))


def _joined(work: Work, people: Sequence[Words]) -> Words:
    return people[0] if len(people) == 1 else sn_("{count} resident", "{count} residents", len(people))


async def _history(work: Work, complaint: Complaint) -> list[Words]:
    await work.write_down()
    rows = await work.session.scalars(
        select(History).where(History.subject == complaint.code).order_by(History.id.desc()).limit(HISTORY_LINES)
    )
    return [
        s_("{day}: {what}. {words}", day=row.at, what=HISTORY_NAMES.get(row.what, row.what), words=row.words)
        for row in reversed(rows.all())
    ]


async def mine(person: Person, work: Work) -> list[Complaint]:
    """The complaints that this person reported, the newest first."""
    return list(
        await work.session.scalars(
            select(Complaint)
            .join(Reporter, Reporter.complaint_id == Complaint.id)
            .where(Reporter.resident_id == person.resident.id)
            .order_by(Complaint.id.desc())
            .limit(20)
        )
    )
