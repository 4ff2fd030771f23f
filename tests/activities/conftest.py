"""The database fixtures for the tests of this folder, on SQLite and PostgreSQL."""

from tests.databases import database_url, empty_url, engine, postgres, sqlite_template

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]
