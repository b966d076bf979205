"""From facts to what a page shows: words, tones, icons, links.

Pure: a presenter gets rows and the present time and gives frozen values back. Nothing
here asks a database or knows a request beyond its query string.
"""
