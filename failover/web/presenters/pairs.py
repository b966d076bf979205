"""Pairs: the list, and the page with its picture."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.urls import reverse

from failover.services import words
from failover.services.refusals import CheckView
from failover.services.views import InstanceView, PairView
from failover.web.presenters import badges, inventory, resources, timing
from failover.web.presenters.badges import Badge
from failover.web.presenters.inventory import Holder, SwapControl
from failover.web.presenters.resources import Resource
from failover.web.presenters.timing import Moment

Wire = Literal["", "is-live", "is-moving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check; `is_changed` where it says something else than was seen before."""

    detail: str
    badge: Badge
    is_changed: bool = False

    @property
    def icon_class(self) -> str:
        return f"icon tone-{self.badge.tone}"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One instance in the picture."""

    role: str
    name: str
    id: str
    state: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The picture, and the same as a sentence."""

    # Two titles with a small line below each: what moves, and what it lies on.
    title: str
    title_label: str
    below: str
    below_label: str
    primary: End
    standby: End
    primary_class: Wire
    standby_class: Wire
    state: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair as list and page show it."""

    name: str
    href: str
    region: str
    health: Badge
    sync: Badge
    active: Holder | None
    passive: Holder | None
    primary: Holder | None
    standby: Holder | None
    desired: Holder | None
    strategy: str
    resource: Resource
    # The same in a table's cell, by the name that people know it by.
    brief: Resource
    # The interface that Elastic IP, address or routes lie on now.
    seen_on: Resource | None
    device_index: int
    public_ip: str
    private_ip: str
    is_mixed: bool
    swap: SwapControl
    checks: tuple[CheckLine, ...]
    checked: Moment | None
    # Whether it is ready in a word, and since when.
    verdict: str
    since: Moment | None
    drift: str
    is_troubled: bool


def row(pair: PairView, *, may_operate: bool, now: datetime) -> PairRow:
    names = names_of(pair)
    readiness = pair.readiness
    has_warnings = any(not c.ok for c in readiness.checks)
    health = badges.for_readiness(
        is_known=readiness.checked_at is not None,
        is_busy=pair.job is not None,
        is_ready=readiness.ready,
        has_warnings=has_warnings,
    )
    return PairRow(
        name=pair.name,
        href=reverse("pair", args=[pair.name]),
        region=pair.region,
        health=health,
        sync=badges.for_sync(pair.sync),
        active=inventory.holder(pair.active_instance_id or "", names),
        passive=inventory.holder(pair.passive_instance_id or "", names),
        primary=inventory.holder(pair.primary_instance_id, names),
        standby=inventory.holder(pair.standby_instance_id, names),
        desired=inventory.holder(pair.desired_instance_id or "", names),
        strategy=pair.strategy,
        resource=resources.resource(pair),
        brief=_brief(pair),
        seen_on=_seen_on(pair),
        device_index=pair.device_index,
        public_ip=pair.public_ip,
        private_ip=pair.seen_private_ip,
        is_mixed=pair.is_mixed,
        swap=inventory.swap_control(pair, may_operate=may_operate),
        checks=check_lines(readiness.checks),
        checked=timing.moment(readiness.checked_at, now),
        verdict="ready" if readiness.ready else "not ready",
        since=timing.moment(readiness.since, now),
        drift=_drift(pair, names),
        is_troubled=pair.sync == "drifted" or health.tone in ("error", "warning"),
    )


def names_of(pair: PairView) -> dict[str, str]:
    return {
        pair.primary_instance_id: pair.primary_name,
        pair.standby_instance_id: pair.standby_name,
    }


def _brief(pair: PairView) -> Resource:
    moved = resources.resource(pair)
    if pair.strategy == "eip" and pair.public_ip:
        return replace(moved, id=pair.public_ip, beside=("Elastic IP",))
    if pair.strategy == "private-ip":
        return replace(moved, beside=("Private address",))
    if moved.beside:
        return replace(moved, beside=(resources.tables_in_words(moved.beside),))
    return moved


def _seen_on(pair: PairView) -> Resource | None:
    if pair.strategy == "eni" or not pair.seen_interface_id:
        return None
    return Resource(
        kind="Network interface",
        id=pair.seen_interface_id,
        href=resources.interface_href(pair.seen_interface_id),
    )


def trouble(row: PairRow) -> str:
    """Why a pair is in the list of what needs attention."""
    if row.drift:
        return row.drift
    failed = [c.detail for c in row.checks if c.badge.tone != "success"]
    return " ".join(failed[:2])


def check_lines(
    checks: Iterable[CheckView], *, seen: frozenset[str] | None = None
) -> tuple[CheckLine, ...]:
    """The failed ones first, then warnings; `seen` are the sentences shown before."""
    order = sorted(checks, key=lambda c: (c.ok, c.severity != "error"))
    return tuple(
        CheckLine(
            detail=c.detail,
            badge=badges.for_check(ok=c.ok, severity=c.severity),
            is_changed=seen is not None and c.detail not in seen,
        )
        for c in order
    )


def _drift(pair: PairView, names: dict[str, str]) -> str:
    if pair.sync != "drifted":
        return ""
    at = pair.active_instance_id
    wanted = pair.desired_instance_id
    is_at = f"at {names.get(at) or at}" if at else "at neither instance"
    if pair.is_mixed:
        is_at = "partly at one instance, partly at the other"
    belongs = f"at {names.get(wanted) or wanted}" if wanted else "at neither"
    return f"The {words.noun(pair.strategy)} is {is_at}; it should be {belongs}."


def topology(pair: PairView, instances: dict[str, InstanceView]) -> Topology:
    """Who holds the resource: solid wire to the holder, moving during a job."""
    primary = _end(pair, pair.primary_instance_id, "Primary", instances)
    standby = _end(pair, pair.standby_instance_id, "Standby", instances)
    idle: Wire = "is-moving" if pair.job else ""
    holder = next((e for e in (primary, standby) if e.is_active), None)
    passive = next((e for e in (standby, primary) if not e.is_active), standby)
    verb = "is attached to" if pair.strategy == "eni" else "leads to"
    where = (
        f"{verb} {holder.name} ({holder.id}); a swap moves it to"
        f" {passive.name} ({passive.id})"
        if holder
        else f"{verb} neither instance"
    )
    if pair.is_mixed:
        where = "leads partly to one instance, partly to the other"
    moved, noun = resources.resource(pair), words.noun(pair.strategy)
    title, title_label, below, below_label = _box(pair, moved)
    return Topology(
        title=title,
        title_label=title_label,
        below=below,
        below_label=below_label,
        primary=primary,
        standby=standby,
        primary_class="is-live" if primary.is_active else idle,
        standby_class="is-live" if standby.is_active else idle,
        state="moving" if pair.job else "still",
        sentence=f"{noun[0].upper()}{noun[1:]} {moved.id} {where}.",
    )


def _box(pair: PairView, moved: Resource) -> tuple[str, str, str, str]:
    """The four lines of the box that stands for what moves."""
    on = pair.seen_interface_id
    at = " · ".join(part for part in (on, pair.seen_private_ip) if part)
    match pair.strategy:
        case "eip":
            known = pair.public_ip or moved.id
            label = " · ".join(p for p in ("Elastic IP", pair.resource_name) if p)
            return known, label, moved.id, at or "associated with nothing"
        case "private-ip":
            rider = f"Elastic IP {pair.public_ip}" if pair.public_ip else ""
            carried = rider or ("carries it now" if on else "")
            return moved.id, "Secondary private address", on or "nowhere", carried
        case "route":
            tables = resources.tables_in_words(moved.beside)
            leads = on or ("two ways" if pair.is_mixed else "nowhere")
            return moved.id, f"Destination in {tables}", leads, "where it leads"
        case _:
            name = (pair.resource_name, pair.seen_private_ip)
            return (
                pair.public_ip or "No Elastic IP",
                "Elastic IP" if pair.public_ip else "",
                moved.id,
                " · ".join(part for part in name if part),
            )


def _end(
    pair: PairView, instance_id: str, role: str, instances: dict[str, InstanceView]
) -> End:
    is_active = pair.active_instance_id == instance_id
    seen = instances.get(instance_id)
    state = badges.for_instance(seen.state).word if seen else "Not seen"
    zone = f" · {seen.availability_zone}" if seen else ""
    return End(
        role=f"{role} · {'active' if is_active else 'passive'}",
        name=(seen.name if seen else "") or names_of(pair)[instance_id] or instance_id,
        id=instance_id,
        state=f"{state}{zone}",
        is_active=is_active,
    )
