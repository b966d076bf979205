"""Users and what they are granted, for administrators."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from failover import wiring
from failover.models import Grant, Role, User
from failover.services import refusals
from failover.services.access import Actor
from failover.services.people import second_factors, sessions, users
from failover.web import access, listing
from failover.web.people import grants
from failover.web.people.forms_of_access import (
    ROLE_WORDS,
    GrantForm,
    GroupsForm,
    UserForm,
)
from failover.web.presenters import timing

Context = dict[str, Any]


@require_safe
@access.requires_everywhere(Role.ADMIN)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every user, with the form for a new one."""
    return _list(request)


@never_cache
@require_POST
@access.requires_everywhere(Role.ADMIN)
def create(request: HttpRequest) -> HttpResponse:
    """Make a user; the password is shown this once."""
    form = UserForm(request.POST)
    if not form.is_valid():
        return _list(request, form=form, status=422)
    name, role = form.cleaned_data["name"], form.cleaned_data["role"]
    try:
        if User.objects.filter(username=name).exists():
            raise refusals.Exists(what="user", id=name)
        password = users.create_user(
            name=name, role=role, password=None, actor=access.get_actor(request)
        )
    except refusals.Refusal as refusal:
        return _list(request, form=form, refusal=refusal)
    made = {"made": password, "made_for": name}
    return _user(request, users.get_user(name), extra=made)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires_everywhere(Role.ADMIN)
def show(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user; posted, the role, the groups or a grant."""
    user = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _user(request, user)
    grant_form = None
    if request.POST.get("what") == "grant":
        grant_form = GrantForm(request.POST)
        if not grant_form.is_valid():
            return _user(request, user, grant_form=grant_form, status=422)
    try:
        _save(request, user, grant_form)
    except refusals.Refusal as refusal:
        return _user(request, user, refusal=refusal, grant_form=grant_form)
    messages.success(request, f"{user.get_username()}: saved, and effective at once.")
    return redirect("user", user.pk)


def _save(request: HttpRequest, user: User, grant_form: GrantForm | None) -> None:
    actor = access.get_actor(request)
    match request.POST.get("what"):
        case "grant" if grant_form is not None:
            users.grant(actor=actor, user=user, **grant_form.parts())
        case "revoke-grant":
            among = Grant.objects.filter(user=user)
            users.revoke_grant(grant=grants.chosen(request, among), actor=actor)
        case "role":
            role = request.POST.get("role", "")
            users.set_role(user=user, role=role, actor=actor)
        case "groups":
            form = GroupsForm(request.POST)
            if not form.is_valid():
                raise Http404
            chosen = list(form.cleaned_data["groups"])
            users.set_groups(user=user, groups=chosen, actor=actor)
        case _:
            raise Http404


@never_cache
@require_POST
@access.requires_everywhere(Role.ADMIN)
def act(request: HttpRequest, user_id: int, verb: str) -> HttpResponse:
    """Disable, enable, end sessions, reset the password or second factors."""
    user = get_object_or_404(User, pk=user_id)
    does = VERBS.get(verb)
    if does is None:
        raise Http404
    try:
        said = does(user, access.get_actor(request))
    except refusals.Refusal as refusal:
        return _user(request, user, refusal=refusal)
    if verb == "password":
        return _user(request, user, extra={"made": said, "made_for": user.username})
    messages.success(request, said)
    return redirect("user", user.pk)


def _disable(user: User, actor: Actor) -> str:
    users.disable(user=user, actor=actor)
    return f"{user.username} is disabled: sessions and tokens have ended."


def _enable(user: User, actor: Actor) -> str:
    users.enable(user=user, actor=actor)
    return f"{user.username} may sign in again."


def _end_sessions(user: User, actor: Actor) -> str:
    ended = users.end_sessions(user=user, actor=actor)
    return f"{user.username}: {ended} sessions ended."


def _reset_factors(user: User, actor: Actor) -> str:
    second_factors.reset(user=user, actor=actor)
    return f"{user.username} signs in with the password alone until setting up anew."


def _reset_password(user: User, actor: Actor) -> str:
    return users.reset_password(user=user, actor=actor)


VERBS: dict[str, Callable[[User, Actor], str]] = {
    "disable": _disable,
    "enable": _enable,
    "end-sessions": _end_sessions,
    "reset-factors": _reset_factors,
    "password": _reset_password,
}


def _list(
    request: HttpRequest,
    *,
    form: UserForm | None = None,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    q, now = request.GET.get("q", "").strip(), wiring.now()
    found = User.objects.order_by("username").prefetch_related("groups", "grants")
    if q:
        found = found.filter(Q(username__icontains=q) | Q(groups__name__icontains=q))
    page = Paginator(found.distinct(), listing.ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [
        {
            "id": user.pk,
            "name": user.username,
            "role": user.role or "none",
            "groups": [g.name for g in user.groups.all()],
            "grants": len(user.grants.all()),
            "is_active": user.is_active,
            "seen": timing.moment(user.last_login, now),
        }
        for user in page.object_list
    ]
    context = {"page": page, "rows": rows, "q": q, "form": form or UserForm()}
    return grants.show(request, "users", context, refusal=refusal, status=status)


def _user(
    request: HttpRequest,
    user: User,
    *,
    grant_form: GrantForm | None = None,
    refusal: refusals.Refusal | None = None,
    extra: Context | None = None,
    status: int = 200,
) -> HttpResponse:
    now = wiring.now()
    context = {
        "person": user,
        "roles": [("", "None"), *ROLE_WORDS.items()],
        "grants": grants.lines(Grant.objects.filter(user=user)),
        "grant_form": grant_form or GrantForm(),
        "groups_form": GroupsForm(initial={"groups": user.groups.all()}),
        "factors": second_factors.list_of(user.pk),
        "sessions": sessions.list_of(user.pk).count(),
        "seen": timing.moment(user.last_login, now),
        "is_self": request.user.pk == user.pk,
        **(extra or {}),
    }
    return grants.show(request, "user", context, refusal=refusal, status=status)
