"""From an id, an address or a name to its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from failover.models import Role
from failover.services import finding
from failover.web import access
from failover.web.tables import registry
from failover.web.tables.table import Table

# More finds than these are not counted.
MOST_COUNTED = 999
PLACES: Mapping[str, Callable[[str], str]] = {
    "network interface": lambda key: reverse("interface", args=[key]),
    "instance": lambda key: reverse("instance", args=[key]),
    "pair": lambda key: reverse("pair", args=[key]),
    "job": lambda key: reverse("job", args=[key]),
    "elastic IP": lambda key: reverse("elastic-ip", args=[key]),
    "subnet": lambda key: reverse("subnet", args=[key]),
    "VPC": lambda key: reverse("vpc", args=[key]),
    "security group": lambda key: reverse("security-group", args=[key]),
    "route table": lambda key: reverse("route-table", args=[key]),
    # For whom networks have no pages.
    "interfaces by subnet_id": lambda key: _interfaces("subnet_id", key),
    "interfaces by vpc_id": lambda key: _interfaces("vpc_id", key),
    "interfaces by security_group": lambda key: _interfaces("security_group", key),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What one table has for the words."""

    title: str
    href: str
    count: int


@require_safe
@access.requires(Role.VIEWER)
def go(request: HttpRequest) -> HttpResponse:
    """To the page of what was typed; else what each table has for it."""
    text = request.GET.get("q", "").strip()
    if href := find(text):
        return send(request, href)
    hits = [_hits(table, text) for table in registry.TABLES.values()] if text else []
    context = {
        "text": text,
        "hits": [hit for hit in hits if hit.count],
        "unkept": finding.name_unkept(text),
    }
    return render(request, "failover/go.html", context)


def find(text: str) -> str:
    """The address of the page of what is called so; empty if nothing is."""
    found = finding.find(text)
    return PLACES[found.kind](quote(found.key, safe="")) if found else ""


def send(request: HttpRequest, href: str) -> HttpResponse:
    """Go there: with htmx the whole page, not a part of it."""
    if not getattr(request, "htmx", None):
        return redirect(href)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = href
    return response


def _interfaces(name: str, key: str) -> str:
    return f"{reverse('interfaces')}?f={name}={key}"


def _hits(table: Table, text: str) -> Hits:
    query = QueryDict(mutable=True)
    query["q"] = text
    found = table.filters(query, queryset=table.rows()).qs
    count = found.order_by()[: MOST_COUNTED + 1].count()
    href = f"{reverse(table.path)}?{query.urlencode()}"
    return Hits(title=table.title, href=href, count=count)
