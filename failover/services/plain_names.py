"""Names that strangers gave, as they may stand in the middle of a sentence."""

# Marks that turn the direction of all that follows: an id would be read backwards.
TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def plain(name: str) -> str:
    """The name without what would turn the rest of the line around."""
    return name.translate(TURNS)


def called(name: str, id: str) -> str:
    """A thing by its name and id, or by its id alone."""
    return f"{plain(name)} ({id})" if name else id
