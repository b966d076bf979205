"""Where things are: accounts and their regions, how they look, how old they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from failover import audit, wiring
from failover.models import Account, Action, Colour, Region, Role
from failover.services import access, queries, refusals, scoping
from failover.services.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlace:
    """A region of an account; `error` is why it could not be read last time.

    `read_at` is when the oldest of what is known of it was read completely.
    """

    name: str
    read_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account with its regions."""

    id: int
    account: str
    aws_account_id: str
    role_arn: str
    colour: str
    is_production: bool
    regions: tuple[RegionPlace, ...]


def list_places(known: Iterable[Region] | None = None) -> list[Place]:
    """All accounts, by name; `known` are all regions, where they were read before."""
    regions: dict[int, list[RegionPlace]] = {}
    for row in queries.list_regions() if known is None else known:
        place = RegionPlace(name=row.name, read_at=row.read_at(), error=row.sync_error)
        regions.setdefault(row.account_id, []).append(place)
    return [
        Place(
            id=account.pk,
            account=account.name,
            aws_account_id=account.aws_account_id,
            role_arn=account.role_arn,
            colour=account.colour,
            is_production=account.is_production,
            regions=tuple(regions.get(account.pk, ())),
        )
        for account in queries.list_accounts()
    ]


def region_of(*, kind: str, key: str) -> tuple[str, str] | None:
    """Account and region of what a page is about; None if unknown."""
    if "\0" in key:
        return None
    rows: QuerySet[Any]
    match kind:
        case "pair":
            rows = queries.list_pairs().filter(name=key)
        case "job":
            rows = queries.list_jobs().filter(id=key)
        case "interface":
            rows = queries.list_interfaces().filter(interface_id=key)
        case "instance":
            rows = queries.list_instances().filter(instance_id=key)
        case "elastic-ip":
            rows = queries.list_elastic_ips().filter(allocation_id=key)
        case "action":
            rows = scoping.visible(Action.objects.filter(id=key))
        case _:
            return None
    found = rows.values_list("region__account__name", "region__name").first()
    return None if found is None else (found[0], found[1])


def get_account(name: str) -> Account:
    """By name. Raises NotFound."""
    row = queries.list_accounts().filter(name=name).first()
    if row is None:
        raise refusals.NotFound(what="account", id=name)
    return row


def set_look(
    *, account: Account, colour: str, is_production: bool, actor: Actor
) -> Account:
    """Give the account its colour and its mark.

    Raises Forbidden, ConfirmIdentity, Invalid.

    The mark makes swaps ask more, so whoever only sees the account may not take it off.
    """
    access.require_in(actor, Role.ADMIN.value, account_id=account.pk)
    if colour not in Colour.values:
        raise refusals.Invalid(errors={"colour": ["One of the colours of the list."]})
    if account.is_production and not is_production and not actor.is_fresh:
        # What asks again before a swap is not taken away without asking.
        raise refusals.ConfirmIdentity
    before = {"colour": account.colour, "is_production": account.is_production}
    after = {"colour": colour, "is_production": is_production}
    if before == after:
        return account
    with transaction.atomic():
        Account.objects.filter(id=account.pk).update(
            colour=colour, is_production=is_production
        )
        audit.record(
            at=wiring.now(),
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="account.look",
            subject=f"account/{account.name}",
            outcome="ok",
            before=before,
            after=after,
        )
    account.refresh_from_db()
    return account
