"""Draws the pictures of the figures; runs in a child process, for matplotlib is large.

Each is 1,080 pixels wide, with letters that can still be read where a phone shows it 400 wide, and stands by itself on
a slide. The words come with it, and the area's colours (`palette`): nothing here knows a language.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from bot.neighbourhood.area.fields import brightness

INK, FAINT = "#2b2b2b", "#5f5f5a"
LIGHT = 0.3
"""On a colour that is lighter than this (`area.brightness`) stand dark numbers."""
DOTS, WIDTH = 150, 7.2
LETTERS, SMALL, TITLE = 16, 14, 21
"""Points: 12, 10.8 and 16 pixels high on a picture that is shown 400 wide."""


def draw(asked: dict[str, Any], target: Path) -> None:
    """Draw all pictures: the first to `target`, the next beside it with a number ("12-3-2.png")."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"font.size": LETTERS, "font.family": "DejaVu Sans", "text.color": INK, "axes.labelcolor": INK,
         "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False}
    )  # fmt: skip
    for number, chart in enumerate(asked["charts"], 1):
        {"course": _course, "spans": _spans, "stacks": _stacks}[chart["kind"]](chart, numbered(target, number))


def numbered(target: Path, number: int) -> Path:
    """Where the picture with this number goes."""
    return target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")


def _course(chart: dict[str, Any], target: Path) -> None:
    """Two bars for each stretch of time. `bars`: label, in, out; None where it may not be shown."""
    figure, axes = _paper(chart, 4.4, columns=2)
    bars = chart["bars"]
    highest = max([1, *(number for bar in bars for number in bar[1:] if number)])
    for shift, column, colour in ((-0.2, 1, chart["palette"][1]), (0.2, 2, chart["palette"][0])):
        heights = [bar[column] or 0 for bar in bars]
        spots = [place + shift for place in range(len(bars))]
        axes.bar(spots, heights, 0.38, color=colour)
        for place, bar in enumerate(bars):
            neither = bar[1] is None and bar[2] is None  # then it is said once, between the two
            if bar[column] is None and not (neither and column > 1):
                where = place if neither else spots[place]
                axes.text(where, highest * 0.01, chart["few"], ha="center", va="bottom", fontsize=SMALL, color=FAINT)
    step = max(1, -(-len(bars) // 5))
    places = list(range(len(bars)))[::step]
    axes.set_xticks(places, [bars[place][0] for place in places])
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(0, highest * 1.08)
    axes.set_xlim(-0.7, len(bars) - 0.3)
    _save(figure, target)


def _spans(chart: dict[str, Any], target: Path) -> None:
    """From one number to another on a line a row: `rows`: label, half, nine of ten, how many."""
    rows = list(reversed(chart["rows"]))
    figure, axes = _paper(chart, 0.9 + 0.72 * len(rows))
    furthest = max(row[2] for row in rows)
    for place, (_label, half, most) in enumerate(row[:3] for row in rows):
        axes.plot(
            [half, most], [place, place], color=chart["palette"][-1], linewidth=7, solid_capstyle="round", zorder=1
        )
        axes.scatter([half], [place], s=190, color=chart["palette"][0], zorder=3)
        axes.scatter([most], [place], s=150, color=chart["palette"][1], zorder=2, marker="D")
        close = most - half < furthest * 0.12
        axes.text(half, place + 0.28, str(half) if not close else f"{half} – {most}", ha="center", fontsize=SMALL)
        if not close:
            axes.text(most, place + 0.28, str(most), ha="center", fontsize=SMALL)
    axes.set_yticks(range(len(rows)), [_wrapped(row[0], 15) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.set_xlim(-furthest * 0.06, furthest * 1.1)
    axes.set_xlabel(chart["unit"])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
    _save(figure, target)


def _stacks(chart: dict[str, Any], target: Path) -> None:
    """A bar in parts a row: `rows`: label, a number for each of `names`; `shares`: of a hundred, else as counted."""
    rows, names = list(reversed(chart["rows"])), chart["names"]
    figure, axes = _paper(chart, 0.15 + 0.66 * len(rows), 2 if max(len(name) for name in names) <= 23 else 1)
    sums = [sum(row[1]) or 1 for row in rows]
    whole = max(sums)
    left = [0.0] * len(rows)
    for column in range(len(names)):
        wide = [row[1][column] * (100 / each if chart["shares"] else 1) for row, each in zip(rows, sums, strict=True)]
        colour = chart["palette"][chart["colours"][column]]
        axes.barh(range(len(rows)), wide, 0.62, left=left, color=colour, edgecolor="white", linewidth=1.5)
        for place, part in enumerate(wide):
            fits = 0.015 + 0.03 * len(str(rows[place][1][column]))
            if len(names) > 1 and part > (100 if chart["shares"] else whole) * fits:
                number, middle = str(rows[place][1][column]), left[place] + part / 2
                ink = INK if brightness(colour) > LIGHT else "white"
                axes.text(middle, place - 0.02, number, ha="center", va="center", color=ink, fontsize=SMALL,
                          fontweight="bold")  # fmt: skip
            left[place] += part
    for place, row in enumerate(rows):
        axes.text(left[place] + (1.5 if chart["shares"] else whole * 0.02), place, str(sum(row[1])), va="center")
    axes.set_yticks(range(len(rows)), [_wrapped(row[0], 17) for row in rows])
    axes.set_xlim(0, 114 if chart["shares"] else whole * 1.2)
    axes.set_xticks([])
    axes.tick_params(left=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    _save(figure, target)


def _paper(chart: dict[str, Any], height: float, columns: int = 1) -> tuple[Any, Any]:
    """Paper for a drawing so high (inches); above it the title and the legend, below it where the figures are from."""
    from matplotlib import pyplot as plt

    title, source = _wrapped(chart["title"], 33), _wrapped(chart["source"], 54)
    named = -(-len(chart["names"]) // columns) if len(chart["names"]) > 1 else 0
    above = 0.25 + 0.40 * _lines(title) + 0.31 * named + (0.12 if named else 0)
    below = 0.16 + 0.27 * _lines(source)
    whole = above + height + below
    figure, axes = plt.subplots(figsize=(WIDTH, whole), dpi=DOTS, layout="constrained")
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0.12, h_pad=0.08, rect=(0, below / whole, 1, height / whole))
    figure.text(0.025, 1 - 0.16 / whole, title, va="top", fontsize=TITLE, fontweight="bold", linespacing=1.15)
    figure.text(0.025, 0.12 / whole, source, va="bottom", fontsize=SMALL, color=FAINT)
    if named:
        figure.legend(
            handles=[axes.scatter([], [], s=150, marker=mark, color=colour) for mark, colour in _keys(chart)],
            labels=chart["names"], loc="upper left", bbox_to_anchor=(0.005, 1 - (0.2 + 0.40 * _lines(title)) / whole),
            ncols=columns, frameon=False, handletextpad=0.3, columnspacing=1.2, labelspacing=0.45, fontsize=LETTERS,
        )  # fmt: skip
    return figure, axes


def _keys(chart: dict[str, Any]) -> list[tuple[str, str]]:
    """The mark and the colour of each name in the legend."""
    colours = [chart["palette"][place] for place in chart.get("colours", (0, 1))]
    marks = "oD" if chart["kind"] == "spans" else "s" * len(colours)
    return list(zip(marks, colours, strict=True))


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _wrapped(text: str, signs: int) -> str:
    """In lines, none much longer than so many signs; a long word is cut rather than run off the paper."""
    return "\n".join(textwrap.wrap(text, signs, break_on_hyphens=True)) or text


def _save(figure: Any, target: Path) -> None:
    from matplotlib import pyplot as plt

    figure.savefig(target, facecolor="white")
    plt.close(figure)
