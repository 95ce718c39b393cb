"""What is kept of somebody, as a page that people can read, with the same for machines below."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

from conversations.words import Words, _

TITLE = _("What Buurtpraat keeps of you")
_HEADINGS: dict[str, Words] = {
    "number": _("Your number"),
    "neighbourhood": _("Your neighbourhood"),
    "language": _("Your language"),
    "agreed": _("You said yes on"),
    "agreed_to_version": _("To this version of the text"),
    "came_from": _("How you came here"),
    "invitations": _("Invitations to events"),
    "reports": _("Your reports"),
    "answers": _("Your answers"),
    "ideas": _("Your ideas"),
    "events": _("Events that you answered to"),
}


def page(kept: dict[str, Any], say: Callable[[Words], str], language: str, direction: str) -> str:
    """An HTML page that stands alone."""
    title = html.escape(say(TITLE))
    parts = [
        f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>{title}</title>',
        (
            "<style>body{font:18px/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}"
            "dt{font-weight:bold;margin-top:1rem}pre{white-space:pre-wrap;background:#eee;padding:1rem}</style>"
        ),
        f"<h1>{title}</h1><dl>",
    ]
    for name, value in kept.items():
        parts.append(f"<dt>{html.escape(say(_HEADINGS[name]))}</dt>")
        items = value if isinstance(value, list) else [value]
        parts += [f"<dd>{html.escape(_line(item))}</dd>" for item in items or ["-"]]
    machine = html.escape(json.dumps(kept, ensure_ascii=False, indent=1))
    return "".join([*parts, f"</dl><pre>{machine}</pre></html>"])


def _line(item: Any) -> str:
    if isinstance(item, dict):
        return " · ".join(str(value) for value in item.values() if value not in (None, ""))
    return "-" if item is None else str(item)
