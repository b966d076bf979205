"""Accounts and regions."""

from typing import ClassVar

from failover import models
from failover.services.filters import properties as p
from failover.services.filters.table import Table


def of_region() -> tuple[p.Property, p.Property]:
    """What every row of a region can be asked for."""
    return (
        p.text("account", "Account", "region__account__name", many=False),
        p.code("region", "Region", "region__name", many=False),
    )


class RegionFilter(Table):
    """Regions."""

    properties = (
        p.text("account", "Account", "account__name", many=False),
        p.code("region", "Region", "name", many=False),
    )
    searched = ("name", "account__name")
    ordered: ClassVar[dict[str, str]] = {
        "region": "name",
        "account": "account__name",
        "synced_at": "synced_at",
    }
    default_ordering = ("account__name", "name")

    class Meta:
        model = models.Region
        fields: ClassVar[list[str]] = []


class AccountFilter(Table):
    """Accounts."""

    searched = ("name", "aws_account_id")
    ordered: ClassVar[dict[str, str]] = {"name": "name"}
    default_ordering = ("name",)

    class Meta:
        model = models.Account
        fields: ClassVar[list[str]] = []
