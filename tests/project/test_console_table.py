"""docs/console.md names pages that exist, and no form of an action is missing."""

import re

from django.urls import get_resolver, reverse

from failover.web.acting import urls
from tests.project.files import ROOT

TABLE = (ROOT / "docs" / "console.md").read_text()
ROW = re.compile(r"^\|.*\| (?:`([a-z-]+)`|–) \|$", re.M)
PATH = re.compile(r"`(/[^`]*)`")
ARGUMENTS = {
    "{id}": "x-1",
    "{allocation id}": "eipalloc-1",
    "{name}": "web",
}


def test_each_named_page_is_where_the_table_says() -> None:
    lines = [line for line in TABLE.splitlines() if ROW.fullmatch(line)]
    wrong = []
    for line in lines:
        name, path = ROW.fullmatch(line)[1], PATH.search(line)  # type: ignore[index]
        if not name or path is None:
            continue
        # What stands behind the question mark fills the page in.
        filled, arguments = path[1].partition("?")[0], []
        for hole, value in ARGUMENTS.items():
            if hole in filled:
                filled = filled.replace(hole, value)
                arguments.append(value)
        if reverse(name, args=arguments) != filled:
            wrong.append(line)
        get_resolver().resolve(filled)

    assert len(lines) > 30
    assert wrong == []


def test_each_form_of_an_action_stands_in_the_table() -> None:
    names = {str(pattern.name) for pattern in urls.urlpatterns}
    named = set(re.findall(r"`([a-z-]+)`", TABLE))

    assert sorted(names - named) == []
