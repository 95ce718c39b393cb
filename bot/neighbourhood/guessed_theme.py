"""Which of the programme's themes something belongs to, by a rule that anybody can read: the area file's words."""

from __future__ import annotations

from collections import Counter
from functools import cache

from bot.neighbourhood.area.tables import ThemeWords
from bot.neighbourhood.work import Work
from conversations.stems import Stems, folded, stems


def guessed(work: Work, *texts: str) -> str:
    """The theme of which the most words stand in these texts; none ("") where there are as many of another.

    Only a beginning: what staff choose takes its place (`themes.tag`), and no rule changes that.
    """
    words = folded(" ".join(texts))
    found = Counter({theme: len(of_it.found_in(words)) for theme, of_it in _by_theme(work.area.themes)})
    (first, most), (_second, next_most) = found.most_common(2)
    return first if most > next_most else ""


@cache
def _by_theme(written: ThemeWords) -> tuple[tuple[str, Stems], ...]:
    return tuple((theme, stems(*words)) for theme, words in written)
