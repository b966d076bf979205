"""One network interface."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Role
from failover.services import queries
from failover.web import access, changes_found, naming
from failover.web.presenters import acts, inventory, timing


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
        "changes": changes_found.newest(
            region=row.region, resource_id=row.interface_id
        ),
        "menu": acts.interface_menu(view, role=access.role_in(request, row.region)),
    }
    return render(request, "failover/interface.html", context)
