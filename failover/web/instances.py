"""One instance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Role
from failover.services import queries
from failover.web import access, changes_found
from failover.web.presenters import acts, inventory, timing


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, instance_id: str) -> HttpResponse:
    """One instance."""
    row = queries.get_instance(instance_id)
    view, now = queries.view_instances([row])[0], wiring.now()
    context = {
        "instance": view,
        "row": inventory.instance_row(view),
        "menu": acts.instance_menu(view, role=access.role_in(request, row.region)),
        "launched": timing.moment(timing.parse(view.launch_time or None), now),
        "changes": changes_found.newest(region=row.region, resource_id=row.instance_id),
        "seen": timing.moment(view.observed_at, now),
    }
    return render(request, "failover/instance.html", context)
