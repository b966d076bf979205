"""Every page there is: none is forgotten; whoever is admin can open each."""

from tests.web import every_page
from tests.web.conftest import Home


def test_no_page_is_missing_in_the_list_and_each_opens(home: Home) -> None:
    furnished = every_page.furnish(home)
    client = home.client("anna")

    assert every_page.missing(furnished.paths) == []
    statuses = {p: client.get(p).status_code for p in furnished.paths}
    assert {p: s for p, s in statuses.items() if s != 200} == furnished.odd
