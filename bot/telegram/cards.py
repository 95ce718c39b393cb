"""A complaint as it is shown: the card that staff work with, and what its reporter sees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import complaints, heard, promises, reporters, room_cards, same, spoken, team
from bot.neighbourhood.complaint_list import complaints_like
from bot.neighbourhood.room_cards import ACTIONS, TURNS_OVER
from bot.neighbourhood.steps import OPEN_STATES, STATE_NAMES, STEPS
from bot.neighbourhood.work import STAFF, Action, Person, Work
from bot.outbox.letters import Bold, Button, letters, pictures, spot, voice
from bot.store.tables import Chat, Complaint, History, Reporter, Resident
from bot.telegram.answer_cards import WRITTEN_DOWN, theme_button
from bot.telegram.dialogues import Dialogues
from bot.telegram.history_names import HISTORY_NAMES
from bot.telegram.listening import HEARD_LABEL, ask_what_it_says, in_language
from bot.telegram.pages import say_meant, send_page
from conversations.words import Words, _, s_, sn_

CODE = re.compile(r"\s*[mM]\s?(\d{1,9})\s*")
WITHDRAW_LABEL = _("No longer needed")
AT_ONCE = frozenset({"take", "apart"})
"""Steps that ask nothing more."""
NEXT = ("plan", "solve", "pass_on", "cannot")
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
        talk.say([line_for_reporter(work, complaint, said), *_more(complaint), complaint.result], _own_steps(complaint))
    else:
        return False
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on a card, or on what its reporter sees; False where there is no such button."""
    if what == "withdraw":
        return await _withdraw(talk, number)
    if what not in ACTIONS and what not in ("heard", "slip", *TURNS_OVER):
        return False
    work, person = talk.work, talk.person
    person.must_be(STAFF, f"M{number}.{what}")
    complaint = await work.session.get(Complaint, number)
    if complaint is None:
        return False
    if what in TURNS_OVER:  # outside a room the card has all its buttons
        return await show(talk, number)
    team.must_work_on(person, complaint, f"M{number}.{what}")
    if what == "heard":
        return await ask_what_it_says(talk, complaint.code, complaint.voice)
    if what == "slip":
        spoken.make_slip(work, person, complaint.code)
        talk.say([s_("The slip comes in a moment.")])
    elif what != "tell" and not await complaints.fits(work, complaint, what):
        late = await team.too_late(work, person, complaint.code, STATE_NAMES[complaint.state])
        talk.too_late = late.words
        talk.say([late.words])
    elif what not in AT_ONCE:
        await talk.ask(await talk.open(what, {"complaint": number}))
    elif what == "apart":
        await same.go_apart(work, person, complaint)
        talk.say([await complaints.who_hears(work, complaint)])
    else:
        await complaints.take(work, person, complaint)
        talk.say(
            [
                s_("You have {code} now. Who reported it gets a message.", code=complaint.code)
                if await reporters.reached(work, complaint)
                else s_("You have {code} now. Nobody gets a message: who reported it isn't here.", code=complaint.code)
            ],
            [Action(ACTIONS[each], f"{complaint.code}.{each}") for each in NEXT],
        )
    return True


async def _withdraw(talk: Dialogues, number: int) -> bool:
    """Who reported it (or staff, for somebody without a phone) says that it is no longer needed: asked once."""
    complaint = await talk.work.session.get(Complaint, number)
    if complaint is None:
        return False
    if not await reporters.of(talk.work, talk.person, complaint):
        talk.person.must_be(STAFF, f"M{number}.withdraw")
        if complaint.came_from != spoken.SPOKEN:
            return False
    if complaint.state not in STEPS["withdraw"].before:
        state = STATE_NAMES[complaint.state]
        talk.say([_("This is how {code} stands: {state}.", code=complaint.code, state=state)])
        return True
    begun = [each for each in talk.person.conversations if each.flow == "withdraw" and each.about == complaint.code]
    about = begun[0] if begun else await talk.open("withdraw", {"complaint": number}, about=complaint.code)
    talk.bring_to_front(about)
    await talk.ask(about)
    return True


def _more(complaint: Complaint) -> list[Words]:
    """What its state leaves open, for who reported it."""
    match complaint.state:
        case "planned" if complaint.planned_for is not None:
            return [_("It is planned for {day}.", day=complaint.planned_for)]
        case "passed_on":
            return [_("Passed on to: {whom}", whom=complaint.passed_to)]
        case "not_ours":
            return [_("You can go here: {where}", where=complaint.passed_to)]
        case _:
            return []


def _own_steps(complaint: Complaint) -> list[Action]:
    """What its reporter can do."""
    if complaint.state == "same" and complaint.same_as is not None:
        other = f"M{complaint.same_as}"
        return [Action(_("See {code}", code=other), f"{other}.card")]
    return [Action(WITHDRAW_LABEL, f"{complaint.code}.withdraw")] if complaint.state in OPEN_STATES else []


async def show_list(talk: Dialogues, words: str, after: int | None = None) -> None:
    """The list of complaints that these words ask for, a page of it."""
    work, person = talk.work, talk.person
    if len(words.encode()) > 40:
        talk.say([s_("Use fewer words, for example: {example}", example="/complaints late heksenberg")])
        return
    page = await complaints_like(work, person, words, after)
    if not page.complaints:
        nothing = s_("No complaints for that. All of them: {example}", example="/complaints all")
        if not say_meant(talk, "p", page.meant, [nothing]):
            talk.say([nothing])
        return
    late = await promises.late_among(work, [each.code for each in page.complaints])
    lines = [_line(work, each, each.code in late) for each in page.complaints]
    more = f"p.{page.more_after}.{words}" if page.more_after is not None else None
    send_page(talk, lines, more, [each.code for each in page.complaints])
    say_meant(talk, "p", page.meant)


def line_for_reporter(work: Work, complaint: Complaint, words: str) -> Words:
    """A complaint in one line, for who reported it: what it was about in their own words, and how it stands."""
    return _(
        "{code}, {topic}: {state}. {words}",
        code=complaint.code,
        topic=complaints.topic_label(work, complaint),
        state=STATE_NAMES[complaint.state],
        words=_quoted(words),
    )


def _quoted(words: str) -> str:
    one_line = " ".join(words.split())
    short = one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1]}…"
    return f"“{short}”" if short else ""


def _line(work: Work, complaint: Complaint, is_late: bool) -> Words:
    days = (work.today - complaint.at.astimezone(work.area.time_zone).date()).days
    late = is_late and complaint.state in OPEN_STATES
    words = (complaint.words or complaint.heard).replace("\n", " ")
    return s_(
        "{code} · {topic} · {place} · {state} · {age}{late}\n{words}",
        code=complaint.code,
        topic=complaints.topic_label(work, complaint),
        place=_neighbourhood(work, complaint),
        state=STATE_NAMES[complaint.state],
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
    joined_codes = [each.code for each in await same.joined_to(work, complaint)]
    for code in (complaint.code, *joined_codes):
        talk.send(pictures(await complaints.photos_of(work, code)))
    if complaint.latitude is not None and complaint.longitude is not None:
        talk.send([spot(complaint.latitude, complaint.longitude)])
    joined = await reporters.who_joined(work, complaint)
    broken = await promises.broken_day(work, complaint.code)
    talk.send(
        [voice(spoken_words) for spoken_words in (complaint.voice, *(each.voice for each in joined)) if spoken_words]
    )
    texts: list[Words] = [
        s_(
            "{code} · {topic} · {state}",
            code=complaint.code,
            topic=complaints.topic_label(work, complaint),
            state=STATE_NAMES[complaint.state],
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
        *([s_("Late: it was promised for {day}.", day=broken)] if broken else []),
        *([s_("Passed on to: {whom}", whom=complaint.passed_to)] if complaint.passed_to else []),
        *([s_("Goes on with {code}.", code=f"M{complaint.same_as}")] if complaint.state == "same" else []),
        *([s_("With this one: {codes}", codes=", ".join(joined_codes))] if joined_codes else []),
        await _reporters(work, complaint),
        *([WRITTEN_DOWN] if complaint.came_from == spoken.SPOKEN else []),
        *(s_("Also said: {words}", words=each.words) for each in joined if each.words),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    paragraphs.append("\n".join([work.render(line, language) for line in await _history(work, complaint)]))
    talk.send(letters(paragraphs, await _buttons(work, complaint, joined_codes, language)))


async def _buttons(work: Work, complaint: Complaint, joined: Sequence[str], language: str) -> list[list[Button]]:
    """The next steps, two in a row; and what else can be done with a card."""
    code = complaint.code
    labels = await room_cards.actions_of(work, complaint, can_tell=bool(await reporters.reached(work, complaint)))
    if complaint.voice:
        labels["heard"] = HEARD_LABEL
    if complaint.came_from == spoken.SPOKEN:
        labels["slip"] = s_("Make the slip")
        if complaint.state in OPEN_STATES:
            labels["withdraw"] = WITHDRAW_LABEL
    buttons = [Button(work.render(label, language), f"{code}.{what}") for what, label in labels.items()]
    together = [f"M{complaint.same_as}"] if complaint.state == "same" else joined[:4]
    buttons += [Button(work.render(s_("Open {code}", code=each), language), f"{each}.card") for each in together]
    buttons.append(theme_button(work, code, complaint.theme, language))
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]


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
