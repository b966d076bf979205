"""Settings of accounts: their regions, and how each one looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from failover.models import Colour, Role
from failover.services import inventory, places, refusals, regions
from failover.web import access

# In words; the values are EC2's own.
COLOURS = {
    Colour.NONE: "None",
    Colour.PINK: "Pink",
    Colour.PURPLE: "Purple",
    Colour.DARK_BLUE: "Dark blue",
    Colour.LIGHT_BLUE: "Light blue",
    Colour.TEAL: "Teal",
    Colour.GREEN: "Green",
    Colour.YELLOW: "Yellow",
    Colour.ORANGE: "Orange",
    Colour.RED: "Red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """One colour to choose."""

    value: str
    label: str


SWATCHES = tuple(Swatch(value=c.value, label=label) for c, label in COLOURS.items())


@require_safe
@access.requires(Role.ADMIN)
def show(request: HttpRequest) -> HttpResponse:
    """Every account with its look and its regions."""
    return _page(request)


@require_POST
@access.requires(Role.ADMIN)
def add_region(request: HttpRequest) -> HttpResponse:
    """Put a region under management, and have it read at once."""
    said = {
        "account": request.POST.get("account", "").strip() or regions.DEFAULT_ACCOUNT,
        "region": request.POST.get("region", "").strip(),
    }
    actor = access.get_actor(request)
    try:
        region = regions.add(
            region=said["region"], account=said["account"], actor=actor
        )
        inventory.request_sync(region, actor)
    except refusals.Invalid as refusal:
        errors = {name: " ".join(lines) for name, lines in refusal.errors.items()}
        return _page(request, said=said, errors=errors, status=422)
    except refusals.Refusal as refusal:
        return _page(
            request, said=said, errors={"region": refusal.detail}, status=refusal.status
        )
    messages.success(request, f"{region} is managed now, and being read.")
    return redirect("settings-accounts")


@require_POST
@access.requires(Role.ADMIN)
def set_look(request: HttpRequest, account: str) -> HttpResponse:
    """Give the account its colour and its mark."""
    try:
        places.set_look(
            account=places.get_account(account),
            colour=request.POST.get("colour", ""),
            is_production=bool(request.POST.get("is_production")),
            actor=access.get_actor(request),
        )
    except refusals.Invalid as refusal:
        messages.error(request, refusal.detail)
        return redirect("settings-accounts")
    messages.success(request, f"Account {account} looks as you chose.")
    return redirect("settings-accounts")


def _page(
    request: HttpRequest,
    *,
    said: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, found = access.get_actor(request), places.list_places()
    own = {
        place.id
        for place in found
        if actor.may_in(Role.ADMIN.value, account_id=place.id)
    }
    answer = {
        "places": found,
        "own": own,
        "swatches": SWATCHES,
        "may_set_access": actor.may_everywhere(Role.ADMIN.value),
        "said": said or {},
        "errors": errors or {},
    }
    page = "failover/settings/accounts.html"
    return render(request, page, answer, status=status)
