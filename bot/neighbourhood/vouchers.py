"""Vouchers: their code, what they are good for, and the days on which something is said of them."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from bot.neighbourhood import residents
from bot.neighbourhood.work import Work
from bot.store.tables import Due, Idea, Job, Voucher
from conversations.words import Words, _

LETTERS = "ABCDEFGHJKMNPRTVWXY234579"
"""No two of them look alike, also when somebody copies them by hand."""
LENGTH = 8
_MEANT = str.maketrans("SZU8601LIOQ", "52VBG" + "??????")
"""What is written for another that looks like it; the last ones stand in no code at all."""
_CODE = re.compile(r"\s*[vV]\s?[-\u2010-\u2015]\s?([A-Za-z0-9]{4})[ -]?([A-Za-z0-9]{4})\s*")
SPENT_IN = frozenset({"accepted", "running"})
"""States of an idea in which its voucher is spent."""
HALFWAY, LAST_WEEKS, ENDS, STORY = "voucher_halfway", "voucher_last", "voucher_ends", "voucher_story"
"""Rows of `due` about an idea's voucher; their occasion is the last day on which it is good."""
BEFORE_THE_END = timedelta(days=14)
NONE = _("There is no voucher for this.")
MORNING = time(10)


async def issue(work: Work, idea: Idea, before: Voucher | None, cents: int) -> Voucher:
    """Make the voucher of an idea, or (`before`: one that was closed) make it anew; its owner gets it as a picture."""
    voucher = before or Voucher(idea_id=idea.id)
    voucher.code, voucher.state, voucher.at = _new_code(), "open", work.now
    voucher.cents = voucher.balance = cents
    voucher.valid_until = work.today + work.area.vouchers.good_for
    work.session.add(voucher)
    await work.session.flush()
    await forget_days(work, idea)
    _plan(work, idea, voucher)
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is not None:
        await ask_for_picture(work, idea, owner.chat.id, at=work.allowed_at(work.now))
    return voucher


async def ask_for_picture(work: Work, idea: Idea, chat_id: int, at: datetime | None = None) -> None:
    """Have the desk make the voucher, as a picture and to print, for this chat; what is being made comes once."""
    asked = {"idea": idea.id, "name": idea.code}
    begun = select(Job.asked).where(Job.kind == "voucher", Job.chat_id == chat_id, Job.next_at <= work.now)
    if asked in list(await work.session.scalars(begun)):
        return
    work.session.add(Job(kind="voucher", chat_id=chat_id, asked=asked, next_at=at or work.now, at=work.now))


def shown(voucher: Voucher) -> str:
    """Its code, as people read it."""
    return f"V-{voucher.code}"


def read_code(text: str) -> str | None:
    """The code in what somebody typed or scanned, "V-ABCD2345"; None for what is no code at all."""
    found = _CODE.fullmatch(text)
    return f"{found[1]}{found[2]}".upper().translate(_MEANT) if found else None


async def by_code(work: Work, code: str) -> Voucher | None:
    """The voucher with this code; None for a code that was never given out."""
    return await work.session.scalar(select(Voucher).where(Voucher.code == code))


async def left(work: Work, number: int) -> int:
    """What is left on the voucher of the idea with this number, in cents; 0 where there is none that is open."""
    voucher = await work.session.get(Voucher, number)
    return voucher.balance if voucher is not None and voucher.state == "open" else 0


def why_not(work: Work, voucher: Voucher, idea: Idea) -> Words | None:
    """Why nothing can be paid from a voucher; None where it is good."""
    if voucher.state != "open":
        return _("This voucher is closed. What was left has gone back.")
    if voucher.valid_until < work.today:
        return _("This voucher was good until {day}.", day=voucher.valid_until)
    if voucher.balance == 0:
        return _("This voucher is used up.")
    if idea.state == "awarded":
        return _("This voucher is good as soon as its owner says yes to it.")
    return None


async def forget_days(work: Work, idea: Idea) -> None:
    """Say nothing more of a voucher by itself."""
    await work.session.flush()
    ours = (Due.subject == idea.code, Due.what.in_([HALFWAY, LAST_WEEKS, ENDS, STORY]))
    await work.session.execute(delete(Due).where(*ours))


def on_morning(work: Work, day: date) -> datetime:
    """The moment of that day at which people hear of it."""
    return work.allowed_at(datetime.combine(day, MORNING, work.area.time_zone))


def _plan(work: Work, idea: Idea, voucher: Voucher) -> None:
    last, lasts = voucher.valid_until, voucher.valid_until - work.today
    days = {HALFWAY: work.today + lasts / 2, ENDS: last + timedelta(days=1)}
    if lasts > 2 * BEFORE_THE_END:
        days[LAST_WEEKS] = last - BEFORE_THE_END
    for what, day in days.items():
        at = on_morning(work, day)
        work.session.add(Due(what=what, subject=idea.code, occasion=last.isoformat(), at=at))


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
