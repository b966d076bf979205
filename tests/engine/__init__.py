"""Tests of the pure engine, row by row. No database, no EC2, no clock."""
