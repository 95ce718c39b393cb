"""How far a broadcast is, in a message that keeps itself up to date and has the buttons to pause, go on and stop."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from bot.neighbourhood.audience import GOT, SAID
from bot.neighbourhood.work import Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Post
from conversations.words import Words, s_

BAR = 20
NEWS = "news"
"""The subject of a broadcast that tells something, and invites to nothing."""
STATE_NAMES: dict[str, Words] = {
    "proving": s_("first to you"),
    "asked": s_("waits for a second yes"),
    "planned": s_("waits for its time"),
    "running": s_("goes out"),
    "paused": s_("paused"),
    "stopped": s_("stopped"),
    "done": s_("sent"),
}
STEP_LABELS: dict[str, Words] = {
    "pause": s_("Pause"),
    "go_on": s_("Go on"),
    "stop": s_("Stop"),
    "correct": s_("Put it right"),
}
STEPS: dict[str, tuple[str, ...]] = {
    "proving": ("stop",),
    "asked": ("stop",),
    "planned": ("pause", "stop"),
    "running": ("pause", "stop"),
    "paused": ("go_on", "stop", "correct"),
    "stopped": ("correct",),
    "done": ("correct",),
}
"""What can be done in each state."""
SOON = timedelta(seconds=5)
"""Only after so long its speed says something."""


def steps(broadcast: Broadcast) -> list[str]:
    """What can be done with it now; what corrects another is not corrected itself."""
    can = [*STEPS[broadcast.state]]
    is_first = broadcast.edits is None and broadcast.audience.get("to") != GOT and broadcast.lane == Lane.BULK
    if "correct" in can and not (is_first and broadcast.sent):
        can.remove("correct")
    return can


def head(broadcast: Broadcast) -> Words:
    """What it is, with its code."""
    if broadcast.edits is not None:
        return s_("{code}: what {other} said is changed", code=broadcast.code, other=f"B{broadcast.edits}")
    if broadcast.audience.get("to") == GOT:
        other = f"B{broadcast.audience['which'][0]}"
        return s_("{code}: {other} is put right", code=broadcast.code, other=other)
    if broadcast.subject == SAID:
        return s_("“You said, we did” goes out ({code})", code=broadcast.code)
    if broadcast.subject == NEWS:
        return s_("{code}: your message", code=broadcast.code)
    return s_("Invitations for {event} ({code})", event=broadcast.subject, code=broadcast.code)


def progress(broadcast: Broadcast, now: datetime) -> list[Words]:
    """What it is, a bar, and the same in numbers."""
    done = broadcast.total - broadcast.waiting
    full = BAR * done // broadcast.total if broadcast.total else BAR * (broadcast.state == "done")
    over = broadcast.state in ("done", "stopped")
    counts = s_(
        "Sent: {sent}. Unreachable: {unreachable}. Waiting: {waiting}.",
        sent=broadcast.sent,
        unreachable=broadcast.unreachable + broadcast.refused,
        waiting=0 if over else broadcast.waiting,
    )
    lines: list[Words] = [head(broadcast), "▓" * full + "░" * (BAR - full), counts]
    if broadcast.unknown:
        lines.append(s_("Unknown whether it arrived: {count}.", count=broadcast.unknown))
    return [*lines, *_stands(broadcast, now)]


async def post_progress(work: Work, broadcast: Broadcast, chat: Chat, *, anew: bool = False) -> None:
    """Show staff how far a broadcast is; `anew`: in a new message, below all that was said since."""
    await posts.put(work.session, chat.id, broadcast.code, _letter(work, broadcast, chat.language), work.now, anew=anew)


async def keep_posted(work: Work, broadcasts: list[Broadcast]) -> None:
    """Bring all messages about these up to date."""
    by_code = {each.code: each for each in broadcasts}
    shown = select(Post.subject, Chat).join(Chat, Chat.id == Post.chat_id).where(Post.subject.in_(sorted(by_code)))
    for code, chat in (await work.session.execute(shown)).all():
        await post_progress(work, by_code[code], chat)


def _letter(work: Work, broadcast: Broadcast, language: str) -> Letter:
    first, *rest = (work.render(each, language) for each in progress(broadcast, work.now))
    labels = [(STEP_LABELS[each], each) for each in steps(broadcast)]
    buttons = [Button(work.render(label, language), f"{broadcast.code}.{what}") for label, what in labels]
    return letters([Bold(first), *rest], [buttons] if buttons else [])[0]


def _stands(broadcast: Broadcast, now: datetime) -> list[Words]:
    match broadcast.state:
        case "proving":
            return [s_("You get it first, in each language. When Telegram takes it, it goes on.")]
        case "asked":
            return [s_("A second coordinator must say yes first.")]
        case "planned":
            return [s_("Goes out from {moment}.", moment=broadcast.not_before)]
        case "paused":
            return [s_("Paused. Nobody gets it until you let it go on.")]
        case "stopped" if broadcast.waiting:
            return [s_("Stopped. Not sent: {count}.", count=broadcast.waiting)]
        case "stopped":
            return [s_("Stopped.")]
        case "done" if broadcast.waiting:
            return [s_("Not sent, because it was too late: {count}.", count=broadcast.waiting)]
        case "done":
            return [s_("All sent.")]
        case _ if broadcast.not_before > now:
            return [s_("It waits for the end of the quiet hours: {moment}.", moment=broadcast.not_before)]
        case _:
            left = time_left(broadcast, now)
            return [s_("About {time} left.", time=left)] if left is not None else []


def time_left(broadcast: Broadcast, now: datetime) -> timedelta | None:
    """For how long it still goes out at the pace so far; None while that says nothing."""
    done = broadcast.total - broadcast.waiting
    if broadcast.started_at is None or not done or not broadcast.waiting or now - broadcast.started_at < SOON:
        return None
    return (now - broadcast.started_at) * broadcast.waiting / done
