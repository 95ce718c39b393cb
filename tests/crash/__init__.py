"""The crash run: the bot is killed again and again in the middle of its work, and must lose nothing."""
