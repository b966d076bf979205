"""Pairs as the list and their own pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from failover.services import words
from failover.services.views import CheckView, PairView
from failover.web.presenters import badges, inventory, resources, texts, timing
from failover.web.presenters.badges import Badge
from failover.web.presenters.hrefs import page_of
from failover.web.presenters.inventory import Holder, SwapControl
from failover.web.presenters.resources import Resource
from failover.web.presenters.timing import Moment


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
class Frozen:
    """Who froze a pair, why and until when."""

    by: str
    reason: str
    until: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab of a pair's page; each has its own address."""

    key: str
    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair as list and page show it."""

    name: str
    href: str
    account: str
    region: str
    is_production: bool
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
    judged: tuple[CheckView, ...]
    checked: Moment | None
    seen: Moment | None
    # Whether it is ready in a word, and since when.
    verdict: str
    since: Moment | None
    drift: str
    is_troubled: bool

    @property
    def checks(self) -> tuple[CheckLine, ...]:
        """Drawn where they are shown, which no table does."""
        return check_lines(self.judged)


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
        href=page_of("pair", pair.name),
        account=pair.account,
        region=pair.region,
        is_production=pair.is_production,
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
        judged=readiness.checks,
        checked=timing.moment(readiness.checked_at, now),
        seen=timing.moment(pair.observed_at, now),
        verdict="ready" if readiness.ready else "not ready",
        since=timing.moment(readiness.since, now),
        drift=_drift(pair, names),
        is_troubled=pair.sync == "drifted" or health.tone in ("error", "warning"),
    )


def names_of(pair: PairView) -> dict[str, str]:
    return {
        pair.primary_instance_id: texts.short(pair.primary_name),
        pair.standby_instance_id: texts.short(pair.standby_name),
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


def frozen(pair: PairView, now: datetime) -> Frozen | None:
    """The freeze, if there is one now."""
    if pair.frozen is None:
        return None
    return Frozen(
        by=pair.frozen.by,
        reason=pair.frozen.reason,
        until=timing.moment(pair.frozen.until, now),
    )


def tabs(name: str, path: str) -> list[Tab]:
    """The tabs of the pair's page, on the page of this path."""
    shown = (
        ("pair", "Overview"),
        ("pair-history", "History"),
        ("pair-guest", "Guests"),
        ("pair-settings", "Settings"),
    )
    found = [(url, label, reverse(url, args=[name])) for url, label in shown]
    if path == reverse("pair-policy", args=[name]):
        path = reverse("pair-guest", args=[name])
    # Forms of the overview have addresses of their own below it.
    current = next((h for _, _, h in found[1:] if path.startswith(h)), found[0][2])
    return [
        Tab(key=url, label=label, href=href, is_current=href == current)
        for url, label, href in found
    ]
