"""The tags of a pair, which grants of roles go by."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from failover.models import Role
from failover.services import pair_tags, queries, refusals
from failover.web import access


@require_POST
@access.requires(Role.ADMIN)
def set_tags(request: HttpRequest, name: str) -> HttpResponse:
    """Give the pair the tags of the form, one key=value a line."""
    pair = queries.get_pair(name)
    try:
        tags = pair_tags.read_lines(request.POST.get("tags", ""))
        pair_tags.set_tags(pair=pair, tags=tags, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        messages.error(request, f"The tags are as before. {refusal.detail}")
    else:
        messages.success(request, "The tags are saved; roles by tag follow at once.")
    return redirect("pair-settings", name)
