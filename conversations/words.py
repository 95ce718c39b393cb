"""Words that wait for their reader: a message and its values, rendered in the reader's language at the last moment.

`_("…")` makes a message of the residents' catalogue, `s_("…")` one of the staff's. No f-strings inside: the English
source is the key. Values may be words themselves, dates, moments (shown in the area's time zone), durations, numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"
LANGUAGE_NAMES = {
    "nl": "Nederlands",
    "en": "English",
    "de": "Deutsch",
    "pl": "Polski",
    "ar": "العربية",
    "tr": "Türkçe",
    "uk": "Українська",
}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Text:
    """A message of a catalogue with its values; `many` and `count` where it has a plural."""

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    catalogue: str = "residents"
    many: str | None = None
    count: int = 0

    def __hash__(self) -> int:
        return hash((self.message, self.catalogue, self.count))


@dataclass(frozen=True, slots=True)
class Local:
    """Words that carry their own translations, as the area file's labels do; the first language is the fallback."""

    by_language: Mapping[str, str]

    def __hash__(self) -> int:
        return hash(tuple(self.by_language.items()))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole cents, written as the reader's language does."""

    cents: int


Words = Text | Local | str
"""A `str` is somebody's own words: shown as they are in every language."""
Value = Words | Money | int | float | date | datetime | timedelta


def _(message: str, **values: Value) -> Text:
    """A message to residents."""
    return Text(message, values)


def n_(one: str, many: str, count: int, **values: Value) -> Text:
    """A message to residents that depends on a count; `{count}` stands for it."""
    return Text(one, {**values, "count": count}, many=many, count=count)


def s_(message: str, **values: Value) -> Text:
    """A message to staff."""
    return Text(message, values, "staff")


def sn_(one: str, many: str, count: int, **values: Value) -> Text:
    """A message to staff that depends on a count; `{count}` stands for it."""
    return Text(one, {**values, "count": count}, "staff", many, count)


def language_called(code: str) -> Local:
    """A language by its name in each of the languages that the bot may speak."""
    return Local({each: locale_of(each).languages.get(code, code) for each in LANGUAGE_NAMES})


def is_blank(text: str) -> bool:
    """Whether there is nothing to see: only spaces and signs without a shape, such as U+200B."""
    return all(unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Zl", "Zp"} for sign in text)


def units(text: str) -> int:
    """How long a messenger counts a text: in UTF-16 code units, so that an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fold(text: str) -> str:
    """The text as people type it: without case, accents, emoji and punctuation, single spaces.

    The one place where labels, names and search words are made alike.
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    bare = bare.replace("ı", "i")  # Turkish: HAYIR is typed for Hayır, and only there I is the capital of ı
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


class Catalogues:
    """The translations below `folder` (`<language>/LC_MESSAGES/<catalogue>.po`), and how this area writes time."""

    def __init__(self, folder: Path, languages: Iterable[str], zone: ZoneInfo) -> None:
        self.languages = tuple(languages)
        self._folder = folder
        self._zone = zone
        self._loaded: dict[tuple[str, str], NullTranslations] = {}
        self._spellings: dict[Words, frozenset[str]] = {}

    def known(self, language_code: str | None) -> str:
        """The language of the area that fits Telegram's `language_code` ("pt-br" fits "pt"); else the first."""
        wanted = (language_code or "").split("-")[0].lower()
        return wanted if wanted in self.languages else self.languages[0]

    def render(self, words: Words, language: str) -> str:
        """The words as plain text (not yet HTML) in that language."""
        if isinstance(words, str):
            return words
        if isinstance(words, Local):
            return words.by_language.get(language) or next(iter(words.by_language.values()))
        catalogue = self._catalogue(words.catalogue, language)
        if words.many is not None:
            pattern = catalogue.ungettext(words.message, words.many, words.count)
        else:
            pattern = catalogue.ugettext(words.message)
        if not words.values:
            return pattern
        return pattern.format_map({name: self._value(value, language) for name, value in words.values.items()})

    def spellings(self, words: Words) -> frozenset[str]:
        """How these words may be typed, folded, in any language of the area."""
        if isinstance(words, Text) and words.values:  # there is no end of what a value may be
            return self._spelled(words)
        if words not in self._spellings:
            self._spellings[words] = self._spelled(words)
        return self._spellings[words]

    def _spelled(self, words: Words) -> frozenset[str]:
        return frozenset(fold(self.render(words, language)) for language in self.languages)

    def _value(self, value: Value, language: str) -> str:
        locale = locale_of(language)
        if isinstance(value, datetime):
            local = value.astimezone(self._zone) if value.tzinfo else value
            shown = format_datetime(local, f"{_day_pattern(locale)}, HH:mm", locale=locale)
        elif isinstance(value, date):
            shown = format_date(value, _day_pattern(locale), locale=locale)
        elif isinstance(value, timedelta):
            shown = format_timedelta(value, locale=locale)
        elif isinstance(value, Money):
            whole = value.cents % 100 == 0  # "€ 150" reads better than "€ 150,00"
            form = locale.currency_formats["standard"].pattern.replace(".00", "") if whole else None
            amount = Decimal(value.cents) / 100
            shown = format_currency(amount, "EUR", form, locale=locale, currency_digits=not whole)
        elif isinstance(value, int | float):
            shown = format_decimal(value, locale=locale)
        else:
            shown = self.render(value, language)
        return f"{_ISOLATE}{shown}{_END_ISOLATE}" if locale.text_direction == "rtl" else shown

    def _catalogue(self, name: str, language: str) -> NullTranslations:
        if (name, language) not in self._loaded:
            source = self._folder / language / "LC_MESSAGES" / f"{name}.po"
            if source.exists():
                self._loaded[name, language] = _read(source, language)
            elif language == SOURCE_LANGUAGE:
                self._loaded[name, language] = NullTranslations()
            else:  # staff read the house's language: their catalogue exists in fewer languages
                fallback = next(each for each in (*self.languages, SOURCE_LANGUAGE) if each != language)
                self._loaded[name, language] = self._catalogue(name, fallback)
        return self._loaded[name, language]


@cache
def _read(source: Path, language: str) -> Translations:
    """A catalogue's file, read once in a process."""
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


DAY_PATTERNS = {"de": "EEEE, d. MMMM", "tr": "d MMMM EEEE", "ar": "EEEE، d MMMM"}
"""A day without its year, where it isn't written as in Dutch; Babel's skeletons shorten the names of days."""


def _day_pattern(locale: Locale) -> str:
    return DAY_PATTERNS.get(locale.language, "EEEE d MMMM")


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale of a language; parsing it anew at each message would cost more than the message."""
    return Locale.parse(language)
