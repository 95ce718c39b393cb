"""Money in whole cents: budgets of neighbourhoods, vouchers of ideas, and the ledger that tells each cent's way.

The ledger only grows. What a budget or a voucher holds changes in the same transaction, by one statement that refuses
to go below zero: so nothing is given away twice, whatever comes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.neighbourhood import vouchers
from bot.neighbourhood.work import COORDINATORS, PANEL_TOO, Person, Work
from bot.store.tables import Budget, Entry, Idea, Voucher

OF_ALL = "area"
"""The code of the budget that is no neighbourhood's: ideas that have none are paid from it."""
AT_MOST = 2_000_000_000
"""Cents in one budget: more doesn't fit the column of either database."""
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class NotEnough(Exception):
    """There is not so much; `available` says what there is, in cents. Nothing was changed."""

    def __init__(self, available: int) -> None:
        super().__init__(available)
        self.available = available


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of a neighbourhood's money in a year, in cents: each is the sum of lines of the ledger."""

    neighbourhood: str
    put_in: int
    awarded: int
    spent: int
    returned: int

    @property
    def available(self) -> int:
        """What may still be awarded."""
        return self.put_in - self.awarded + self.returned

    @property
    def on_vouchers(self) -> int:
        """What was awarded, and is neither spent nor returned."""
        return self.awarded - self.spent - self.returned


async def put_in(work: Work, by: Person, neighbourhood: str, year: int, cents: int, words: str = "") -> int:
    """A coordinator puts money into a budget; less than zero takes it out again. Gives what is available then.

    Raises `NotAllowed`; `NotEnough` when so much isn't there; ValueError for more than a budget can hold.
    """
    by.must_be(COORDINATORS, "/budget")
    if cents > 0:
        insert = _INSERT[work.session.get_bind().dialect.name]
        row = insert(Budget).values(neighbourhood=neighbourhood, year=year, available=0)
        await work.session.execute(row.on_conflict_do_nothing())
    available = await _add(work.session, neighbourhood, year, cents)
    if available is None and cents > 0:
        raise ValueError("more than a budget can hold")
    if available is None:
        raise NotEnough(await _available(work.session, neighbourhood, year))
    _book(work, by, neighbourhood, year, None, words, budget=cents)
    work.note(f"R{by.resident.id}", "budget", by.resident, f"{neighbourhood} {year} {cents}")
    return available


async def award(work: Work, by: Person | None, idea: Idea, cents: int) -> Voucher:
    """Take an idea's money from its neighbourhood's budget of this year, and make its voucher; the owner gets that.

    `by`: None where the bot itself does it. Raises `NotEnough`, and has changed nothing then; ValueError for no money
    at all, and where the idea has a voucher that is good.
    """
    if cents <= 0:
        raise ValueError("no money")
    place, year = idea.neighbourhood or OF_ALL, work.today.year
    before = await work.session.get(Voucher, idea.id, with_for_update=True)
    if before is not None and before.state == "open":
        raise ValueError("it has a voucher already")
    if await _add(work.session, place, year, -cents) is None:
        raise NotEnough(await _available(work.session, place, year))
    _book(work, by, place, year, idea, "", award=-cents, voucher=cents)
    return await vouchers.issue(work, idea, before, cents)


async def spend(work: Work, by: Person | None, idea: Idea, cents: int, words: str) -> int:
    """Take this from an idea's voucher; gives what is left. `words`: which spending it is.

    Raises `NotEnough`, also where the voucher is closed. Whether its time is up is looked at by `vouchers.why_not`.
    """
    if cents <= 0:
        raise ValueError("no money")
    place, year = await _budget_of(work, idea)
    enough = (Voucher.idea_id == idea.id, Voucher.state == "open", Voucher.balance >= cents)
    taken = update(Voucher).where(*enough).values(balance=Voucher.balance - cents).returning(Voucher.balance)
    left: int | None = await work.session.scalar(taken.execution_options(synchronize_session=False))
    voucher = await _voucher(work, idea)
    if left is None:
        raise NotEnough(voucher.balance if voucher is not None else 0)
    _book(work, by, place, year, idea, words, spend=-cents)
    return left


async def give_back(work: Work, by: Person | None, idea: Idea, cents: int, words: str) -> int:
    """What was spent is not paid after all: it is on the voucher again; where that is closed, in the budget.

    Gives what is on the voucher then.
    """
    place, year = await _budget_of(work, idea)
    open_one = (Voucher.idea_id == idea.id, Voucher.state == "open")
    put = update(Voucher).where(*open_one).values(balance=Voucher.balance + cents).returning(Voucher.balance)
    left: int | None = await work.session.scalar(put.execution_options(synchronize_session=False))
    _book(work, by, place, year, idea, words, spend=cents)
    await _voucher(work, idea)
    if left is None:
        await _return(work, by, idea, cents)
    return left or 0


async def close(work: Work, by: Person | None, idea: Idea) -> int:
    """Close an idea's voucher: what is left goes back into the budget that it came from. Gives how much that is.

    Does nothing where there is no voucher, or where it is closed.
    """
    query = select(Voucher.balance).where(Voucher.idea_id == idea.id, Voucher.state == "open").with_for_update()
    left = await work.session.scalar(query)
    if left is None:
        return 0
    shut = update(Voucher).where(Voucher.idea_id == idea.id).values(state="closed", balance=0)
    await work.session.execute(shut.execution_options(synchronize_session=False))
    await _voucher(work, idea)
    if left:
        await _return(work, by, idea, left)
    await vouchers.forget_days(work, idea)
    work.note(idea.code, "voucher closed", by.resident if by else None)
    return left


async def sums(work: Work, by: Person, year: int) -> Sequence[Sums]:
    """What became of the money of each neighbourhood that had some this year. Raises `NotAllowed`."""
    by.must_be(PANEL_TOO, "/budget")
    return await _sums(work.session, year)


async def years(work: Work) -> list[int]:
    """The years that have a budget, the newest first."""
    return list(await work.session.scalars(select(Budget.year).distinct().order_by(Budget.year.desc())))


async def _sums(session: AsyncSession, year: int) -> list[Sums]:
    def of(kind: str, sign: int) -> object:
        return func.coalesce(func.sum(case((Entry.kind == kind, sign * Entry.cents), else_=0)), 0)

    columns = (of("budget", 1), of("award", -1), of("spend", -1), of("return", 1))
    query = select(Entry.neighbourhood, *columns).where(Entry.year == year)  # type: ignore[call-overload]
    found = await session.execute(query.group_by(Entry.neighbourhood).order_by(Entry.neighbourhood))
    return [Sums(place, *(int(each) for each in numbers)) for place, *numbers in found]


async def _add(session: AsyncSession, place: str, year: int, cents: int) -> int | None:
    """Change what a budget holds; gives what it holds then, None where it can't be so much or so little."""
    new = Budget.available + cents
    fits = Budget.available >= -cents if cents < 0 else Budget.available <= AT_MOST - cents
    here = (Budget.neighbourhood == place, Budget.year == year, fits)
    change = update(Budget).where(*here).values(available=new).returning(Budget.available)
    available: int | None = await session.scalar(change.execution_options(synchronize_session=False))
    return available


async def _available(session: AsyncSession, place: str, year: int) -> int:
    here = (Budget.neighbourhood == place, Budget.year == year)
    return await session.scalar(select(Budget.available).where(*here)) or 0


async def _budget_of(work: Work, idea: Idea) -> tuple[str, int]:
    """The budget that an idea's voucher was paid from: what is left goes back there, also a year later."""
    query = select(Entry.neighbourhood, Entry.year).where(Entry.idea_id == idea.id, Entry.kind == "voucher")
    row = (await work.session.execute(query.order_by(Entry.id.desc()).limit(1))).first()
    return (row[0], row[1]) if row is not None else (idea.neighbourhood or OF_ALL, work.today.year)


async def _return(work: Work, by: Person | None, idea: Idea, cents: int) -> None:
    place, year = await _budget_of(work, idea)
    here = (Budget.neighbourhood == place, Budget.year == year)
    back = update(Budget).where(*here).values(available=Budget.available + cents)
    await work.session.execute(back.execution_options(synchronize_session=False))
    _book(work, by, place, year, idea, "", back=-cents, **{"return": cents})


async def _voucher(work: Work, idea: Idea) -> Voucher | None:
    """The idea's voucher as the database has it now."""
    return await work.session.get(Voucher, idea.id, populate_existing=True)


def _book(work: Work, by: Person | None, place: str, year: int, idea: Idea | None, words: str, **lines: int) -> None:
    """Add lines to the ledger: kind → cents."""
    for kind, cents in lines.items():
        work.session.add(
            Entry(
                neighbourhood=place,
                year=year,
                kind=kind,
                cents=cents,
                idea_id=idea.id if idea else None,
                words=words,
                by=by.resident.id if by else None,
                at=work.now,
            )
        )
