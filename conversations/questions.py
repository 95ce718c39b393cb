"""The questions that a conversation can ask: what each shows, what it takes for an answer, how it keeps it.

An answer is checked once, by `take`, when it is given; what it gives is stored as JSON. On replay `restore` reads the
stored value for its shape alone, so that yesterday's answer stays right when today's street list is another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from conversations.alike import alike
from conversations.dates import AHEAD_AT_MOST, read_day, read_time
from conversations.inputs import Input, Photo, Said, Spot, Voice
from conversations.words import Words, _, fold, is_blank, s_, units

Answer = TypeVar("Answer", covariant=True)
Shape = TypeVar("Shape")
Json = Any
"""A value that the json module can write; each question knows its own shape."""


class Misfit(Exception):
    """A stored answer has another shape than the question wants: it is asked again."""


class NotThis(Exception):
    """What was given is no answer to this question; `words` says what is expected.

    `offers`: what it may have meant, for the question to offer when it is asked again (`Amount`).
    """

    def __init__(self, words: Words, offers: Sequence[str] = ()) -> None:
        super().__init__("not an answer to this question")
        self.words = words
        self.offers = offers


@dataclass(frozen=True, slots=True)
class Option:
    """A button: a short stable key (ASCII, at most 24 characters) and its label; `also`: how else it may be typed."""

    key: str
    label: Words
    also: Sequence[Words] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told in their own way: typed, spoken, or with a photo (file ids of the messenger)."""

    text: str = ""
    voice: str | None = None
    photo: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text or self.voice or self.photo)


@dataclass(frozen=True, slots=True)
class At:
    """Where something is: a spot in degrees (WGS 84), or words."""

    words: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def spot(self) -> tuple[float, float] | None:
        """Latitude and longitude, where they were shared."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


SKIP = Option("skip", _("Skip"))
BACK = Option("back", _("Back"))
SEND = _("Send")
CHANGE = "change:"
"""Begins the key of a button that asks a question anew, with the question's name."""
PHOTOS_AT_MOST = 3
"""As many as Signalen takes; a fourth rarely tells more."""
CANCEL = Option("cancel", _("Cancel"))
DONE = Option("done", s_("That's all"))


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """What every question has: its name (a public format, see `docs/architecture.md`), its words, its pictures.

    A question that may be skipped gives `nothing` then: an answer of the same type, and false. `again`: what is said in
    place of a long prompt when the question is repeated. `asides`: buttons that answer nothing, by the command that
    they stand for. `captions`: what is said under a picture, by its place in the row.
    """

    kind: ClassVar[str]
    shape: ClassVar[type] = str
    """What a stored answer must be; a question whose answer is more than that has a `restore` of its own."""
    nothing: ClassVar[Any] = None
    name: str
    prompt: Words | Sequence[Words]
    skippable: bool = field(default=False, kw_only=True)
    pictures: Sequence[str] = field(default=(), kw_only=True)
    captions: Mapping[int, Words] = field(default_factory=dict, kw_only=True)
    languages: bool = field(default=False, kw_only=True)
    may_be_stopped: bool = field(default=True, kw_only=True)
    again: Words | None = field(default=None, kw_only=True)
    asides: Sequence[Option] = field(default=(), kw_only=True)

    @property
    def paragraphs(self) -> Sequence[Words]:
        """The prompt, one paragraph or more."""
        return self.prompt if isinstance(self.prompt, list | tuple) else (self.prompt,)

    def options(self) -> Sequence[Option]:
        """The buttons that are answers; each label may also be typed."""
        return ()

    def pick(self, key: str, today: date) -> Json:
        """The value to store for a button of `options`; `today` is the local date."""
        return key

    def take(self, given: Input, today: date) -> Json:
        """The value to store for what was given; `today` is the local date. Raises `NotThis`."""
        raise NotThis(_("Please tap one of the buttons."))

    def restore(self, stored: Json) -> Answer:
        """The answer from what was stored. Raises `Misfit`."""
        answer: Answer = _shape(stored, self.shape)
        return answer


@dataclass(frozen=True)
class Choice(Question[str]):
    """One of a few; shown as buttons, of which the first `alone` have a row to themselves."""

    kind: ClassVar[str] = "choice"
    nothing: ClassVar[str] = ""
    choices: Sequence[Option]
    columns: int = field(default=1, kw_only=True)
    alone: int = field(default=0, kw_only=True)

    def options(self) -> Sequence[Option]:
        return self.choices


@dataclass(frozen=True)
class Changes(Choice):
    """What else may be changed: each key names a question that is asked next. Nothing is kept of it."""

    kind: ClassVar[str] = "changes"

    def options(self) -> Sequence[Option]:
        return [Option(f"{CHANGE}{each.key}", each.label) for each in self.choices]


@dataclass(frozen=True)
class Several(Question[list[str]]):
    """Some of a few: a tap takes one, or lets go of it, until "That's all". `chosen`: the keys taken so far."""

    kind: ClassVar[str] = "several"
    nothing: ClassVar[list[str]] = []
    choices: Sequence[Option]
    columns: int = field(default=2, kw_only=True)
    chosen: Sequence[str] = field(default=(), kw_only=True)

    @property
    def alone(self) -> int:
        """How many of the first buttons have a row to themselves."""
        return 1 if self.chosen else 0

    def options(self) -> Sequence[Option]:
        taken = [s_("✓ {label}", label=each.label) if each.key in self.chosen else each.label for each in self.choices]
        marked = [Option(each.key, label, (each.label,)) for each, label in zip(self.choices, taken, strict=True)]
        return [DONE, *marked] if self.chosen else marked

    def toggled(self, key: str) -> list[str]:
        """What is chosen after a tap on this one."""
        return [each.key for each in self.choices if (each.key in self.chosen) is not (each.key == key)]

    def pick(self, key: str, today: date) -> Json:
        return list(self.chosen)

    def restore(self, stored: Json) -> list[str]:
        return [_shape(key, str) for key in _shape(stored, list)]


@dataclass(frozen=True)
class ChoiceOfNames(Choice):
    """One of many names. What is typed almost right is answered with the name that may be meant, never taken for it."""

    kind: ClassVar[str] = "names"

    def meant(self, text: str) -> Words | None:
        """The names that may be meant, as one sentence; None where none comes near."""
        names = [str(option.label) for option in self.choices if isinstance(option.label, str)]
        first, second = [*alike(text, names), "", ""][:2]
        if second:
            return _("Do you mean {name} or {other}? Then tap it.", name=first, other=second)
        return _("Do you mean {name}? Then tap it.", name=first) if first else None

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Said) and (words := self.meant(given.text)):
            raise NotThis(words)
        return super().take(given, today)


@dataclass(frozen=True)
class YesNo(Question[bool]):
    """Yes or no."""

    kind: ClassVar[str] = "yes_no"
    shape: ClassVar[type] = bool

    def options(self) -> Sequence[Option]:
        return (Option("yes", _("Yes")), Option("no", _("No")))

    def pick(self, key: str, today: date) -> Json:
        return key == "yes"


@dataclass(frozen=True)
class Tell(Question[Told]):
    """Free words: typed or spoken, and a photo where `photo` says so. No minimum length.

    With `up_to`: typed words alone, at most so many characters.
    """

    kind: ClassVar[str] = "tell"
    nothing: ClassVar[Told] = Told()
    photo: bool = field(default=False, kw_only=True)
    up_to: int = field(default=0, kw_only=True)

    def take(self, given: Input, today: date) -> Json:
        if self.up_to and not (isinstance(given, Said) and 0 < units(given.text.strip()) <= self.up_to):
            raise NotThis(_("Please type it, in {count} characters at most.", count=self.up_to))
        if isinstance(given, Said) and not is_blank(given.text):
            return {"text": given.text.strip()}
        if isinstance(given, Voice):
            return {"text": given.caption.strip(), "voice": given.file_id}
        if isinstance(given, Photo) and self.photo:
            return {"text": given.caption.strip(), "photo": given.file_id}
        raise NotThis(_("Please type it, or record a voice message."))

    def restore(self, stored: Json) -> Told:
        told = _shape(stored, dict)
        return Told(_shape(told.get("text"), str), told.get("voice"), told.get("photo"))


@dataclass(frozen=True)
class Place(Question[At]):
    """A spot that is shared, or a street that is typed."""

    kind: ClassVar[str] = "place"
    nothing: ClassVar[At] = At()

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Spot):
            called = {"called": given.words} if given.words else {}
            return {"latitude": given.latitude, "longitude": given.longitude, **called}
        if isinstance(given, Said) and not is_blank(given.text):
            return {"words": given.text.strip()}
        raise NotThis(_("Please share the spot, or type the street."))

    def restore(self, stored: Json) -> At:
        place = _shape(stored, dict)
        try:
            if "words" in place:
                return At(words=_shape(place["words"], str))
            called = _shape(place.get("called", ""), str)
            return At(called, float(place["latitude"]), float(place["longitude"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Misfit from error


@dataclass(frozen=True)
class Photos(Question[list[str]]):
    """One photo or more; those that come after the first are added when they come (see `hearing`)."""

    kind: ClassVar[str] = "photos"
    nothing: ClassVar[list[str]] = []

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Photo):
            return [given.file_id]
        raise NotThis(_("Please send a photo, or tap Skip."))

    def restore(self, stored: Json) -> list[str]:
        return [_shape(file_id, str) for file_id in _shape(stored, list)]


@dataclass(frozen=True)
class Number(Question[int]):
    """A whole number within bounds."""

    kind: ClassVar[str] = "number"
    shape: ClassVar[type] = int
    least: int
    most: int

    def take(self, given: Input, today: date) -> Json:
        if isinstance(given, Said):
            with suppress(ValueError):
                if self.least <= (number := int(given.text)) <= self.most:
                    return number
        raise NotThis(_("Please type a number from {least} to {most}.", least=self.least, most=self.most))


SOON = (Option("+1", _("Tomorrow")), Option("+7", _("In a week")), Option("+14", _("In two weeks")))
LATER = (Option("+7", _("In a week")), Option("+30", _("In a month")), Option("+91", _("In three months")))


@dataclass(frozen=True)
class Day(Question[date]):
    """A day from today on, in the area's time zone. `offered`: so many days on, each a button; any day may be typed."""

    kind: ClassVar[str] = "day"
    offered: Sequence[Option] = field(default=SOON, kw_only=True)

    def options(self) -> Sequence[Option]:
        return self.offered

    def pick(self, key: str, today: date) -> Json:
        return (today + timedelta(days=int(key))).isoformat()

    def take(self, given: Input, today: date) -> Json:
        day = read_day(given.text, today) if isinstance(given, Said) else None
        if day is None:
            raise NotThis(_("Please type a day, like {example}.", example=(today + timedelta(days=7)).isoformat()))
        return _to_come(day, today).isoformat()

    def restore(self, stored: Json) -> date:
        return _read(date.fromisoformat, stored)


@dataclass(frozen=True)
class Moment(Question[datetime]):
    """A day and a time, without a zone: as the clock on the wall in the area shows it."""

    kind: ClassVar[str] = "moment"

    def take(self, given: Input, today: date) -> Json:
        example = f"{(today + timedelta(days=7)).isoformat()} 19:30"
        if isinstance(given, Said) and (at := read_time(given.text)):
            clock, rest = at
            if day := read_day(rest, today):
                return datetime.combine(_to_come(day, today), clock).isoformat()
        raise NotThis(_("Please type a day and a time, like {example}.", example=example))

    def restore(self, stored: Json) -> datetime:
        return _read(datetime.fromisoformat, stored)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the summary before sending: which answer, what it is called, what it says, how to change it.

    Without `change` it has no button. `along`: other answers that are to be given anew with this one.
    """

    question: str
    label: Words
    value: Words
    change: Words = ""
    along: Sequence[str] = ()


@dataclass(frozen=True)
class Confirmation(Question[bool]):
    """The engine's own last question: everything once more, with a button to send and one to change each answer.

    `more`: keys and labels of questions that are only asked from here, and have no line yet.
    """

    kind: ClassVar[str] = "confirmation"
    shape: ClassVar[type] = bool
    lines: Sequence[Line]
    send: Words
    more: Sequence[Option] = field(default=(), kw_only=True)

    def options(self) -> Sequence[Option]:
        return (
            Option("send", self.send),
            *(Option(f"{CHANGE}{line.question}", line.change) for line in self.lines if line.change),
            *(Option(f"{CHANGE}{each.key}", each.label) for each in self.more),
        )

    def pick(self, key: str, today: date) -> Json:
        return True


def _shape(stored: Json, kind: type[Shape]) -> Shape:
    if type(stored) is not kind:
        raise Misfit
    return stored


def _to_come(day: date, today: date) -> date:
    if day < today:
        raise NotThis(_("That day has passed. Please type a later one."))
    if day - today > AHEAD_AT_MOST:
        raise NotThis(_("That day is more than a year away. Please type an earlier one."))
    return day


def _read(read: Callable[[str], Shape], stored: Json) -> Shape:
    try:
        return read(_shape(stored, str))
    except ValueError as error:
        raise Misfit from error


def labelled(question: Question[Any], text: str, spell: Callable[[Words], frozenset[str]]) -> str | None:
    """The key of the option whose label was typed, in whatever language; None where it is no label."""
    typed = fold(text)
    extra = (SKIP, BACK, CANCEL) if question.skippable else (BACK, CANCEL)
    options = (*question.options(), *extra) if typed else ()
    spelled = ((option.key, words) for option in options for words in (option.label, *option.also))
    return next((key for key, words in spelled if typed in spell(words)), None)
