"""Words are found in either case and mean themselves, on both databases."""

from uuid import UUID

from django.http import QueryDict

from failover import models, wiring
from failover.services import queries
from failover.services.acts.showing import ActionFilter
from failover.services.filters import InterfaceFilter, JobFilter
from tests.services.filters.shelf import a_region, shelve


def test_words_are_found_in_either_case(database: str) -> None:
    region, now = a_region(), wiring.now()
    shelve(
        region,
        {"interface_id": "eni-1", "description": "Über WEB 100%_x"},
        {"interface_id": "eni-2", "description": "100 of x"},
    )
    models.Job.objects.create(
        id=UUID(int=1), region=region, kind="swap", state="succeeded", trigger="ui",
        pair_name="web-1", requested_by="Anna", reason="Rack_7 is HOT",
        requested_at=now, finished_at=now,
    )  # fmt: skip

    def interfaces(said: str) -> list[str]:
        asked = InterfaceFilter(
            QueryDict(f"f=description:{said}"), queryset=queries.list_interfaces()
        )
        return sorted(row.interface_id for row in asked.qs)

    def jobs(said: str) -> int:
        asked = JobFilter(QueryDict(f"q={said}"), queryset=queries.list_jobs())
        return int(asked.qs.count())

    assert interfaces("web") == interfaces("WeB") == ["eni-1"]
    # What a pattern would take for anything is itself, and letters have their accents.
    assert interfaces("100%25_X") == interfaces("%C3%9Cber") == ["eni-1"]
    assert interfaces("100") == ["eni-1", "eni-2"]
    assert [jobs(w) for w in ("WEB-1", "anna", "ANNA hot", "rack_7")] == [1, 1, 1, 1]
    assert [jobs(w) for w in ("rack-7", "annas", "%25")] == [0, 0, 0]


def test_words_are_found_in_what_is_no_text(database: str) -> None:
    models.Action.objects.create(
        region=a_region(), kind="interface.create", resource="subnet/subnet-1",
        operation="CreateNetworkInterface", args={}, made=["eni-77"], actor="olga",
        trigger="ui", state="sent", begun_at=wiring.now(),
    )  # fmt: skip

    def actions(said: str) -> int:
        every = models.Action.objects.all()
        return int(ActionFilter(QueryDict(f"q={said}"), queryset=every).qs.count())

    assert [actions(w) for w in ("eni-77", "OLGA", "eni-78")] == [1, 1, 0]
