"""The ledger on both databases: nothing below zero, nothing twice, and every sum tells the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import MovableClock
from bot.main import LOCALES
from bot.neighbourhood import money, spendings, vouchers
from bot.neighbourhood.area import load_area
from bot.neighbourhood.work import NotAllowed, Person, Surroundings, TooLate, Work
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.store.tables import Budget, Chat, Due, Entry, Idea, Job, Resident, Spending, Voucher
from conversations.spent import SpendingRefused
from conversations.words import Catalogues
from tests.town import MONDAY, lay_tables

AREA = load_area("heerlen-noord")
PLACE = AREA.neighbourhoods[0].code
OTHER = AREA.neighbourhoods[1].code
YEAR = MONDAY.year
SECRET = "0123456789abcdef0123456789abcdef"


def surroundings(url: str) -> Surroundings:
    """As a process of its own has them: with its own pen and its own connections."""
    catalogues = Catalogues(LOCALES, AREA.languages, ZoneInfo("Europe/Amsterdam"))
    return Surroundings(Database(url), Seal(SECRET), MovableClock(MONDAY), AREA, catalogues, frozenset(), "Bot")


@pytest_asyncio.fixture
async def around(database_url: str) -> AsyncIterator[Surroundings]:
    await migrate(database_url)
    here = surroundings(database_url)
    async with here.database.write() as session:
        session.add(Resident(came_at=MONDAY, came_from="telegram"))
    yield here
    await here.database.close()


def somebody(*roles: str) -> Person:
    chat = Chat(id=1, fingerprint=b"", telegram_id=b"", language="en", since=MONDAY, heard_at=MONDAY)
    return Person(chat, Resident(id=1, came_at=MONDAY, came_from="telegram"), frozenset(roles), [])


COORDINATOR = somebody("coordinator")


async def hand_in(work: Work, count: int = 1, place: str | None = PLACE) -> list[Idea]:
    rest: dict[str, Any] = {"language": "nl", "answer_by": MONDAY.date(), "came_from": "telegram", "first": False}
    ideas = [
        Idea(state="awarded", words="Een bankje", neighbourhood=place, at=MONDAY, **rest) for _number in range(count)
    ]
    work.session.add_all(ideas)
    await work.session.flush()
    return ideas


async def adds_up(session: AsyncSession) -> None:
    """What budgets and vouchers hold is what the ledger says of them, and none of it is below zero."""
    entries = list(await session.scalars(select(Entry)))
    in_budgets: Counter[tuple[str, int]] = Counter()
    on_vouchers: Counter[int | None] = Counter()
    for each in entries:
        if each.kind in ("budget", "award", "return"):
            in_budgets[each.neighbourhood, each.year] += each.cents
        else:
            assert each.kind in ("voucher", "spend", "back")
            on_vouchers[each.idea_id] += each.cents
    for budget in await session.scalars(select(Budget)):
        assert budget.available == in_budgets.pop((budget.neighbourhood, budget.year), 0) >= 0
    for voucher in await session.scalars(select(Voucher)):
        assert voucher.balance == on_vouchers.pop(voucher.idea_id, 0) >= 0
        assert voucher.balance == 0 or voucher.state == "open"
    assert not +in_budgets, "money in no budget"
    assert not +on_vouchers, "money on no voucher"
    held = sum(await session.scalars(select(Budget.available))) + sum(await session.scalars(select(Voucher.balance)))
    assert sum(each.cents for each in entries) == held
    years = sorted({each.year for each in entries})
    for year in years:
        for place in await money._sums(session, year):
            assert place.available == sum(
                each.available
                for each in await session.scalars(select(Budget))
                if (each.neighbourhood, each.year) == (place.neighbourhood, year)
            )
            assert place.put_in >= 0
            assert place.on_vouchers >= 0


async def test_an_award_is_two_lines_and_a_voucher_and_what_is_left_goes_back(around: Surroundings) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        assert await money.put_in(work, COORDINATOR, PLACE, YEAR, 100_000) == 100_000
        voucher = await money.award(work, COORDINATOR, idea, 15_000)
        assert (voucher.cents, voucher.balance, voucher.state) == (15_000, 15_000, "open")
        assert voucher.valid_until == MONDAY.date() + AREA.vouchers.good_for
        assert await money.spend(work, None, idea, 4_599, "S1") == 10_401
        with pytest.raises(money.NotEnough) as too_little:
            await money.spend(work, None, idea, 10_402, "S2")
        assert too_little.value.available == 10_401
        assert await money.give_back(work, COORDINATOR, idea, 99, "S1") == 10_500
        assert await money.close(work, None, idea) == 10_500
        assert await money.close(work, None, idea) == 0, "only once"
        assert await money.give_back(work, COORDINATOR, idea, 4_500, "S1") == 0, "it is in the budget"
        await adds_up(work.session)
    async with around.database.read() as session:
        lines = list(await session.scalars(select(Entry).order_by(Entry.id)))
        assert [(each.kind, each.cents) for each in lines] == [
            ("budget", 100_000),
            *[("award", -15_000), ("voucher", 15_000)],
            ("spend", -4_599),
            ("spend", 99),
            *[("back", -10_500), ("return", 10_500)],
            ("spend", 4_500),
            *[("back", -4_500), ("return", 4_500)],
        ]
        assert {(each.neighbourhood, each.year) for each in lines} == {(PLACE, YEAR)}
        assert await session.scalar(select(Budget.available)) == 100_000
        (sums,) = await money._sums(session, YEAR)
        assert (sums.put_in, sums.awarded, sums.spent, sums.returned) == (100_000, 15_000, 0, 15_000)


async def test_more_than_there_is_is_refused_and_changes_nothing(around: Surroundings) -> None:
    async with around.working() as work:
        (idea, homeless) = [*await hand_in(work), *await hand_in(work, place=None)]
        with pytest.raises(money.NotEnough) as nothing:
            await money.award(work, COORDINATOR, idea, 1)
        assert nothing.value.available == 0
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 500)
        await money.put_in(work, COORDINATOR, PLACE, YEAR + 1, 500)
        with pytest.raises(money.NotEnough) as too_little:
            await money.award(work, COORDINATOR, idea, 501)
        assert too_little.value.available == 500
        with pytest.raises(money.NotEnough):
            await money.award(work, COORDINATOR, homeless, 1)
        with pytest.raises(money.NotEnough) as out:
            await money.put_in(work, COORDINATOR, PLACE, YEAR, -501)
        assert out.value.available == 500
        assert await money.put_in(work, COORDINATOR, PLACE, YEAR, -500) == 0
        await money.put_in(work, COORDINATOR, money.OF_ALL, YEAR, 70)
        await money.award(work, COORDINATOR, homeless, 70)
        with pytest.raises(ValueError, match="a voucher already"):
            await money.award(work, COORDINATOR, homeless, 1)
        for cents in (0, -5):
            with pytest.raises(ValueError, match="no money"):
                await money.award(work, COORDINATOR, idea, cents)
            with pytest.raises(ValueError, match="no money"):
                await money.spend(work, None, homeless, cents, "")
        with pytest.raises(ValueError, match="more than"):
            await money.put_in(work, COORDINATOR, PLACE, YEAR, money.AT_MOST + 1)
        await adds_up(work.session)
    async with around.database.read() as session:
        assert [each.idea_id for each in await session.scalars(select(Voucher))] == [homeless.id]


async def test_a_closed_voucher_can_be_awarded_anew(around: Surroundings) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 1000)
        first = (await money.award(work, COORDINATOR, idea, 1000)).code
        await money.close(work, COORDINATOR, idea)
        with pytest.raises(money.NotEnough):
            await money.spend(work, None, idea, 1, "")
        again = await money.award(work, COORDINATOR, idea, 400)
        assert again.code != first
        assert (again.balance, again.state) == (400, "open")
        await adds_up(work.session)


async def test_what_is_left_goes_back_to_the_year_that_it_came_from(around: Surroundings) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 1000)
        await money.award(work, COORDINATOR, idea, 1000)
    assert isinstance(around.clock, MovableClock)
    around.clock.move(timedelta(days=200))
    async with around.working() as work:
        idea = await work.session.get_one(Idea, idea.id)
        idea.neighbourhood = OTHER
        await money.spend(work, None, idea, 300, "S1")
        await money.close(work, None, idea)
        await adds_up(work.session)
        assert await work.session.get(Budget, (OTHER, YEAR + 1)) is None
        assert (await work.session.get_one(Budget, (PLACE, YEAR))).available == 700


@pytest.mark.parametrize("roles", [(), ("panel",), ("staff",)])
async def test_only_a_coordinator_puts_money_in(around: Surroundings, roles: tuple[str, ...]) -> None:
    async with around.working() as work:
        with pytest.raises(NotAllowed):
            await money.put_in(work, somebody(*roles), PLACE, YEAR, 500)
        if roles:
            assert list(await money.sums(work, somebody(*roles), YEAR)) == []
        else:
            with pytest.raises(NotAllowed):
                await money.sums(work, somebody(), YEAR)
        assert await work.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(
    "wrong", ["UPDATE budgets SET available = -1", "UPDATE vouchers SET balance = -1 WHERE state = 'open'"]
)
async def test_the_database_itself_refuses_less_than_nothing(around: Surroundings, wrong: str) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 1000)
        await money.award(work, COORDINATOR, idea, 1000)
    with pytest.raises(IntegrityError):
        async with around.database.write() as session:
            await session.execute(text(wrong))


@asynccontextmanager
async def processes(url: str, count: int) -> AsyncIterator[list[Surroundings]]:
    """So many processes, as it were: each writes when it likes."""
    all_of_them = [surroundings(url) for _number in range(count)]
    try:
        yield all_of_them
    finally:
        for each in all_of_them:
            await each.database.close()


async def at_once(url: str, doing: list[Callable[[Work], Any]]) -> list[Any]:
    """Each in a transaction of a process of its own, all begun before the first may end; what came of each."""
    begun = asyncio.Barrier(len(doing))

    async def one(around: Surroundings, do: Callable[[Work], Any]) -> Any:
        await begun.wait()
        try:
            async with around.working() as work:
                result = await do(work)
                await asyncio.sleep(0.005)  # the others have read by now
                return result
        except money.NotEnough as refused:
            return refused

    async with processes(url, len(doing)) as around:
        return await asyncio.gather(*(one(*each) for each in zip(around, doing, strict=True)))


async def test_ten_awards_at_once_on_a_budget_for_nine(around: Surroundings, database_url: str) -> None:
    async with around.working() as work:
        numbers = [idea.id for idea in await hand_in(work, 10)]
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 9 * 5000)

    def awards(number: int) -> Callable[[Work], Any]:
        async def award(work: Work) -> Any:
            idea = await work.session.get_one(Idea, number)
            assert (await work.session.get_one(Budget, (PLACE, YEAR))).available >= 0  # a stale look does no harm
            return await money.award(work, COORDINATOR, idea, 5000)

        return award

    came_of_it = await at_once(database_url, [awards(number) for number in numbers])
    refused = [each for each in came_of_it if isinstance(each, money.NotEnough)]
    assert [each.available for each in refused] == [0]
    assert sum(isinstance(each, Voucher) for each in came_of_it) == 9
    async with around.database.read() as session:
        await adds_up(session)
        assert await session.scalar(select(Budget.available)) == 0
        assert await session.scalar(select(func.count()).select_from(Voucher)) == 9
        assert await session.scalar(select(func.count()).select_from(Entry)) == 1 + 2 * 9
        codes = set(await session.scalars(select(Voucher.code)))
        assert len(codes) == 9


async def test_ten_spendings_at_once_on_a_voucher_for_nine(around: Surroundings, database_url: str) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 9000)
        await money.award(work, COORDINATOR, idea, 9000)
        number = idea.id

    async def spend(work: Work) -> Any:
        return await money.spend(work, None, await work.session.get_one(Idea, number), 1000, "S")

    came_of_it = await at_once(database_url, [spend] * 10)
    assert sorted(each for each in came_of_it if isinstance(each, int)) == [1000 * left for left in range(9)]
    assert sum(isinstance(each, money.NotEnough) for each in came_of_it) == 1
    async with around.database.read() as session:
        await adds_up(session)


async def test_a_voucher_that_is_closed_twice_at_once_gives_back_once(around: Surroundings, database_url: str) -> None:
    async with around.working() as work:
        (idea,) = await hand_in(work)
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 9000)
        await money.award(work, COORDINATOR, idea, 9000)
        number = idea.id

    async def close(work: Work) -> Any:
        return await money.close(work, None, await work.session.get_one(Idea, number))

    assert sorted(await at_once(database_url, [close] * 5)) == [0, 0, 0, 0, 9000]
    async with around.database.read() as session:
        await adds_up(session)


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["put in", "take out", "award", "spend", "give back", "close", "a year"]),
        st.integers(0, 3),
        st.integers(1, 400),
    ),
    max_size=40,
)


class Books:
    """What the ledger is compared with: the same money, counted by hand."""

    def __init__(self) -> None:
        self.year = YEAR
        self.budgets: Counter[tuple[str, int]] = Counter()
        self.vouchers: dict[int, int] = {}
        self.paid_from: dict[int, tuple[str, int]] = {}
        self.spent: Counter[int] = Counter()

    def do(self, what: str, number: int, place: str, cents: int) -> bool:
        """Whether it can be done; and it is."""
        here = (place, self.year)
        match what:
            case "put in":
                self.budgets[here] += cents
            case "take out" | "award" if self.budgets[here] < cents or (what == "award" and number in self.vouchers):
                return False
            case "take out":
                self.budgets[here] -= cents
            case "award":
                self.budgets[here] -= cents
                self.vouchers[number], self.paid_from[number] = cents, here
            case "spend" if self.vouchers.get(number, 0) < cents:
                return False
            case "spend":
                self.vouchers[number] -= cents
                self.spent[number] += cents
            case "give back":
                self.spent[number] -= cents
                if number in self.vouchers:
                    self.vouchers[number] += cents
                else:
                    self.budgets[self.paid_from[number]] += cents
            case "close" if number in self.vouchers:
                self.budgets[self.paid_from[number]] += self.vouchers.pop(number)
        return True


@given(OPERATIONS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_in_whatever_order_the_sums_add_up(
    tmp_path: Path, operations: list[tuple[str, int, int]]
) -> None:
    asyncio.run(_do_all(tmp_path, operations))


async def _do_all(folder: Path, operations: list[tuple[str, int, int]]) -> None:
    file = folder / "money.sqlite"
    file.unlink(missing_ok=True)
    url = f"sqlite+aiosqlite:///{file}"
    lay_tables(url)
    around = surroundings(url)
    try:
        async with around.working() as work:
            work.session.add(Resident(came_at=MONDAY, came_from="telegram"))
            await work.session.flush()
            await _do_all_in(around, work, operations)
    finally:
        await around.database.close()


async def _do_all_in(around: Surroundings, work: Work, operations: list[tuple[str, int, int]]) -> None:
    books = Books()
    ideas = [*await hand_in(work, 2), *await hand_in(work, 1, OTHER), *await hand_in(work, 1, None)]
    for what, number, cents in operations:
        idea = ideas[number]
        place = idea.neighbourhood or money.OF_ALL
        if what == "a year":
            work.now += timedelta(days=366)
            books.year = work.today.year
            continue
        if what == "give back" and not 0 < cents <= books.spent[number]:
            continue
        done = True
        can = books.do(what, number, place, cents)
        try:
            match what:
                case "put in" | "take out":
                    signed = cents if what == "put in" else -cents
                    await money.put_in(work, COORDINATOR, place, books.year, signed)
                case "award":
                    await money.award(work, COORDINATOR, idea, cents)
                case "spend":
                    await money.spend(work, None, idea, cents, "")
                case "give back":
                    await money.give_back(work, COORDINATOR, idea, cents, "")
                case "close":
                    await money.close(work, None, idea)
        except (money.NotEnough, ValueError):
            done = False
        assert done == can, (what, number, cents)
        await work.session.flush()
        await adds_up(work.session)
    held = {(each.neighbourhood, each.year): each.available for each in await work.session.scalars(select(Budget))}
    assert held == {here: cents for here, cents in books.budgets.items() if here in held}
    assert not [cents for here, cents in books.budgets.items() if here not in held and cents]
    for number, idea in enumerate(ideas):
        voucher = await work.session.get(Voucher, idea.id)
        assert (voucher.balance if voucher else 0) == books.vouchers.get(number, 0)


async def spending_of(around: Surroundings, cents: int, state: str) -> int:
    """An idea that goes on, with a voucher of €50 of which €20 is spent, and a spending; its number."""
    async with around.working() as work:
        (idea,) = await hand_in(work)
        idea.state, idea.resident_id = "running", 1
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 5000)
        await money.award(work, COORDINATOR, idea, 5000)
        spending = Spending(idea_id=idea.id, kind="work", state=state, cents=cents, words="Ali", at=work.now)
        work.session.add(spending)
        await work.session.flush()
        await money.spend(work, None, idea, 2000, spending.code)
        return spending.id


async def settle_at_once(url: str, number: int, ways: Sequence[Callable[[Work, Spending], Any]]) -> int:
    """How many of these came through; the others were too late."""

    def one(way: Callable[[Work, Spending], Any]) -> Callable[[Work], Any]:
        async def do(work: Work) -> bool:
            spending = await work.session.get_one(Spending, number)
            await asyncio.sleep(0.005)  # the others have read it too
            try:
                await way(work, spending)
            except TooLate:
                return False
            return True

        return do

    return sum(await at_once(url, [one(way) for way in ways]))


@pytest.mark.parametrize("first", ["pay", "refuse"])
async def test_two_of_the_office_settle_one_spending_at_once(
    around: Surroundings, database_url: str, first: str
) -> None:
    number = await spending_of(around, 2000, "booked")
    staff = somebody("staff")
    staff.resident.id = 2
    async with around.database.write() as session:
        session.add(Resident(id=2, came_at=MONDAY, came_from="telegram"))

    async def pay(work: Work, spending: Spending) -> None:
        await spendings.pay(work, staff, spending)

    async def refuse(work: Work, spending: Spending) -> None:
        await spendings.refuse(work, staff, SpendingRefused(spending.id, "Not for this"))

    ways = [pay, refuse, refuse, pay] if first == "pay" else [refuse, pay, pay, refuse]
    assert await settle_at_once(database_url, number, ways) == 1
    async with around.database.read() as session:
        await adds_up(session)
        state = await session.scalar(select(Spending.state))
        assert await session.scalar(select(Voucher.balance)) == {"paid": 3000, "refused": 5000}[state or ""]


async def test_part_of_what_was_shown_is_booked_once_whoever_taps_at_once(
    around: Surroundings, database_url: str
) -> None:
    number = await spending_of(around, 9000, "shown")

    async def book(work: Work, spending: Spending) -> None:
        await spendings.book_part(work, somebody(), spending)

    assert await settle_at_once(database_url, number, [book, book]) == 1
    async with around.database.read() as session:
        await adds_up(session)
        assert await session.scalar(select(Voucher.balance)) == 0
        assert (await session.scalars(select(Entry.cents).where(Entry.kind == "spend"))).all() == [-2000, -3000]


async def test_the_owner_gets_a_picture_and_days_are_planned(around: Surroundings) -> None:
    async with around.working() as work:
        chat = Chat(fingerprint=b"1", telegram_id=b"1", language="nl", since=MONDAY, heard_at=MONDAY)
        work.session.add(chat)
        await work.session.flush()
        resident = Resident(chat_id=chat.id, came_at=MONDAY, came_from="telegram")
        work.session.add(resident)
        await work.session.flush()
        (idea,) = await hand_in(work)
        idea.resident_id = resident.id
        await money.put_in(work, COORDINATOR, PLACE, YEAR, 1000)
        await money.award(work, COORDINATOR, idea, 1000)
        await vouchers.ask_for_picture(work, idea, chat.id)  # tapped, and tapped again: it is on its way
        (job,) = await work.session.scalars(select(Job))
        assert (job.kind, job.chat_id, job.asked["idea"]) == ("voucher", chat.id, idea.id)
        planned = dict((await work.session.execute(select(Due.what, Due.at))).all())
        assert set(planned) == {vouchers.HALFWAY, vouchers.LAST_WEEKS, vouchers.ENDS}
        assert planned[vouchers.HALFWAY].date() == MONDAY.date() + AREA.vouchers.good_for / 2
        await money.close(work, None, idea)
        assert list(await work.session.scalars(select(Due))) == []
    async with around.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Spending)) == 0
