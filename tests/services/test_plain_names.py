"""Names in the middle of sentences turn nothing around."""

from failover.services import plain_names
from failover.web.presenters import texts

TURNED = "web \u202e\u05d0\u2067"


def test_a_name_that_turns_the_line_around_leaves_the_id_readable() -> None:
    assert plain_names.called(TURNED, "i-1") == "web \u05d0 (i-1)"
    assert plain_names.called("", "i-1") == "i-1"
    assert texts.short(TURNED) == "web \u05d0"
