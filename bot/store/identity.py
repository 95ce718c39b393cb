"""Telegram ids at rest: stored encrypted (AES-256-GCM) for sending, found by a keyed hash (HMAC-SHA-256).

Both keys come from one secret that lies outside the database. Without it nobody can be reached or recognised, so a
secret that is wrong or gone stops the bot at its start, instead of letting it forget everybody.
"""

from __future__ import annotations

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


class SecretError(Exception):
    """The secret doesn't fit the database, or can't be read; the message is one line for the operator."""


class Seal:
    """Encrypts and finds what must not be readable in the database."""

    def __init__(self, secret: str) -> None:
        """`secret`: at least 32 characters. Raises `SecretError`."""
        if len(secret) < 32:
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
            raise SecretError("SECRET_KEY: not the one that this database was made with") from error

    def close_id(self, telegram_id: int) -> bytes:
        """A chat's Telegram id, encrypted."""
        return self.close(str(telegram_id).encode(), b"chat")

    def open_id(self, sealed: bytes) -> int:
        """The Telegram id back."""
        return int(self.open(sealed, b"chat"))

    def fingerprint(self, telegram_id: int) -> bytes:
        """The same for the same id; says nothing about it to who lacks the secret."""
        return hmac.new(self._index_key, str(telegram_id).encode(), hashlib.sha256).digest()

    async def check(self, session: AsyncSession) -> None:
        """Hold the secret against the database's proof, or leave the proof at the first start.

        Raises `SecretError`.
        """
        lock = await session.get(Lock, 1)
        if lock is not None:
            self.open(lock.proof, b"proof")
        elif await session.scalar(select(Chat.id).limit(1)) is not None:
            raise SecretError("SECRET_KEY: the database has lost its proof of the key; restore it from a backup")
        else:
            session.add(Lock(id=1, proof=self.close(_PROOF, b"proof")))


def secret_from(setting: str | None, key_file: Path, *, database_is_new: bool) -> str:
    """The secret: the setting, else the key file, which is made for a new database. Raises `SecretError`."""
    if setting:
        return setting
    if key_file.exists():
        return key_file.read_text("ascii").strip()
    if not database_is_new:
        raise SecretError(f"SECRET_KEY: {key_file} is gone, but the database needs it; put it back from your backup")
    key_file.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_hex(32)
    part = key_file.with_suffix(f".{secrets.token_hex(4)}")  # whole or not at all, also when the process dies here
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    part.rename(key_file)
    return secret


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"buurtpraat " + purpose).derive(secret.encode())
