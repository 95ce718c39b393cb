"""Settings, from the environment or `.env`. A mistake is one line that names the setting."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.neighbourhood.hours import QuietHours, duration, quiet_hours

TELEGRAM = "https://api.telegram.org"


class SettingsError(Exception):
    """A setting is wrong; the message is one line."""


class Settings(BaseSettings):
    """What the operator sets; the names are those of the environment."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = TELEGRAM
    database_url: str = ""
    data_dir: Path = Path("data")
    secret_key: SecretStr | None = None
    coordinators: Annotated[frozenset[int], NoDecode] = frozenset()
    area: str = "heerlen-noord"
    listen: str = "127.0.0.1:8080"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    quiet_hours: str = ""
    follow_up_after: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    messages_per_second: float = Field(default=30, ge=0)
    chat_messages_per_second: float = Field(default=1, ge=0)
    group_messages_per_minute: float = Field(default=20, ge=0)

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        number, colon, _rest = value.get_secret_value().partition(":")
        if value.get_secret_value() and not (number.isdecimal() and colon):
            raise ValueError("must look like 123456:ABC-DEF, as BotFather gives it")
        return value

    @field_validator("coordinators", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isdecimal() for part in parts):
            raise ValueError("must be Telegram ids with commas between them, like 123456,234567")
        return frozenset(int(part) for part in parts)

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        if value:
            quiet_hours(value)
        return value

    @field_validator("follow_up_after")
    @classmethod
    def _duration(cls, value: str) -> str:
        if value:
            duration(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        if value and _database_of(value) in (None, "", ":memory:") and value.startswith("sqlite"):
            raise ValueError("must name a file, like sqlite+aiosqlite:////srv/buurtpraat.sqlite")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _server(cls, value: str) -> str:
        if value and not _is_web_address(value, "http", "https"):
            raise ValueError(f"must be an http or https address, like {TELEGRAM}")
        return value or TELEGRAM

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("must be at most 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError("must be host:port, like 127.0.0.1:8080")
        return value

    @model_validator(mode="after")
    def _webhook(self) -> Settings:
        if bool(self.webhook_url) != bool(self.webhook_secret.get_secret_value()):
            raise ValueError("WEBHOOK_URL and WEBHOOK_SECRET: set both, or neither")
        schemes = ["https"] if self.telegram_api_url == TELEGRAM else ["https", "http"]  # one's own server may be near
        if self.webhook_url and not _is_web_address(self.webhook_url, *schemes):
            raise ValueError("WEBHOOK_URL: must be an https address, like https://bot.example.org/webhook")
        return self

    @property
    def token(self) -> str:
        """The bot's token. Raises `SettingsError` when there is none."""
        if not self.bot_token.get_secret_value():
            raise SettingsError("BOT_TOKEN: is missing; BotFather on Telegram gives one")
        return self.bot_token.get_secret_value()

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'buurtpraat.sqlite'}"

    @property
    def quiet(self) -> QuietHours | Literal["as the area says"] | None:
        """Quiet hours that override the area file's."""
        return quiet_hours(self.quiet_hours) if self.quiet_hours else "as the area says"

    @property
    def follow_up(self) -> timedelta | None:
        """The time from "solved" to the follow-up, where it overrides the area file's."""
        return duration(self.follow_up_after) if self.follow_up_after else None

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where to listen."""
        host, _colon, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def _database_of(url: str) -> str | None:
    """What database an address names. Raises ValueError for one that can't be read."""
    from sqlalchemy import make_url  # here, for it is slow to import

    try:
        return make_url(url).database
    except Exception:  # of several kinds, and they repeat the address with its password
        raise ValueError("can't be read; it must be like postgresql+asyncpg://user:password@host:5432/name") from None


def _is_web_address(value: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname)


def load_settings(**overrides: object) -> Settings:
    """The settings, with `overrides` on top. Raises `SettingsError`, one line."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else ""
        said = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {said}" if name else said) from None
