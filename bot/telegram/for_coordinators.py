"""The questions that the office asks of what it has: answers, search, figures, exports, who may do what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from bot.neighbourhood import complaints, finding, ideas
from bot.neighbourhood.spoken import SPOKEN
from bot.neighbourhood.work import COORDINATORS, STAFF
from bot.reports import figures
from bot.reports.export import COLUMNS
from bot.store.tables import Answer, Complaint, Event, Idea, Job
from bot.telegram.answer_cards import QUESTIONS
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.pages import send_page
from conversations.inputs import Input
from conversations.words import Words, fold, s_

PAGE = 8
FORMATS = ("csv", "xlsx")
LONGEST_FILTER = 40
"""Bytes; a button that shows more carries the words, in 64 bytes together."""
COLUMN_NAMES: dict[str, Words] = {
    "code": s_("code"),
    "state": s_("state"),
    "topic": s_("topic"),
    "theme": s_("theme"),
    "neighbourhood": s_("neighbourhood"),
    "words": s_("words"),
    "heard": s_("what the voice message says"),
    "place": s_("place"),
    "latitude": s_("latitude"),
    "longitude": s_("longitude"),
    "language": s_("language"),
    "came_from": s_("where from"),
    "first": s_("first time"),
    "at": s_("came in on"),
    "answer_by": s_("answer by"),
    "planned_for": s_("promised for"),
    "solved_at": s_("solved on"),
    "result": s_("what was done"),
    "question": s_("question"),
    "whom": s_("for whom"),
    "together": s_("with whom"),
    "amount": s_("costs about"),
    "wish": s_("wants from us"),
    "answer": s_("our answer"),
    "awarded_cents": s_("awarded in cents"),
    "title": s_("title"),
    "starts_at": s_("begins on"),
    "yes": s_("coming"),
    "maybe": s_("maybe"),
    "no": s_("not coming"),
}


async def answers(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/answers [proud|better] [neighbourhood]`."""
    await show_answers(talk, words, None)


async def show_answers(talk: Dialogues, words: str, after: int | None) -> None:
    """A page of what residents said, the newest first."""
    work, person = talk.work, talk.person
    person.must_be(STAFF, "/answers")
    is_there = (Answer.words != "") | Answer.voice.is_not(None)
    query = select(Answer).where(is_there).order_by(Answer.id.desc()).limit(PAGE + 1)
    for word in fold(words).split():
        question = next((key for key, name in QUESTIONS.items() if word in (key, *work.catalogues.spellings(name))), "")
        question = question or {"trots": "proud", "beter": "better"}.get(word, "")
        places = [each.code for each in work.area.neighbourhoods if fold(each.name).startswith(word)]
        if not question and not places:
            talk.say(
                [s_("I don't know “{word}”. For example: {example}", word=word, example="/answers better heksenberg")]
            )
            return
        query = query.where(Answer.question == question if question else Answer.neighbourhood.in_(places))
    if not _fits(talk, words, "/answers better heksenberg"):
        return
    found = list(await work.session.scalars(query if after is None else query.where(Answer.id < after)))
    if not found:
        talk.say([s_("No answers for that. All of them: {example}", example="/answers")])
        return
    lines = [_answer_line(talk, each) for each in found[:PAGE]]
    more = f"answers.{found[PAGE - 1].id}.{words}" if len(found) > PAGE else None
    send_page(talk, lines, more, [f"A{each.id}" for each in found[:PAGE] if each.voice])


async def find(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/find words`."""
    await show_found(talk, words, None)


async def show_found(talk: Dialogues, words: str, before: int | None) -> None:
    """A page of everything that holds the words."""
    work = talk.work
    if not fold(words):
        talk.say([s_("What shall I look for? For example: {example}", example="/find stoeptegel")])
        return
    if not _fits(talk, words, "/find stoeptegel"):
        return
    found = await finding.find(work, talk.person, words, before)
    if not found:
        talk.say([s_("Nothing found for “{words}”.", words=words)])
        return
    page = found[:PAGE]
    lines = [line for _id, subject in page if (line := await _found_line(talk, subject)) is not None]
    codes = [subject for _id, subject in page if subject[0] in "MIEA"]
    more = f"find.{page[-1][0]}.{words}" if len(found) > PAGE else None
    send_page(talk, lines, more, codes)


async def stats(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/stats [period]`: in words at once, as a picture in a moment."""
    work, language = talk.work, talk.person.chat.language
    over = figures.period(words)
    if over is None:
        talk.say([s_("Which period? For example: {example}", example="/stats 30d")])
        return
    counted = await figures.count(work, talk.person, over)
    talk.say(figures.in_words(counted))
    asked: dict[str, Any] = {
        "title": work.render(s_("Complaints by week"), language),
        "came": work.render(s_("came in"), language),
        "solved": work.render(s_("solved"), language),
        "topics_title": work.render(s_("What they are about"), language),
        "weeks": [[f"{day[8:10]}-{day[5:7]}", came, went] for day, came, went in counted.weeks],
        "topics": [
            [work.render(work.local(work.area.topic(topic).label), language), number]
            for topic, number in counted.topics
        ],
    }
    _ask_for(talk, "stats", asked)
    work.note(f"R{talk.person.resident.id}", "stats", talk.person.resident, str(asdict(counted)["since"]))


async def export(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/export complaints|answers|ideas|events [csv|xlsx]`."""
    work, person = talk.work, talk.person
    asked = fold(words).split()
    what = _dutch(asked[0]) if asked else ""
    kind = asked[1] if len(asked) > 1 else "xlsx"
    if what not in COLUMNS or kind not in FORMATS or len(asked) > 2:
        talk.say([s_("Which list, and which kind of file? For example: {example}", example="/export complaints xlsx")])
        return
    headers = [work.render(COLUMN_NAMES[column], person.chat.language) for column in COLUMNS[what]]
    job = {
        "what": what,
        "format": kind,
        "headers": headers,
        "names": _names(talk),
        "about": work.render(s_("columns"), person.chat.language),
    }
    _ask_for(talk, "export", job)
    work.note(f"R{person.resident.id}", "export", person.resident, f"{what} {kind}")
    talk.say([s_("I'm making the file. You get it here in a moment.")])


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap that shows more of a list; False where there is no such button."""
    number, _dot, words = what.partition(".")
    shows = {"answers": show_answers, "find": show_found}
    if subject not in shows or not number.isdecimal() or len(number) > 9:
        return False
    await shows[subject](talk, words, int(number))
    return True


def _fits(talk: Dialogues, words: str, example: str) -> bool:
    if len(words.encode()) > LONGEST_FILTER:
        talk.say([s_("Use fewer words, for example: {example}", example=example)])
        return False
    return True


def _answer_line(talk: Dialogues, answer: Answer) -> Words:
    place = talk.work.area.neighbourhood(answer.neighbourhood) if answer.neighbourhood else None
    where = place.name if place else s_("no neighbourhood")
    return s_(
        "{question} · {place} · {day}{spoken}\n{words}",
        question=QUESTIONS[answer.question],
        place=where,
        day=answer.at.date(),
        spoken=s_(" · written down by staff") if answer.came_from == SPOKEN else "",
        words=_short(answer.words or answer.heard) or s_("(voice message: A{number})", number=str(answer.id)),
    )


async def _found_line(talk: Dialogues, subject: str) -> Words | None:
    tables = {"M": Complaint, "A": Answer, "I": Idea, "E": Event}
    row: Any = await talk.work.session.get(tables[subject[0]], int(subject[1:]))
    if row is None:
        return None
    text = row.title if isinstance(row, Event) else row.words or row.heard
    return s_("{code} · {day} · {words}", code=subject, day=row.at.date(), words=_short(text))


def _short(words: str) -> str:
    one_line = words.replace("\n", " ")
    return one_line if len(one_line) <= 120 else f"{one_line[:119]}…"


def _dutch(word: str) -> str:
    """What is exported may be named in Dutch too."""
    dutch = {"meldingen": "complaints", "antwoorden": "answers", "ideeen": "ideas", "evenementen": "events"}
    return dutch.get(word, word)


def _names(talk: Dialogues) -> dict[str, dict[str, str]]:
    """What the codes in an export are called, column by column, in the reader's language."""
    work, language = talk.work, talk.person.chat.language
    labels: dict[str, dict[str, Words]] = {
        "topic": {each.key: work.local(each.label) for each in work.area.topics},
        "neighbourhood": {each.code: each.name for each in work.area.neighbourhoods},
        "state": {**complaints.STATE_NAMES, **ideas.STATE_NAMES},
        "question": {**QUESTIONS},
        "wish": {**ideas.WISH_NAMES},
    }
    return {
        column: {code: work.render(words, language) for code, words in names.items()}
        for column, names in labels.items()
    }


def _ask_for(talk: Dialogues, kind: str, asked: dict[str, Any]) -> None:
    work = talk.work
    work.session.add(Job(kind=kind, chat_id=talk.person.chat.id, asked=asked, next_at=work.now, at=work.now))


COMMANDS: tuple[Command, ...] = (
    Command("answers", "antwoorden", s_("read what residents said"), answers, roles=STAFF),
    Command("event", "evenement", s_("announce an event"), flow="event", roles=STAFF),
    Command("find", "zoek", s_("find everything that holds some words"), find, roles=STAFF),
    Command("stats", "cijfers", s_("see figures and a picture"), stats, roles=STAFF),
    Command("export", "exporteer", s_("get a file for a spreadsheet"), export, roles=COORDINATORS),
)
