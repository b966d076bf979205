"""One network interface."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import NetworkInterface, Role
from failover.services import changes, queries
from failover.web import access, naming
from failover.web.presenters import acts, inventory, timing

# How many of the changes found of it a page shows; the others are one link away.
CHANGES_SHOWN = 10


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, interface_id: str) -> HttpResponse:
    """One network interface."""
    row = queries.get_interface(interface_id)
    view = queries.view_interface(row)
    pairs = naming.pairs({view.pair} if view.pair else set())
    pair = pairs.get(view.pair or "")
    mine = access.pairs_with(request, Role.OPERATOR, pairs)
    context = {
        "interface": view,
        "row": inventory.interface_row(view, pair=pair, may_operate=view.pair in mine),
        "seen": timing.moment(view.observed_at, wiring.now()),
        "changes": _changes(row),
        "menu": acts.interface_menu(view, role=access.role_in(request, row.region)),
    }
    return render(request, "failover/interface.html", context)


def _changes(row: NetworkInterface) -> list[dict[str, object]]:
    """The newest changes that others made to it, and when each was seen."""
    now = wiring.now()
    found = changes.list_of_resource(region=row.region, resource_id=row.interface_id)
    return [
        {"change": view, "seen": timing.moment(view.seen_at, now)}
        for view in changes.view_drift_events(found[:CHANGES_SHOWN])
    ]
