"""The area file: what differs from one neighbourhood programme to the next, read and checked once at start.

An area file is TOML. `bot/areas/heerlen-noord.toml` is the one that is shipped; its comments say what each
key means and where the figures come from. A mistake in a file is one line that names the place, counting
lists from 1: `my-area.toml: topics.2.working_days: must be 1 or more`.
"""

import re
import tomllib
import zoneinfo
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from importlib.resources import files
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from bot.neighbourhood.boundaries import Boundaries, BoundaryError, read_boundaries
from bot.neighbourhood.hours import QuietHours, Span, duration, local, opening_times, quiet_hours

SATURDAY: Final = 5

LONGEST_LABEL: Final = 28
"""Characters that fit on a button, two beside each other, on a phone."""


BRIGHTEST: Final = 0.65
"""As light as a colour may be on white."""

_Where = tuple[str | int, ...]


class AreaError(ValueError):
    """An area file that cannot be used. Its text is one line that names the file and the place in it."""


# --- What the file may hold ---------------------------------------------------------------------------------


def _like(pattern: str, otherwise: str) -> AfterValidator:
    """A check that a whole text fits a pattern; `otherwise` is what is said when it doesn't."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(otherwise)
        return text

    return AfterValidator(check)


def _read(reader: Callable[[str], object]) -> BeforeValidator:
    """A field that is written as text and kept as what `reader` makes of it."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError("must be text between quotes")
        return reader(value)

    return BeforeValidator(read)


def _within(least: float, most: float) -> AfterValidator:
    """A coordinate between two bounds; latitude and longitude swapped are outside both."""

    def check(degrees: float) -> float:
        if not least <= degrees <= most:
            raise ValueError(f"must lie in the Netherlands, between {least} and {most}")
        return degrees

    return AfterValidator(check)


def _one_line(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError("must not be empty")
    if len(text.splitlines()) > 1:
        raise ValueError("must be one line")
    return text


def _fits_a_button(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        raise ValueError(f"must be {LONGEST_LABEL} characters or fewer to fit on a button, and is {len(text)}")
    return text


def _colour(text: str) -> str:
    """A colour of a chart, in six digits; one that can be seen on white paper."""
    if not re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", text):
        raise ValueError('must be a colour such as "#0a5" or "#00aa55"')
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    colour = f"#{digits.lower()}"
    if brightness(colour) > BRIGHTEST:
        raise ValueError("must be darker, to be seen on white paper")
    return colour


def brightness(colour: str) -> float:
    """How light a colour of six digits looks: from 0 (black) to 1 (white), as WCAG counts it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _time_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = _did_you_mean(text, zoneinfo.available_timezones())
        raise ValueError(f"is not a known time zone{hint or ', such as Europe/Amsterdam'}") from None


Text = Annotated[str, AfterValidator(_one_line)]
ButtonText = Annotated[Text, AfterValidator(_fits_a_button)]
Label = Mapping[str, Text]
"""Words that a resident reads: one text for each language of the area."""
ButtonLabel = Mapping[str, ButtonText]
Phone = Annotated[str, _like(r"\+?[0-9][0-9 -]+[0-9]", "must be a telephone number")]
Duration = Annotated[timedelta, _read(duration)]
OpeningTimes = Annotated[tuple[Span, ...], _read(opening_times)]
Colour = Annotated[str, AfterValidator(_colour)]
Latitude = Annotated[float, Field(strict=True), _within(50.7, 53.6)]
Longitude = Annotated[float, Field(strict=True), _within(3.3, 7.3)]
Theme = Literal["wonen", "werken", "leren", "veiligheid", "gezondheid"]
"""The programme's five themes, by their Dutch names; for staff."""


class _Table(BaseModel):
    """A table of the file. A key that it does not know is a mistake, told before a key that is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _knows_each_key(cls, table: object) -> object:
        if isinstance(table, dict):
            for key in table:
                if key not in cls.model_fields:
                    raise _mistake((key,), f"is not known here{_did_you_mean(key, cls.model_fields)}")
        return table


class Contact(_Table):
    """How a resident reaches the office without the bot."""

    phone: Phone
    address: Text
    email: Annotated[str, _like(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "must be an e-mail address")]


class HelpLine(_Table):
    """A number to call, and the sentence in which a resident reads it."""

    number: Phone
    words: Label

    @model_validator(mode="after")
    def _says_its_number(self) -> Self:
        for language, words in self.words.items():
            if self.number not in words:
                raise _mistake(("words", language), f"must name the number {self.number}")
        return self


class Nearby(_Table):
    """Within how many metres, and for how long, a report on the same topic may be the same one."""

    metres: Annotated[int, Field(strict=True, ge=1, le=1000)] = 50
    age: Duration = timedelta(weeks=12)


class Elsewhere(_Table):
    """Something that is not the office's: where it belongs, by number or link, and how it is recognised.

    `words` say it in each language and name the number. `topics` and `stems` (`conversations/stems.py`) point to it.
    """

    key: Annotated[str, _like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    words: Label
    number: Phone | None = None
    link: Annotated[str, _like(r"https://[^\s/]+\.[^\s]+", "must be an https:// link")] | None = None
    topics: tuple[str, ...] = ()
    stems: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.number is None and self.link is None:
            raise ValueError("must have a number or a link")
        if not self.topics and not self.stems:
            raise ValueError("must have topics or stems that point to it")
        for language, words in self.words.items():
            if self.number is not None and self.number not in words:
                raise _mistake(("words", language), f"must name the number {self.number}")
        return self


class Emergency(_Table):
    """Whom to call instead of telling the bot: in danger now, and for the police when there is no hurry."""

    danger: HelpLine
    police: HelpLine


class Neighbourhood(_Table):
    """A neighbourhood as the residents name it: its CBS code, inhabitants and centre (degrees, WGS 84)."""

    code: Annotated[str, _like("WK[0-9]{6}|BU[0-9]{8}", "must be a CBS code such as WK091722 or BU09172200")]
    name: ButtonText
    inhabitants: Annotated[int, Field(strict=True, ge=1)]
    latitude: Latitude
    longitude: Longitude


class Topic(_Table):
    """What a complaint can be about, who handles it, and in how many working days the office answers.

    `handled_by` and `theme` are for staff; residents see the label. `private`: never shown to a neighbour.
    """

    key: Annotated[str, _like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    label: ButtonLabel
    handled_by: Text
    working_days: Annotated[int, Field(strict=True, ge=1, le=250)]
    theme: Theme | None = None
    private: Annotated[bool, Field(strict=True)] = False


class FollowUp(_Table):
    """From "solved" to "is it really solved?", from there to the one reminder, from there to closing.

    `ask_again_after`: from "I don't know" to asking once more.
    """

    after: Duration
    reminder_after: Duration
    close_after: Duration
    ask_again_after: Duration = timedelta(days=7)


class OfficeHours(_Table):
    """When somebody of the office reads along, by the clock on the wall; never on public holidays."""

    monday: OpeningTimes
    tuesday: OpeningTimes
    wednesday: OpeningTimes
    thursday: OpeningTimes
    friday: OpeningTimes
    saturday: OpeningTimes
    sunday: OpeningTimes

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of Monday to Sunday."""
        return (
            *(self.monday, self.tuesday, self.wednesday, self.thursday, self.friday),
            *(self.saturday, self.sunday),
        )

    @model_validator(mode="after")
    def _opens_once(self) -> Self:
        if not any(self.week):
            raise ValueError("must be open on one day at least")
        return self


class Consent(_Table):
    """The version of the consent's text; a resident's yes is stored with it.

    `changed`: what is new in this version, in one sentence, for who said yes to an older one.
    """

    version: Annotated[str, _like("[A-Za-z0-9.-]{1,16}", "must be 1 to 16 of A-Z, a-z, 0-9, . and -")]
    changed: Label


class Kept(_Table):
    """After how long what is old goes by itself.

    `silent`: without a word, until the warning; `warned`: from the warning to being made anonymous. `chats`: from a
    talk's end. `photos`: from the day on which a report was done. `leftovers`: updates set aside, refused messages, who
    got which invitation.
    """

    silent: Duration
    warned: Duration
    chats: Duration
    photos: Duration
    leftovers: Duration


class Colours(_Table):
    """The colours of the charts, as "#0a5" or "#00aa55". `rest` is for what has no colour of its own.

    Those that are there without a word are told apart by people who confuse red and green.
    """

    first: Colour = "#2f6f73"
    second: Colour = "#b5442e"
    third: Colour = "#d9a441"
    fourth: Colour = "#7a5c99"
    fifth: Colour = "#5b8c3a"
    rest: Colour = "#b9b9b4"

    @property
    def in_order(self) -> tuple[str, ...]:
        """From the first to the rest."""
        return (self.first, self.second, self.third, self.fourth, self.fifth, self.rest)

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        _no_twins(((name,), getattr(self, name)) for name in type(self).model_fields)
        return self


class ThemeWords(_Table):
    """By which words an answer or a report belongs to one of the programme's themes (`conversations/stems.py`)."""

    wonen: tuple[Text, ...] = ()
    werken: tuple[Text, ...] = ()
    leren: tuple[Text, ...] = ()
    veiligheid: tuple[Text, ...] = ()
    gezondheid: tuple[Text, ...] = ()


class Invites(_Table):
    """At most so many invitations reach a resident in 30 days.

    `asks_second_above`: what goes to more people than this needs a second coordinator's yes; None: never.
    """

    a_month: Annotated[int, Field(strict=True, ge=1, le=100)]
    asks_second_above: Annotated[int, Field(strict=True, ge=0)] | None = None


class Duty(_Table):
    """What who gets a yes to an idea takes on, in one short sentence."""

    words: Label


class Rule(_Table):
    """A rule that ideas are held against. Members of the panel answer it with yes, no or not sure."""

    key: Annotated[str, _like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    words: Label


class RulesVersion(_Table):
    """The rules from a day on; an idea is judged by those of the day on which it was handed in."""

    version: Annotated[str, _like("[A-Za-z0-9.-]{1,16}", "must be 1 to 16 of A-Z, a-z, 0-9, . and -")]
    valid_from: date
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        _no_twins((("rules", i, "key"), rule.key) for i, rule in enumerate(self.rules))
        return self


class Ideas(_Table):
    """Ideas for a voucher: duties, rules (the oldest version first; none is ever taken away), and how long things take.

    `working_days`: until the answer to an idea about which the panel decides. `remind_after`: without a word from its
    owner, whose turn it is, two reminders come so long after each other, and after as long again it is closed.
    """

    working_days: Annotated[int, Field(strict=True, ge=1, le=250)] = 15
    remind_after: Duration = timedelta(days=7)
    duties: Annotated[tuple[Duty, ...], Field(max_length=5)] = ()
    versions: tuple[RulesVersion, ...] = ()

    @model_validator(mode="after")
    def _follow_each_other(self) -> Self:
        _no_twins((("versions", i, "version"), each.version) for i, each in enumerate(self.versions))
        for i, (before, after) in enumerate(pairwise(self.versions)):
            if after.valid_from <= before.valid_from:
                raise _mistake(("versions", i + 1, "valid_from"), "must be later than that of the version before it")
        return self

    def on(self, day: date) -> RulesVersion | None:
        """The version of the rules on a day; before the first one, the first. None where the file has none."""
        begun = [each for each in self.versions if each.valid_from <= day]
        return begun[-1] if begun else next(iter(self.versions), None)

    def version(self, name: str) -> RulesVersion | None:
        """The version that is called so; None for one that the file doesn't have (any more)."""
        return next((each for each in self.versions if each.version == name), None)


class Panel(_Table):
    """How residents decide about ideas: whether they decide or advise, from how many votes on, by which share.

    `majority`: more than this share of the votes for and against must be for. `voting_days`: how long a vote is open.
    """

    decides: Literal["panel", "advises"] = "panel"
    quorum: Annotated[int, Field(strict=True, ge=1, le=100)] = 3
    majority: Annotated[float, Field(strict=True, ge=0.5, lt=1)] = 0.5
    voting_days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7


class Consultation(_Table):
    """Asking a neighbourhood about an idea: for how many days, and how many people of each, drawn by lot."""

    days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7
    a_neighbourhood: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 500


class Vouchers(_Table):
    """How long a voucher may be spent, from the day on which it was awarded."""

    good_for: Duration = timedelta(days=182)


class Conversation(_Table):
    """How long unfinished answers are kept after the last of them, and how long before there is consent."""

    expires_after: Duration
    without_consent: Duration


class Area(_Table):
    """One area, as its file says. `languages[0]` is the language of the house."""

    name: Text
    organisation: Label
    contact: Contact
    time_zone: Annotated[ZoneInfo, _read(_time_zone)]
    country: Literal["NL"]
    languages: Annotated[
        tuple[Annotated[str, _like("[a-z]{2,3}", "must be a language code such as nl")], ...],
        Field(min_length=1),
    ]
    quiet_hours: Annotated[QuietHours | None, _read(quiet_hours)]
    office_hours: OfficeHours
    follow_up: FollowUp
    conversation: Conversation
    consent: Consent
    kept: Kept
    invites: Invites
    emergency: Emergency
    nearby: Nearby = Nearby()
    colours: Colours = Field(default_factory=Colours)
    themes: ThemeWords = Field(default_factory=ThemeWords)
    ideas: Ideas = Field(default_factory=Ideas)
    panel: Panel = Panel()
    consultation: Consultation = Consultation()
    vouchers: Vouchers = Vouchers()
    outside_km: Annotated[float, Field(strict=True, gt=0, le=50)] = 3
    boundaries: Text | None = None
    neighbourhoods: Annotated[tuple[Neighbourhood, ...], Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    elsewhere: tuple[Elsewhere, ...] = ()
    _outlines: Boundaries | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        spoken = ", ".join(self.languages)
        for place, label in _labels(self, ()):
            for language in label:
                if language not in self.languages:
                    raise _mistake((*place, language), f"is not one of the area's languages ({spoken})")
            for language in self.languages:
                if language not in label:
                    raise _mistake((*place, language), f"is missing; the area's languages are {spoken}")
        _no_twins((("languages", i), language) for i, language in enumerate(self.languages))
        _no_twins((("neighbourhoods", i, "code"), n.code) for i, n in enumerate(self.neighbourhoods))
        _no_twins((("neighbourhoods", i, "name"), n.name) for i, n in enumerate(self.neighbourhoods))
        _no_twins((("topics", i, "key"), topic.key) for i, topic in enumerate(self.topics))
        for language in self.languages:
            _no_twins((("topics", i, "label", language), t.label[language]) for i, t in enumerate(self.topics))
        _no_twins((("elsewhere", i, "key"), each.key) for i, each in enumerate(self.elsewhere))
        keys = {topic.key for topic in self.topics}
        for i, each in enumerate(self.elsewhere):
            for j, key in enumerate(each.topics):
                if key not in keys:
                    raise _mistake(("elsewhere", i, "topics", j), f"{key} is no topic{_did_you_mean(key, keys)}")
        if "other" not in keys:
            raise _mistake(("topics",), 'must hold a topic with the key "other"')
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        """The CBS codes of the neighbourhoods."""
        return tuple(each.code for each in self.neighbourhoods)

    def neighbourhood(self, code: str) -> Neighbourhood | None:
        """The neighbourhood with this CBS code; None for one that the file doesn't have (any more)."""
        return next((found for found in self.neighbourhoods if found.code == code), None)

    def topic(self, key: str) -> Topic:
        """The topic with this key; for one that the file doesn't have (any more), the topic "other"."""
        by_key = {topic.key: topic for topic in self.topics}
        return by_key.get(key, by_key["other"])

    def nearest_neighbourhood(self, latitude: float, longitude: float) -> Neighbourhood:
        """The neighbourhood whose centre is nearest to a spot (degrees, WGS 84), however far that is."""
        return min(self.neighbourhoods, key=lambda n: self.distance_km(latitude, longitude, n.latitude, n.longitude))

    def neighbourhood_at(self, latitude: float, longitude: float) -> Neighbourhood | None:
        """The neighbourhood that a spot (degrees, WGS 84) is in; None outside the area.

        Exact where the file names boundaries; else the nearest, unless even its centre is `outside_km` away.
        """
        if self._outlines is not None:
            code = self._outlines.at(latitude, longitude)
            return self.neighbourhood(code) if code else None
        nearest = self.nearest_neighbourhood(latitude, longitude)
        away = self.distance_km(latitude, longitude, nearest.latitude, nearest.longitude)
        return nearest if away <= self.outside_km else None

    @staticmethod
    def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
        """Kilometres between two spots (degrees, WGS 84) on a globe: right to half a percent."""
        north, east = radians(other_latitude - latitude), radians(other_longitude - longitude)
        shrink = cos(radians(latitude)) * cos(radians(other_latitude))
        return 2 * 6371.0088 * asin(sqrt(min(1.0, sin(north / 2) ** 2 + shrink * sin(east / 2) ** 2)))

    def answer_due(self, moment: datetime, topic_key: str, free_days: Container[date]) -> date:
        """The last day to answer in time what came in at this aware moment: a local date, a working day.

        Counted in the area's time zone, from the day after, by the topic's working days: Monday to Friday without the
        public holidays in `free_days`. Raises ValueError for a moment without a zone.
        """
        return self.working_days_after(moment, self.topic(topic_key).working_days, free_days)

    def working_days_after(self, moment: datetime, count: int, free_days: Container[date]) -> date:
        """The last of so many working days after this aware moment: a local date. Raises ValueError as above."""
        day = local(moment, self.time_zone).date()
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < SATURDAY and day not in free_days
        return day


def load_area(name_or_path: str) -> Area:
    """Read a shipped area by its name (`heerlen-noord`), or a file by its path (has a `/` or ends in .toml).

    Raises AreaError, one line, when there is no such file or it holds a mistake.
    """
    folder = files("bot") / "areas"
    shipped = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    is_path = "/" in name_or_path or name_or_path.endswith(".toml")
    if not is_path and name_or_path not in shipped:
        hint = _did_you_mean(name_or_path, shipped) or f"; there is {', '.join(shipped)}, or give a path"
        raise _area_error(name_or_path or "area", f"is not the name of an area{hint}")
    source = Path(name_or_path) if is_path else folder / f"{name_or_path}.toml"
    try:
        content = source.read_bytes()
    except OSError as error:
        raise _area_error(name_or_path, f"cannot be read: {error.strerror}") from None
    area = _parse(content, source.name)
    if area.boundaries is not None:
        try:
            beside = source.parent if isinstance(source, Path) else Path(str(folder))
            outlines = read_boundaries(beside / area.boundaries, area.codes)
        except BoundaryError as error:
            raise _area_error(source.name, f"boundaries: {area.boundaries}: {error}") from None
        area._outlines = outlines
    return area


def _parse(content: bytes, name: str) -> Area:
    try:
        return Area.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _area_error(name, f"line {line}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        said, _, where = str(error).removesuffix(")").rpartition(" (at ")
        raise _area_error(name, f"{where}: {said}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step + 1) if isinstance(step, int) else step for step in first["loc"])
        raise _area_error(name, f"{place}: {_in_words(first)}" if place else _in_words(first)) from None


# --- Mistakes, and what is shared above ---------------------------------------------------------------------

_WORDS: Final = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "greater_than": "must be more than {gt}",
    "string_type": "must be text between quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "model_type": "must be a table",
    "dict_type": "must be a table with one text for each language",
    "tuple_type": "must be a list",
    "too_short": "must hold at least one",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "date_type": "must be a day, such as 2026-12-24 without quotes",
    "date_from_datetime_inexact": "must be a day, such as 2026-12-24 without quotes",
    "too_long": "must hold {max_length} or fewer",
    "literal_error": "must be {expected}",
}


def _in_words(error: ErrorDetails) -> str:
    """Pydantic's error in the words of somebody who writes an area file; our own ValueErrors as they are."""
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    words = _WORDS.get(error["type"])
    return words.format_map(context) if words else error["msg"]


def _area_error(name: str, said: str) -> AreaError:
    return AreaError(" ".join(f"{name}: {said}".split()))


def _mistake(place: _Where, said: str) -> ValidationError:
    """A mistake at a place inside the table being checked; pydantic puts the table's own place before it."""
    error = PydanticCustomError("mistake", "{said}", {"said": said})
    return ValidationError.from_exception_data("Area", [InitErrorDetails(type=error, loc=place, input=None)])


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _labels(value: object, place: _Where) -> Iterator[tuple[_Where, Mapping[str, str]]]:
    """Every label in a table, however deep, with its place: a new field of that kind is checked by itself."""
    if isinstance(value, Mapping):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _labels(getattr(value, name), (*place, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _labels(item, (*place, index))


def _no_twins(words: Iterable[tuple[_Where, str]]) -> None:
    """Refuse the second of two equal words: each is tapped, typed or stored, and must mean one thing."""
    seen: dict[str, _Where] = {}
    for place, word in words:
        if word.casefold() in seen:
            raise _mistake(place, f"{word} is there twice")
        seen[word.casefold()] = place
