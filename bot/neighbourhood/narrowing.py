"""What the words behind a list's command narrow it to: known words in any language of the bot; the others are text.

A neighbourhood or a topic is taken for what was typed only where it is that, word for word or by the beginning of its
name. What merely comes near is text, with a suggestion.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.neighbourhood.area.tables import Topic
from bot.neighbourhood.work import Work
from conversations.alike import alike
from conversations.guess import TOPICS
from conversations.words import Text, Words, _, fold, s_

WORDS: dict[str, Text] = {
    "late": _("late, too late"),
    "mine": _("mine, my own"),
    "open": _("open"),
    "all": _("all, everything"),
    "proud": _("proud, nice"),
    "better": _("better, must be better"),
}
"""Words with a meaning of their own: several with a comma between, in every language."""
THEMES: dict[str, Text] = {
    "wonen": s_("Living"),
    "werken": s_("Work"),
    "leren": s_("Learning"),
    "veiligheid": s_("Safety"),
    "gezondheid": s_("Health"),
}
"""The programme's five themes."""
FROM_THE_START = 999_999_999
"""As the page of a button: a number before which everything comes."""
_UNITS = {"d": 1, "w": 7, "m": 30, "j": 365, "y": 365}
_PART_AT_LEAST, _BEGINNING_AT_LEAST = 3, 4
_LONGEST_PHRASE = 6

Known = Mapping[str, frozenset[tuple[str, str]]]
"""Folded words → what they mean: ("place", "WK091722"), ("topic", "green"), ("state", "solved"), ("word", "late")…"""


@dataclass(slots=True)
class Narrowing:
    """What was asked for; empty where nothing of the kind was. `meant`: typed words that come near a name, and it."""

    found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    since: datetime | None = None
    text: list[str] = field(default_factory=list)
    meant: list[tuple[str, str]] = field(default_factory=list)

    def keys(self, kind: str) -> set[str]:
        """The keys of one kind: "place", "topic", "theme", "state", "word"."""
        return self.found.get(kind, set())

    def says(self, word: str) -> bool:
        """Whether a word of `WORDS` is among them."""
        return word in self.keys("word")

    def corrected(self, words: str) -> list[tuple[str, str]]:
        """For each name that may be meant: the name, and the folded words with it in place of what was typed."""
        asked = f" {fold(words)} "
        return [(name, asked.replace(f" {typed} ", f" {name} ", 1).strip()) for typed, name in self.meant]


def narrowing(
    work: Work, words: str, known_words: Collection[str], *, topics: bool, states: Mapping[str, Words] | None = None
) -> Narrowing:
    """Read the words. The list knows these of `WORDS`, has topics or hasn't, and states by key, with their names."""
    known = _known(work, known_words, states or {}, work.area.topics if topics else ())
    result, left = Narrowing(), fold(words).split()
    unknown: list[list[str]] = [[]]
    while left:
        if (over := period(left[0])) is not None:
            result.since, left = work.now - over, left[1:]
            continue
        length, means = _longest(work, known, left)
        if means:
            for kind, key in means:
                result.found[kind].add(key)
            unknown.append([])
        else:
            unknown[-1].append(left[0])
        left = left[length:]
    for run in filter(None, unknown):
        result.text += run
        result.meant += _near(known, run)
    return result


def period(words: str) -> timedelta | None:
    """`30d`, `12w`, `3m`, `1y`; None for what is none."""
    found = re.fullmatch(r"\s*(\d{1,3})\s*([dwmjy])\s*", words.lower())
    return timedelta(days=int(found[1]) * _UNITS[found[2]]) if found and int(found[1]) else None


def _longest(work: Work, known: Known, left: list[str]) -> tuple[int, frozenset[tuple[str, str]]]:
    """How many of the first words mean something together, and what; one and nothing where they don't."""
    for length in range(min(_LONGEST_PHRASE, len(left)), 0, -1):
        phrase = left[:length]
        if means := known.get(" ".join(phrase)) or known.get("".join(phrase)):  # "vrie heide" is Vrieheide
            return length, means
    begins = left[0]
    if len(begins) < _BEGINNING_AT_LEAST:
        return 1, frozenset()
    places = (each for each in work.area.neighbourhoods if any(p.startswith(begins) for p in _parts(each.name)))
    return 1, frozenset(("place", each.code) for each in places)


def _known(work: Work, words: Collection[str], states: Mapping[str, Words], topics: Sequence[Topic]) -> Known:
    known: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def add(spellings: Iterable[str], kind: str, key: str) -> None:
        for spelling in spellings:
            known[spelling].add((kind, key))

    spell = work.catalogues.spellings
    for key, state in states.items():
        first = {fold(work.render(state, each).partition(",")[0]) for each in work.catalogues.languages}
        add({fold(key), *spell(state), *first}, "state", key)
    for key, theme in THEMES.items():
        add({key, *spell(theme)}, "theme", key)
    for key in words:
        add({key, *_one_by_one(work, WORDS[key])}, "word", key)
    for place in work.area.neighbourhoods:
        add({fold(place.name), *_parts(place.name)}, "place", place.code)
    for topic in topics:
        add({topic.key, *_names_of(work, topic)}, "topic", topic.key)
    return {spelling: frozenset(means) for spelling, means in known.items()}


def _one_by_one(work: Work, word: Text) -> set[str]:
    return {fold(each) for language in work.catalogues.languages for each in work.render(word, language).split(",")} | {
        fold(each) for each in word.message.split(",")
    }


def _parts(name: str) -> set[str]:
    """The words of a neighbourhood's name by which it goes too."""
    return {part for part in fold(name).split() if len(part) >= _PART_AT_LEAST}


def _names_of(work: Work, topic: Topic) -> set[str]:
    """What a topic goes by: its label, the nouns in it, and what the office calls it among those who handle it."""
    office = fold(topic.handled_by.partition(",")[2].split(",")[0])
    labels = work.catalogues.spellings(work.local(topic.label))
    stems = TOPICS.get(topic.key)
    nouns = {word for label in labels for word in label.split() if stems and stems.found_in([word])}
    return {each for each in (*labels, *nouns, office) if each}


def _near(known: Known, run: list[str]) -> list[tuple[str, str]]:
    """Names of neighbourhoods and topics that words without a meaning come near to: a typing mistake, perhaps."""
    names = [
        name
        for name, means in known.items()
        if len(name) >= _BEGINNING_AT_LEAST and " " not in name and any(kind in ("place", "topic") for kind, _ in means)
    ]
    asked = [" ".join(run), *run] if len(run) > 1 else run
    return [(typed, name) for typed in asked for name in alike(typed.replace(" ", ""), names)[:2]]
