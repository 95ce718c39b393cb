"""The parameters of one call, whichever way they travelled: query, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.simulator.errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    mime: str


class Params:
    """Typed reading of a call's parameters; a value of the wrong shape is refused."""

    __slots__ = ("files", "values")

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        self.values = values
        self.files = files or {}

    def has(self, name: str) -> bool:
        """Whether it was given at all (an empty string counts as not given)."""
        return self.values.get(name) not in (None, "") or name in self.files

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            if isinstance(value, bool | dict | list):
                raise bad_request(f'field "{name}" must be of type String')
            return str(value)
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number, also when written as a string."""
        value = self.values.get(name)
        if value in (None, ""):
            if default is None:
                raise bad_request(f'parameter "{name}" is required')
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        raise bad_request(f'invalid {name} specified: field "{name}" must be of type Integer')

    def number(self, name: str) -> float:
        """A number with a fraction."""
        value = self.values.get(name)
        try:
            if isinstance(value, bool) or value is None:
                raise ValueError
            return float(value)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be of type Number') from None

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no; as Telegram's own server reads it."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        return str(value).lower() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """An object or a list; in a form it travels as JSON text."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            try:
                return json.loads(value)
            except json.JSONDecodeError:
                raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
        return value

    def upload(self, name: str) -> Upload | None:
        """The file under this name, or the one that `attach://` points at."""
        if name in self.files:
            return self.files[name]
        value = self.values.get(name)
        return self.attached(value) if isinstance(value, str) else None

    def attached(self, value: str) -> Upload | None:
        """The file that an `attach://name` points at; None for anything else."""
        if not value.startswith("attach://"):
            return None
        if value[9:] not in self.files:
            raise bad_request(f"wrong file identifier/HTTP URL specified: no file {value[9:]} was attached")
        return self.files[value[9:]]


async def read_params(request: web.Request) -> Params:
    """Read the parameters: query and body together."""
    values: dict[str, Any] = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = request.content_type
    if not request.body_exists:
        return Params(values)
    if kind == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise bad_request("can't parse request JSON object") from None
        if not isinstance(body, dict):
            raise bad_request("request JSON object expected")
        values.update(body)
    elif kind == "application/x-www-form-urlencoded":
        text = (await request.read()).decode("utf-8", "replace")
        values.update(parse_qsl(text, keep_blank_values=True))
    elif kind == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            content = bytes(await part.read(decode=True))
            if part.filename:
                mime = part.headers.get("Content-Type", "").partition(";")[0]
                files[part.name] = Upload(part.filename, content, "" if mime == "application/octet-stream" else mime)
            else:
                values[part.name] = content.decode("utf-8", "replace")
    return Params(values, files)
