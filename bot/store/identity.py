"""Telegram ids at rest: stored encrypted (AES-256-GCM) for sending, found by a keyed hash (HMAC-SHA-256).

Both keys come from one secret that lies outside the database. Without it nobody can be reached or recognised, so a
secret that is wrong or gone stops the bot at its start, instead of letting it forget everybody. How another takes
its place: `bot/neighbourhood/new_key.py`.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import Chat, Lock

_PROOF = b"buurtpraat"
_NONCE = 12
_SHORTEST = 32


class SecretError(Exception):
    """The secret doesn't fit the database, or can't be read; the message is one line for the operator."""


class Seal:
    """Encrypts and finds what must not be readable in the database."""

    def __init__(self, secret: str) -> None:
        """`secret`: at least 32 characters. Raises `SecretError`."""
        if len(secret) < _SHORTEST:
            raise SecretError("SECRET_KEY: at least 32 characters, for example the output of `openssl rand -hex 32`")
        self._cipher = AESGCM(_derived(secret, b"encrypt"))
        self._index_key = _derived(secret, b"index")

    def close(self, content: bytes, kind: bytes) -> bytes:
        """Encrypt; `kind` says what it is, and must be the same when it is opened."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, kind)

    def close_steadily(self, content: bytes, kind: bytes) -> bytes:
        """Encrypt so that the same content always gives the same: for short contents that are all different."""
        nonce = hmac.new(self._index_key, kind + b":" + content, hashlib.sha256).digest()[:_NONCE]
        return nonce + self._cipher.encrypt(nonce, content, kind)

    def open(self, sealed: bytes, kind: bytes) -> bytes:
        """Decrypt. Raises `SecretError` when it was made with another secret or was tampered with."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], kind)
        except InvalidTag as error:
            raise SecretError("SECRET_KEY: not the one that this database is locked with") from error

    def close_id(self, telegram_id: int) -> bytes:
        """A chat's Telegram id, encrypted."""
        return self.close(str(telegram_id).encode(), b"chat")

    def open_id(self, sealed: bytes) -> int:
        """The Telegram id back."""
        return int(self.open(sealed, b"chat"))

    def fingerprint(self, telegram_id: int) -> bytes:
        """The same for the same id; says nothing about it to who lacks the secret."""
        return hmac.new(self._index_key, str(telegram_id).encode(), hashlib.sha256).digest()

    def proof(self) -> bytes:
        """What only this secret opens."""
        return self.close(_PROOF, b"proof")

    def fits(self, lock: Lock) -> bool:
        """Whether the database is locked with this secret."""
        try:
            return self.open(lock.proof, b"proof") == _PROOF
        except SecretError:
            return False

    async def check(self, session: AsyncSession) -> None:
        """Hold the secret against the database's proof, or leave the proof at the first start.

        Nobody locks it with another secret until this transaction ends. Raises `SecretError`.
        """
        lock = await session.get(Lock, 1, with_for_update={"read": True}, populate_existing=True)
        if lock is not None:
            self.open(lock.proof, b"proof")
        elif await session.scalar(select(Chat.id).limit(1)) is not None:
            raise SecretError("SECRET_KEY: the database has lost its proof of the key; restore it from a backup")
        else:
            session.add(Lock(id=1, proof=self.proof()))


def secrets_from(setting: str | None, key_file: Path, *, database_is_new: bool) -> list[str]:
    """The secret that is to be used, and after it those with which the database may be locked as yet.

    The setting counts (several with commas between them), else the newest key file; it is made for a new database.
    Raises `SecretError`.
    """
    files = [file for file in (newer(key_file), key_file) if file.exists()]
    if setting:
        known = [_content(file) for file in files if os.access(file, os.R_OK)]
        return [*_listed(setting), *(secret for secret in known if len(secret) >= _SHORTEST)]
    if files:
        return [_content(file) for file in files]
    if not database_is_new:
        raise SecretError(f"SECRET_KEY: {key_file} is gone, but the database needs it; put it back from your backup")
    return [make_secret(key_file)]


def newer(key_file: Path) -> Path:
    """Where a new secret lies until the database is locked with it."""
    return key_file.with_name(f"{key_file.name}.new")


def use_newer(key_file: Path, secret: str) -> None:
    """The database is locked with this secret: when it lies beside the key file, it takes that one's place."""
    with contextlib.suppress(FileNotFoundError):  # mostly there is none; or another process was quicker
        if _content(newer(key_file)) == secret:
            newer(key_file).replace(key_file)
            _put_on_disk(key_file.parent)


def make_secret(key_file: Path) -> str:
    """A new secret, in this file. When this returns it stays there, also when the power fails."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_hex(32)
    part = key_file.with_suffix(f".{secrets.token_hex(4)}")  # whole or not at all, also when the process dies here
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    part.rename(key_file)
    _put_on_disk(key_file.parent)
    return secret


def _content(file: Path) -> str:
    return file.read_text("ascii", "replace").strip()


def _listed(setting: str) -> list[str]:
    """Secrets with commas between them; a comma may also be part of a single one."""
    parts = [part.strip() for part in setting.split(",")]
    are_several = len(parts) > 1 and all(len(part) >= _SHORTEST for part in parts)
    return [*parts, setting] if are_several else [setting]


def _put_on_disk(folder: Path) -> None:
    """The names of the files in it, not only what stands in them."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"buurtpraat " + purpose).derive(secret.encode())
