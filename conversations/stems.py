"""Word stems: the beginnings of words by which the bot recognises what somebody writes about, in any language.

How a stem is written, several of them with a comma between:

- `tegel`: the beginning of a word ("tegels", "tegelpad");
- `*tegel`: anywhere in a word ("stoeptegel"), for languages that join words;
- `mes.`: this word and no longer one; what is short must end in a point;
- `te hard`: words after each other, each of them a stem.

Text and stems are made alike first (`folded`): `fold`, and the two letters that it leaves as they are, ı and ł. Arabic
writes "the", "and", "in" and "for" onto the word itself: a word is tried without them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from conversations.words import fold

LOOKED_AT = 120
"""So many words of a text are looked at: what it is about is said at its beginning."""
_PLAIN = str.maketrans("ıł", "il")
_ARTICLES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف")
_ARABIC = frozenset("".join(_ARTICLES))
_LETTERS_LEFT = 3


@dataclass(frozen=True, slots=True)
class Stems:
    """Some stems, ready to be looked for."""

    whole: frozenset[str]
    starts: tuple[str, ...]
    inside: tuple[str, ...]
    phrases: tuple[tuple[Stems, ...], ...] = ()
    begins: Stems | None = None
    """The first words of the phrases."""

    def found_in(self, words: list[str]) -> list[int]:
        """The places in `words` (see `folded`) where one of the stems stands."""
        return [place for place, word in enumerate(words) if self._fits(word) or self._phrase_at(words, place)]

    def _fits(self, word: str) -> bool:
        return self._is_one(word) or (word[0] in _ARABIC and any(self._is_one(bare) for bare in _without_article(word)))

    def _is_one(self, word: str) -> bool:
        if word in self.whole or word.startswith(self.starts):
            return True
        for part in self.inside:  # noqa: SIM110 - a loop is quicker than `any`, and most words are asked of
            if part in word:
                return True
        return False

    def _phrase_at(self, words: list[str], place: int) -> int:
        """The length of the phrase that begins here; 0 where none does."""
        if self.begins is None or not self.begins._fits(words[place]):
            return 0
        for phrase in self.phrases:
            there = words[place : place + len(phrase)]
            if len(there) == len(phrase) and all(stem._fits(word) for stem, word in zip(phrase, there, strict=True)):
                return len(phrase)
        return 0

    def without_phrases(self, words: list[str]) -> list[str]:
        """The words without the phrases in it."""
        left, place = [], 0
        while place < len(words):
            if length := self._phrase_at(words, place):
                place += length
            else:
                left.append(words[place])
                place += 1
        return left


def folded(text: str) -> list[str]:
    """The first words of a text, as stems are compared with them."""
    return fold(text).translate(_PLAIN).split()[:LOOKED_AT]


@lru_cache(maxsize=512)  # an area file has some dozens, asked for at each complaint
def stems(*written: str) -> Stems:
    """Stems from how they are written; an empty one between commas counts for nothing."""
    return _read([stem.strip() for each in written for stem in each.split(",")])


def _read(written: Iterable[str]) -> Stems:
    whole: list[str] = []
    starts: list[str] = []
    inside: list[str] = []
    phrases: list[tuple[Stems, ...]] = []
    for stem in written:
        parts = [piece for part in stem.split() for piece in _pieces(part)]
        if len(parts) > 1:
            phrases.append(tuple(_read([part]) for part in parts))
        elif bare := " ".join(folded(stem)):
            (inside if stem.startswith("*") else whole if stem.endswith(".") else starts).append(bare)
    begins = None
    if phrases:
        firsts = [phrase[0] for phrase in phrases]
        begins = Stems(
            frozenset().union(*(first.whole for first in firsts)),
            tuple({stem for first in firsts for stem in first.starts}),
            tuple({stem for first in firsts for stem in first.inside}),
        )
    return Stems(frozenset(whole), tuple(starts), tuple(inside), tuple(phrases), begins)


def _pieces(part: str) -> list[str]:
    """A sign within a word parts it ("can't"): people's own words are parted there too."""
    words = folded(part)
    return [part] if len(words) < 2 else [f"{word}." for word in words]


def _without_article(word: str) -> Iterable[str]:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _LETTERS_LEFT:
            yield word[len(article) :]
