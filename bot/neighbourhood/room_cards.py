"""The cards on which a staff room sees complaints and ideas: each changes with what it is about, and takes replies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from bot.neighbourhood import (
    complaints,
    digests,
    heard,
    idea_steps,
    ideas,
    promises,
    reporters,
    staff_rooms,
    steps,
    team,
)
from bot.neighbourhood.in_languages import language_name
from bot.neighbourhood.work import STAFF, Person, Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, letters, pictures, voice
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, History, Idea, Photo, Post, Reporter, Resident, StaffRoom
from conversations import inputs
from conversations.inputs import Input, Said, Voice
from conversations.words import Words, is_blank, s_, sn_

CODE = re.compile(r"([MI])(\d{1,9})")
"""What a card is about; behind a space may stand what belongs to it."""
_HEAD = re.compile(r"\u2068?([MI]\d{1,9})\u2069? · ")
OF_WORDS, OF_AN_ANSWER = 1000, 300
"""So many characters of what residents said, and of what the office did, fit a card whatever else stands on it."""
COLUMNS = 2
ACTIONS: dict[str, Words] = {
    "take": s_("I take it"),
    "plan": s_("Promise a day"),
    "solve": s_("It's solved"),
    "pass_on": s_("Pass it on"),
    "cannot": s_("It can't be done"),
    "not_ours": s_("It isn't ours"),
    "same": s_("Same as another"),
    "apart": s_("Not the same after all"),
    "tell": s_("Write to them"),
}
"""What staff do with a complaint by a button: the steps of its life that are theirs, and writing to its reporters."""
AT_FIRST = 4
"""So many of them stand on a card in a room until somebody asks for more."""
TURNS_OVER: dict[str, Words] = {"unfold": s_("More…"), "fold": s_("Fewer buttons")}
TO_ANSWER = s_("To answer, reply to this message.")


async def actions_of(work: Work, complaint: Complaint, *, can_tell: bool) -> dict[str, Words]:
    """What can be done with a complaint as it stands: key → label. `can_tell`: who reported it can be reached."""
    return {
        name: label
        for name, label in ACTIONS.items()
        if (can_tell if name == "tell" else await complaints.fits(work, complaint, name))
    }


async def keep_up(work: Work) -> None:
    """Bring up to date the cards of what has changed in this transaction; to be called at its end."""
    codes = sorted(each for each in work.changed if CODE.fullmatch(each))
    if not codes:
        return
    found = await work.session.execute(
        select(Post.subject, Chat)
        .join(Chat, Chat.id == Post.chat_id)
        .join(StaffRoom, StaffRoom.chat_id == Chat.id)
        .where(Post.subject.in_(codes))
        .order_by(Post.id)
    )
    shown = [(code, chat) for code, chat in found if code not in work.raised]
    raised = sorted(work.raised.intersection(codes))
    anew = [(code, chat) for chat in await staff_rooms.rooms(work) for code in raised] if raised else []
    if shown or anew:
        await work.write_down()  # what was said last stands on the card
    for code, chat in shown:
        await _put(work, chat, code)
    for code, chat in anew:
        await _leave_old(work, chat, code)
        await _put(work, chat, code)
    work.raised.clear()


async def turn_over(work: Work, chat: Chat, code: str, *, whole: bool) -> None:
    """Show all buttons of the card about a complaint or idea in this room, or the first few again."""
    if await posts.is_there(work.session, chat.id, code):
        await _put(work, chat, code, whole=whole)


async def show_from_digest(work: Work, chat: Chat, number: str) -> tuple[int, int] | None:
    """Give what stands in a digest cards of its own, as many at once as may wait; the pace brings them one by one.

    Gives how many, and how many are left; None where there is no such digest in this room.
    """
    digest = await digests.by_number(work, chat, number)
    if digest is None:
        return None
    codes = await digests.without_card(work, chat, digest.at)
    for code in codes[: digests.MOST]:
        await _put(work, chat, code)
    await digests.show(work, chat, digest.subject, digest.at)
    return min(len(codes), digests.MOST), max(len(codes) - digests.MOST, 0)


async def code_of(work: Work, chat_id: int, message_id: int, begins: str) -> str | None:
    """The code of the complaint or idea whose card a message of the bot's in that room is; None for any other.

    `begins`: how the message begins, which tells as long as the card's number is not written down.
    """
    subject = await posts.subject_of(work.session, chat_id, message_id)
    if subject is not None:
        code = subject.partition(" ")[0]
        return code if CODE.fullmatch(code) else None
    if not (found := _HEAD.match(begins)):
        return None
    sent = (Post.chat_id == chat_id, Post.subject == found[1], Post.message_id.is_(None))
    return found[1] if await work.session.scalar(select(Post.id).where(*sent).limit(1)) is not None else None


async def answer(work: Work, by: Person, code: str, given: Input) -> Words | None:
    """Pass on what a member of staff said on a card: to the reporters of the complaint, or the owner of the idea.

    Gives what is to be said; None when it is on its way. Raises `NotAllowed`.
    """
    by.must_be(STAFF, f"{code}.tell")
    about = await subject(work, code)
    nobody = s_("Nobody gets that: who wrote this isn't here. ({code})", code=code)
    if about is None:
        return nobody
    match given:
        case Said(text) if not is_blank(text):
            words, sent = text.strip(), []
        case inputs.Photo(file_id, caption):
            words, sent = caption.strip(), pictures([file_id])
        case Voice(file_id, caption=caption):
            words, sent = caption.strip(), [voice(file_id)]
        case _:
            return s_("That can't be passed on here. Type it, speak it, or send a photo.")
    if isinstance(about, Idea):
        return None if await ideas.tell(work, by, about, words, sent) else nobody
    team.must_work_on(by, about, f"{code}.tell")
    reached = await reporters.reached(work, about)
    for each in reached:
        work.send(each.chat, sent, Lane.NOTICE, subject=f"{code} sent")
    if not reached:
        return nobody
    await complaints.tell(work, by, about, words)
    return None


async def subject(work: Work, code: str) -> Complaint | Idea | None:
    """The complaint or idea with this code; None where there is none."""
    found = CODE.fullmatch(code)
    if found is None:
        return None
    return await work.session.get(Complaint if found[1] == "M" else Idea, int(found[2]))


async def _put(work: Work, chat: Chat, code: str, *, whole: bool = False) -> None:
    letter = await _card(work, chat, code, whole=whole)
    if letter is not None:
        letter.content.update(staff_rooms.quietly(work))
        await posts.put(work.session, chat.id, code, letter, work.now)


async def _leave_old(work: Work, chat: Chat, code: str) -> None:
    """What was shown of it in this room says from now on that there is a newer card; who replies to it is heard."""
    about = (Post.chat_id == chat.id, Post.subject == code)
    seen = (Post.message_id.is_not(None)) | (Post.claimed_until > 0)
    for post in await work.session.scalars(select(Post).where(*about, seen)):
        (letter,) = letters([work.render(s_("{code}: there is a newer card.", code=code), chat.language)])
        post.subject, post.content = f"{code} old", letter.content
        post.wanted += 1
    await work.session.flush()


async def _card(work: Work, chat: Chat, code: str, *, whole: bool) -> Letter | None:
    about = await subject(work, code)
    if about is None:
        return None
    said = await (_of_complaint(work, about) if isinstance(about, Complaint) else _of_idea(work, about))
    said += await _last_told(work, code)
    can_answer = await reporters.reached(work, about) if isinstance(about, Complaint) else about.resident_id
    said += [TO_ANSWER] if can_answer else []
    language = chat.language
    paragraphs = [staff_rooms.short(work.render(each, language), OF_WORDS) for each in said]
    paragraphs[0] = Bold(paragraphs[0])
    if isinstance(about, Complaint):
        labels, turned = _some(await actions_of(work, about, can_tell=bool(can_answer)), whole=whole)
    else:
        labels, turned = _some(await idea_steps.actions_of(work, about), whole=whole)
    actions = {**labels, "card": s_("Open {code}", code=code), **turned}
    buttons = [Button(work.render(label, language), f"{code}.{what}") for what, label in actions.items()]
    rows = [buttons[start : start + COLUMNS] for start in range(0, len(buttons), COLUMNS)]
    (letter,) = letters([each for each in paragraphs if each], rows)
    return letter


def _some(actions: dict[str, Words], *, whole: bool) -> tuple[dict[str, Words], dict[str, Words]]:
    """The buttons that a card in a room has, and the one for more of them, or for fewer."""
    if len(actions) <= AT_FIRST:
        return actions, {}
    which = "fold" if whole else "unfold"
    return actions if whole else dict(list(actions.items())[:AT_FIRST]), {which: TURNS_OVER[which]}


async def _of_complaint(work: Work, complaint: Complaint) -> list[Words]:
    count = select(func.count()).where(Reporter.complaint_id == complaint.id)
    many = await work.session.scalar(count) or 0
    photos = await complaints.photos_of(work, complaint.code, "before")
    is_open = complaint.state in steps.OPEN_STATES
    place = staff_rooms.short(complaint.place, OF_AN_ANSWER)
    where = ", ".join(each for each in (place, _neighbourhood(work, complaint.neighbourhood)) if each)
    texts: list[Words] = [
        s_(
            "{code} · {topic} · {state}",
            code=complaint.code,
            topic=complaints.topic_label(work, complaint),
            state=steps.STATE_NAMES[complaint.state],
        ),
        s_("Taken back, with the words.") if _is_taken_back(complaint) else _words(complaint.words, gone=not many),
        *heard.shown(complaint),
        *_language(work, complaint.language),
        *([s_("Where: {place}", place=where)] if where else []),
        *_photos(len(photos)),
        *([sn_("Reported by {count} person.", "Reported by {count} people.", many)] if many > 1 else []),
    ]
    handler = await complaints.who_has(work, complaint) if is_open else None
    if handler is not None:
        texts.append(s_("{name} has it.", name=handler.name or s_("resident {number}", number=str(handler.id))))
    if is_open and complaint.state == "planned" and complaint.planned_for is not None:
        texts.append(s_("Promised for {day}.", day=complaint.planned_for))
    elif is_open:
        texts.append(s_("Answer by {day}.", day=complaint.answer_by))
    broken = await promises.broken_day(work, complaint.code) if is_open else None
    if broken is not None:
        texts.append(s_("Late: it was promised for {day}.", day=broken))
    if is_open and complaint.reopened:
        texts.append(await _not_solved(work, complaint.code))
    if complaint.result:
        texts.append(s_("Done: {words}", words=staff_rooms.short(complaint.result, OF_AN_ANSWER)))
    return texts


async def _of_idea(work: Work, idea: Idea) -> list[Words]:
    photos = await work.session.scalar(
        select(func.count(Photo.id)).where(Photo.subject == idea.code, Photo.state.in_(["new", "kept"]))
    )
    place = _neighbourhood(work, idea.neighbourhood)
    return [
        s_("{code} · idea · {state}", code=idea.code, state=idea_steps.STATE_NAMES[idea.state]),
        _words(idea.words, gone=idea.resident_id is None),
        *heard.shown(idea),
        *_language(work, idea.language),
        *([s_("Where: {place}", place=place)] if place else []),
        *_photos(photos or 0),
        *([s_("Answer by {day}.", day=idea.answer_by)] if idea.state in idea_steps.OWED else []),
        *([s_("Asked of its owner: {question}", question=idea.missing)] if idea.state == "more" else []),
        *([s_("Our answer: {answer}", answer=staff_rooms.short(idea.answer, OF_AN_ANSWER))] if idea.answer else []),
    ]


async def _not_solved(work: Work, code: str) -> Words:
    """What was said last of why it is not solved."""
    said = (History.subject == code, History.what.in_(["reopen", "still wrong"]))
    words = await work.session.scalar(select(History.words).where(*said).order_by(History.id.desc()).limit(1))
    short = staff_rooms.short(" ".join((words or "").split()), OF_AN_ANSWER)
    return s_("Not solved after all: {words}", words=short) if short else s_("Not solved after all.")


async def _last_told(work: Work, code: str) -> list[Words]:
    """What a colleague wrote last to who is on the other side."""
    query = (
        select(History.words, Resident.name)
        .outerjoin(Resident, Resident.id == History.by)
        .where(History.subject == code, History.what == "told")
    )
    found = (await work.session.execute(query.order_by(History.id.desc()).limit(1))).first()
    if found is None:
        return []
    name = found.name or s_("a colleague")
    words = staff_rooms.short(" ".join(found.words.split()), OF_AN_ANSWER)
    return [
        s_("Answered by {name}: {words}", name=name, words=words) if words else s_("Answered by {name}.", name=name)
    ]


def _is_taken_back(complaint: Complaint) -> bool:
    return complaint.state == "withdrawn" and not (complaint.words or complaint.place or complaint.latitude)


def _words(words: str, *, gone: bool) -> Words:
    if gone and not words:
        return s_("Who wrote this was forgotten.")
    return words or s_("(no words: see the photo, or listen)")


def _photos(count: int) -> Sequence[Words]:
    return [sn_("With {count} photo. Open it to see.", "With {count} photos. Open it to see.", count)] if count else []


def _language(work: Work, code: str) -> Sequence[Words]:
    house = work.area.languages[0]
    return [s_("In {language}.", language=language_name(work, code))] if code != house else []


def _neighbourhood(work: Work, code: str | None) -> str:
    found = work.area.neighbourhood(code) if code else None
    return found.name if found else ""
