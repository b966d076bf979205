"""Who may open which page: every view says its role, and what does not say is shut."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from failover import wiring
from failover.models import Region, Role, User
from failover.services import access, queries, refusals, scoping
from failover.services.people import freshness, second_factors
from failover.web import asking_again

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

ROLE_ATTRIBUTE = "required_role"
ANYONE = "anyone"
SIGNED_IN = "signed in"
ACTOR_ATTRIBUTE = "swapboard_actor"


def requires(role: Role) -> Callable[[View[P]], View[P]]:
    """Let in whoever is logged in and has at least `role`, somewhere.

    What is asked for by name must lie within that role's scope: the read side sees to
    it, and what it does not find is a page that is not there. The anonymous are sent
    to the login page and come back afterwards.
    """
    return _guard(role, lambda actor: actor.may(role.value), "")


def requires_everywhere(role: Role) -> Callable[[View[P]], View[P]]:
    """The same for pages about the house itself: the role must know no scope."""
    return _guard(
        role, lambda actor: actor.may_everywhere(role.value), " in the whole house"
    )


def _guard(
    role: Role, may: Callable[[access.Actor], bool], where: str
) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return send_to_login(request)
            actor = find_actor(request)
            if actor is None or not may(actor):
                said = f"This needs the role {role}{where}. Ask an administrator."
                raise PermissionDenied(said)
            if lacks_second_factor(request):
                return redirect("mfa_activate_totp")
            scoping.need(role.value)
            try:
                return _answer(view, request, *args, **kwargs)
            except refusals.NotFound as refusal:
                raise Http404(str(refusal)) from refusal
            except refusals.Forbidden as refusal:
                raise PermissionDenied(refusal.detail) from refusal

        setattr(guarded, ROLE_ATTRIBUTE, role)
        # Asked above, in a way that htmx understands.
        return login_not_required(guarded)

    return decorate


def open_to_anyone(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that needs no login: the login page itself, and logging out."""
    setattr(view, ROLE_ATTRIBUTE, ANYONE)
    return login_not_required(view)


def signed_in(view: View[P]) -> View[P]:
    """Let in whoever is logged in, with or without a role: it is about themselves."""

    @functools.wraps(view)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not request.user.is_authenticated:
            return send_to_login(request)
        return _answer(view, request, *args, **kwargs)

    return for_anyone_signed_in(guarded)


def _answer(
    view: View[P], request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
) -> HttpResponse:
    """The view's answer, or the way to where its person shows who they are.

    No view says by itself that this is needed: what it was asked would be lost.
    """
    try:
        response = view(request, *args, **kwargs)
    except refusals.ConfirmIdentity:
        return asking_again.go(request)
    asking_again.forget(request)
    return response


def for_anyone_signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view for whoever is signed in, with or without a role; it asks itself."""
    setattr(view, ROLE_ATTRIBUTE, SIGNED_IN)
    return login_not_required(view)


def has_role(request: HttpRequest, role: Role) -> bool:
    """Whether some role of the user, as the database has it now, contains `role`."""
    actor = find_actor(request)
    return actor is not None and actor.may(role.value)


def has_role_on_ec2(request: HttpRequest, role: Role) -> bool:
    """The same on more than tagged pairs: on what an account has in EC2."""
    actor = find_actor(request)
    return actor is not None and actor.may_in_an_account(role.value)


def pairs_with(
    request: HttpRequest, role: Role, names: Iterable[str]
) -> frozenset[str]:
    """Those of the pairs on which the user has the role; one query at most."""
    actor, asked = find_actor(request), frozenset(names)
    if actor is None or not actor.may(role.value):
        return frozenset()
    if actor.may_everywhere(role.value):
        return asked
    return queries.list_permitted(asked, role=role.value)


def role_in(request: HttpRequest, region: Region) -> str:
    """The highest role of the user that counts in the region's account."""
    actor = find_actor(request)
    if actor is None:
        return ""
    counting = [
        role
        for role in access.ROLES
        if actor.may_in(role, account_id=region.account_id)
    ]
    return access.highest(*counting)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the house demands a second factor that the user has not set up yet."""
    user, actor = request.user, find_actor(request)
    if actor is None or not isinstance(user, User):
        return False
    return second_factors.is_demanded(user, actor)


def find_actor(request: HttpRequest) -> access.Actor | None:
    """The signed-in user as the services and the audit name them, asked for once."""
    found: access.Actor | None = getattr(request, ACTOR_ATTRIBUTE, None)
    user = request.user
    if found is None and isinstance(user, User) and user.is_active:
        found = access.actor_for(
            user,
            source_ip=str(request.META.get("REMOTE_ADDR", "")),
            is_fresh=freshness.is_fresh(request.session, now=wiring.now()),
        )
        setattr(request, ACTOR_ATTRIBUTE, found)
    return found


def get_actor(request: HttpRequest) -> access.Actor:
    """The same, where somebody must be signed in."""
    actor = find_actor(request)
    if actor is None:
        raise PermissionDenied
    return actor


def get_user(request: HttpRequest) -> User:
    """Whoever is signed in: a view that names its role lets nobody else in."""
    user = request.user
    assert isinstance(user, User)
    return user


def send_to_login(request: HttpRequest) -> HttpResponse:
    """The way to the login page and back.

    htmx follows `HX-Redirect`, so that no login page lands inside a table.
    """
    htmx: Any = getattr(request, "htmx", None)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    back = htmx.current_url_abs_path or "/"
    response = HttpResponse()
    login = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
    response["HX-Redirect"] = login["Location"]
    return response
