"""Swapboard's product code: engine, tables, gateway, verbs, pages and API.

Rooms import downwards only; `docs/architecture.md` lists the layers, and
`import-linter` holds them in `make check`.
"""
