"""Draws the picture of the figures; runs in a child process, for matplotlib is large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CAME, SOLVED, INK = "#c0392b", "#2e7d32", "#333333"


def draw(asked: dict[str, Any], target: Path) -> None:
    """Complaints in and out by week, and the topics: 1,200 × 1,200 pixels, readable on a phone.

    `asked`: `title`, `came`, `solved`, `topics_title` (words), `weeks` (label, in, out), `topics` (label, number).
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"font.size": 17, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK})
    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 9.5), dpi=150, layout="constrained")
    labels = [week[0] for week in asked["weeks"]]
    spots = range(len(labels))
    above.bar(
        [spot - 0.2 for spot in spots], [week[1] for week in asked["weeks"]], 0.4, color=CAME, label=asked["came"]
    )
    above.bar(
        [spot + 0.2 for spot in spots], [week[2] for week in asked["weeks"]], 0.4, color=SOLVED, label=asked["solved"]
    )
    step = max(1, -(-len(labels) // 5))
    above.set_xticks(list(spots)[::step], labels[::step])
    above.yaxis.get_major_locator().set_params(integer=True)
    above.set_title(asked["title"], loc="left", fontweight="bold")
    above.legend(frameon=False, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.0))
    above.margins(y=0.25)
    topics = list(reversed(asked["topics"][:8]))
    bars = below.barh([topic[0] for topic in topics], [topic[1] for topic in topics], color=CAME)
    below.bar_label(bars, padding=4)
    below.set_title(asked["topics_title"], loc="left", fontweight="bold")
    below.set_xticks([])
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    below.spines["bottom"].set_visible(False)
    figure.savefig(target)
    plt.close(figure)
