"""Deny is the default: a view says which role each of its methods needs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from failover.models import User
from failover.services import access, refusals
from failover.services.access import Actor

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
        return True


def find_actor(request: Request) -> Actor | None:
    """Who is asking, by token or by session."""
    user = request.user
    if isinstance(user, Actor):
        return user
    if isinstance(user, User) and user.is_active:
        ip = str(request.META.get("REMOTE_ADDR", ""))
        return access.actor_for(user, source_ip=ip, trigger="api")
    return None
