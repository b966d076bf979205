"""One call of EC2's API, and what the log says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ec2sim.state.ids import LIKE_AN_ID
from ec2sim.state.region import Region

READS = ("Describe", "Get", "List", "Search")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks for what; `session` is the role session's name, if any."""

    account_id: str
    region: str
    action: str
    params: Mapping[str, Any]
    request_id: str
    session: str | None = None

    @property
    def reads(self) -> bool:
        """Whether the call changes nothing."""
        return self.action.startswith(READS)

    @property
    def narrowed(self) -> bool:
        """Whether a read is filtered or paged, and so has the larger bucket."""
        names = ("Filters", "MaxResults", "NextToken")
        return any(self.params.get(name) for name in names)


@dataclass(slots=True, kw_only=True)
class Record:
    """The line of a call, filled in as it goes. Times in seconds since 1970."""

    call: Call
    at: float
    resources: list[str] = field(default_factory=list)
    effect_at: float | None = None
    outcome: str = "ok"
    code: str | None = None
    fault: str | None = None

    def line(self, end_at: float) -> dict[str, Any]:
        """The line as the log has it."""
        return {
            "event": "call",
            "at": self.at,
            "effect_at": self.effect_at,
            "end_at": end_at,
            "account": self.call.account_id,
            "region": self.call.region,
            "action": self.call.action,
            "resources": self.resources,
            "outcome": self.outcome,
            "code": self.code,
            "request_id": self.call.request_id,
            "session": self.call.session,
            "dry_run": bool(self.call.params.get("DryRun")),
            "fault": self.fault,
        }


def touched(region: Region, params: Mapping[str, Any]) -> list[str]:
    """The resources that a call names, with those its bonds stand for.

    A detach names an attachment only; its interface and instance are found here, so
    that a fault or a reader of the log can go by them.
    """
    found = dict.fromkeys(named_in(params))
    for name in list(found):
        for row in region.interfaces.find("attachment.attachment-id", name):
            found[row.id] = None
            if row.instance_id:
                found[row.instance_id] = None
        for address in region.elastic_ips.find("association-id", name):
            found[address.id] = None
            if address.interface_id:
                found[address.interface_id] = None
    return list(found)


def named_in(value: Any) -> Iterable[str]:
    """Every identifier inside parameters or a reply."""
    if isinstance(value, str):
        if LIKE_AN_ID.match(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from named_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from named_in(each)
