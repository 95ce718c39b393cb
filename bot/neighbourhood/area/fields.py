"""What kinds of values an area file holds, and how a mistake in one is told: with its place, in plain words."""

import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot.neighbourhood.hours import Span, duration, opening_times

LONGEST_LABEL: Final = 28
"""Characters that fit on a button, two beside each other, on a phone."""


BRIGHTEST: Final = 0.65
"""As light as a colour may be on white."""

Where = tuple[str | int, ...]


def like(pattern: str, otherwise: str) -> AfterValidator:
    """A check that a whole text fits a pattern; `otherwise` is what is said when it doesn't."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(otherwise)
        return text

    return AfterValidator(check)


def read(reader: Callable[[str], object]) -> BeforeValidator:
    """A field that is written as text and kept as what `reader` makes of it."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError("must be text between quotes")
        return reader(value)

    return BeforeValidator(read)


def within(least: float, most: float) -> AfterValidator:
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


def time_zone_of(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(text, zoneinfo.available_timezones())
        raise ValueError(f"is not a known time zone{hint or ', such as Europe/Amsterdam'}") from None


Text = Annotated[str, AfterValidator(_one_line)]
ButtonText = Annotated[Text, AfterValidator(_fits_a_button)]
Label = Mapping[str, Text]
"""Words that a resident reads: one text for each language of the area."""
ButtonLabel = Mapping[str, ButtonText]
Phone = Annotated[str, like(r"\+?[0-9][0-9 -]+[0-9]", "must be a telephone number")]
Duration = Annotated[timedelta, read(duration)]
OpeningTimes = Annotated[tuple[Span, ...], read(opening_times)]
Colour = Annotated[str, AfterValidator(_colour)]
Latitude = Annotated[float, Field(strict=True), within(50.7, 53.6)]
Longitude = Annotated[float, Field(strict=True), within(3.3, 7.3)]
Theme = Literal["wonen", "werken", "leren", "veiligheid", "gezondheid"]
"""The programme's five themes, by their Dutch names; for staff."""


class Table(BaseModel):
    """A table of the file. A key that it does not know is a mistake, told before a key that is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _knows_each_key(cls, table: object) -> object:
        if isinstance(table, dict):
            for key in table:
                if key not in cls.model_fields:
                    raise mistake((key,), f"is not known here{did_you_mean(key, cls.model_fields)}")
        return table


def mistake(place: Where, said: str) -> ValidationError:
    """A mistake at a place inside the table being checked; pydantic puts the table's own place before it."""
    error = PydanticCustomError("mistake", "{said}", {"said": said})
    return ValidationError.from_exception_data("Area", [InitErrorDetails(type=error, loc=place, input=None)])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def no_twins(words: Iterable[tuple[Where, str]]) -> None:
    """Refuse the second of two equal words: each is tapped, typed or stored, and must mean one thing."""
    seen: dict[str, Where] = {}
    for place, word in words:
        if word.casefold() in seen:
            raise mistake(place, f"{word} is there twice")
        seen[word.casefold()] = place
