"""API tokens, one's own and for administrators all: made, shown once, revoked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import ApiToken, Role
from failover.services import access as roles
from failover.services import refusals
from failover.services.people import tokens
from failover.web import access, asking_again, listing
from failover.web.people.forms_of_access import TokenForm
from failover.web.presenters import refusals as refusal_words
from failover.web.presenters import timing


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest) -> HttpResponse:
    """The list, with the form for a new one."""
    return _page(request)


@never_cache
@require_POST
@access.requires(Role.VIEWER)
def create(request: HttpRequest) -> HttpResponse:
    """Make one and show it, this once."""
    actor = access.get_actor(request)
    form = TokenForm(request.POST, roles=_roles(request))
    if not form.is_valid():
        return _page(request, form=form, status=422)
    said = form.cleaned_data
    try:
        made = tokens.make(
            user_name=actor.name,
            actor=actor,
            name=said["name"],
            role=said["role"],
            days=said["days"],
            source_nets=said["source_nets"].split(),
        )
    except refusals.Refusal as refusal:
        return _page(request, form=form, refusal=refusal)
    return _page(request, made=made)


@require_POST
@access.requires(Role.VIEWER)
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a token now."""
    tokens.revoke(public_id=public_id, actor=access.get_actor(request))
    messages.success(request, f"Token sb_{public_id} opens nothing any more.")
    return redirect("settings-tokens")


def _roles(request: HttpRequest) -> list[str]:
    best = access.get_actor(request).best_role
    return [role for role in roles.ROLES if roles.contains(best, role)]


def _page(
    request: HttpRequest,
    *,
    form: TokenForm | None = None,
    made: str = "",
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = access.get_actor(request)
    pages = Paginator(tokens.list_for(actor), listing.ROWS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "here": "API tokens",
        "form": form or TokenForm(roles=_roles(request)),
        "made": made,
        "page": page,
        "rows": [_row(token) for token in page.object_list],
        "shows_owners": actor.may_everywhere(Role.ADMIN.value),
        "is_fresh": actor.is_fresh,
        "confirm_href": asking_again.href("/settings/tokens/"),
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    answer = refusal.status if refusal else status
    return render(request, "failover/settings/tokens.html", context, status=answer)


def _row(token: ApiToken) -> dict[str, object]:
    at = wiring.now()
    why = tokens.why_refused(token, source_ip="", now=at)
    state = {"revoked": "Revoked", "expired": "Expired", "owner_disabled": "Disabled"}
    return {
        "public_id": token.public_id,
        "name": token.name,
        "owner": token.user.get_username(),
        "role": token.role,
        "nets": token.source_nets,
        "created": timing.moment(token.created_at, at),
        "expires": timing.moment(token.expires_at, at),
        "used": timing.moment(token.last_used_at, at),
        "state": state.get(why, "Active"),
        "is_live": why not in state,
    }
