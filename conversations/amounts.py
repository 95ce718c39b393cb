"""Amounts as people write them: "€ 50,-", "50.00", "1.250,50", "vijftig", "٥٠ يورو", "tussen 50 en 100".

Either it is certain, or it is asked: an amount is never guessed. Three digits behind a dot are thousands (1.250), for
nobody writes tenths of cents; behind a comma they may be either, so that is asked, as is anything around an amount that
may change what it means ("per persoon", "ongeveer", "of").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from conversations.inputs import Input, Said
from conversations.number_words import plain, spelled
from conversations.questions import Json, NotThis, Option, Question
from conversations.words import Money, _

LEAST, MOST = 1, 10_000_000
"""Cents: as little, and as much, as anybody is asked for."""
OFFERED = 3
"""So many readings are offered at most."""
READ_AT_MOST = 300
"""Characters; what is longer is a story, in which no amount is looked for."""
EXAMPLE = Money(1250)

_EURO = r"(?:€|euros?|eur|eurootjes|يورو|avro|євро|евро|эуро)"
_CENT = r"(?:eurocents?|cents?|centen|ct|centy|centów|سنت|سنتا|sent|центів|центи|цент)"
_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}="
_NONE = rf"(?:[.,][{_DASHES}]{{1,2}})"
"""Ends a whole amount: 50,-"""
_HARD = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
"""Spaces that no thumb types: they part thousands."""
_PARTS = f"[.,'’{_HARD}]"
_NUMBER = rf"\d+(?:{_PARTS}\d+)*"
_WHOLE_AMOUNT = re.compile(
    rf"{_EURO}?\s*(?P<number>{_NUMBER}){_NONE}?\s*{_EURO}?"
    rf"|(?P<euros>{_NUMBER})\s*{_EURO}\s*(?:en|and|und|i|ve|та|і|و)?\s*(?P<cents>\d\d?)\s*(?P<named>{_CENT})?"
    rf"|(?P<alone>\d{{1,7}})\s*{_CENT}"
)
_SPELLED = re.compile(rf"{_EURO}?\s*(?P<words>\D+?)\s*{_EURO}?")
_SPELLED_CENTS = re.compile(rf"(?P<words>\D+?)\s+{_CENT}")
_IN_CENTS = re.compile(rf"(?<![^\W\d_]){_CENT}(?!\w)")
_DOUBTFUL = frozenset({"on", "bin", "een", "ein", "one", "bir", "a"})
"""Words that are numbers in one language and mean much in another."""
_SAME_SIGN = str.maketrans({"٫": ",", "،": ",", "，": ",", "．": ".", "٬": "'", "ʼ": "'", "`": "'"})
_OTHER_MONEY = re.compile(r"[^\W\d_]*(?:dollar|pound|zł|zlot|pln|zl\b|lira|hrywn|гривн|грн|درهم|دولار)|\btl\b|[$£¥₺₴]")
_THOUSANDS = re.compile(rf"({_NUMBER})\s*(?:k|duizend|thousand|tausend|tysi\w+|tys|bin|тисяч\w?|тис|ألف|آلاف)\b")
_STANDS_ALONE = re.compile(rf"(?<![^\W_]){_NUMBER}(?![^\W_]|\s?[%²³½¼¾])")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an amount may mean: whole cents where that is certain; else all that it might be, or nothing."""

    cents: int | None = None
    perhaps: Sequence[int] = ()


def read_amount(text: str) -> Reading:
    """Read an amount in euros, in any of our languages and digits."""
    typed = _alike(text) if len(text) <= READ_AT_MOST else ""
    if not typed or _OTHER_MONEY.search(typed):
        return Reading()
    cents, certain = _whole(typed)
    if cents is not None and certain and cents > 0:
        return Reading(cents)
    found = [cents] if cents else [] if _IN_CENTS.search(typed) else _all_in(typed)  # cents are never offered as euros
    return Reading(perhaps=tuple(dict.fromkeys(each for each in found if each > 0))[:OFFERED])


@dataclass(frozen=True)
class Amount(Question[int]):
    """An amount in euros; the answer is in cents. What may be meant is offered as a button, never taken for it.

    `offered`: the readings of what was typed last, in cents. Ask it by `Talk.amount`, which knows them.
    """

    kind: ClassVar[str] = "amount"
    shape: ClassVar[type] = int
    nothing: ClassVar[int] = 0
    most: int = field(default=MOST, kw_only=True)
    offered: Sequence[int] = field(default=(), kw_only=True)

    def options(self) -> Sequence[Option]:
        also = (_("Yes"),) if len(self.offered) == 1 else ()
        return [Option(f"c{cents}", _("Yes, {amount}", amount=Money(cents)), also) for cents in self.offered]

    def pick(self, key: str, today: date) -> Json:
        return int(key.removeprefix("c"))

    def take(self, given: Input, today: date) -> Json:
        reading = read_amount(given.text) if isinstance(given, Said) else Reading()
        if reading.cents is not None and LEAST <= reading.cents <= self.most:
            return reading.cents
        if reading.cents is not None:
            raise NotThis(_("Please type an amount of {most} at most.", most=Money(self.most)))
        perhaps = [cents for cents in reading.perhaps if LEAST <= cents <= self.most]
        if len(perhaps) == 1:
            raise NotThis(_("Do you mean this amount? Tap it, or type it again."), [str(perhaps[0])])
        if perhaps:
            raise NotThis(_("Which amount do you mean? Tap it, or type it again."), [str(each) for each in perhaps])
        raise NotThis(_("Please type an amount in euros, like {example}.", example=EXAMPLE))


def _alike(text: str) -> str:
    """With our digits and separators, without signs that nobody sees; a picture parts what stands around it."""
    signs = []
    for sign in text.casefold().translate(_SAME_SIGN):
        match unicodedata.category(sign):
            case "Nd":
                signs.append(str(unicodedata.decimal(sign)))
            case "Cf" | "Mn" | "Me":
                pass
            case "So":
                signs.append(" ")
            case "Zs" if sign not in _HARD:
                signs.append(" ")
            case _:
                signs.append(sign)
    return re.sub(r"[ \t\n]+", " ", "".join(signs)).strip(" \n").rstrip("!").removesuffix(".").strip()


def _whole(typed: str) -> tuple[int | None, bool]:
    """What the whole text says, and whether that is certain."""
    if found := _WHOLE_AMOUNT.fullmatch(typed.strip(_HARD)):
        if found["alone"]:
            return int(found["alone"]), True
        if found["euros"]:
            euros, certain = _number(found["euros"])
            cents = found["cents"]
            whole = euros is not None and euros % 100 == 0 and certain and (len(cents) == 2 or bool(found["named"]))
            return (euros + int(cents), True) if whole and euros is not None else (None, False)
        return _number(found["number"])
    if (found := _SPELLED.fullmatch(typed)) and (euros := spelled(found["words"])) is not None:
        return euros * 100, plain(found["words"]) not in _DOUBTFUL
    if (found := _SPELLED_CENTS.fullmatch(typed)) and (cents_alone := spelled(found["words"])) is not None:
        return cents_alone, plain(found["words"]) not in _DOUBTFUL
    return None, False


def _number(digits: str) -> tuple[int | None, bool]:
    """Digits with separators as cents, and whether they can mean nothing else."""
    parts = re.split(_PARTS, digits)
    marks = re.findall(_PARTS, digits)
    if len(digits) > 20:
        return None, False
    if not marks:
        return int(parts[0]) * 100, True
    *before, last = parts
    is_decimal = len(last) <= 2 and marks[-1] in ".," and marks[-1] not in marks[:-1]
    if is_decimal:
        grouping, cents = marks[:-1], int(last.ljust(2, "0"))
    else:
        grouping, before, cents = marks, parts, 0
    grouped = all(len(each) == 3 for each in before[1:]) and len(set(grouping)) <= 1
    fits = grouped and (not grouping or (1 <= len(before[0]) <= 3 and before[0][0] != "0"))
    if not fits:
        return None, False
    comma_alone = not is_decimal and grouping == [","]
    return int("".join(before)) * 100 + cents, not comma_alone


def _all_in(typed: str) -> list[int]:
    """Every amount that stands in the text, by digits or in words."""
    if thousands := _THOUSANDS.findall(typed):
        return [cents * 1000 for each in thousands if (cents := _number(each)[0])]
    together = re.sub(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)", lambda found: found[0].replace(" ", ""), typed)
    found: list[int] = []
    for each in dict.fromkeys((together, typed)):
        found += [cents for part in _STANDS_ALONE.findall(each) if (cents := _number(part)[0])]
    for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", typed):
        if plain(word) not in _DOUBTFUL and (euros := spelled(word)):
            found.append(euros * 100)
    return found
