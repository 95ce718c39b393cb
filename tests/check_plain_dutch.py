"""Is what residents read in Dutch easy enough? `python -m tests.check_plain_dutch`: the catalogue and the area files.

Measured with Flesch-Douma, the Dutch form of Flesch's reading ease (206.835, less 0.93 for each word of a sentence and
77 for each syllable of a word); textstat computes it. Above 80 counts as easy for somebody of eleven or twelve. Words
that offices use, and sentences over 15 words, are `tests/check_catalogues.py`'s.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean

import textstat  # type: ignore[import-untyped]  # it ships no types

from tests.check_catalogues import ROOT, area_words, areas, read_catalogue, show

LANGUAGE = "nl"
EASY_ON_AVERAGE = 80.0
EASY_AT_LEAST = 50.0
LONG_ENOUGH_TO_SCORE = 10
"""Words; below that one long word, a street's name say, decides the score alone."""
STANDS_IN = "dit"
"""For a value: what will stand there is not known, and mostly short."""


def reading_ease(words: str) -> float:
    """Flesch-Douma of Dutch words; higher is easier."""
    textstat.set_lang(LANGUAGE)
    plain = re.sub(r"\{\w*\}", STANDS_IN, re.sub(r"/\w+", STANDS_IN, words))
    return float(textstat.flesch_reading_ease(plain))


def residents_read(root: Path) -> Iterator[tuple[str, str]]:
    """Where it stands, and the Dutch words."""
    path = root / "bot" / "locales" / LANGUAGE / "LC_MESSAGES" / "residents.po"
    for message in read_catalogue(path, LANGUAGE):
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id:
            yield from ((path.name, each) for each in strings if each)
    for name, area in areas(root):
        yield from ((f"{name}: {place}", words) for place, language, words in area_words(area) if language == LANGUAGE)


def check(found: Mapping[str, str]) -> list[str]:
    """A line for each message that is too hard, and one for all of them together. `found`: words → where they stand."""
    scores = {words: reading_ease(words) for words in found if any(map(str.isalpha, words))}
    mistakes = [
        f"{found[words]}: {show(words)} is hard to read: {score:.0f}, at least {EASY_AT_LEAST:.0f}"
        for words, score in scores.items()
        if len(words.split()) >= LONG_ENOUGH_TO_SCORE and score < EASY_AT_LEAST
    ]
    average = mean(scores.values())
    if average < EASY_ON_AVERAGE:
        mistakes.append(f"on average {average:.0f}, at least {EASY_ON_AVERAGE:.0f}")
    return mistakes


def main(root: Path = ROOT) -> int:
    """1 where anything is too hard."""
    found = {words: where for where, words in residents_read(root)}
    mistakes = check(found)
    for line in mistakes:
        print(line)
    if not mistakes:
        print(f"plain Dutch: {mean(map(reading_ease, found)):.0f} on average over {len(found)} messages")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
