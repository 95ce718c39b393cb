"""Alembic's migrations: `versions/` in order."""
