"""Numbers as people spell them, in the seven languages: "vijftig", "tweehonderdvijftig", "iki yüz elli", "مئة وخمسون".

Every spelling up to 99 is written out once; hundreds and thousands are put together of these. What is not spelled
exactly so is no number here, nor is what has a space where there is none ("vijf tien"): a guess would be somebody's
money.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from conversations.words import fold

LARGEST = 99_999
_BREAK = "·"
_HYPHEN = re.compile(r"(?<=ty)-(?=[a-z])")
_ONLY_WORDS = re.compile(r"[^\W\d_]+(?:(?: |['’\N{MODIFIER LETTER APOSTROPHE}])[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A language's words. Each place holds the ways to spell it, parted by a bar; at a dot a space may stand.

    `joint`: what may stand between hundreds and the rest. `units_first`: what stands between units and tens where the
    units come first (fünfundzwanzig); else None. `thousands`: how it is called, and after which numbers alone.
    """

    units: str
    teens: str
    tens: str
    hundreds: str
    thousands: Mapping[str, tuple[int, ...]]
    joint: Sequence[str] = ("",)
    units_first: str | None = None


_LANGUAGES = (
    _Spelled(  # Dutch
        "een twee drie vier vijf zes zeven acht negen",
        "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
        "honderd|een·honderd twee·honderd drie·honderd vier·honderd vijf·honderd zes·honderd zeven·honderd "
        "acht·honderd negen·honderd",
        {"duizend": ()},
        ("", "en"),
        "en",
    ),
    _Spelled(  # English
        "one two three four five six seven eight nine",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "twenty thirty forty|fourty fifty sixty seventy eighty ninety",
        "hundred|a·hundred|one·hundred two·hundred three·hundred four·hundred five·hundred six·hundred seven·hundred "
        "eight·hundred nine·hundred",
        {"thousand": (), "a thousand": (1,)},
        ("", "and"),
    ),
    _Spelled(  # German
        "eins|ein zwei|zwo drei vier fünf|fuenf sechs sieben acht neun",
        "zehn elf zwölf|zwoelf dreizehn vierzehn fünfzehn|fuenfzehn sechzehn siebzehn achtzehn neunzehn",
        "zwanzig dreißig|dreisig vierzig fünfzig|fuenfzig sechzig siebzig achtzig neunzig",
        "hundert|ein·hundert zwei·hundert drei·hundert vier·hundert fünf·hundert|fuenf·hundert sechs·hundert "
        "sieben·hundert acht·hundert neun·hundert",
        {"tausend": ()},
        ("", "und"),
        "und",
    ),
    _Spelled(  # Polish
        "jeden|jedno|jedna dwa|dwie trzy cztery pięć sześć siedem osiem dziewięć",
        "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście "
        "dziewiętnaście",
        "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
        "sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset",
        {"tysiąc": (1,), "tysiące": (), "tysięcy": ()},
    ),
    _Spelled(  # Arabic
        "واحد|واحدة اثنان|اثنين|اثنتان ثلاثة|ثلاث أربعة|أربع خمسة|خمس ستة|ست سبعة|سبع ثمانية|ثماني|ثمان تسعة|تسع",
        "عشرة|عشر أحد·عشر|احدى·عشر اثنا·عشر|اثني·عشر ثلاثة·عشر أربعة·عشر خمسة·عشر ستة·عشر سبعة·عشر ثمانية·عشر تسعة·عشر",
        "عشرون|عشرين ثلاثون|ثلاثين أربعون|أربعين خمسون|خمسين ستون|ستين سبعون|سبعين ثمانون|ثمانين تسعون|تسعين",
        "مئة|مائة|مية مئتان|مئتين|مائتان|مائتين|ميتين ثلاث·مئة|ثلاث·مائة|ثلاث·مية أربع·مئة|أربع·مائة|أربع·مية "
        "خمس·مئة|خمس·مائة|خمس·مية ست·مئة|ست·مائة|ست·مية سبع·مئة|سبع·مائة|سبع·مية ثمان·مئة|ثمان·مائة|ثمان·مية|"
        "ثماني·مائة تسع·مئة|تسع·مائة|تسع·مية",
        {"ألف": (), "ألفان": (2,), "ألفين": (2,), "آلاف": tuple(range(3, 11))},
        ("و",),
        "و",
    ),
    _Spelled(  # Turkish
        "bir iki üç dört beş altı yedi sekiz dokuz",
        "on on·bir on·iki on·üç on·dört on·beş on·altı on·yedi on·sekiz on·dokuz",
        "yirmi otuz kırk elli altmış yetmiş seksen doksan",
        "yüz iki·yüz üç·yüz dört·yüz beş·yüz altı·yüz yedi·yüz sekiz·yüz dokuz·yüz",
        {"bin": ()},
    ),
    _Spelled(  # Ukrainian
        "один|одна|одне два|дві три чотири п'ять шість сім вісім дев'ять",
        "десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять "
        "дев'ятнадцять",
        "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто",
        "сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот",
        {"тисяча": (1,), "тисячі": (), "тисяч": ()},
    ),
)


def spelled(text: str) -> int | None:
    """The whole number that these words spell, 0 to 99,999; None where they spell none, or more than one."""
    typed = _HYPHEN.sub(" ", " ".join(unicodedata.normalize("NFC", text).casefold().split()))
    if not _ONLY_WORDS.fullmatch(_bare(typed)):
        return None
    word = _Word.of(plain(each) for each in typed.split(" "))
    found = {number for language in _known() for number in language.read(word) if number <= LARGEST}
    return found.pop() if len(found) == 1 else None


def plain(text: str) -> str:
    """Words as their spellings are compared: folded, and without a space."""
    return fold(text.replace("\N{MODIFIER LETTER APOSTROPHE}", "'")).replace(" ", "")


def _bare(text: str) -> str:
    """Without the signs that are written over and under letters."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True)
class _Word:
    """Letters, and before which of them a space was typed, or may be (bits)."""

    letters: str
    breaks: int = 0

    @classmethod
    def of(cls, parts: Iterable[str]) -> _Word:
        """The parts in one."""
        letters, breaks = "", 0
        for part in parts:
            breaks |= 1 << len(letters) if letters else 0
            letters += part
        return cls(letters, breaks)

    def part(self, start: int, end: int | None = None) -> _Word:
        """The letters between two places; a space at the beginning is no part of it."""
        end = len(self.letters) if end is None else end
        return _Word(self.letters[start:end], (self.breaks >> start) & ((1 << (end - start)) - 1) & ~1)


Spellings = Mapping[str, tuple[int, int]]
"""Letters → the number, and where a space may stand."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A language, ready to be read."""

    below: Spellings
    """1 to 99."""
    hundreds: Spellings
    thousands: Mapping[str, tuple[int, ...]]
    joints: Sequence[str]

    def read(self, word: _Word) -> Iterator[int]:
        """All that the word may spell in this language."""
        number = self._small(word)
        if number is not None:
            yield number
        for name, only in self.thousands.items():
            at = word.letters.find(name)
            if at >= 0:
                yield from self._in_thousands(word.part(0, at), word.part(at + len(name)), only)
        for name in TWELVE_HUNDRED:
            at = word.letters.find(name)
            if at > 0:
                times, behind = self._look_up(self.below, word.part(0, at)), self._behind(word.part(at + len(name)))
                if times is not None and 10 < times < 100 and times % 10 and behind is not None and behind < 100:
                    yield times * 100 + behind

    def _in_thousands(self, before: _Word, rest: _Word, only: tuple[int, ...]) -> Iterator[int]:
        behind = self._behind(rest)
        if not before.letters:
            times = only[0] if only else 1
            fits = len(only) <= 1
        else:
            times = self._small(before) or 0
            fits = not only or (len(only) > 1 and times in only)
        if fits and times and behind is not None:
            yield times * 1000 + behind

    def _behind(self, rest: _Word) -> int | None:
        """What stands behind hundreds or thousands; 0 for nothing at all, None for what is no number."""
        if not rest.letters:
            return 0
        ways = [rest, *(rest.part(len(each)) for each in self.joints if each and rest.letters.startswith(each))]
        return next((number for way in ways if (number := self._small(way)) is not None), None)

    def _small(self, word: _Word) -> int | None:
        """What it spells below a thousand."""
        if (number := self._look_up(self.below, word)) is not None:
            return number
        for name in self.hundreds:
            if word.letters.startswith(name):
                hundred = self._look_up(self.hundreds, word.part(0, len(name)))
                rest = word.part(len(name))
                joint = next((each for each in self.joints if each and rest.letters.startswith(each)), "")
                ways = [rest.part(len(joint)), *([rest] if "" in self.joints else [])]
                behind = (
                    0 if not rest.letters else next(filter(None, (self._look_up(self.below, w) for w in ways)), None)
                )
                if hundred is not None and behind is not None:
                    return hundred + behind
        return None

    def _look_up(self, spellings: Spellings, word: _Word) -> int | None:
        number, allowed = spellings.get(word.letters, (None, 0))
        return number if not word.breaks & ~allowed else None


TWELVE_HUNDRED = ("honderd", "hundred", "hundert")
"""What may stand behind eleven to ninety-nine."""


@cache
def _known() -> Sequence[_Known]:
    nothing = _Known({plain(word): (0, 0) for word in ("nul", "zero", "null", "صفر", "sıfır", "нуль")}, {}, {}, ())
    return (nothing, *(_ready(each) for each in _LANGUAGES))


def _ready(language: _Spelled) -> _Known:
    units, teens, tens, hundreds = (
        [[_BREAK.join(map(plain, way.split(_BREAK))) for way in each.split("|")] for each in words.split()]
        for words in (language.units, language.teens, language.tens, language.hundreds)
    )
    first = None if language.units_first is None else f"{_BREAK}{plain(language.units_first)}{_BREAK}"
    below = [(way, number) for number, ways in enumerate(units, 1) for way in ways]
    below += [(way, number) for number, ways in enumerate(teens, 10) for way in ways]
    for ten, ways in enumerate(tens, 2):
        below += [(way, ten * 10) for way in ways]
        for unit, names in enumerate(units, 1):
            both = [(way, name) for way in ways for name in names]
            spelled_so = [f"{name}{first}{way}" if first else f"{way}{_BREAK}{name}" for way, name in both]
            below += [(each, ten * 10 + unit) for each in spelled_so]
    whole = [(way, hundred * 100) for hundred, ways in enumerate(hundreds, 1) for way in ways]
    thousands = {plain(name): only for name, only in language.thousands.items()}
    return _Known(_spellings(below), _spellings(whole), thousands, [plain(each) for each in language.joint])


def _spellings(marked: Iterable[tuple[str, int]]) -> Spellings:
    known = {}
    for word, number in marked:
        each = _Word.of(word.split(_BREAK))
        known[each.letters] = (number, each.breaks)
    return known
