"""Texts that strangers wrote, cut to what a line holds."""

import unicodedata

from failover.services.plain_names import plain

# Who or what has asked for a job or an action.
TRIGGERS = {
    "ui": "console",
    "api": "API",
    "cli": "command line",
    "auto": "automation",
    "guard": "guard",
    "schedule": "schedule",
}
# The columns of a name in a sentence, a button or a title.
NAME = 48


def short(text: str, width: int = NAME) -> str:
    """The text cut to so many columns; letters of the East and emoji take two."""
    taken, text = 0, plain(text)
    for number, letter in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if taken > width:
            return f"{text[: max(0, number - 1)]}…"
    return text


def trigger(code: str) -> str:
    """What has asked, as one would say it."""
    return TRIGGERS.get(code, code)


def number(value: float) -> int | float:
    """The same number, without decimals where it has none."""
    return int(value) if value == int(value) else value


# The first that occurs names it: the others say Chrome or Safari as well.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """What a browser says of itself, in few words; as it is where nobody knows it."""
    name = next((said for mark, said in BROWSERS if mark in agent), "")
    system = next((said for mark, said in SYSTEMS if mark in agent), "")
    if not name:
        return short(agent, 40) or "Unknown"
    return f"{name} on {system}" if system else name
