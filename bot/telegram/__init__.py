"""The edge: reading Telegram's updates, drawing questions as messages, commands, and who may do what."""
