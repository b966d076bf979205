"""What one comes to a console for: ids and addresses, each with a button to copy it."""

import re

import pytest

from failover.web.tables.registry import TABLES
from tests.web.conftest import FLOATING, PRIMARY, Home
from tests.web.estate import ALLOCATION
from tests.web.test_swap import text_of

IDS = (
    r"\b(?:eni|eni-attach|i|eipalloc|eipassoc|subnet|vpc|sg)-[0-9a-f]{8,}\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"
)


def shown_in(markup: str) -> str:
    """Its words, without what stands in tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


@pytest.mark.parametrize(
    "path",
    [
        *("/interfaces/", "/elastic-ips/", "/instances/", "/pairs/"),
        f"/interfaces/{FLOATING}/",
        f"/instances/{PRIMARY}/",
        f"/elastic-ips/{ALLOCATION}/",
    ],
)
def test_every_id_and_address_can_be_copied(home: Home, path: str) -> None:
    table = TABLES.get(path.strip("/"))
    every = f"?cols={','.join(table.by_id)}" if table else ""

    text = text_of(home.client("vera").get(path + every))

    part = text[text.index("<tbody" if table else "<h1") : text.index("</main>")]
    shown = set(re.findall(IDS, shown_in(part)))
    assert len(shown) > 3
    assert shown - set(re.findall(r'data-copy="([^"]*)"', part)) == set()


def test_a_panel_says_what_it_is_of(home: Home) -> None:
    text = text_of(home.client("vera").get(f"/interfaces/?sel={FLOATING}"))

    title = text.partition('id="panel-title">')[2].partition("</h2>")[0]
    assert shown_in(title) == f"Network interface Secondary {FLOATING}"
    assert f'data-copy="{FLOATING}"' in title
