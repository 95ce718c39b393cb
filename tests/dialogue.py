"""Golden dialogues: plays `tests/dialogues/<language>/<name>.txt` with the real bot and writes down what was seen.

`python -m tests.dialogue` plays all of them and says what differs; `--update` writes what the bot really said into the
files, so that a change in words is reviewed as a diff. Names (`en/welcome`) narrow it. How a file reads:
`tests/dialogues/README.md`.
"""

from __future__ import annotations

import asyncio
import difflib
import re
import sys
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import bot
from bot import schedule
from bot.main import LOCALES
from bot.neighbourhood import money, residents
from bot.neighbourhood.area import load_area
from bot.neighbourhood.work import Person as Somebody
from bot.outbox import sender
from bot.photos.worker import PhotoWorker
from bot.reports.desk import Desk
from bot.schedule import Schedule
from bot.simulator import Group, Person
from bot.simulator.seen import Button, Seen, buttons, keyboard_rows, kind_of
from bot.simulator.state import Dialog, Kept
from bot.store.base import Utc
from bot.store.tables import Broadcast, Event, Idea, Message, Post, Role, Voucher
from conversations.words import Catalogues, _, s_
from tests.town import SANNE, Town, closing_at_once
from tests.town import town as running_town

FOLDER = Path(__file__).parent / "dialogues"
LANGUAGES = ("en", "nl", "ar")
PATIENCE = 30.0
LONG_WORD = "lang "
"""What a long text consists of; the file tells its length instead."""

WORDS = {
    "en": {
        "sees": "{name} sees",
        "group": "the group sees",
        "nothing": "(nothing)",
        "reaction": "({emoji} under what {name} said)",
        "photo": "(photo: {names})",
        "photos": "(photos: {names})",
        "voice": "(voice message)",
        "spot": "(spot: {spot})",
        "keyboard": "keyboard: {row}",
        "sends a spot": "{label} → spot",
        "no keyboard": "(the keyboard goes away)",
        "changed": "(now reads)",
        "long": "({count} characters)",
    },
    "nl": {
        "sees": "{name} ziet",
        "group": "de groep ziet",
        "nothing": "(niets)",
        "reaction": "({emoji} onder wat {name} zei)",
        "photo": "(foto: {names})",
        "photos": "(foto's: {names})",
        "voice": "(spraakbericht)",
        "spot": "(plek: {spot})",
        "keyboard": "toetsenbord: {row}",
        "sends a spot": "{label} → plek",
        "no keyboard": "(het toetsenbord verdwijnt)",
        "changed": "(staat er nu)",
        "long": "({count} tekens)",
    },
}
WORDS["ar"] = WORDS["en"]  # people speak Arabic there; what they do is told in English
SPOKEN = {"English": "en", "Engels": "en", "Dutch": "nl", "Nederlands": "nl", "Arabic": "ar", "Arabisch": "ar"}


def files() -> list[Path]:
    """All dialogues, in order."""
    return sorted(path for language in LANGUAGES for path in (FOLDER / language).glob("*.txt"))


def name_of(path: Path) -> str:
    """What a dialogue is called: "en/welcome"."""
    return f"{path.parent.name}/{path.stem}"


class NotUnderstood(Exception):
    """A line of a dialogue that is no step."""


def _on_its_way() -> Select[bool]:
    now = bindparam("now", type_=Utc())
    waits = (Message.state == "waiting", or_(Message.not_before.is_(None), Message.not_before <= now))
    runs = (Broadcast.state.in_(["proving", "running"]), Broadcast.not_before <= now)
    return select(or_(exists().where(*waits), exists().where(*runs), exists().where(Post.wanted > Post.shown)))


# Built once: it is asked a hundred times a second.
ON_ITS_WAY = _on_its_way()


@dataclass(slots=True)
class Stage:
    """A town in which a dialogue is played, and what everybody has seen so far."""

    town: Town
    language: str
    database: AsyncConnection
    swept: dict[str, datetime]
    worker: list[PhotoWorker]
    desk: list[Desk]
    catalogues: Catalogues
    people: dict[str, Person] = field(default_factory=dict)
    group: Group | None = None
    restarts_always: bool = False
    photos: dict[str, str] = field(default_factory=dict)
    """A photo's lasting id → what the dialogue calls it."""
    shown: dict[str, dict[int, str]] = field(default_factory=dict)
    cast_is_complete: bool = False

    def say(self, what: str, **values: object) -> str:
        """Words of the transcript itself."""
        return WORDS[self.language][what].format(**values)

    async def settle(self) -> None:
        """Wait until the bot has acted on everything and all that it wrote down has arrived."""
        async with asyncio.timeout(PATIENCE):
            while True:
                turns = self.town.service.turns if self.town.service else None
                signs = bool(turns and turns._tidying)
                if self.town.simulator.waiting_updates() == 0 and not signs and await self._outbox_is_empty():
                    return
                running = self.town._running
                if running is not None and running.done():
                    running.result()
                await asyncio.sleep(0.008)

    async def heard(self) -> None:
        """Wait until the bot has acted on everything, whatever is still on its way."""
        async with asyncio.timeout(PATIENCE):
            while self.town.simulator.waiting_updates():  # noqa: ASYNC110 - the bot's own parts know no event
                await asyncio.sleep(0.008)

    async def _outbox_is_empty(self) -> bool:
        return not await self.database.scalar(ON_ITS_WAY, {"now": self.town.clock.now()})

    async def restart(self) -> None:
        """Stop the bot cleanly and start it anew: all that it knows comes back from the database."""
        await self.town.stop()
        await self.town.start()
        await self.swept_now()

    async def passes(self, **time: float) -> None:
        """Let time pass, until all that fell due has happened."""
        self.town.passes(**time)
        await self.swept_now()

    async def swept_now(self) -> None:
        """Wait until a sweep that began at this moment of the clock is done."""
        async with asyncio.timeout(PATIENCE):
            while self.swept.get("at") != self.town.clock.now():  # noqa: ASYNC110 - the bot's own parts know no event
                await asyncio.sleep(0.005)

    async def look_at_photos(self) -> None:
        """Let the worker download what is new; it works at no other time, so that its messages have their place."""
        while await self.worker[-1].work_once():
            pass

    async def make_files(self) -> None:
        """Let the desk make what was asked for; it works at no other time either."""
        while await self.desk[-1].work_once():
            pass

    async def known(self, person: Person, neighbourhood: str | None) -> None:
        """Walk through the welcome, unseen, all of it typed at once."""
        language = person.human.language_code or self.language
        person.start()
        for label in (_("Yes, that's fine"), neighbourhood or _("Skip")):
            person.say(self.catalogues.render(label, language))
        await self.settle()
        assert not person.last.labels or len(person.last.labels) < 10, f"{person.name} is still being welcomed"

    def tap(self, person: Person, label: str) -> None:
        """Tap a button by its whole label: on the keyboard, else the newest one."""
        for row in person.keyboard or []:
            for key in row:
                if key.label == label and not key.asks_location:
                    person.tap(label) if not _inline(person, label) else person.say(label)
                    return
        found = _inline(person, label)
        assert found, (
            f"{person.name} has no button {label!r}; the newest message: {person.last.text!r} {person.last.labels}"
        )
        person.tap_data(found[-1][1], found[-1][0])

    def fresh(self) -> dict[str, list[str]]:
        """What each person (and the group) got since this was last asked, as lines."""
        blocks = {name: self._of(name, person.dialog) for name, person in self.people.items()}
        if self.group is not None:
            blocks[""] = self._of("", self.group.dialog)
        return {name: lines for name, lines in blocks.items() if lines}

    def _of(self, name: str, dialog: Dialog) -> list[str]:
        before = self.shown.setdefault(name, {})
        texts = []
        said = [kept for kept in dialog.messages.values() if kept.bot_id]
        for _album, together in groupby(said, key=lambda kept: kept.wire.get("media_group_id") or id(kept)):
            messages = list(together)
            number = messages[0].wire["message_id"]
            text = self._drawn(messages)
            if before.get(number) == text:
                continue
            texts.append(f"{self.say('changed')}\n{text}" if number in before else text)
            before[number] = text
        for kept in dialog.messages.values():
            if kept.reaction and before.get(-kept.id) != kept.reaction:
                before[-kept.id] = kept.reaction
                name = kept.wire["from"]["first_name"]
                texts.append(self.say("reaction", emoji=kept.reaction, name=name))
        return "\n--\n".join(texts).splitlines() if texts else []

    def _drawn(self, messages: list[Kept]) -> str:
        wire = messages[0].wire
        lines = []
        match kind_of(wire):
            case "photo":
                names = [self._photo(each, of_many=len(messages) > 1) for each in messages]
                lines.append(self.say("photo" if len(names) == 1 else "photos", names=", ".join(names)))
            case "voice":
                lines.append(self.say("voice"))
            case "location":
                spot = wire["location"]
                lines.append(self.say("spot", spot=f"{spot['latitude']:.4f}, {spot['longitude']:.4f}"))
            case "text":
                pass
            case other:
                lines.append(f"({other})")
        if text := "" if len(messages) > 1 else _marked(wire):
            shorter = re.sub(
                rf"(?:{LONG_WORD}){{50,}}(?:\w{{1,4}}\b)?",
                lambda found: self.say("long", count=len(found[0])),
                text,
            )
            lines += re.sub(r"via-[\w-]{20,}", "via-…", shorter).split("\n")
        rows = buttons(wire.get("reply_markup", {}).get("inline_keyboard", []))
        lines += [" ".join(f"[{each.label}]" for each in row) for row in rows]
        keyboard = messages[-1].keyboard
        for row in keyboard_rows(keyboard) or []:
            keys = " ".join(f"[{self._key(each)}]" for each in row)
            lines.append(self.say("keyboard", row=keys))
        if keyboard and keyboard.get("remove_keyboard"):
            lines.append(self.say("no keyboard"))
        return "\n".join(lines)

    def _photo(self, kept: Kept, *, of_many: bool) -> str:
        """What the dialogue calls it; in an album with what is said under it."""
        name = self.photos.get(kept.wire["photo"][-1]["file_unique_id"], "?")
        said = kept.wire.get("caption", "") if of_many else ""
        return f"{name} “{said}”" if said else name

    def _key(self, key: Button) -> str:
        return self.say("sends a spot", label=key.label) if key.asks_location else key.label


def _with_words(messages: list[Seen], part: str) -> Seen:
    """The newest message of the bot's with these words in it."""
    found = [each for each in messages if each.from_bot and part in each.text]
    assert found, f"nothing with {part!r} in it; the newest: {[each.text for each in messages][-3:]}"
    return found[-1]


def _inline(person: Person, label: str) -> list[tuple[int, str]]:
    """Message and data of each inline button with that label, the oldest first."""
    return [
        (message.id, button.data)
        for message in person.messages
        for row in message.buttons
        for button in row
        if button.label == label and button.data
    ]


def _marked(wire: dict[str, Any]) -> str:
    """The text with **bold** marked, and any other formatting named, so that nothing slips in unseen."""
    text = wire.get("text") or wire.get("caption") or ""
    entities = wire.get("entities") or wire.get("caption_entities") or []
    inside = [each for each in entities if each["type"] in ("bold", "italic", "code", "pre", "text_link", "underline")]
    units = text.encode("utf-16-le")
    for each in sorted(inside, key=lambda entity: -entity["offset"]):
        start, end = each["offset"] * 2, (each["offset"] + each["length"]) * 2
        mark = ("**" if each["type"] == "bold" else f"<{each['type']}>").encode("utf-16-le")
        units = units[:start] + mark + units[start:end] + mark + units[end:]
    return units.decode("utf-16-le")


Step = Callable[..., Awaitable[str | None]]
STEPS: list[tuple[re.Pattern[str], Step]] = []


def step(*patterns: str) -> Callable[[Step], Step]:
    """A line of a dialogue, in each language. The step gives the name of who acts, who sees the answer first."""

    def keep(function: Step) -> Step:
        STEPS.extend((re.compile(pattern.replace("WHO", r"(?P<who>[A-Z]\w+)")), function) for pattern in patterns)
        return function

    return keep


@step(
    r"WHO is (?:a resident|the coordinator)(?: of (?P<place>.+?))?(?: who speaks (?P<speaks>\w+))?",
    r"WHO is (?:bewoner|de coördinator)(?: van (?P<place>.+?))?(?: en spreekt (?P<speaks>\w+))?",
)
async def is_known(stage: Stage, line: str, who: str, place: str | None, speaks: str | None) -> None:
    """Somebody who said yes before this dialogue begins."""
    language = SPOKEN[speaks] if speaks else stage.language
    is_sanne = "coordinator" in line or "coördinator" in line
    person = stage.town.simulator.person(who, language_code=language, id=SANNE if is_sanne else None)
    stage.people[who] = person
    await stage.known(person, place)
    stage.fresh()


@step(
    r"WHO has reported: (?P<words>.+) \((?P<place>.+)\)",
    r"WHO heeft gemeld: (?P<words>.+) \((?P<place>.+)\)",
)
async def has_reported(stage: Stage, line: str, who: str, words: str, place: str) -> None:
    """A broken pavement, reported before this dialogue begins, without a photo."""
    person = stage.people[who]
    area = load_area("heerlen-noord")
    for label in ("/report", area.topic("paving").label["en"], words):
        person.say(label)
    await stage.settle()
    for label in (place, stage.catalogues.render(_("Skip"), "en"), stage.catalogues.render(_("Send"), "en")):
        person.say(label)
        await stage.settle()
        if (another := stage.catalogues.render(_("No, another one"), stage.language)) in person.last.labels:
            person.say(another)
            await stage.settle()
    assert re.search(r"\bM\d+\W*$", person.last.text), f"not reported: {person.last.text!r}"
    stage.fresh()


@step(
    r"there is an event: (?P<title>.+) \((?P<starts>.+?), (?P<place>.+)\)",
    r"er is een activiteit: (?P<title>.+) \((?P<starts>.+?), (?P<place>.+)\)",
)
async def has_event(stage: Stage, line: str, title: str, starts: str, place: str) -> None:
    """An event that Sanne announced before this dialogue begins."""
    sanne = stage.people["Sanne"]
    language = sanne.human.language_code or stage.language
    skip, invite = (stage.catalogues.render(each, language) for each in (_("Skip"), s_("Invite everybody")))
    for said in ("/event", title, starts, place, skip, skip):
        sanne.say(said)
        await stage.settle()
    sanne.say(invite)
    await stage.heard()
    stage.town.passes()  # where nobody gets it, only a sweep finds so
    await stage.settle()
    await stage.passes(seconds=6)
    stage.fresh()


@step(r"(?P<code>E\d+) is in (?!de wijk )(?P<place>.+)", r"(?P<code>E\d+) is in de wijk (?P<place>.+)")
async def event_is_in(stage: Stage, line: str, code: str, place: str) -> None:
    """The neighbourhood of an event; a street that was typed doesn't tell it."""
    area = load_area("heerlen-noord")
    where = next(each.code for each in area.neighbourhoods if each.name == place)
    await stage.database.execute(update(Event).where(Event.id == int(code[1:])).values(neighbourhood=where))


@step(r"(?P<count>\d+) people fit at (?P<code>E\d+)", r"er passen (?P<count>\d+) mensen bij (?P<code>E\d+)")
async def people_fit(stage: Stage, line: str, count: str, code: str) -> None:
    """How many places an event has, from the beginning on."""
    await stage.database.execute(update(Event).where(Event.id == int(code[1:])).values(places=int(count)))


@step(
    r"(?P<code>I\d+) of WHO has a voucher of €(?P<euros>\d+): (?P<words>.+)",
    r"(?P<code>I\d+) van WHO heeft een voucher van € (?P<euros>\d+): (?P<words>.+)",
)
async def has_voucher(stage: Stage, line: str, code: str, who: str, euros: str, words: str) -> None:
    """An idea of somebody's that was awarded, with a yes of theirs, before this dialogue begins."""
    turns = stage.town.service.turns if stage.town.service else None
    assert turns is not None
    async with turns.around.working() as work:
        (person,) = (await residents.recognise(work, turns.around.seal, [stage.people[who].id])).values()
        here, cents = person.resident.neighbourhood, int(euros) * 100
        idea = Idea(resident_id=person.resident.id, state="accepted", words=words, language=stage.language)
        idea.neighbourhood, idea.wish, idea.awarded_cents, idea.came_from = here, "money", cents, "telegram"
        idea.answer_by, idea.first, idea.at = work.today, False, work.now
        work.session.add(idea)
        await work.session.flush()
        assert idea.code == code
        bank = Somebody(person.chat, person.resident, frozenset({"coordinator"}), [])
        await money.put_in(work, bank, here or money.OF_ALL, work.today.year, cents)
        (await money.award(work, None, idea, cents)).code = "ABCD2345"
    await stage.make_files()
    await stage.settle()
    stage.fresh()


@step(
    r"the voucher of (?P<code>I\d+) has the code (?P<letters>\w{8})",
    r"de voucher van (?P<code>I\d+) heeft de code (?P<letters>\w{8})",
)
async def voucher_code(stage: Stage, line: str, code: str, letters: str) -> None:
    """Its own can't be foreseen."""
    await stage.database.execute(update(Voucher).where(Voucher.idea_id == int(code[1:])).values(code=letters))


@step(r"WHO is the coordinator, who has not come yet", r"WHO is de coördinator, die er nog niet is")
async def comes_later(stage: Stage, line: str, who: str) -> None:
    """Named in the settings, but has never pressed Start."""
    stage.people[who] = stage.town.simulator.person(who, language_code=stage.language, id=SANNE)


@step(r"WHO is new(?: and speaks (?P<speaks>\w+))?", r"WHO is nieuw(?: en spreekt (?P<speaks>\w+))?")
async def is_new(stage: Stage, line: str, who: str, speaks: str | None) -> None:
    """Somebody who has never talked with the bot."""
    code = SPOKEN.get(speaks, "pt") if speaks else stage.language
    stage.people[who] = stage.town.simulator.person(who, language_code=code)


@step(r"there is a group with (?P<names>.+)", r"er is een groep met (?P<names>.+)")
async def has_group(stage: Stage, line: str, names: str) -> None:
    """A group chat that the bot is in."""
    members = [stage.people[name] for name in re.split(r", | and | en ", names)]
    stage.group = stage.town.simulator.group("Buurtapp", members=members)
    await stage.settle()
    stage.fresh()


@step(
    r"there is a staff room(?: with (?P<names>.+))?",
    r"er is een kantoorgroep(?: met (?P<names>.+))?",
)
async def has_staff_room(stage: Stage, line: str, names: str | None) -> None:
    """A group that Sanne made the staff room."""
    await has_group(stage, line, f"Sanne, {names}" if names else "Sanne")
    assert stage.group is not None
    stage.people["Sanne"].say_in(stage.group, "/staffroom")
    await stage.settle()
    stage.fresh()


@step(r"WHO is (?:staff|a coordinator too|on the panel)", r"WHO is (?:medewerker|ook coördinator|van de regiegroep)")
async def is_staff(stage: Stage, line: str, who: str) -> None:
    """A colleague, who came by Sanne's link."""
    role = "coordinator" if "coordinator" in line or "coördinator" in line else "staff"
    role = "panel" if "panel" in line or "regiegroep" in line else role
    sanne = stage.people["Sanne"]
    person = stage.people[who] = stage.town.simulator.person(who, language_code=stage.language)
    await stage.known(person, None)
    sanne.say(f"/join_link {role}")
    await stage.settle()
    person.start(re.findall(r"start=([\w-]+)", sanne.last.text)[-1])
    await stage.settle()
    stage.fresh()


@step(r"the bot restarts before every turn", r"de bot herstart voor elke beurt")
async def always_restarts(stage: Stage, line: str) -> None:
    """Everything is written out and read back between any two turns."""
    stage.restarts_always = True


@step(r"the bot restarts", r"de bot herstart")
async def restarts(stage: Stage, line: str) -> None:
    """Once."""
    await stage.restart()


@step(r"what people agree to changes", r"waar mensen ja op zeggen verandert")
async def consent_changes(stage: Stage, line: str) -> None:
    """The office has a new version in its area file, and the bot starts with it."""
    shipped = (Path(bot.__file__).parent / "areas" / "heerlen-noord.toml").read_text("utf-8")
    await _in_area_file(stage, re.sub(r'(?m)^version = ".*"', 'version = "changed"', shipped))


@step(
    r"above (?P<count>\d+) (?:person|people) a second coordinator says yes",
    r"boven (?P<count>\d+) (?:mens|mensen) zegt een tweede coördinator ja",
)
async def asks_second(stage: Stage, line: str, count: str) -> None:
    """The office asks so in its area file."""
    shipped = (Path(bot.__file__).parent / "areas" / "heerlen-noord.toml").read_text("utf-8")
    await _in_area_file(stage, re.sub(r"(?m)^asks_second_above = \d+", f"asks_second_above = {count}", shipped))


@step(r"the panel advises", r"de regiegroep adviseert")
async def panel_advises(stage: Stage, line: str) -> None:
    """The office asks so in its area file."""
    shipped = (Path(bot.__file__).parent / "areas" / "heerlen-noord.toml").read_text("utf-8")
    await _in_area_file(stage, shipped.replace('decides = "panel"', 'decides = "advises"'))


@step(r"WHO chairs the panel", r"WHO is voorzitter van de regiegroep")
async def chairs(stage: Stage, line: str, who: str) -> None:
    """Sanne says so in /team, before this dialogue begins."""
    turns = stage.town.service.turns if stage.town.service else None
    assert turns is not None
    async with turns.around.working() as work:
        (person,) = (await residents.recognise(work, turns.around.seal, [stage.people[who].id])).values()
        seat = Role.resident_id == person.resident.id, Role.role == "panel"
        await work.session.execute(update(Role).where(*seat).values(chairs=True))


async def _in_area_file(stage: Stage, content: str) -> None:
    """The bot starts with this area file."""
    changed = stage.town.folder / "changed.toml"
    changed.write_text(content, "utf-8")
    stage.town._settings["area"] = str(changed)
    await stage.restart()


@step(
    r"(?P<count>\d+) (?P<unit>minute|hour|day)s? pass(?:es)?",
    r"(?P<count>\d+) (?P<unit>minuut|minuten|uur|dag|dagen) later",
)
async def time_passes(stage: Stage, line: str, count: str, unit: str) -> None:
    """The clock is moved."""
    units = {"minute": "minutes", "minuut": "minutes", "minuten": "minutes", "hour": "hours", "uur": "hours"}
    await stage.passes(**{units.get(unit, "days"): int(count)})


@step(r"the photos are looked at", r"de foto's worden bekeken")
async def photos_are_looked_at(stage: Stage, line: str) -> None:
    """The worker downloads them."""
    await stage.look_at_photos()


@step(r"the desk makes what was asked for", r"het bureau maakt wat er gevraagd is")
async def desk_works(stage: Stage, line: str) -> None:
    """Files are made and sent."""
    await stage.make_files()


@step(r"WHO opens the link of (?P<other>\w+)", r"WHO opent de link van (?P<other>\w+)")
async def opens_link(stage: Stage, line: str, who: str, other: str) -> str:
    """The newest link that somebody else got."""
    texts = [message.text for message in stage.people[other].messages if message.from_bot]
    stage.people[who].start(next(found for each in reversed(texts) for found in re.findall(r"start=([\w-]+)", each)))
    return who


@step(r"WHO (?:presses|opens) start(?:=(?P<payload>\S+))?", r"WHO (?:drukt op|opent) start(?:=(?P<payload>\S+))?")
async def starts(stage: Stage, line: str, who: str, payload: str | None) -> str:
    """Telegram's own Start button, perhaps through a link."""
    stage.people[who].start(payload or "")
    return who


@step(r"WHO says in a row: (?P<words>.+)", r"WHO zegt achter elkaar: (?P<words>.+)")
async def says_in_a_row(stage: Stage, line: str, who: str, words: str) -> str:
    """Several messages before the bot could answer the first."""
    for each in words.split(" | "):
        stage.people[who].say(each)
    return who


@step(r"WHO says (?P<count>\d+) characters", r"WHO zegt (?P<count>\d+) tekens")
async def says_much(stage: Stage, line: str, who: str, count: str) -> str:
    """A long text."""
    stage.people[who].say((LONG_WORD * (int(count) // len(LONG_WORD) + 1))[: int(count)])
    return who


@step(r"WHO says: (?P<words>.+)", r"WHO zegt: (?P<words>.+)")
async def says(stage: Stage, line: str, who: str, words: str) -> str:
    """Typed words; ¶ is a new line, {…} a sign by its Unicode name."""
    text = re.sub(r"\{([A-Z -]+)\}", lambda found: unicodedata.lookup(found[1]), words.replace("¶", "\n"))
    stage.people[who].say(text)
    return who


@step(r"WHO says in the group: (?P<words>.+)", r"WHO zegt in de groep: (?P<words>.+)")
async def says_in_group(stage: Stage, line: str, who: str, words: str) -> str:
    """In the group chat."""
    assert stage.group is not None
    stage.people[who].say_in(stage.group, words)
    return who


@step(r"WHO says in the group without a name: (?P<words>.+)", r"WHO zegt in de groep zonder naam: (?P<words>.+)")
async def says_anonymously(stage: Stage, line: str, who: str, words: str) -> str:
    """As an administrator who stays anonymous."""
    assert stage.group is not None
    if stage.people[who].id not in stage.group.dialog.admins:
        stage.group.dialog.admins.append(stage.people[who].id)
    stage.people[who].say_in(stage.group, words, anonymous=True)
    return who


@step(
    r'WHO replies (?P<where>in the group )?(?P<hidden>without a name )?to "(?P<part>.+?)": (?P<words>.+)',
    r'WHO antwoordt (?P<where>in de groep )?(?P<hidden>zonder naam )?op "(?P<part>.+?)": (?P<words>.+)',
)
async def replies(
    stage: Stage, line: str, who: str, where: str | None, hidden: str | None, part: str, words: str
) -> str:
    """A reply to the newest message with these words in it."""
    person, group = stage.people[who], stage.group if where else None
    to = _with_words(group.messages if group else person.messages, part)
    if group:
        person.say_in(group, words, reply_to=to, anonymous=bool(hidden))
    else:
        person.say(words, reply_to=to)
    return who


@step(
    r'WHO replies (?P<where>in the group )?to "(?P<part>.+?)" with a (?P<thing>photo|voice message|sticker)'
    r"(?: \((?P<name>.+?)\))?(?: and (?P<words>.+))?",
    r'WHO antwoordt (?P<where>in de groep )?op "(?P<part>.+?)" met een (?P<thing>foto|spraakbericht|sticker)'
    r"(?: \((?P<name>.+?)\))?(?: en (?P<words>.+))?",
)
async def replies_with(
    stage: Stage, line: str, who: str, where: str | None, part: str, thing: str, name: str | None, words: str | None
) -> str:
    """A reply that is no text; a photo has a name in the dialogue, and perhaps words."""
    person, group = stage.people[who], stage.group if where else None
    to = _with_words(group.messages if group else person.messages, part)
    if thing in ("photo", "foto"):
        caption = words or ""
        sent = person.photo_in(group, None, caption, to) if group else person.photo(None, caption, to)
        stage.photos[sent.raw["photo"][-1]["file_unique_id"]] = name or "?"
    elif thing == "sticker":
        assert group is not None
        person.sticker_in(group, to)
    else:
        person.voice_in(group, 3, to) if group else person.voice(3, to)
    return who


@step(r"WHO changes that in the group into: (?P<words>.+)", r"WHO verandert dat in de groep in: (?P<words>.+)")
async def edits_in_group(stage: Stage, line: str, who: str, words: str) -> str:
    """The newest message of one's own in the group, edited."""
    person, group = stage.people[who], stage.group
    assert group is not None
    person.edit([each for each in group.messages if each.sender_id == person.id][-1], words, group)
    return who


@step(r"WHO taps in the group: (?P<label>.+)", r"WHO tikt in de groep op: (?P<label>.+)")
async def taps_in_group(stage: Stage, line: str, who: str, label: str) -> str:
    """The newest button in the group with that label."""
    assert stage.group is not None
    stage.people[who].tap_in(stage.group, label)
    return who


@step(r"WHO puts the bot out of the group", r"WHO zet de bot uit de groep")
async def puts_out(stage: Stage, line: str, who: str) -> str:
    """The bot is there no more."""
    assert stage.group is not None
    stage.group.remove_bot(stage.people[who])
    return who


@step(r"the group becomes a supergroup", r"de groep wordt een supergroep")
async def becomes_supergroup(stage: Stage, line: str) -> None:
    """It has another id then, and its messages are counted anew."""
    assert stage.group is not None
    stage.group.upgrade()
    stage.shown[""] = {}


@step(r"WHO taps: (?P<label>.+)", r"WHO tikt op: (?P<label>.+)")
async def taps(stage: Stage, line: str, who: str, label: str) -> str:
    """A button; where several have the label, the newest."""
    stage.tap(stage.people[who], label)
    return who


@step(r"WHO taps twice: (?P<label>.+)", r"WHO tikt twee keer op: (?P<label>.+)")
async def taps_twice(stage: Stage, line: str, who: str, label: str) -> str:
    """The same button again, before the first tap was answered."""
    person = stage.people[who]
    number, data = _inline(person, label)[-1]
    person.tap_data(data, number)
    person.tap_data(data, number)
    return who


@step(r"WHO scrolls up and taps: (?P<label>.+)", r"WHO bladert terug en tikt op: (?P<label>.+)")
async def taps_old(stage: Stage, line: str, who: str, label: str) -> str:
    """The oldest button with that label."""
    number, data = _inline(stage.people[who], label)[0]
    stage.people[who].tap_data(data, number)
    return who


@step(
    r"WHO sends the data of (?P<other>\w+)'s button: (?P<label>.+)",
    r"WHO stuurt de knop van (?P<other>\w+): (?P<label>.+)",
)
async def taps_anothers(stage: Stage, line: str, who: str, other: str, label: str) -> str:
    """What only a tampered app can do."""
    _number, data = _inline(stage.people[other], label)[-1]
    stage.people[who].tap_data(data)
    return who


@step(r"WHO sends made-up button data: (?P<data>.+)", r"WHO stuurt verzonnen knopgegevens: (?P<data>.+)")
async def taps_nonsense(stage: Stage, line: str, who: str, data: str) -> str:
    """What only a tampered app can do."""
    stage.people[who].tap_data(data)
    return who


@step(r"WHO shares a spot: (?P<lat>[\d.]+), (?P<lon>[\d.]+)", r"WHO deelt een plek: (?P<lat>[\d.]+), (?P<lon>[\d.]+)")
async def shares_spot(stage: Stage, line: str, who: str, lat: str, lon: str) -> str:
    """By the keyboard's button where there is one, else as an attachment."""
    person = stage.people[who]
    asked = any(key.asks_location for row in person.keyboard or [] for key in row)
    (person.share_spot if asked else person.spot)(float(lat), float(lon))
    return who


@step(
    r"WHO sends a photo \((?P<name>.+?)\)(?: with: (?P<caption>.+))?",
    r"WHO stuurt een foto \((?P<name>.+?)\)(?: met: (?P<caption>.+))?",
)
async def sends_photo(stage: Stage, line: str, who: str, name: str, caption: str | None) -> str:
    """A photo, and what the dialogue calls it."""
    sent = stage.people[who].photo(caption=caption or "")
    stage.photos[sent.raw["photo"][-1]["file_unique_id"]] = name
    return who


@step(
    r"WHO sends an album \((?P<names>.+?)\)(?: with: (?P<caption>.+))?",
    r"WHO stuurt een album \((?P<names>.+?)\)(?: met: (?P<caption>.+))?",
)
async def sends_album(stage: Stage, line: str, who: str, names: str, caption: str | None) -> str:
    """Photos chosen together."""
    called = names.split(", ")
    sent = stage.people[who].album([None] * len(called), caption=caption or "")
    for photo, name in zip(sent, called, strict=True):
        stage.photos[photo.raw["photo"][-1]["file_unique_id"]] = name
    return who


@step(r"WHO sends a photo that is none \((?P<name>.+)\)", r"WHO stuurt een foto die er geen is \((?P<name>.+)\)")
async def sends_bad_photo(stage: Stage, line: str, who: str, name: str) -> str:
    """Bytes that no program can show."""
    sent = stage.people[who].photo(b"this is no picture")
    stage.photos[sent.raw["photo"][-1]["file_unique_id"]] = name
    return who


@step(r"WHO forwards: (?P<words>.+)", r"WHO stuurt door: (?P<words>.+)")
async def forwards(stage: Stage, line: str, who: str, words: str) -> str:
    """What somebody else wrote."""
    stage.people[who].forward(words)
    return who


@step(r"WHO changes that into: (?P<words>.+)", r"WHO verandert dat in: (?P<words>.+)")
async def edits(stage: Stage, line: str, who: str, words: str) -> str:
    """The newest message of one's own, edited."""
    person = stage.people[who]
    person.edit([each for each in person.messages if not each.from_bot][-1], words)
    return who


@step(r"WHO blocks the bot", r"WHO blokkeert de bot")
async def blocks(stage: Stage, line: str, who: str) -> str:
    """Telegram's own Stop."""
    stage.people[who].block()
    return who


@step(r"WHO unblocks the bot", r"WHO deblokkeert de bot")
async def unblocks(stage: Stage, line: str, who: str) -> str:
    """And back."""
    stage.people[who].unblock()
    return who


THINGS: dict[str, Callable[[Person], object]] = {
    "voice message": lambda person: person.voice(),
    "spraakbericht": lambda person: person.voice(),
    "sticker": lambda person: person.sticker(),
    "contact": lambda person: person.contact(),
    "poll": lambda person: person.poll(),
    "peiling": lambda person: person.poll(),
    "die": lambda person: person.dice(),
    "dobbelsteen": lambda person: person.dice(),
    "video": lambda person: person.video(),
    "file": lambda person: person.document(),
    "bestand": lambda person: person.document(),
    "place with a name": lambda person: person.venue(50.9153, 5.9682, "Gemeenschapshuis", "Voorbeeldstraat 1"),
    "plek met een naam": lambda person: person.venue(50.9153, 5.9682, "Gemeenschapshuis", "Voorbeeldstraat 1"),
}


@step(r"WHO sends a video with: (?P<caption>.+)", r"WHO stuurt een video met: (?P<caption>.+)")
async def sends_video(stage: Stage, line: str, who: str, caption: str) -> str:
    """With words under it."""
    stage.people[who].video(caption=caption)
    return who


@step(r"WHO sends a (?P<thing>[\w ]+)", r"WHO stuurt een (?P<thing>[\w ]+)")
async def sends_thing(stage: Stage, line: str, who: str, thing: str) -> str:
    """Whatever else a phone can send."""
    THINGS[thing](stage.people[who])
    return who


CAST = (
    *(has_event, event_is_in, people_fit, has_staff_room, is_staff, is_known, is_new, comes_later, has_reported),
    *(has_group, always_restarts, has_voucher, voucher_code),
)


def read(text: str) -> Iterator[str]:
    """The comments and steps of a dialogue; what was seen is left out, since it is written anew."""
    sees = re.compile(r"(\w+|the group|de groep) (sees|ziet)")
    for line in text.splitlines():
        if line.strip() and not line.startswith(" ") and not sees.fullmatch(line):
            yield line


def find_step(line: str) -> tuple[Step, dict[str, str | None]]:
    """The step that a line is. Raises `NotUnderstood`."""
    for pattern, function in STEPS:
        if found := pattern.fullmatch(line):
            return function, found.groupdict()
    raise NotUnderstood(f"no step reads like this: {line!r}")


async def play(stage: Stage, text: str) -> str:
    """Play a dialogue; gives it as it really went."""
    out: list[str] = []
    before = ""
    for line in read(text):
        if line.startswith("#"):
            out += ["", line] if out and not before.startswith("#") else [line]
            before = line
            continue
        function, values = find_step(line)
        is_cast = function in CAST
        if not (before.startswith("#") and out) and not (is_cast and before == "cast"):
            out += [""] if out else []
        elif before.startswith("#") and is_cast:
            out += [""]
        before = "cast" if is_cast else line
        try:
            if stage.restarts_always and not is_cast and function is not restarts:
                await stage.restart()
            who = await function(stage, line, **values)
            await stage.settle()
        except Exception as error:
            error.add_note(f"at: {line}\n" + "\n".join(out[-30:]))
            raise
        out.append(line)
        if not is_cast:
            out += _blocks(stage, who)
    turns = stage.town.service.turns if stage.town.service else None
    assert turns is not None
    assert turns.set_aside == 0, "an update was set aside"
    return "\n".join(out) + "\n"


def _blocks(stage: Stage, who: str | None) -> list[str]:
    seen = stage.fresh()
    out = [f"  {line}".rstrip() for line in seen.pop(who, [])] if who else []
    if who and not out:
        out.append(f"  {stage.say('nothing')}")
    if not who and not seen:
        out.append(f"  {stage.say('nothing')}")
    for name, lines in seen.items():
        out.append(stage.say("sees", name=name) if name else stage.say("group"))
        out += [f"  {line}".rstrip() for line in lines]
    return out


@contextmanager
def _patched(swept: dict[str, datetime], worker: list[PhotoWorker], desk: list[Desk]) -> Iterator[None]:
    """Note each sweep that is done, let who works aside wait for its line in the dialogue, stop without a pause."""
    sweep_once, run, desk_run = Schedule.sweep_once, PhotoWorker.run, Desk.run

    async def noted(self: Schedule) -> None:
        began = self._around.clock.now()
        await sweep_once(self)
        swept["at"] = began

    async def waits(self: PhotoWorker) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        worker.append(self)
        await asyncio.Event().wait()

    async def desk_waits(self: Desk) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        desk.append(self)
        await asyncio.Event().wait()

    Schedule.sweep_once, PhotoWorker.run, Desk.run = noted, waits, desk_waits  # type: ignore[method-assign]
    # What changes by itself need not be waited for.
    idle, sender.IDLE_SECONDS = sender.IDLE_SECONDS, 0.03
    soon, schedule.SOON_SECONDS = schedule.SOON_SECONDS, 0.03
    try:
        with closing_at_once():
            yield
    finally:
        sender.IDLE_SECONDS, schedule.SOON_SECONDS = idle, soon
        Schedule.sweep_once, PhotoWorker.run, Desk.run = sweep_once, run, desk_run  # type: ignore[method-assign]


@asynccontextmanager
async def stage_for(language: str, folder: Path, database_url: str) -> AsyncIterator[Stage]:
    """A fresh town to play this dialogue in."""
    swept: dict[str, datetime] = {}
    worker: list[PhotoWorker] = []
    desk: list[Desk] = []
    engine = create_async_engine(database_url, isolation_level="AUTOCOMMIT")
    try:
        with _patched(swept, worker, desk):
            async with running_town(folder, database_url) as town, engine.connect() as database:
                catalogues = Catalogues(LOCALES, LANGUAGES, ZoneInfo("Europe/Amsterdam"))
                stage = Stage(town, language, database, swept, worker, desk, catalogues)
                await stage.swept_now()
                yield stage
    finally:
        await engine.dispose()


async def as_it_went(path: Path, folder: Path, database_url: str) -> str:
    """Play a dialogue in a fresh town; gives it as it really went."""
    return await as_this_goes(path.read_text("utf-8"), path.parent.name, folder, database_url)  # noqa: ASYNC240 - small


async def as_this_goes(text: str, language: str, folder: Path, database_url: str) -> str:
    """Play these lines in a fresh town; gives them as it really went."""
    async with stage_for(language, folder, database_url) as stage:
        return await play(stage, text)


def difference(written: str, went: str) -> str:
    """What differs from the file; empty when nothing does."""
    lines = difflib.unified_diff(written.splitlines(), went.splitlines(), "in the file", "as it went", lineterm="", n=6)
    return "\n".join(lines)


async def _main(arguments: list[str]) -> int:
    update = "--update" in arguments
    names = [each for each in arguments if not each.startswith("--")]
    differ = 0
    for path in files():
        if names and not any(name in name_of(path) for name in names):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                went = await as_it_went(path, Path(folder), f"sqlite+aiosqlite:///{folder}/buurtpraat.db")
            except Exception as error:
                differ += 1
                print(f"=== {name_of(path)}: {error!r}", *getattr(error, "__notes__", []), sep="\n")
                continue
        if update:
            path.write_text(went, "utf-8")
        elif text := difference(path.read_text("utf-8"), went):
            differ += 1
            print(f"=== {name_of(path)}", text, sep="\n")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(sys.argv[1:])))
