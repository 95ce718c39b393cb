"""A small web server: `/health`, `/metrics`, and `/webhook` where one is set."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LARGEST_UPDATE = 1024 * 1024

HandIn = Callable[[dict[str, Any]], Awaitable[None]]


def web_app(
    health: Callable[[], tuple[bool, str]],
    working: Callable[[], bool],
    metrics: Callable[[], Mapping[str, float]],
    hand_in: HandIn | None,
    secret: str,
) -> web.Application:
    """The application. `hand_in` waits until an update may be confirmed; None: no webhook is served."""

    async def on_health(_request: web.Request) -> web.Response:
        well, why = health()
        return web.json_response({"well": well, "why": why}, status=200 if well else 503)

    async def on_metrics(_request: web.Request) -> web.Response:
        lines = [f"buurtpraat_{name} {value}" for name, value in metrics().items()]
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")

    async def on_webhook(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if hand_in is None or not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return web.Response(status=400)
        if not working():
            return web.Response(status=503)  # standing by: Telegram tries again, and finds who works
        await hand_in(raw)
        return web.Response()

    app = web.Application(client_max_size=LARGEST_UPDATE)
    app.router.add_get("/health", on_health)
    app.router.add_get("/metrics", on_metrics)
    if hand_in is not None:
        app.router.add_post("/webhook", on_webhook)
    return app
