"""Buurtpraat: a Telegram bot through which a neighbourhood and its programme office talk."""
