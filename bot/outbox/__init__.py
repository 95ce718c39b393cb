"""What must be sent: written down first, then sent in order, at Telegram's pace."""
