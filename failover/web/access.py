"""Who may open which page: every view says its role, and what does not say is shut."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from failover.models import Role, User
from failover.services import access

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

RANKS = {role: rank for rank, role in enumerate(Role.values)}
ROLE_ATTRIBUTE = "required_role"
ANYONE = "anyone"


def requires(role: Role) -> Callable[[View[P]], View[P]]:
    """Let in whoever is logged in and has at least `role`.

    The anonymous are sent to the login page and come back afterwards; an htmx request
    gets 401 with `HX-Redirect`, so that no login page lands inside a table.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return send_to_login(request)
            if not has_role(request, role):
                raise PermissionDenied(
                    f"This needs the role {role}. Ask an administrator for it."
                )
            return view(request, *args, **kwargs)

        setattr(guarded, ROLE_ATTRIBUTE, role)
        # Asked above, in a way that htmx understands.
        return login_not_required(guarded)

    return decorate


def open_to_anyone(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that needs no login: the login page itself, and logging out."""
    setattr(view, ROLE_ATTRIBUTE, ANYONE)
    return login_not_required(view)


def has_role(request: HttpRequest, role: Role) -> bool:
    """Whether the user's role, as the database has it now, contains `role`."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return False
    return RANKS.get(user.role, -1) >= RANKS[role]


def get_actor(request: HttpRequest) -> access.Actor:
    """The user behind the request, as the services and the audit name them."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return access.Actor(
        name=user.get_username(),
        role=user.role,
        trigger="ui",
        user_id=user.pk,
        source_ip=str(request.META.get("REMOTE_ADDR", "")),
    )


def send_to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back."""
    htmx: Any = getattr(request, "htmx", None)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    back = htmx.current_url_abs_path or "/"
    response = HttpResponse(status=401)
    login = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
    response["HX-Redirect"] = login["Location"]
    return response
