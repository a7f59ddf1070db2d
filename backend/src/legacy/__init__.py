"""Moves the data of the old app, a FastAPI service on SQLite, into this one's PostgreSQL."""

from src.legacy.importing import import_sqlite

__all__ = ["import_sqlite"]
