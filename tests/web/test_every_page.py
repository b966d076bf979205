"""Every page there is: none is forgotten; whoever is admin can open each."""

import pytest

from tests.web import every_page
from tests.web.conftest import Home


@pytest.mark.timeout(300)
def test_no_page_is_missing_in_the_list_and_each_opens(home: Home) -> None:
    furnished = every_page.furnish(home)
    client = home.client("anna")

    assert every_page.missing(furnished.paths) == []
    statuses = {p: client.get(p).status_code for p in furnished.paths}
    assert {p: s for p, s in statuses.items() if s != 200} == furnished.odd
