"""The frame around every page: the place it speaks of, and its banners."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from failover.models import Approval, AuditCheck, Role
from failover.services.notices import Maintenance, ShutOut, Silence
from failover.services.places import Place
from failover.web.presenters import timing
from failover.web.presenters.badges import ICONS, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """One line above the page that everybody should know of."""

    code: str
    tone: Tone
    title: str
    text: str
    href: str = ""
    link: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """A region in the menu of places."""

    name: str
    href: str
    age: timing.Age
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account in the menu of places."""

    name: str
    number: str
    colour: str
    is_production: bool
    href: str
    is_current: bool
    regions: tuple[RegionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripe:
    """The place that the page speaks of; several when it speaks of more than one."""

    label: str
    region: str = ""
    number: str = ""
    colour: str = "none"
    is_production: bool = False


def stripe(places: Sequence[Place], *, account: str, region: str) -> Stripe:
    """One account where the page names it, or where there is only one."""
    if account:
        named = [p for p in places if p.account == account]
    elif region:
        named = [p for p in places if any(r.name == region for r in p.regions)]
    else:
        named = list(places)
    if not named:
        return Stripe(label="No account yet" if not places else "All accounts")
    if len(named) > 1:
        return Stripe(label="All accounts", region=region)
    place = named[0]
    only = place.regions[0].name if len(place.regions) == 1 else "All regions"
    return Stripe(
        label=place.account,
        region=region or only,
        number=place.aws_account_id,
        colour=place.colour,
        is_production=place.is_production,
    )


def account_lines(
    places: Sequence[Place], *, path: str, account: str, region: str, now: datetime
) -> list[AccountLine]:
    """The menu: each account and region leads to the same list, narrowed to it."""
    return [
        AccountLine(
            name=place.account,
            number=place.aws_account_id,
            colour=place.colour,
            is_production=place.is_production,
            href=f"{path}?{urlencode({'account': place.account})}",
            is_current=account == place.account and not region,
            regions=tuple(
                RegionLine(
                    name=r.name,
                    href=f"{path}?"
                    + urlencode({"account": place.account, "region": r.name}),
                    age=timing.age(
                        region=r.name, observed_at=r.read_at, error=r.error, now=now
                    ),
                    is_current=account == place.account and region == r.name,
                )
                for r in place.regions
            ),
        )
        for place in places
    ]


def read_ages(places: Sequence[Place], now: datetime) -> str:
    """How old the inventory is, in the footer's words."""
    seen = [r.read_at for p in places for r in p.regions if r.read_at]
    if not seen:
        return "Inventory not read yet"
    ages = [timing.ago((now - at).total_seconds()) for at in (max(seen), min(seen))]
    if len(seen) == 1 or ages[0] == ages[1]:
        return f"Inventory read {ages[0]}"
    return f"Inventory read {ages[0]}, the oldest region {ages[1]}"


def silence_banners(silence: Silence, now: datetime) -> list[Banner]:
    """Which of our own processes are not seen."""
    found = []
    if not silence.has_reconciler:
        found.append(
            Banner(
                code="reconciler",
                tone="error",
                title="No reconciler is seen.",
                text=f"{_last(silence.reconciler_seen_at, now)} Nothing is read from"
                " EC2, nothing is repaired, and a job whose worker died is not taken"
                " up. Start manage.py up, or manage.py reconcile.",
            )
        )
    if not silence.has_worker:
        found.append(
            Banner(
                code="worker",
                tone="warning",
                title="No worker is seen.",
                text=f"{_last(silence.worker_seen_at, now)} Jobs still run: the"
                " reconciler takes them up, some seconds later. Start the worker.",
            )
        )
    return found


def audit_banners(check: AuditCheck | None) -> list[Banner]:
    """That the audit cannot be believed; everybody must know who relies on it."""
    if check is None or check.is_whole:
        return []
    return [
        Banner(
            code="audit",
            tone="error",
            title="The audit has been tampered with.",
            text=f"Row {check.bad_seq} is the first that is wrong.",
            href=reverse("audit"),
            link="See the audit log",
        )
    ]


def place_banners(
    shut_out: Sequence[ShutOut], maintenance: Sequence[Maintenance]
) -> list[Banner]:
    """Accounts that cannot be entered, and those in which nothing may move."""
    found = []
    if shut_out:
        accounts = sorted({s.account for s in shut_out})
        where = ", ".join(f"{s.account}/{s.region} ({s.code})" for s in shut_out[:3])
        count = len(accounts)
        title = f"EC2 does not let us in: {count} account{'s' if count > 1 else ''}."
        found.append(
            Banner(
                code="credentials",
                tone="error",
                title=title,
                text=f"{where}. What is shown of it is old. Check the credentials, the"
                " role and its external ID.",
            )
        )
    for frozen in maintenance:
        until = f" until {timing.written(frozen.until)}" if frozen.until else ""
        found.append(
            Banner(
                code="maintenance",
                tone="warning",
                title=f"Maintenance in {frozen.account}.",
                text=f"All {frozen.pairs} pairs are frozen by {frozen.by}{until}:"
                f" {frozen.reason}",
                href=f"{reverse('pairs')}?{urlencode({'account': frozen.account})}",
                link="Frozen pairs",
            )
        )
    return found


def glass_banners(rows: Iterable[Approval]) -> list[Banner]:
    """Swaps that went without the second person, until somebody else has noted it."""
    return [
        Banner(
            code="break-glass",
            tone="error",
            title=f"{row.requested_by} swapped {row.pair_name} without approval.",
            text=f"Reason: {row.reason}",
            href=reverse("approval", args=[row.id]),
            link="Look at it",
        )
        for row in rows
    ]


def waiting_banners(count: int) -> list[Banner]:
    """Requests that wait for this reader's word."""
    if not count:
        return []
    swaps = "A swap waits" if count == 1 else f"{count} swaps wait"
    return [
        Banner(
            code="approvals",
            tone="info",
            title=f"{swaps} for an approver.",
            text="Each ends by itself after 15 minutes.",
            href=f"{reverse('approvals')}?state=pending",
            link="Open",
        )
    ]


def role_banners(role: str) -> list[Banner]:
    """What a role cannot do, said before somebody tries."""
    if role != Role.VIEWER:
        return []
    return [
        Banner(
            code="read-only",
            tone="info",
            title="Read only.",
            text="Your role is viewer. To swap, ask an administrator for operator.",
        )
    ]


def _last(seen_at: datetime | None, now: datetime) -> str:
    if seen_at is None:
        return "None has ever reported."
    return f"The last sign was {timing.ago((now - seen_at).total_seconds())}."
