"""The rows of a table that are ticked, as a file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from failover.models import Role
from failover.web import access, asking, exporting, named_table


@require_POST
@access.requires(Role.VIEWER)
def export(request: HttpRequest, table: str) -> HttpResponse:
    """The rows that are ticked, as a file."""
    one = named_table.find(table)
    query = QueryDict(mutable=True)
    for name in ("only", "cols", "ordering"):
        query.setlist(name, request.POST.getlist(name))
    if not query.getlist("only"):
        messages.warning(request, "No row is ticked: tick some, then export them.")
        return redirect(one.path)
    asked = asking.read(request, one, query)
    return exporting.export(one, asked, request.POST.get("export", ""))
