"""Things that go wrong on purpose, switched on and off while everything runs."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["error", "retry_after", "drop_before", "drop_after", "silence"]


@dataclass(eq=False)
class Fault:
    """One rule. Put it in `sim.faults`; take it out to end it.

    - error: answers `status`;
    - retry_after: answers 429 with `seconds`;
    - drop_before: closes the connection, nothing happened;
    - drop_after: what was asked happened, but the connection closes without an answer;
    - silence: never answers, and nothing happens, until the fault ends.

    `seconds` (except for retry_after) is how long the fault lasts from its making.
    """

    kind: Kind
    methods: set[str] | None = None
    status: int = 500
    chance: float = 1.0
    times: int | None = None
    seconds: float | None = None
    met: int = field(default=0, init=False)
    made: float = field(default_factory=time.monotonic, init=False)

    @property
    def over(self) -> bool:
        """Whether it has had its time."""
        return self.seconds is not None and self.kind != "retry_after" and time.monotonic() - self.made > self.seconds

    def strikes(self, method: str) -> bool:
        """Whether this call meets the fault; counts it when it does."""
        if self.over or (self.times is not None and self.met >= self.times):
            return False
        if self.methods is not None and method.lower() not in {name.lower() for name in self.methods}:
            return False
        if self.chance < 1.0 and random.random() >= self.chance:  # noqa: S311 - chance, not secrecy
            return False
        self.met += 1
        return True


def first_that_strikes(faults: list[Fault], method: str) -> Fault | None:
    """The first rule that this call meets."""
    for fault in faults:
        if fault.strikes(method):
            return fault
    return None
