"""Pairs, their jobs, and the audit log."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q

from failover import models
from failover.models import searches
from failover.models.jobs import ACTIVE_STATES
from failover.models.pairs import Strategy
from failover.services.filters import properties as p
from failover.services.filters.places import of_region
from failover.services.filters.table import Table
from failover.services.filters.tokens import Operator

LOOKUPS = {
    Operator.EQUALS: "",
    Operator.CONTAINS: "__contains",
    Operator.STARTS: "__startswith",
}
STATES = ("queued", "running", "parked", "succeeded", "reversed", "cancelled")
KINDS = ("swap", "attach", "detach")
TRIGGERS = ("ui", "api", "cli", "auto", "guard", "schedule")


class PairFilter(Table):
    """Pairs."""

    table_id = "pairs"
    properties = (
        p.code("name", "Name"),
        *of_region(),
        p.choice("strategy", "Strategy", tuple(Strategy.values)),
        p.code("primary_instance_id", "Primary instance ID"),
        p.code("standby_instance_id", "Standby instance ID"),
        p.code("network_interface_id", "Network interface ID"),
        p.code("allocation_id", "Allocation ID"),
        p.code("private_ip", "Private IP address"),
        p.code("destination_cidr", "Destination"),
        p.flag("frozen", "Frozen", lambda: Q(frozen_at__isnull=False)),
        p.flag(
            "ready",
            "Ready",
            lambda: Q(told_ready=True),
            lambda: Q(told_ready=False),
        ),
        p.flag("moving", "Job at work", lambda: Q(id__in=_moving())),
        p.moment("created_at", "Created"),
    )
    ordered: ClassVar[dict[str, str]] = {
        "name": "name",
        "account": "region__account__name",
        "region": "region__name",
        "strategy": "strategy",
        "primary_instance_id": "primary_instance_id",
        "standby_instance_id": "standby_instance_id",
        "network_interface_id": "network_interface_id",
        "allocation_id": "allocation_id",
        "ready": "told_ready",
        "created_at": "created_at",
    }
    grouped = frozenset({"strategy", "ready"})
    default_ordering = ("name",)

    class Meta:
        model = models.Pair
        fields: ClassVar[list[str]] = []

    @property
    def read_by(self) -> Sequence[str]:
        """SQLite holds that a generated column is had for the whole row alone."""
        return ("words",) if self.question.words else ()

    def find(self, word: str) -> Q:
        """Pairs with the word in their words."""
        return Q(words__holds=searches.fold(word))


class JobFilter(Table):
    """Jobs."""

    table_id = "jobs"
    properties = (
        p.choice("state", "State", STATES),
        p.flag("active", "Active", lambda: Q(state__in=ACTIVE_STATES)),
        p.code("pair", "Pair", "pair_name"),
        p.choice("kind", "Kind", KINDS),
        p.choice("strategy", "Strategy", tuple(Strategy.values)),
        p.choice("trigger", "Trigger", TRIGGERS),
        *of_region(),
        p.code("network_interface_id", "Network interface ID"),
        p.code("from_instance_id", "From instance ID"),
        p.code("to_instance_id", "To instance ID"),
        p.text("requested_by", "Requested by", many=False),
        p.text("reason", "Reason"),
        p.moment("requested_at", "Requested"),
        p.moment("finished_at", "Finished"),
        p.uuid("id", "Job ID"),
    )
    searched = (
        "pair_name",
        "network_interface_id",
        "from_instance_id",
        "to_instance_id",
        "reason",
        "requested_by",
    )
    lower = frozenset(searched) - {"reason", "requested_by"}
    ordered: ClassVar[dict[str, str]] = {
        "requested_at": "requested_at",
        "finished_at": "finished_at",
        "state": "state",
        "kind": "kind",
        "pair": "pair_name",
        "requested_by": "requested_by",
        "trigger": "trigger",
        "strategy": "strategy",
        "from_instance_id": "from_instance_id",
        "to_instance_id": "to_instance_id",
    }
    default_ordering = ("-requested_at", "-id")

    class Meta:
        model = models.Job
        fields: ClassVar[list[str]] = []


class AuditFilter(Table):
    """The audit log."""

    table_id = "audit"
    properties = (
        p.related("person", "Person", lambda o, v: _person(o, v)),
        p.related("pair", "Pair", lambda o, v: _of_pair(o, v)),
        p.text("actor", "Actor"),
        p.code("action", "Action", many=False),
        p.text("object", "Object"),
        p.code("outcome", "Outcome", many=False),
        p.text("source_ip", "Source IP"),
        p.text("token", "Token"),
        p.text("reason", "Reason"),
        p.text("aws_request_id", "AWS request ID"),
        p.uuid("job", "Job", "job_id"),
        p.moment("at", "Time"),
        p.number("seq", "Number"),
    )
    searched = ("actor", "action", "object", "outcome", "reason", "aws_request_id")
    lower = frozenset({"action", "outcome", "aws_request_id"})
    ordered: ClassVar[dict[str, str]] = {
        "seq": "seq",
        "at": "at",
        "actor": "actor",
        "action": "action",
        "object": "object",
        "outcome": "outcome",
    }
    default_ordering = ("-seq",)

    class Meta:
        model = models.AuditEntry
        fields: ClassVar[list[str]] = []


def _person(operator: Operator, value: str) -> Q:
    """What somebody did, and what the jobs did that they asked for."""
    lookup = LOOKUPS[operator]
    jobs = models.Job.objects.filter(**{f"requested_by{lookup}": value})
    return Q(**{f"actor{lookup}": value}) | Q(job_id__in=jobs.values("id"))


def _of_pair(operator: Operator, value: str) -> Q:
    """What happened to a pair, and what its jobs did."""
    lookup, name = LOOKUPS[operator], value.lower()
    jobs = models.Job.objects.filter(**{f"pair_name{lookup}": name})
    if operator is Operator.CONTAINS:
        own = Q(object__startswith="pair/", object__contains=name)
    else:
        own = Q(**{f"object{lookup}": f"pair/{name}"})
    return own | Q(job_id__in=jobs.values("id"))


def _moving() -> Any:
    return models.Job.objects.filter(state__in=ACTIVE_STATES).values("pair_id")
