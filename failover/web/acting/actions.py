"""The actions, and one of them, followed while it takes its time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Role
from failover.services.acts import showing
from failover.web import access, listing
from failover.web.presenters import actions as words
from failover.web.tables.registry import TABLES


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every action, newest first."""
    return listing.show(request, TABLES["actions"])


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """One action, live; a poll with `?rev=` gets 204 while nothing changes."""
    view = showing.view_action(showing.get_action(action_id))
    row = words.row(view, now=wiring.now())
    if request.GET.get("rev") == row.rev and view.is_open:
        return HttpResponse(status=204)
    context = {"action": view, "row": row}
    return listing.respond(request, "failover/action.html", context)
