"""How the client ends: the exit codes that scripts rely on."""

from collections.abc import Mapping
from typing import Final

OK: Final = 0
REFUSED: Final = 2
REVERSED: Final = 3
PARKED: Final = 4
CANCELLED: Final = 5
# Words that cannot be read, and names that nobody knows.
USAGE: Final = 64
# The server did not answer; whether it did anything may be unknown.
UNREACHABLE: Final = 69
INTERRUPTED: Final = 130
# As a shell says of whom a closed pipe has ended.
PIPE_CLOSED: Final = 141

OF_STATE: Final[Mapping[str, int]] = {
    "succeeded": OK,
    "reversed": REVERSED,
    "parked": PARKED,
    "cancelled": CANCELLED,
}


class Ending(Exception):
    """The client ends with a code, and a sentence for stderr."""

    def __init__(self, code: int, sentence: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
