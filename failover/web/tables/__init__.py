"""What each table page shows: its columns, its panel, what may be done to many rows.

One module a table; `columns` and `table` are what they are made of. How a page filters,
sorts, cuts, exports and polls is `web.listing`'s, for all of them alike.
"""
