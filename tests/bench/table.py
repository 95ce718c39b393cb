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


def aim(what: str, found: float, at_most: float) -> None:
    """One line: an aim, what was found, and whether that is enough."""
    print(f"{'met   ' if found <= at_most else 'MISSED'}  {what}: {found:.2f}×, aim at most {at_most}×", flush=True)
