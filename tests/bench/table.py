"""Printing figures in columns."""

from __future__ import annotations

from collections.abc import Sequence


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: the first column to the left, the figures to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print(f"\n{title}")
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip(), flush=True)


def aim(what: str, found: float, aim: float, *, at_least: bool = False, unit: str = "×", digits: int = 2) -> None:
    """One line: an aim, what was found, and whether that is enough."""
    met = found >= aim if at_least else found <= aim
    bound = "at least" if at_least else "at most"
    print(f"{'met   ' if met else 'MISSED'}  {what}: {found:.{digits}f}{unit}, aim {bound} {aim}{unit}", flush=True)
