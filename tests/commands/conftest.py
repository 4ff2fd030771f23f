"""The database fixtures."""

from tests.databases import database_url, engine, postgres, sqlite_template

__all__ = ["database_url", "engine", "postgres", "sqlite_template"]
