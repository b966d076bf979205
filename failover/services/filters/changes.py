"""Changes that were found in EC2 and that nothing of ours has made."""

from typing import ClassVar

from django.db.models import Q

from failover import models
from failover.services.filters import properties as p
from failover.services.filters.places import of_region
from failover.services.filters.table import Table

TYPES = ("network-interface", "elastic-ip", "instance", "route-table")
CHANGES = (
    *("attachment", "association", "state", "type", "route", "private_ips"),
    *("security_groups", "source_dest_check", "delete_on_termination"),
    *("description", "tags", "appeared", "vanished"),
)


class DriftEventFilter(Table):
    """Changes found."""

    properties = (
        p.code("resource_id", "Resource ID"),
        p.choice("resource_type", "Resource type", TYPES),
        p.choice("change", "Change", CHANGES),
        p.text("name", "Name"),
        *of_region(),
        p.moment("seen_at", "Seen"),
    )
    ordered: ClassVar[dict[str, str]] = {
        "seen_at": "seen_at",
        "resource_id": "resource_id",
        "resource_type": "resource_type",
        "change": "change",
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
    }
    default_ordering = ("-seen_at", "-id")

    class Meta:
        model = models.DriftEvent
        fields: ClassVar[list[str]] = []

    def find(self, word: str) -> Q:
        """Rows of a resource of that id or name, and those that name it beside."""
        # What changed for an interface is told by the address that moved, too.
        return (
            Q(resource_id__icontains=word)
            | Q(name__icontains=word)
            | Q(related__icontains=word)
        )
