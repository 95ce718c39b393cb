"""The questions that the office asks of what it has: answers, search, figures, exports, who may do what."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood import event_changes, finding, ideas
from bot.neighbourhood.answers import answers_like
from bot.neighbourhood.money import OF_ALL
from bot.neighbourhood.narrowing import THEMES, narrowing
from bot.neighbourhood.spoken import SPOKEN
from bot.neighbourhood.steps import STATE_NAMES
from bot.neighbourhood.work import COORDINATORS, STAFF
from bot.reports import figures
from bot.reports.export import COLUMNS
from bot.store.tables import Answer, Complaint, Event, Idea, Job
from bot.telegram.answer_cards import QUESTIONS
from bot.telegram.column_names import COLUMN_MEANINGS, COLUMN_NAMES
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.pages import age, say_meant, send_page
from conversations.inputs import Input
from conversations.said_and_done import NAMED_AT_MOST, WORDS_AT_MOST
from conversations.words import Words, fold, is_blank, s_

PAGE = 8
FORMATS = ("csv", "xlsx")
ENTRY_NAMES: dict[str, Words] = {
    "budget": s_("into the budget"),
    "award": s_("award"),
    "voucher": s_("onto the voucher"),
    "spend": s_("spent"),
    "back": s_("off the voucher"),
    "return": s_("back into the budget"),
}
"""What the lines of the ledger are called."""
LONGEST_FILTER = 40
"""Bytes; a button that shows more carries the words, in 64 bytes together."""


async def answers(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/answers [proud|better] [neighbourhood]`."""
    await show_answers(talk, words, None)


async def show_answers(talk: Dialogues, words: str, after: int | None) -> None:
    """A page of what residents said, the newest first."""
    if not _fits(talk, words, "/answers better heksenberg"):
        return
    page = await answers_like(talk.work, talk.person, words, after)
    if not page.answers:
        nothing = s_("No answers for that. All of them: {example}", example="/answers")
        if not say_meant(talk, "answers", page.meant, [nothing]):
            talk.say([nothing])
        return
    lines = [_answer_line(talk, each) for each in page.answers]
    more = f"answers.{page.more_after}.{words}" if page.more_after is not None else None
    send_page(talk, lines, more, [f"A{each.id}" for each in page.answers])
    say_meant(talk, "answers", page.meant)


async def you_said(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/yousaid words | what we did`; what is missing is asked."""
    named, _bar, did = (part.strip() for part in words.partition("|"))
    given_first = {
        name: {"text": text}
        for name, text, most in (("words", named, NAMED_AT_MOST), ("did", did, WORDS_AT_MOST))
        if not is_blank(text) and len(text) <= most
    }
    await talk.ask(await talk.open("said_and_done", given_first))


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
    """`/stats [period] [neighbourhood]`: counted and drawn beside the turn, and then sent."""
    await show_stats(talk, words, None)


async def show_stats(talk: Dialogues, words: str, after: int | None) -> None:
    """Ask the desk for the figures."""
    work, person = talk.work, talk.person
    person.must_be(STAFF, "/stats")
    asked = narrowing(work, words, ("all",), topics=False)
    places = sorted(asked.keys("place"))
    if asked.text or asked.keys("theme") or len(places) > 1:
        which = s_("Which period, which neighbourhood? For example: {example}", example="/stats 30d heksenberg")
        if not say_meant(talk, "stats", asked.corrected(words), [which]):
            talk.say([which])
        return
    over = work.now - asked.since if asked.since is not None else figures.USUAL
    neighbourhood = places[0] if places else None
    _ask_for(talk, "stats", {"days": over.days, "neighbourhood": neighbourhood})
    work.note(f"R{person.resident.id}", "stats", person.resident, f"{over.days}d {neighbourhood or ''}".strip())
    talk.say([s_("I'm counting. You get the figures here in a moment.")])


async def export(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/export complaints|answers|ideas|events|budget [csv|xlsx]`."""
    work, person = talk.work, talk.person
    person.must_be(COORDINATORS, "/export")
    asked = fold(words).split()
    what = _dutch(asked[0]) if asked else ""
    kind = asked[1] if len(asked) > 1 else "xlsx"
    if what not in COLUMNS or kind not in FORMATS or len(asked) > 2:
        talk.say([s_("Which list, and which kind of file? For example: {example}", example="/export complaints xlsx")])
        return
    language = person.chat.language
    job = {
        "what": what,
        "format": kind,
        "headers": [work.render(COLUMN_NAMES[column], language) for column in COLUMNS[what]],
        "meanings": [work.render(COLUMN_MEANINGS[column], language) for column in COLUMNS[what]],
        "names": _names(talk),
        "about": work.render(s_("columns"), language),
    }
    _ask_for(talk, "export", job)
    work.note(f"R{person.resident.id}", "export", person.resident, f"{what} {kind}")
    talk.say([s_("I'm making the file. You get it here in a moment.")])


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap that shows more of a list; False where there is no such button."""
    number, _dot, words = what.partition(".")
    shows = {"answers": show_answers, "find": show_found, "stats": show_stats}
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
    return s_(
        "{code} · {question} · {place} · {age}{theme}{spoken}\n{words}",
        code=f"A{answer.id}",
        question=QUESTIONS[answer.question],
        place=place.name if place else s_("no neighbourhood"),
        age=age(talk.work, answer.at),
        theme=s_(" · {theme}", theme=THEMES[answer.theme]) if answer.theme in THEMES else "",
        spoken=s_(" · written down by staff") if answer.came_from == SPOKEN else "",
        words=_short(answer.words or answer.heard) or (s_("(voice message)") if answer.voice else s_("(photo)")),
    )


async def _found_line(talk: Dialogues, subject: str) -> Words | None:
    tables = {"M": Complaint, "A": Answer, "I": Idea, "E": Event}
    row: Any = await talk.work.session.get(tables[subject[0]], int(subject[1:]))
    if row is None:
        return None
    text = row.title if isinstance(row, Event) else row.words or row.heard
    return s_(
        "{code} · {state} · {age}\n{words}",
        code=subject,
        state=_state_of(row),
        age=talk.work.day_of(row.starts_at) if isinstance(row, Event) else age(talk.work, row.at),
        words=_short(text) or s_("(voice message)"),
    )


def _state_of(row: Complaint | Answer | Idea | Event) -> Words:
    match row:
        case Complaint():
            return STATE_NAMES[row.state]
        case Answer():
            return QUESTIONS[row.question]
        case Idea():
            return ideas.STATE_NAMES[row.state]
        case Event():
            return s_("event")


def _short(words: str) -> str:
    one_line = words.replace("\n", " ")
    return one_line if len(one_line) <= 120 else f"{one_line[:119]}…"


def _dutch(word: str) -> str:
    """What is exported may be named in Dutch too."""
    dutch = {
        "meldingen": "complaints",
        "antwoorden": "answers",
        "ideeen": "ideas",
        "evenementen": "events",
        "begroting": "budget",
    }
    return dutch.get(word, word)


def _names(talk: Dialogues) -> dict[str, dict[str, str]]:
    """What the codes in an export are called, column by column, in the reader's language."""
    work, language = talk.work, talk.person.chat.language
    labels: dict[str, dict[str, Words]] = {
        "topic": {each.key: work.local(each.label) for each in work.area.topics},
        "neighbourhood": {**{each.code: each.name for each in work.area.neighbourhoods}, OF_ALL: work.area.name},
        "entry": {**ENTRY_NAMES},
        "state": {**STATE_NAMES, **ideas.STATE_NAMES, **event_changes.STATE_NAMES},
        "kind": {"event": s_("event"), "walk": s_("walk")},
        "question": {**QUESTIONS},
        "theme": {**THEMES},
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
    Command("yousaid", "jijzei", s_("tell who named something what came of it"), you_said, roles=STAFF),
    Command("find", "zoek", s_("find everything that holds some words"), find, roles=STAFF),
    Command("stats", "cijfers", s_("see figures and a picture"), stats, roles=STAFF),
    Command("export", "exporteer", s_("get a file for a spreadsheet"), export, roles=COORDINATORS),
)
