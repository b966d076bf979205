"""Rows come in the order that is asked for, whatever the keys of their regions."""

from failover import models
from failover.services import queries
from failover.services.filters import InterfaceFilter, order_by
from tests.services.filters.shelf import a_region, shelve


def ids(asked: str) -> list[str]:
    rows = queries.list_interfaces().order_by(*order_by(InterfaceFilter, asked))
    return [row.interface_id for row in rows]


def test_accounts_and_regions_are_ordered_by_their_names(sqlite_database: str) -> None:
    made = {}
    for number, (account, name) in enumerate((("b", "eu"), ("b", "us"))):
        owner, _ = models.Account.objects.get_or_create(name=account)
        made[name] = models.Region.objects.create(account=owner, name=name)
        shelve(made[name], {"interface_id": f"eni-{number}", "tags": {"Name": "x"}})

    # All rows are of one account; the regions' keys are in the order of their names.
    assert ids("account,-id") == ids("-id") == ["eni-1", "eni-0"]
    assert ids("-region") == ["eni-1", "eni-0"]

    other = models.Account.objects.create(name="a")
    third = models.Region.objects.create(account=other, name="ap")
    shelve(third, {"interface_id": "eni-2", "tags": {"Name": "x"}})
    assert ids("region") == ["eni-2", "eni-0", "eni-1"]
    assert ids("account,-id") == ["eni-2", "eni-1", "eni-0"]
    assert order_by(InterfaceFilter, "account,colour") == []


def test_what_is_alike_comes_by_its_name(sqlite_database: str) -> None:
    region = a_region()
    for name, status in (("b", "in-use"), ("c", "available"), ("a", "in-use")):
        row = {"interface_id": f"eni-{name}", "status": status, "tags": {"Name": name}}
        shelve(region, row)

    assert ids("status") == ["eni-c", "eni-a", "eni-b"]
    assert ids("-status") == ["eni-b", "eni-a", "eni-c"]
