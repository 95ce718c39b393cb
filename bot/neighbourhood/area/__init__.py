"""The area file: what differs from one neighbourhood programme to the next, read and checked once at start.

An area file is TOML. `bot/areas/heerlen-noord.toml` is the one that is shipped; its comments say what each
key means and where the figures come from. A mistake in a file is one line that names the place, counting
lists from 1: `my-area.toml: topics.2.working_days: must be 1 or more`.
"""

import tomllib
from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.neighbourhood.area.fields import (
    Label,
    Table,
    Text,
    Where,
    did_you_mean,
    like,
    mistake,
    no_twins,
    read,
    time_zone_of,
)
from bot.neighbourhood.area.ideas import Consultation, Ideas, Panel, Vouchers
from bot.neighbourhood.area.tables import (
    Colours,
    Consent,
    Contact,
    Conversation,
    Elsewhere,
    Emergency,
    FollowUp,
    Invites,
    Kept,
    Nearby,
    Neighbourhood,
    OfficeHours,
    ThemeWords,
    Topic,
)
from bot.neighbourhood.boundaries import Boundaries, BoundaryError, read_boundaries
from bot.neighbourhood.hours import QuietHours, local, quiet_hours

SATURDAY: Final = 5


class AreaError(ValueError):
    """An area file that cannot be used. Its text is one line that names the file and the place in it."""


class NoArea(AreaError):
    """There is no area of that name, or no such file."""


class Area(Table):
    """One area, as its file says. `languages[0]` is the language of the house."""

    name: Text
    organisation: Label
    contact: Contact
    time_zone: Annotated[ZoneInfo, read(time_zone_of)]
    country: Literal["NL"]
    languages: Annotated[
        tuple[Annotated[str, like("[a-z]{2,3}", "must be a language code such as nl")], ...],
        Field(min_length=1),
    ]
    quiet_hours: Annotated[QuietHours | None, read(quiet_hours)]
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
                    raise mistake((*place, language), f"is not one of the area's languages ({spoken})")
            for language in self.languages:
                if language not in label:
                    raise mistake((*place, language), f"is missing; the area's languages are {spoken}")
        no_twins((("languages", i), language) for i, language in enumerate(self.languages))
        no_twins((("neighbourhoods", i, "code"), n.code) for i, n in enumerate(self.neighbourhoods))
        no_twins((("neighbourhoods", i, "name"), n.name) for i, n in enumerate(self.neighbourhoods))
        no_twins((("topics", i, "key"), topic.key) for i, topic in enumerate(self.topics))
        for language in self.languages:
            no_twins((("topics", i, "label", language), t.label[language]) for i, t in enumerate(self.topics))
        no_twins((("elsewhere", i, "key"), each.key) for i, each in enumerate(self.elsewhere))
        keys = {topic.key for topic in self.topics}
        for i, each in enumerate(self.elsewhere):
            for j, key in enumerate(each.topics):
                if key not in keys:
                    raise mistake(("elsewhere", i, "topics", j), f"{key} is no topic{did_you_mean(key, keys)}")
        if "other" not in keys:
            raise mistake(("topics",), 'must hold a topic with the key "other"')
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

    Raises AreaError, one line, when there is no such file (`NoArea`) or it holds a mistake.
    """
    folder = files("bot") / "areas"
    shipped = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    is_path = "/" in name_or_path or name_or_path.endswith(".toml")
    if not is_path and name_or_path not in shipped:
        hint = did_you_mean(name_or_path, shipped) or f"; there is {', '.join(shipped)}, or give a path"
        raise NoArea(f"{name_or_path or 'area'}: is not the name of an area{hint}")
    source = Path(name_or_path) if is_path else folder / f"{name_or_path}.toml"
    try:
        content = source.read_bytes()
    except OSError as error:
        raise NoArea(f"{name_or_path}: cannot be read: {error.strerror}") from None
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


def _labels(value: object, place: Where) -> Iterator[tuple[Where, Mapping[str, str]]]:
    """Every label in a table, however deep, with its place: a new field of that kind is checked by itself."""
    if isinstance(value, Mapping):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _labels(getattr(value, name), (*place, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _labels(item, (*place, index))
