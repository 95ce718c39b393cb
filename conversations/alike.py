"""Names that somebody may have meant: typed with a mistake, in part, or among words that people put around a name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from conversations.stems import folded

AROUND = frozenset(
    word
    for words in (
        "ik wij we woon wonen in uit de het een wijk buurt dorp bij heerlen hoor denk",
        "i live in from the near ich wohne aus dem der",
        "mieszkam w na я живу в у انا اسكن في من ben da oturuyorum",
    )
    for word in words.split()
)
"""What is said around the name of one's neighbourhood."""
WORDS_AT_MOST = 3
LETTERS_AT_LEAST = 4
NEAR = 0.81
"""From 0 (nothing alike) to 1 (the same). Lower, and words that mean something else come near a name."""


def alike(text: str, names: Sequence[str]) -> list[str]:
    """The names that the text may mean, the nearest first; none for a text that says more than a name."""
    words = _bare(folded(text))
    if not words or len(words) > WORDS_AT_MOST:
        return []
    near = [(_likeness(words, _bare(folded(name))), name) for name in names]
    return [name for likeness, name in sorted(near, key=lambda each: -each[0]) if likeness >= NEAR]


def _bare(words: list[str]) -> list[str]:
    return [word for word in words if word not in AROUND]


def _likeness(typed: list[str], name: list[str]) -> float:
    """How near the typed words come to the name, or to as many words of it, from 0 to 1."""
    if typed == name:
        return 1.0
    text = " ".join(typed)
    parts = [" ".join(name[start : start + len(typed)]) for start in range(len(name))]
    if len(text) < LETTERS_AT_LEAST or not parts:
        return 0.0
    if any(part.startswith(text) for part in parts):
        return 1.0
    return max(SequenceMatcher(None, text, part, autojunk=False).ratio() for part in (*parts, " ".join(name)))
