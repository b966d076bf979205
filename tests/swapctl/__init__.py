"""Promises of the command-line client, against the running product."""
