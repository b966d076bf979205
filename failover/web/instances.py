"""Instances and Elastic IPs: tables, and one instance."""

from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import ElasticIp, Instance, Role
from failover.services import filters, queries, refusals
from failover.web import access, listing
from failover.web.presenters import inventory, timing


def _present_instances(_request: HttpRequest, page: Page[Instance]) -> list[Any]:
    return [
        inventory.instance_row(view)
        for view in queries.view_instances(page.object_list)
    ]


def _present_addresses(_request: HttpRequest, page: Page[ElasticIp]) -> list[Any]:
    seen = queries.view_elastic_ips(page.object_list)
    names = names_of({view.instance_id for view in seen if view.instance_id})
    return [inventory.elastic_ip_row(view, names=names) for view in seen]


def names_of(instance_ids: set[str]) -> dict[str, str]:
    """The Name tags of instances, also of those that are gone."""
    rows = Instance.objects.filter(instance_id__in=instance_ids)
    return dict(rows.values_list("instance_id", "name"))


def _values(field: str) -> list[str]:
    rows = queries.list_instances().order_by(field)
    return [str(v) for v in rows.values_list(field, flat=True).distinct()]


INSTANCES = listing.Table(
    template="failover/instances.html",
    rows=queries.list_instances,
    filters=filters.InstanceFilter,
    heads=(
        ("name", "Name"),
        ("id", "Instance ID"),
        ("state", "State"),
        ("", "Status check"),
        ("availability_zone", "Zone"),
        ("", "Pairs"),
        ("", "Interfaces"),
        ("", "Public IPv4"),
        ("", "Private IPv4"),
        ("type", "Type"),
        ("launch_time", "Launched"),
    ),
    present=_present_instances,
    selects=(
        listing.Select(
            field="state", label="State", all="Any", values=lambda: _values("state")
        ),
        listing.Select(
            field="vpc_id", label="VPC", all="Any VPC", values=lambda: _values("vpc_id")
        ),
    ),
    empty_title="No instances",
    empty_text="EC2 showed none in the managed regions, or none has been read yet.",
)
ADDRESSES = listing.Table(
    template="failover/elastic_ips.html",
    rows=queries.list_elastic_ips,
    filters=filters.ElasticIpFilter,
    heads=(
        ("name", "Name"),
        ("public_ip", "Allocated IPv4 address"),
        ("allocation_id", "Allocation ID"),
        ("instance_id", "Instance ID"),
        ("", "Private IPv4"),
        ("network_interface_id", "Network interface ID"),
        ("", "Association ID"),
        ("", "Pair"),
    ),
    present=_present_addresses,
    empty_title="No Elastic IPs",
    empty_text="EC2 showed none in the managed regions, or none has been read yet.",
)


@require_safe
@access.requires(Role.VIEWER)
def show_list(request: HttpRequest) -> HttpResponse:
    """Every instance that EC2 shows."""
    return listing.show(request, INSTANCES)


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, instance_id: str) -> HttpResponse:
    """One instance."""
    try:
        row = queries.get_instance(instance_id)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
    view = queries.view_instances([row])[0]
    context = {
        "instance": view,
        "row": inventory.instance_row(view),
        "seen": timing.moment(view.observed_at, wiring.now()),
    }
    return render(request, "failover/instance.html", context)


@require_safe
@access.requires(Role.VIEWER)
def show_addresses(request: HttpRequest) -> HttpResponse:
    """Every Elastic IP that EC2 shows."""
    return listing.show(request, ADDRESSES)
