"""Getting updates: long polling and setting the webhook."""

from __future__ import annotations

import asyncio
import re
import time
from urllib.parse import urlsplit

from telegram.constants import UpdateType

from bot.simulator.errors import Refused, bad_request
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.state import BotAccount, Json
from bot.simulator.world import World

KEPT_FOR = 24 * 3600
LONGEST_POLL = 50
KINDS = {str(kind.value) for kind in UpdateType}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _remember_allowed(world: World, bot: BotAccount, params: Params) -> None:
    """Unspecified keeps the setting; an empty list means all but the rare kinds; unknown ones are ignored."""
    given = params.json("allowed_updates")
    if given is None:
        return
    if not isinstance(given, list) or not all(isinstance(kind, str) for kind in given):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    known = [kind for kind in given if kind in KINDS]
    bot.allowed = known or None
    world.touch_bot(bot)


@method("getUpdates")
async def get_updates(world: World, bot: BotAccount, params: Params) -> list[Json]:
    """Long polling: what lies before `offset` is confirmed and forgotten."""
    if bot.webhook is not None:
        raise Refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    offset = params.integer("offset", 0)
    limit = min(max(params.integer("limit", 100), 1), 100)
    deadline = time.monotonic() + min(max(params.integer("timeout", 0), 0), LONGEST_POLL)
    _remember_allowed(world, bot, params)
    if bot.poller is not None and not bot.poller.done():
        bot.poller.set_result(False)
    if offset < 0:
        offset = next(iter(list(bot.updates)[offset:]), 0)
    too_old = time.time() - KEPT_FOR
    for number, pending in list(bot.updates.items()):
        if number >= offset and pending.made >= too_old:
            break
        world.forget_update(bot, number)
    while not bot.updates:
        left = deadline - time.monotonic()
        if left <= 0:
            return []
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        bot.poller = waiting
        try:
            undisturbed = await asyncio.wait_for(waiting, left)
        except TimeoutError:
            return []
        finally:
            if bot.poller is waiting:
                bot.poller = None
        if not undisturbed:
            raise Refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
    return [pending.body for pending, _ in zip(bot.updates.values(), range(limit), strict=False)]


@method("setWebhook")
def set_webhook(world: World, bot: BotAccount, params: Params) -> bool:
    """From now on updates are posted to this address; an empty one ends it."""
    url = params.text("url")
    if not url:
        return _end_webhook(world, bot, params)
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: URL is invalid")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections", 40)
    if not 1 <= connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    _remember_allowed(world, bot, params)
    if params.flag("drop_pending_updates"):
        _drop(world, bot)
    if bot.poller is not None and not bot.poller.done():
        bot.poller.set_result(False)
    bot.webhook = {"url": url, "secret": secret, "connections": connections}
    world.touch_bot(bot)
    if world.to_webhook:
        for pending in list(bot.updates.values()):
            world.to_webhook(bot, pending)
    return True


@method("deleteWebhook")
def delete_webhook(world: World, bot: BotAccount, params: Params) -> bool:
    """Back to polling."""
    return _end_webhook(world, bot, params)


def _end_webhook(world: World, bot: BotAccount, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        _drop(world, bot)
    bot.webhook = None
    world.touch_bot(bot)
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, bot: BotAccount, params: Params) -> Json:
    """How the webhook fares."""
    webhook = bot.webhook or {}
    info: Json = {
        "url": webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if webhook:
        info["max_connections"] = webhook["connections"]
        if bot.last_error:
            info["last_error_date"], info["last_error_message"] = bot.last_error
    if bot.allowed is not None:
        info["allowed_updates"] = bot.allowed
    return info


def _drop(world: World, bot: BotAccount) -> None:
    for number in list(bot.updates):
        world.forget_update(bot, number)
