"""Passwords that everybody would try here first."""

import re
from typing import Any

from django.core.exceptions import ValidationError

# Of this house: the product, what it moves, and who works with it.
WORDS = (
    *("swapboard", "failover", "standby", "primary", "elastic", "interface"),
    *("amazon", "admin", "operator", "approver", "viewer", "password"),
)
LETTERS_LEFT = 8
TELL = (
    "This password is little more than words of this house. Add something that has"
    " nothing to do with it."
)


class NoHouseWords:
    """Django's validator of a password: what is left beside those words must do."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        del user
        found = re.compile("|".join(WORDS), re.IGNORECASE)
        if found.search(password) and len(found.sub("", password)) < LETTERS_LEFT:
            raise ValidationError(TELL, code="house_words")

    def get_help_text(self) -> str:
        """What stands beside the field."""
        return "Not only words of this house, such as swapboard or failover."
