"""The other yardstick: a bare python-telegram-bot echo bot, as its examples make one. Arguments: address, token."""

import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters


async def echo(update: Update, _context: Any) -> None:
    if update.message is not None:
        await update.message.reply_text(update.message.text or "?")


def main(address: str, token: str) -> None:
    builder = Application.builder().token(token).base_url(f"{address}/bot").base_file_url(f"{address}/file/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:3])
