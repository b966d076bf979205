"""What the pages of users and of groups share: grants in words, and the frame."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from failover.models import Grant
from failover.services import refusals
from failover.web import access, asking_again
from failover.web.presenters import refusals as refusal_words

Context = dict[str, Any]


def chosen(request: HttpRequest, among: QuerySet[Grant]) -> Grant:
    """The grant that the form names, of those it may name."""
    number = request.POST.get("grant", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 15
    return get_object_or_404(among, pk=number if is_number else "0")


def lines(rows: QuerySet[Grant]) -> list[Context]:
    """Grants as the pages say them."""
    return [
        {"id": row.pk, "role": row.role, "where": _where(row)}
        for row in rows.select_related("account").order_by("pk")
    ]


def _where(row: Grant) -> str:
    if row.account is not None:
        return f"in account {row.account.name}"
    if row.tag_key:
        return f"for pairs tagged {row.tag_key}={row.tag_value}"
    return "everywhere"


def show(
    request: HttpRequest,
    name: str,
    context: Context,
    *,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page about users or groups, with what was refused."""
    shown = refusal_words.view(refusal) if refusal else None
    more = {
        "here": "Users and roles",
        "refusal": shown,
        "is_fresh": access.get_actor(request).is_fresh,
        "confirm_href": asking_again.href(request.path),
    }
    page = f"failover/settings/{name}.html"
    answer = refusal.status if refusal else status
    return render(request, page, {**more, **context}, status=answer)
