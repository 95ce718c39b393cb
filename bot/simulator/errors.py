"""How Telegram says no: an error code, a sentence, and sometimes parameters."""

from __future__ import annotations


class Refused(Exception):
    """A call that Telegram would not carry out."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(what: str, **parameters: int) -> Refused:
    """400: the call itself is wrong."""
    return Refused(400, f"Bad Request: {what}", **parameters)


def forbidden(what: str) -> Refused:
    """403: the call is right, but this bot may not do it (any more)."""
    return Refused(403, f"Forbidden: {what}")


def too_many(seconds: int) -> Refused:
    """429: wait this many seconds."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def must(holds: bool, otherwise: str) -> None:
    """What a test asks of a person must be possible; an assertion that `python -O` does not drop."""
    if not holds:
        raise AssertionError(otherwise)
