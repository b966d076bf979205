"""The engine's Store: one contract, held by memory, SQLite and PostgreSQL alike."""
