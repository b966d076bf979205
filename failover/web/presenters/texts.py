"""Texts that strangers wrote, cut to what a line holds."""

import unicodedata

# The columns of a name in a sentence, a button or a title.
NAME = 48


def short(text: str, width: int = NAME) -> str:
    """The text cut to so many columns; letters of the East and emoji take two."""
    taken = 0
    for number, letter in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if taken > width:
            return f"{text[: max(0, number - 1)]}…"
    return text
