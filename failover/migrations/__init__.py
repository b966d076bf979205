"""The database's history: named steps, one idea each, additive first."""
