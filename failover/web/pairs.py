"""Pairs: the table, and a pair by its name."""

from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Pair, Role
from failover.services import filters, queries, refusals
from failover.web import access, listing
from failover.web.presenters import pairs as pair_words


def _present(request: HttpRequest, page: Page[Pair]) -> list[Any]:
    may_operate = access.has_role(request, Role.OPERATOR)
    now = wiring.now()
    return [
        pair_words.row(view, may_operate=may_operate, now=now)
        for view in queries.view_pairs(page.object_list)
    ]


TABLE = listing.Table(
    template="failover/pairs.html",
    rows=queries.list_pairs,
    filters=filters.PairFilter,
    heads=(
        ("name", "Name"),
        ("", "Health"),
        ("", "Sync"),
        ("", "Active"),
        ("", "Passive"),
        ("", "Moves"),
        ("", "Elastic IP"),
        ("region", "Region"),
        ("", "Swap"),
    ),
    present=_present,
    empty_title="No pairs",
    empty_text="A pair is two instances and what moves between them.",
)


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every pair."""
    extra = {"empty_href": "/pairs/new/", "empty_action": "Create pair"}
    is_admin = access.has_role(request, Role.ADMIN)
    return listing.show(request, TABLE, extra if is_admin else None)


def get(name: str) -> Pair:
    """The pair of that name, or the page that says there is none."""
    try:
        return queries.get_pair(name)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
