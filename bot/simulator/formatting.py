"""Text as Telegram keeps it: plain words and entities counted in UTF-16 units.

The HTML reader follows Telegram's written rules, which are stricter than what its servers let through: a bare
`<`, `>` or `&` is refused here, because it nearly always means that somebody's words were not escaped.
"""

from __future__ import annotations

import html
import re
from typing import Any

from telegram import MessageEntity

from bot.simulator.errors import bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)>|&(#x[0-9a-fA-F]+|#[0-9]+|[a-zA-Z]+);|[<>&]")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>]+[^\s<>.,:;!?)\]'\"])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@[A-Za-z]\w{3,31})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<!\w)(?P<hashtag>#\w*[^\W\d]\w*)"
)


def units(text: str) -> int:
    """The length of a text as Telegram counts it: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Read Telegram's HTML strictly: plain text and its entities."""
    out: list[str] = []
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, dict[str, str]]] = []
    length = last = 0

    def add(piece: str) -> None:
        nonlocal length
        out.append(piece)
        length += units(piece)

    for found in _TOKEN.finditer(source):
        add(source[last : found.start()])
        last = found.end()
        at = len(source[: found.start()].encode())
        closing, tag, attributes, reference = found.groups()
        if reference is not None:
            add(_character(reference, at))
        elif tag is None:
            raise bad_request(f"can't parse entities: Unescaped character '{found[0]}' at byte offset {at}")
        elif not closing:
            open_tags.append((tag.lower(), length, _attributes(tag.lower(), attributes, at)))
        else:
            if not open_tags:
                raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {at}")
            name, start, values = open_tags.pop()
            if name != tag.lower():
                raise bad_request(
                    f"can't parse entities: Unmatched end tag at byte offset {at}, "
                    f'expected "</{name}>", found "</{tag}>"'
                )
            if length > start:
                entities.append(_entity(name, start, length - start, values))
    add(source[last:])
    if open_tags:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(out), entities


def _character(reference: str, at: int) -> str:
    if reference.startswith("#"):
        number = int(reference[2:], base=16) if reference[1] == "x" else int(reference[1:])  # noqa: FURB166
        if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
            return chr(number)
    elif reference in NAMED:
        return NAMED[reference]
    raise bad_request(f'can\'t parse entities: Unsupported entity "&{reference};" at byte offset {at}')


def _attributes(tag: str, raw: str, at: int) -> dict[str, str]:
    values = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(raw)}
    if tag not in TAGS:
        raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {at}')
    if tag == "span" and values.get("class") != "tg-spoiler":
        raise bad_request(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {at}')
    return values


def _entity(tag: str, offset: int, length: int, values: dict[str, str]) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": TAGS[tag], "offset": offset, "length": length}
    if tag == "a":
        entity["url"] = values.get("href", "")
    if tag == "blockquote" and "expandable" in values:
        entity["type"] = "expandable_blockquote"
    if tag == "tg-emoji":
        entity["custom_emoji_id"] = values.get("emoji-id", "")
    if tag == "code" and values.get("class", "").startswith("language-"):
        entity["language"] = values["class"][9:]
    return entity


def given_entities(text: str, raw: Any) -> list[dict[str, Any]]:
    """Entities given as a list, read by python-telegram-bot and checked against the text."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    whole = units(text)
    for item in raw:
        try:
            entity = MessageEntity.de_json(dict(item), None)
        except TypeError as error:
            raise bad_request("can't parse entities: a field is missing") from error
        if entity.offset < 0 or entity.length <= 0 or entity.offset + entity.length > whole:
            raise bad_request("can't parse entities: entity is outside of the text")
    return raw


def trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram cuts white space at both ends and moves the entities along."""
    bare = text.strip()
    if bare == text:
        return text, entities
    cut = units(text[: len(text) - len(text.lstrip())])
    whole = units(bare)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], whole)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return bare, kept


def with_found(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what Telegram finds by itself: addresses, commands, mentions, hashtags."""
    if not any(sign in text for sign in "/@#"):
        return entities
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in ("code", "pre", "text_link")]
    more = []
    for found in _FOUND.finditer(text):
        start, end = units(text[: found.start()]), units(text[: found.end()])
        if not any(start < b and a < end for a, b in taken):
            more.append({"type": found.lastgroup, "offset": start, "length": end - start})
    return sorted([*entities, *more], key=lambda e: (e["offset"], -e["length"])) if more else entities


def to_html(text: str, entities: list[dict[str, Any]]) -> str:
    """The text with its entities as HTML again: handy in a test's assertion."""
    if not entities:
        return html.escape(text, quote=False)
    names = {kind: tag for tag, kind in reversed(TAGS.items())} | {"spoiler": "tg-spoiler"}
    encoded = text.encode("utf-16-le", "surrogatepass")
    marks: dict[int, list[str]] = {}
    for entity in entities:
        tag = names.get(entity["type"])
        if tag:
            opening = f'<a href="{html.escape(entity["url"])}">' if tag == "a" else f"<{tag}>"
            marks.setdefault(entity["offset"], []).append(opening)
            marks.setdefault(entity["offset"] + entity["length"], []).insert(0, f"</{tag}>")
    out, last = [], 0
    for place in sorted(marks):
        piece = encoded[last * 2 : place * 2].decode("utf-16-le", "surrogatepass")
        out += [html.escape(piece, quote=False), *marks[place]]
        last = place
    out.append(html.escape(encoded[last * 2 :].decode("utf-16-le", "surrogatepass"), quote=False))
    return "".join(out)
