"""What the pages load: vendored files as published, colours only among the tokens."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = STATIC / "vendor"
# The page of the REST interface wears Swagger UI's own colours, and no tokens.
HAVE_COLOURS = ("tokens.css", "api_docs.css")


def test_vendored_files_are_as_published() -> None:
    listed = {}
    for line in (VENDOR / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        listed[name] = digest

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "SHA256SUMS"
    }

    assert found == listed


def test_colours_live_among_the_tokens() -> None:
    strays = {
        path.name: found
        for path in (STATIC / "failover" / "css").iterdir()
        if path.name not in HAVE_COLOURS
        and (found := re.findall(r"#[0-9a-f]{3,8}\b", path.read_text()))
    }

    assert strays == {}
