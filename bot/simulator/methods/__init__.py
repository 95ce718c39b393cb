"""The methods of the Bot API. Importing this registers all of them."""

from bot.simulator.methods import about, chats, editing, files, sending, updates

__all__ = ["about", "chats", "editing", "files", "sending", "updates"]
