"""A complaint as it is shown: the card that staff work with, and what its reporter sees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import complaints, heard, reporters, spoken
from bot.neighbourhood.complaint_list import complaints_like
from bot.neighbourhood.work import STAFF, Action, Person, TooLate, Work
from bot.outbox.letters import Bold, Button, letters, pictures, spot, voice
from bot.store.tables import Chat, Complaint, History, Reporter, Resident
from bot.telegram.answer_cards import WRITTEN_DOWN
from bot.telegram.dialogues import Dialogues
from bot.telegram.listening import HEARD_LABEL, ask_what_it_says, in_language
from bot.telegram.pages import send_page
from conversations.words import Words, _, s_, sn_

CODE = re.compile(r"\s*[mM]\s?(\d{1,9})\s*")
STEP_LABELS: dict[str, Words] = {
    "take": s_("I take it"),
    "plan": s_("Promise a day"),
    "solve": s_("It's solved"),
    "cannot": s_("It can't be done"),
}
TELL_LABEL = s_("Write to them")
HISTORY_NAMES: dict[str, Words] = {
    "received": s_("came in"),
    "take": s_("taken"),
    "plan": s_("planned"),
    "solve": s_("solved"),
    "cannot": s_("can't be done"),
    "told": s_("wrote to who reported it"),
    "confirm": s_("confirmed by who reported it"),
    "reopen": s_("not solved, says who reported it"),
    "close": s_("closed without an answer"),
    "me too": s_("reported by somebody else too"),
    "still wrong": s_("somebody else says too that it is not solved"),
    "moved": s_("moved house"),
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
    "spoken": s_("written down by staff"),
    "heard": s_("voice message written down"),
    "refused": s_("tried what is not allowed"),
    "forgotten": s_("was forgotten"),
    "warned": s_("was asked whether they stay"),
    "agreed anew": s_("said yes to the new text"),
    "declined anew": s_("said no to the new text"),
    "talk opened": s_("began to talk with a person"),
    "talk answered": s_("answered a resident"),
    "talk ended": s_("ended a talk"),
    "contact": s_("stays a resident's contact"),
    "name chosen": s_("chose a first name"),
    "staff room opened": s_("made a group the staff room"),
    "staff room closed": s_("ended the staff room"),
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
    elif (reporter := await reporters.of(work, person, complaint)) is not None:
        said = reporters.own_words(complaint, reporter)
        talk.say([line_for_reporter(work, complaint, said), complaint.result])
    else:
        return False
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on a card; False where there is no such button."""
    if what not in STEP_LABELS and what not in ("heard", "slip", "tell"):
        return False
    talk.person.must_be(STAFF, f"M{number}.{what}")
    complaint = await talk.work.session.get(Complaint, number)
    if complaint is None:
        return False
    if what == "heard":
        return await ask_what_it_says(talk, complaint.code, complaint.voice)
    if what == "tell":
        await talk.ask(await talk.open("tell", {"complaint": number}))
        return True
    if what == "slip":
        spoken.make_slip(talk.work, talk.person, complaint.code)
        talk.say([s_("The slip comes in a moment.")])
        return True
    if complaint.state not in complaints.STEPS[what].before:
        talk.say([TooLate(complaint.code, complaints.STATE_NAMES[complaint.state]).words])
    elif what in FLOWS_OF_STEPS:
        await talk.ask(await talk.open(what, {"complaint": number}))
    else:
        await complaints.take(talk.work, talk.person, complaint)
        talk.say(
            [
                s_("You have {code} now. Who reported it gets a message.", code=complaint.code)
                if await reporters.reached(talk.work, complaint)
                else s_("You have {code} now. Nobody gets a message: who reported it isn't here.", code=complaint.code)
            ],
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


def line_for_reporter(work: Work, complaint: Complaint, words: str) -> Words:
    """A complaint in one line, for who reported it: what it was about in their own words, and how it stands."""
    return _(
        "{code}, {topic}: {state}. {words}",
        code=complaint.code,
        topic=complaints.topic_label(work, complaint),
        state=complaints.STATE_NAMES[complaint.state],
        words=_quoted(words),
    )


def _quoted(words: str) -> str:
    one_line = " ".join(words.split())
    short = one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1]}…"
    return f"“{short}”" if short else ""


def _line(work: Work, complaint: Complaint) -> Words:
    days = (work.today - complaint.at.astimezone(work.area.time_zone).date()).days
    promised = complaint.planned_for if complaint.state == "planned" else complaint.answer_by
    late = complaint.state in complaints.OPEN_STATES and promised is not None and promised < work.today
    words = (complaint.words or complaint.heard).replace("\n", " ")
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
    if complaint.latitude is not None and complaint.neighbourhood is None:
        return s_("outside our area")
    found = work.area.neighbourhood(complaint.neighbourhood) if complaint.neighbourhood else None
    return found.name if found else s_("no neighbourhood")


async def _card(talk: Dialogues, complaint: Complaint) -> None:
    """Photos and spot first, then everything in words with the next steps as buttons."""
    work, language = talk.work, talk.person.chat.language
    talk.send(pictures(await complaints.photos_of(work, complaint.code)))
    if complaint.latitude is not None and complaint.longitude is not None:
        talk.send([spot(complaint.latitude, complaint.longitude)])
    joined = await reporters.who_joined(work, complaint)
    talk.send(
        [voice(spoken_words) for spoken_words in (complaint.voice, *(each.voice for each in joined)) if spoken_words]
    )
    texts: list[Words] = [
        s_(
            "{code} · {topic} · {state}",
            code=complaint.code,
            topic=complaints.topic_label(work, complaint),
            state=complaints.STATE_NAMES[complaint.state],
        ),
        complaint.words or s_("(no words: see the photo, or listen)"),
        *heard.shown(complaint),
        *in_language(work, complaint),
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
        *([WRITTEN_DOWN] if complaint.came_from == spoken.SPOKEN else []),
        *(s_("Also said: {words}", words=each.words) for each in joined if each.words),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    paragraphs.append("\n".join([work.render(line, language) for line in await _history(work, complaint)]))
    buttons = [
        [Button(work.render(label, language), f"{complaint.code}.{step}")]
        for step, label in STEP_LABELS.items()
        if complaint.state in complaints.STEPS[step].before
    ]
    if await reporters.reached(work, complaint):
        buttons.append([Button(work.render(TELL_LABEL, language), f"{complaint.code}.tell")])
    if complaint.voice:
        buttons.append([Button(work.render(HEARD_LABEL, language), f"{complaint.code}.heard")])
    if complaint.came_from == spoken.SPOKEN:
        buttons.append([Button(work.render(s_("Make the slip"), language), f"{complaint.code}.slip")])
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


async def mine(person: Person, work: Work) -> list[Words]:
    """The complaints that this person reported, a line each, the newest first."""
    found = await work.session.execute(
        select(Complaint, Reporter)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.resident_id == person.resident.id)
        .order_by(Complaint.id.desc())
        .limit(20)
    )
    return [line_for_reporter(work, each, reporters.own_words(each, reporter)) for each, reporter in found]
