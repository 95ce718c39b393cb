"""Figures that point at nobody: a number is shown where at least five people stand behind it, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from conversations.words import Value, s_

FEWEST = 5
"""No figure that points at fewer people than this."""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Cell:
    """How many things, of how many different people."""

    count: int = 0
    people: int = 0

    @property
    def may_be_shown(self) -> bool:
        """Nothing at all points at nobody."""
        return self.count == 0 or self.people >= FEWEST

    @property
    def shown(self) -> Value:
        """The number, or that it is a small one."""
        return self.count if self.may_be_shown else s_("fewer than {count}", count=FEWEST)


def gathered(cells: Mapping[Key, Cell]) -> tuple[dict[Key, Cell], Cell]:
    """The cells that may be shown, the largest first; and what is left, as one that tells none of its parts.

    A rest that is only small ones would tell them to whoever knows the total: then the smallest of the others goes
    into it too. Where that can't be, there is nothing to show.
    """
    there = {key: cell for key, cell in cells.items() if cell.count}
    shown = {key: cell for key, cell in there.items() if cell.may_be_shown}
    rest = [cell for key, cell in there.items() if key not in shown]
    if rest and shown:
        smallest = min(shown, key=lambda key: shown[key].count)
        rest.append(shown.pop(smallest))
    elif rest:
        return {}, Cell()
    in_order = dict(sorted(shown.items(), key=lambda each: -each[1].count))
    return in_order, Cell(sum(cell.count for cell in rest), max((cell.people for cell in rest), default=0))


def without(cell: Cell, part: int) -> Cell:
    """The cell with fewer things in it."""
    return replace(cell, count=cell.count - part)
