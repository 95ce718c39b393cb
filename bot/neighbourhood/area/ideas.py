"""The tables of an area file about ideas: what they are held against, who decides, how neighbours are asked."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.neighbourhood.area.fields import Duration, Label, Table, like, mistake, no_twins


class Duty(Table):
    """What who gets a yes to an idea takes on, in one short sentence."""

    words: Label


class Rule(Table):
    """A rule that ideas are held against. Members of the panel answer it with yes, no or not sure."""

    key: Annotated[str, like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    words: Label


class RulesVersion(Table):
    """The rules from a day on; an idea is judged by those of the day on which it was handed in."""

    version: Annotated[str, like("[A-Za-z0-9.-]{1,16}", "must be 1 to 16 of A-Z, a-z, 0-9, . and -")]
    valid_from: date
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        no_twins((("rules", i, "key"), rule.key) for i, rule in enumerate(self.rules))
        return self


class Ideas(Table):
    """Ideas for a voucher: duties, rules (the oldest version first; none is ever taken away), and how long things take.

    `working_days`: until the answer to an idea about which the panel decides. `remind_after`: without a word from its
    owner, whose turn it is, two reminders come so long after each other, and after as long again it is closed.
    """

    working_days: Annotated[int, Field(strict=True, ge=1, le=250)] = 15
    remind_after: Duration = timedelta(days=7)
    duties: Annotated[tuple[Duty, ...], Field(max_length=5)] = ()
    versions: tuple[RulesVersion, ...] = ()

    @model_validator(mode="after")
    def _follow_each_other(self) -> Self:
        no_twins((("versions", i, "version"), each.version) for i, each in enumerate(self.versions))
        for i, (before, after) in enumerate(pairwise(self.versions)):
            if after.valid_from <= before.valid_from:
                raise mistake(("versions", i + 1, "valid_from"), "must be later than that of the version before it")
        return self

    def on(self, day: date) -> RulesVersion | None:
        """The version of the rules on a day; before the first one, the first. None where the file has none."""
        begun = [each for each in self.versions if each.valid_from <= day]
        return begun[-1] if begun else next(iter(self.versions), None)

    def version(self, name: str) -> RulesVersion | None:
        """The version that is called so; None for one that the file doesn't have (any more)."""
        return next((each for each in self.versions if each.version == name), None)


class Panel(Table):
    """How residents decide about ideas: whether they decide or advise, from how many votes on, by which share.

    `majority`: more than this share of the votes for and against must be for. `voting_days`: how long a vote is open.
    """

    decides: Literal["panel", "advises"] = "panel"
    quorum: Annotated[int, Field(strict=True, ge=1, le=100)] = 3
    majority: Annotated[float, Field(strict=True, ge=0.5, lt=1)] = 0.5
    voting_days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7


class Consultation(Table):
    """Asking a neighbourhood about an idea: for how many days, and how many people of each, drawn by lot."""

    days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7
    a_neighbourhood: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 500


class Vouchers(Table):
    """How long a voucher may be spent, from the day on which it was awarded."""

    good_for: Duration = timedelta(days=182)
