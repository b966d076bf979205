"""Promises of the REST interface: shapes, codes, and the order of errors."""
