"""The way into an AWS account: its role, and the external id that we made for it."""

from typing import Any

from django.db import transaction

from failover.models import Account, Role
from failover.services import access, refusals, regions, telling
from failover.services.access import Actor


def set_role(*, account: Account, role_arn: str, actor: Actor) -> Account:
    """Go in by this role from now on; empty: by our own credentials.

    The account's external id is made where it has none. Raises Forbidden,
    ConfirmIdentity, Invalid.
    """
    _require(actor)
    regions.validate_role(account, role_arn)
    changes: dict[str, Any] = {}
    if role_arn != account.role_arn:
        changes["role_arn"] = role_arn
    if not account.external_id:
        changes["external_id"] = regions.make_external_id()
    return _change(account, changes, actor=actor, action="account.set")


def renew_external_id(*, account: Account, actor: Actor) -> Account:
    """Make another external id; roles that insist on the old one shut us out.

    Raises Forbidden, ConfirmIdentity.
    """
    _require(actor)
    changes = {"external_id": regions.make_external_id()}
    return _change(account, changes, actor=actor, action="account.external_id")


def _require(actor: Actor) -> None:
    # Whoever names the role says with whose rights we act: no account's own affair.
    access.require_everywhere(actor, Role.ADMIN.value)
    if not actor.is_fresh:
        raise refusals.ConfirmIdentity


def _change(
    account: Account, changes: dict[str, Any], *, actor: Actor, action: str
) -> Account:
    if not changes:
        return account
    before = {name: getattr(account, name) for name in changes}
    with transaction.atomic():
        # What was tried before says nothing of the new way.
        Account.objects.filter(id=account.pk).update(**changes, trial={})
        telling.record(
            actor, action, f"account/{account.name}", before=before, after=changes
        )
    account.refresh_from_db()
    return account
