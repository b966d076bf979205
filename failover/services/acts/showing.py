"""Actions as they are shown: which there are, how they stand, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet

from failover.models import Action
from failover.services import act_words, command_line, scoping
from failover.services.filters import properties as p
from failover.services.filters.places import of_region
from failover.services.filters.table import Table
from failover.services.views import PAGE

STATES = ("sent", "progressing", "done", "refused", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """An action. `message` is a sentence; `cli` the command line of the same call."""

    id: UUID
    kind: str
    account: str
    region: str
    state: str
    resource: str
    made: tuple[str, ...]
    operation: str
    requested_by: str
    trigger: str
    requested_at: datetime
    finished_at: datetime | None
    awaits: str | None
    message: str
    ec2_code: str | None
    ec2_message: str | None
    aws_request_id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    cli: str
    # For pages: whether somebody still looks after it.
    is_open: bool = field(metadata=PAGE)


class ActionFilter(Table):
    """Actions."""

    properties = (
        p.choice("state", "State", STATES),
        p.flag("active", "Active", lambda: Q(finished_at=None)),
        p.text("kind", "Kind", many=False),
        *of_region(),
        p.text("resource", "Resource"),
        p.text("operation", "Operation", many=False),
        p.text("requested_by", "Requested by", "actor", many=False),
        p.text("ec2_code", "EC2 code", "error_code", many=False),
        p.text("aws_request_id", "AWS request ID"),
        p.moment("requested_at", "Requested", "begun_at"),
        p.moment("finished_at", "Finished"),
        p.uuid("id", "Action ID"),
    )
    searched = ("kind", "resource", "made", "actor", "operation", "error_code")
    ordered: ClassVar[dict[str, str]] = {
        "requested_at": "begun_at",
        "finished_at": "finished_at",
        "state": "state",
        "kind": "kind",
        "resource": "resource",
        "requested_by": "actor",
    }
    default_ordering = ("-begun_at", "-id")

    class Meta:
        model = Action
        fields: ClassVar[list[str]] = []


def list_actions() -> QuerySet[Action]:
    """All actions, newest first."""
    found = scoping.visible(Action.objects.select_related("region__account"))
    return found.order_by("-begun_at", "-id")


def list_open(*, region_id: int | None = None) -> QuerySet[Action]:
    """Actions that somebody still looks after, oldest first."""
    found = list_actions().filter(finished_at=None).order_by("begun_at")
    return found if region_id is None else found.filter(region_id=region_id)


def get_action(action_id: UUID | str) -> Action:
    """By its UUID. Raises NotFound, also for what is no UUID."""
    try:
        known = action_id if isinstance(action_id, UUID) else UUID(action_id)
    except ValueError:
        known = None
    rows = list_actions().filter(id=known) if known else Action.objects.none()
    return scoping.one(rows, what="action", id=str(action_id))


def view_actions(rows: Iterable[Action]) -> list[ActionView]:
    """Actions with their sentences."""
    return [view_action(row) for row in rows]


def view_action(row: Action) -> ActionView:
    """One action."""
    return ActionView(
        id=row.id,
        kind=row.kind,
        account=row.region.account.name,
        region=row.region.name,
        state=row.state,
        resource=row.resource,
        made=tuple(row.made),
        operation=row.operation,
        requested_by=row.actor,
        trigger=row.trigger,
        requested_at=row.begun_at,
        finished_at=row.finished_at,
        awaits=(row.awaits or {}).get("state"),
        message=tell(row),
        ec2_code=row.error_code or None,
        ec2_message=row.error_message or None,
        aws_request_id=row.aws_request_id or None,
        before=row.before,
        after=row.after,
        cli=command_line.render(row.operation, row.args, region=row.region.name),
        is_open=row.finished_at is None,
    )


def tell(row: Action) -> str:
    """How the action stands, and what a human can do about it."""
    doing, did = act_words.doing(row.kind), act_words.did(row.kind)
    match row.state:
        case "done":
            return f"{did}."
        case "refused":
            return act_words.refused(row.error_code, row.error_message)
        case "progressing":
            awaited = (row.awaits or {}).get("state", "done")
            return f"{doing}: accepted by EC2, waiting until it is {awaited}."
        case "sent":
            return f"{doing}: sent to EC2."
        case _ if row.finished_at is not None:
            return f"{doing}: {row.error_message}"
        case _:
            return (
                f"{doing}: EC2's answer was lost, so it may have happened. EC2 is "
                "being looked at; do not send it again yet."
            )
