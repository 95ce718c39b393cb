"""The yardstick: a bare loop of aiogram's `send_message`. Arguments: address, token, how many chats (1, 2, 3 …).

It begins when it reads a line, and writes one when it is through.
"""

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.bench.addressees import BUTTONS, LETTER


async def main(address: str, token: str, people: int) -> None:
    rows = [[InlineKeyboardButton(text=label, callback_data=does)] for label, does in BUTTONS]
    keyboard = InlineKeyboardMarkup(inline_keyboard=rows)
    text = LETTER.content["text"]
    async with Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(address))).context() as bot:
        await bot.get_me()
        await asyncio.to_thread(sys.stdin.readline)
        for chat in range(1, people + 1):
            await bot.send_message(chat, text, parse_mode="HTML", reply_markup=keyboard)
    print("through", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
