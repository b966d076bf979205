"""Who comes from the identity provider: admitted by their groups, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from failover.models import User
from failover.services import access, refusals, telling
from failover.services.access import Actor

NOT_ADMITTED = (
    "Your account at the identity provider is in no group that has a role here. Ask an"
    " administrator for one."
)
NAME_TAKEN = (
    "There is already a local user {name}. Sign in as that user and connect the"
    " identity provider under Settings, Security; or ask an administrator."
)
FOREIGN_ISSUER = (
    "The identity provider calls itself otherwise than OIDC_ISSUER does. Nobody comes"
    " in by it until an administrator has set that to the issuer's own name."
)
MOST_NAME = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the identity provider says of somebody."""

    name: str
    groups: frozenset[str]

    @property
    def role(self) -> str:
        """The highest role of the groups; empty for none."""
        roles = (settings.OIDC_ROLE_MAP.get(group, "") for group in self.groups)
        return access.highest(*roles)


def read_claims(said: Mapping[str, Any]) -> Claims:
    """The name and the groups among the claims, whatever else there is."""
    groups = said.get(settings.OIDC_GROUPS_CLAIM) or []
    named = [groups] if isinstance(groups, str) else groups
    name = str(said.get("preferred_username") or said.get("email") or said.get("sub"))
    found = frozenset(str(g) for g in named) if isinstance(named, list) else frozenset()
    return Claims(name=name[:MOST_NAME], groups=found)


def require_issuer(said: Mapping[str, Any]) -> None:
    """Raises Forbidden where the ID token is of another issuer than the configured.

    The library holds it to the metadata's issuer, which says of itself what it likes.
    """
    issuer = said.get("id_token", {}).get("iss", said.get("iss"))
    known = settings.OIDC_ISSUER.removesuffix("/.well-known/openid-configuration")
    if issuer is not None and str(issuer).rstrip("/") != known.rstrip("/"):
        raise refusals.Forbidden(detail=FOREIGN_ISSUER)


def require_admitted(claims: Claims, *, known: User | None) -> None:
    """Raises Forbidden for whom no group admits, or whose name is somebody else's."""
    if known is None and User.objects.filter(username=claims.name).exists():
        raise refusals.Forbidden(detail=NAME_TAKEN.format(name=claims.name))
    # A user whom an administrator has connected keeps the role given here.
    is_local = known is not None and known.has_usable_password()
    if not is_local and not claims.role:
        raise refusals.Forbidden(detail=NOT_ADMITTED)


def renew(*, user: User, claims: Claims, source_ip: str) -> None:
    """Bring role and groups in step with the claims, at each sign-in."""
    if user.has_usable_password():
        return
    groups = list(Group.objects.filter(name__in=claims.groups))
    had = {g.pk for g in user.groups.all()}
    if user.role == claims.role and had == {g.pk for g in groups}:
        return
    before, name = {"role": user.role}, user.get_username()
    actor = Actor(name=name, role="", user_id=user.pk, source_ip=source_ip)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(role=claims.role)
        user.groups.set(groups)
        after = {"role": claims.role, "groups": sorted(g.name for g in groups)}
        telling.record(
            actor,
            "user.role",
            f"user/{name}",
            before=before,
            after=after,
            reason="identity provider",
        )
    user.role = claims.role
