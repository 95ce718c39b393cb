"""The cards on which the office sees a talk: one for each thing that the resident says, answered by replying to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import staff_rooms
from bot.neighbourhood.contacts import name_of_contact
from bot.neighbourhood.in_languages import language_name
from bot.neighbourhood.work import STAFF, Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, captioned, length, letters, pieces, spot, voice
from bot.store.tables import Chat, PersonTalk, PersonTalkLine, Post, Resident, Role, StaffRoom
from conversations.inputs import Input, Photo, Said, Spot, Voice
from conversations.words import Words, _, is_blank, s_

SUBJECT = re.compile(r"T(\d{1,9})\.(?:\d{1,9}p?|end|away)")
"""What a card is about: line 17 of talk 4 is T4.17, the pin above it T4.17p."""
_HEAD = re.compile(r"T(\d{1,9}) · ")
WORDS, UNDER_A_PHOTO, OF_AN_ANSWER = 3000, 350, 100
"""So many characters of what somebody said fit a card, whatever else stands on it."""
_COORDINATES = re.compile(r"(-?\d{1,2}\.\d{5}), (-?\d{1,3}\.\d{5})(?: .*)?", re.DOTALL)
DELETABLE = timedelta(hours=47)
"""Telegram takes a message away for a bot in its first two days."""


@dataclass(frozen=True, slots=True)
class Part:
    """What fits one card: words, or a voice message, or a photo with a few words."""

    words: str = ""
    voice: str | None = None
    photo: str | None = None

    @property
    def spot(self) -> tuple[float, float] | None:
        """Latitude and longitude, where that is what was said."""
        found = None if self.voice or self.photo else _COORDINATES.fullmatch(self.words)
        return (float(found[1]), float(found[2])) if found else None

    @property
    def may_join(self) -> bool:
        """Whether other typed words may be added to it."""
        return not (self.voice or self.photo or self.spot)

    @property
    def fits(self) -> bool:
        """Whether it isn't too long."""
        return length(self.words) <= WORDS


def parts_of(given: Input) -> list[Part] | None:
    """What was said, in parts that each fit a card; None for what can't be passed on."""
    match given:
        case Said(text) if not is_blank(text):
            return [Part(piece) for piece in pieces(text.strip(), WORDS)]
        case Voice(file_id, caption=caption):
            return _with_caption(Part(voice=file_id), caption)
        case Photo(file_id, caption):
            return _with_caption(Part(photo=file_id), caption)
        case Spot(latitude, longitude, words):
            called = f" ({words})"[:WORDS] if words else ""
            return [Part(f"{latitude:.5f}, {longitude:.5f}{called}")]
        case _:
            return None


def _with_caption(part: Part, caption: str) -> list[Part]:
    if length(caption) <= UNDER_A_PHOTO:
        return [replace(part, words=caption.strip())]
    return [part, *(Part(piece) for piece in pieces(caption.strip(), WORDS))]


async def talk_of(work: Work, chat_id: int, message_id: int, begins: str) -> int | None:
    """The talk whose card a message of the bot's in that chat is; None for any other.

    `begins`: how the message begins. Between a card's arrival and the writing down of its number that tells which it
    is, as long as there is a card without a number.
    """
    subject = await posts.subject_of(work.session, chat_id, message_id)
    if subject is not None:
        found = SUBJECT.fullmatch(subject)
    elif found := _HEAD.match(begins):
        of_it = (Post.chat_id == chat_id, Post.subject.startswith(f"T{int(found[1])}."), Post.message_id.is_(None))
        if await work.session.scalar(select(Post.id).where(*of_it).limit(1)) is None:
            return None
    return int(found[1]) if found else None


def sign(work: Work, staff: Resident) -> Words:
    """What residents read as the name of somebody of the office."""
    return staff.name or _("Somebody from {organisation}", organisation=work.area_name)


async def newest_line(work: Work, talk: PersonTalk) -> list[PersonTalkLine]:
    """What was said last, if anything."""
    query = select(PersonTalkLine).where(PersonTalkLine.talk_id == talk.id).order_by(PersonTalkLine.id.desc())
    return list(await work.session.scalars(query.limit(1)))


async def last_said(work: Work, talk: PersonTalk) -> list[PersonTalkLine]:
    """What the resident said last, if anything."""
    mine = (PersonTalkLine.talk_id == talk.id, PersonTalkLine.by_staff.is_(False))
    query = select(PersonTalkLine).where(*mine).order_by(PersonTalkLine.id.desc())
    return list(await work.session.scalars(query.limit(1)))


async def waiting(work: Work, talk: PersonTalk) -> list[PersonTalkLine]:
    """What the resident said since the office spoke last."""
    mine = (PersonTalkLine.talk_id == talk.id,)
    answered = select(PersonTalkLine.id).where(*mine, PersonTalkLine.by_staff).order_by(PersonTalkLine.id.desc())
    last = await work.session.scalar(answered.limit(1)) or 0
    lines = select(PersonTalkLine).where(*mine, PersonTalkLine.id > last).order_by(PersonTalkLine.id)
    return list(await work.session.scalars(lines))


async def show(
    work: Work, talk: PersonTalk, lines: Sequence[PersonTalkLine], places: Sequence[Chat], *, again: bool = False
) -> None:
    """Put these lines' cards in those chats, or bring them up to date; `again`: as new messages in any case."""
    for chat in places:
        for line in lines:
            subject = f"T{talk.id}.{line.id}"
            at = Part(line.words, line.voice, line.photo).spot
            if again:
                await work.session.execute(
                    delete(Post).where(Post.chat_id == chat.id, Post.subject.in_([subject, f"{subject}p"]))
                )
            if at:
                await _put(work, chat, f"{subject}p", spot(*at))
            await _put(work, chat, subject, await _card(work, chat, talk, line))


async def refresh(work: Work, talk: PersonTalk, lines: Sequence[PersonTalkLine]) -> None:
    """Bring the cards of these lines up to date, wherever they are shown."""
    subjects = {f"T{talk.id}.{line.id}": line for line in lines if not line.by_staff}
    found = await work.session.execute(
        select(Post.subject, Chat)
        .join(Chat, Chat.id == Post.chat_id)
        .where(Post.subject.in_(sorted(subjects)), _reads_along())
    )
    for subject, chat in found.all():
        await _put(work, chat, subject, await _card(work, chat, talk, subjects[subject]))


async def tell(work: Work, talk: PersonTalk, words: Words, about: str = "end", *, only_changed: bool = False) -> None:
    """Say something about a talk wherever its cards are shown; `only_changed`: where it was said otherwise before."""
    subject = f"T{talk.id}.{about}"
    of_this = Post.subject == subject if only_changed else Post.subject.startswith(f"T{talk.id}.")
    shown_in = select(Post.chat_id).where(of_this)
    found = await work.session.scalars(select(Chat).where(Chat.id.in_(shown_in), _reads_along()))
    for chat in found.all():
        (letter,) = letters([work.render(words, chat.language)])
        await _put(work, chat, subject, letter)


async def blank(work: Work, talk_id: int) -> None:
    """Take what was said in a talk off its cards. A photo or a voice message goes while Telegram lets it go."""
    found = await work.session.execute(
        select(Post, Chat).join(Chat, Chat.id == Post.chat_id).where(Post.subject.startswith(f"T{talk_id}."))
    )
    for post, chat in found.all():
        erased = work.render(s_("T{number}: erased.", number=str(talk_id)), chat.language)
        if post.method == "sendMessage":
            (letter,) = letters([erased])
        elif post.message_id is not None and work.now - post.at < DELETABLE:
            work.send(chat, [Letter("deleteMessage", {"message_id": post.message_id})])
            await work.session.delete(post)
            continue
        else:
            kind = {"sendPhoto": "photo", "sendVoice": "voice"}.get(post.method)
            if post.message_id is None or kind is None:  # never shown, or a pin, which says nothing of anybody
                await work.session.delete(post)
                continue
            letter = captioned(post.content[kind], [erased]) if kind == "photo" else voice(post.content[kind], [erased])
        await posts.put(work.session, chat.id, post.subject, letter, work.now)


async def forget_blank(work: Work, before: datetime) -> None:
    """Forget cards that say nothing any more: those of talks that are gone."""
    talks = select(PersonTalk.id)
    old = await work.session.scalars(
        select(Post).where(Post.subject.startswith("T"), Post.at < before, Post.shown >= Post.wanted)
    )
    kept = set(await work.session.scalars(talks))
    for post in old.all():
        found = SUBJECT.fullmatch(post.subject)
        if found and int(found[1]) not in kept:
            await work.session.delete(post)


def _reads_along() -> ColumnElement[bool]:
    """Chats of the office as it is now: who works there no more reads no further."""
    theirs = select(Resident.chat_id).join(Role, Role.resident_id == Resident.id)
    works = theirs.where(Role.role.in_(sorted(STAFF)), Role.withdrawn_at.is_(None), Resident.chat_id.is_not(None))
    return or_(Chat.id.in_(select(StaffRoom.chat_id)), Chat.id.in_(works))


async def _put(work: Work, chat: Chat, subject: str, letter: Letter) -> None:
    letter.content.update(staff_rooms.quietly(work))
    await posts.put(work.session, chat.id, subject, letter, work.now)


async def _card(work: Work, chat: Chat, talk: PersonTalk, line: PersonTalkLine) -> Letter:
    resident = await work.session.get_one(Resident, talk.resident_id)
    private = await work.session.get(Chat, resident.chat_id) if resident.chat_id else None
    house = work.area.languages[0]
    place = work.area.neighbourhood(resident.neighbourhood) if resident.neighbourhood else None
    heads: list[Words] = [
        f"T{talk.id}",
        *([resident.name] if resident.name else []),
        s_("resident {number}", number=str(resident.id)),
        place.name if place else s_("no neighbourhood"),
    ]
    if private is not None and private.language != house:
        heads.append(s_("in {language}", language=language_name(work, private.language)))
    contact = await name_of_contact(work, resident)
    answered = await _answer_after(work, talk, line)
    says = [
        line.words,
        *([s_("Contact: {name}", name=contact)] if contact else []),
        *([answered] if answered else []),
        *([s_("This talk has ended.")] if talk.state != "open" else []),
        *([s_("To answer, reply to this message.")] if talk.state == "open" and not answered else []),
    ]
    language = chat.language
    paragraphs: list[str] = [Bold(" · ".join(work.render(each, language) for each in heads))]
    paragraphs += [work.render(each, language) for each in says if each]
    actions = [("contact", s_("I stay the contact"))] if contact is None else []
    actions.append(("end", s_("End the talk")))
    buttons = [[Button(work.render(label, language), f"T{talk.id}.{what}")] for what, label in actions]
    if talk.state != "open":
        buttons = []
    if line.photo:
        return captioned(line.photo, paragraphs, buttons)
    if line.voice:
        return voice(line.voice, paragraphs, buttons)
    (letter,) = letters(paragraphs, buttons)
    return letter


async def _answer_after(work: Work, talk: PersonTalk, line: PersonTalkLine) -> Words | None:
    query = select(PersonTalkLine).where(
        PersonTalkLine.talk_id == talk.id, PersonTalkLine.by_staff, PersonTalkLine.id > line.id
    )
    found = await work.session.scalar(query.order_by(PersonTalkLine.id).limit(1))
    if found is None:
        return None
    staff = await work.session.get(Resident, found.written_by) if found.written_by else None
    name = staff.name if staff and staff.name else s_("a colleague")
    if not found.words:
        return s_("Answered by {name}.", name=name)
    first, *rest = pieces(" ".join(found.words.split()), OF_AN_ANSWER)
    return s_("Answered by {name}: {words}", name=name, words=f"{first}…" if rest else first)
