"""Deny is the default: a view says which role each of its methods needs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from failover import wiring
from failover.models import User
from failover.services import access, refusals, scoping
from failover.services.access import Actor
from failover.services.people import freshness

if TYPE_CHECKING:
    # DRF's settings import this module while its views are being imported.
    from rest_framework.views import APIView


class RoleRequired(BasePermission):
    """Reads `required_role`, a mapping of method to role; without it nobody may."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Raises Anonymous or Forbidden, which say more than False could."""
        actor = find_actor(request)
        if actor is None:
            raise refusals.Anonymous
        method = "GET" if request.method == "HEAD" else str(request.method)
        is_served = method.lower() in view.http_method_names
        if method == "OPTIONS" or not is_served or not hasattr(view, method.lower()):
            # What may be asked here, or that this may not, whoever is known is told.
            return True
        roles: Mapping[str, str] = getattr(view, "required_role", {})
        role = roles.get(method)
        if role is None:
            raise refusals.Forbidden(detail="Nobody may do this.")
        access.require(actor, role)
        scoping.narrow_to(actor, needs=role)
        return True


def find_actor(request: Request) -> Actor | None:
    """Who is asking, by token or by session."""
    user = request.user
    if isinstance(user, Actor):
        return user
    if not isinstance(user, User) or not user.is_active:
        return None
    plain = request._request  # noqa: SLF001 - DRF's own way to Django's request.
    known: Actor | None = getattr(plain, "swapboard_api_actor", None)
    if known is None:
        known = access.actor_for(
            user,
            source_ip=str(request.META.get("REMOTE_ADDR", "")),
            trigger="api",
            is_fresh=freshness.is_fresh(plain.session, now=wiring.now()),
        )
        plain.swapboard_api_actor = known  # type: ignore[attr-defined]
    return known
