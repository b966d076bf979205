"""What operators say of a pair: its ends, what it moves, its probe, its policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from failover.models import Pair, Region
from failover.models.pairs import Strategy
from failover.services import refusals, strategies


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How the service behind the resource is asked whether it is well."""

    kind: str = "none"
    port: int | None = None
    path: str = "/"
    expect: str = ""

    def field_errors(self) -> dict[str, list[str]]:
        """What is missing for it to ask anything."""
        if self.kind == "tcp" and self.port is None:
            return {"probe": ["A tcp probe needs the port that it connects to."]}
        return {}

    def as_fields(self) -> dict[str, Any]:
        """As contract.md writes a probe."""
        return {
            "kind": self.kind,
            "port": self.port,
            "path": self.path,
            "expect": self.expect,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may be done to the pair, and how much is asked first."""

    force: str = "never"
    force_after_s: float = 60.0
    confirm: str = "none"
    approval: bool = False
    automation: str = "off"

    def as_fields(self) -> dict[str, Any]:
        """As contract.md writes a policy."""
        return {
            "force": self.force,
            "force_after_s": self.force_after_s,
            "confirm": self.confirm,
            "approval": self.approval,
            "automation": self.automation,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPair:
    """A pair as it is asked for; the fields of other strategies stay empty."""

    name: str
    primary_instance_id: str
    standby_instance_id: str
    strategy: str = Strategy.ENI.value
    network_interface_id: str = ""
    allocation_id: str = ""
    private_ip: str = ""
    route_table_ids: tuple[str, ...] = ()
    destination_cidr: str = ""
    device_index: int = 1
    probe: Probe = field(default_factory=Probe)
    policy: Policy = field(default_factory=Policy)

    def columns(self) -> dict[str, Any]:
        """The pair's columns that say what it moves and between whom."""
        return {
            "strategy": self.strategy,
            "primary_instance_id": self.primary_instance_id,
            "standby_instance_id": self.standby_instance_id,
            "network_interface_id": self.network_interface_id,
            "allocation_id": self.allocation_id,
            "private_ip": self.private_ip,
            "route_table_ids": list(self.route_table_ids),
            "destination_cidr": self.destination_cidr,
            "device_index": self.device_index,
        }

    def as_row(self, region: Region) -> Pair:
        """A row that was never saved, for planning."""
        return Pair(
            name=self.name,
            region=region,
            probe=self.probe.as_fields(),
            **self.columns(),
        )

    def require_whole(self) -> None:
        """Raises Invalid where a field is missing, or of another strategy."""
        errors = strategies.field_errors(self.strategy, self.columns())
        errors |= self.probe.field_errors()
        if errors:
            raise refusals.Invalid(errors=errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChange:
    """The fields of a PATCH; None leaves a field as it is."""

    primary_instance_id: str | None = None
    standby_instance_id: str | None = None
    device_index: int | None = None
    route_table_ids: tuple[str, ...] | None = None
    probe: Mapping[str, Any] | None = None
    policy: Mapping[str, Any] | None = None


def merged(pair: Pair, change: PairChange) -> NewPair:
    """The pair as it would be after the change. Raises Invalid."""
    new = NewPair(
        name=pair.name,
        primary_instance_id=change.primary_instance_id or pair.primary_instance_id,
        standby_instance_id=change.standby_instance_id or pair.standby_instance_id,
        strategy=pair.strategy,
        network_interface_id=pair.network_interface_id,
        allocation_id=pair.allocation_id,
        private_ip=pair.private_ip,
        route_table_ids=(
            tuple(pair.route_table_ids)
            if change.route_table_ids is None
            else change.route_table_ids
        ),
        destination_cidr=pair.destination_cidr,
        device_index=(
            pair.device_index if change.device_index is None else change.device_index
        ),
        probe=Probe(**(Probe().as_fields() | pair.probe | dict(change.probe or {}))),
        policy=Policy(
            **(Policy().as_fields() | pair.policy | dict(change.policy or {}))
        ),
    )
    new.require_whole()
    return new


def confirm_of(pair: Pair) -> str:
    """What a person is asked before a swap: `none`, `reason` or `name`.

    In a production account a pair that asks for nothing asks for both.
    """
    asked = str(pair.policy.get("confirm") or "none")
    is_production = pair.region.account.is_production
    return "name" if is_production and asked == "none" else asked


def settings_of(pair: Pair) -> dict[str, Any]:
    """What the audit keeps of a pair before and after a change."""
    moved = {name: getattr(pair, name) for name in strategies.MOVED[pair.strategy]}
    return {
        "strategy": pair.strategy,
        "primary_instance_id": pair.primary_instance_id,
        "standby_instance_id": pair.standby_instance_id,
        **moved,
        "device_index": pair.device_index,
        "probe": pair.probe,
        "policy": pair.policy,
    }
