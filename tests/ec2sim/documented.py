"""What botocore's copy of EC2's reference says, for tests to hold ec2sim to."""

import re
from html.parser import HTMLParser

from ec2sim.wire import model

ENTRY = re.compile(r"\s*([^\s<&:]+)")


class Entries(HTMLParser):
    """The first word in code of each entry of the outermost list."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._expects = False
        self._in_code = False

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "ul":
            self._depth += 1
        elif tag == "li" and self._depth == 1:
            self._expects = True
        elif tag == "code":
            self._in_code = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self._depth -= 1
        elif tag == "code":
            self._in_code = False

    def handle_data(self, data: str) -> None:
        entry = ENTRY.match(data)
        if self._expects and self._in_code and entry is not None:
            self.found.append(entry[1])
            self._expects = False


def filters(action: str) -> list[str]:
    """The names of a call's documented filters, with a tag's key made up."""
    shape = model.operation("ec2", action).input_shape
    entries = Entries()
    entries.feed(shape.members["Filters"].documentation)
    return ["tag:Name" if name == "tag" else name for name in entries.found]


def words(action: str, member: str) -> str:
    """What is said of one parameter of a call."""
    shape = model.operation("ec2", action).input_shape
    return str(shape.members[member].documentation)
