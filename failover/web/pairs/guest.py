"""What a pair needs outside Swapboard: in its two guests, and in IAM."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from failover.models import Role
from failover.services import queries
from failover.services.accounts import least_privilege
from failover.services.guest import guides
from failover.web import access, listing
from failover.web.pairs.page import head


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """What to copy to both servers."""
    pair = queries.get_pair(name)
    context = {
        **head(request, pair, queries.view_pair(pair)),
        "guide": guides.write_guide(pair),
        "is_new": "created" in request.GET,
    }
    return listing.respond(request, "failover/pair_guest.html", context)


@require_safe
@access.requires(Role.VIEWER)
def show_policy(request: HttpRequest, name: str) -> HttpResponse:
    """The least that the role must be allowed."""
    pair = queries.get_pair(name)
    policy = least_privilege.write_policy(pair)
    context = {
        **head(request, pair, queries.view_pair(pair)),
        "notes": policy.notes,
        "text": _as_text(policy),
    }
    return listing.respond(request, "failover/pair_policy.html", context)


@require_safe
@access.requires(Role.VIEWER)
def download_policy(request: HttpRequest, name: str) -> HttpResponse:
    """The same as a file."""
    pair = queries.get_pair(name)
    text = _as_text(least_privilege.write_policy(pair))
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="swapboard-{name}.json"'
    return answer


def _as_text(policy: least_privilege.Policy) -> str:
    return json.dumps(policy.document, indent=2) + "\n"
