"""One VPC, subnet, security group or route table: four pages of one kind."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Region, Role
from failover.services import changes, network_contents, networks
from failover.web import access
from failover.web.presenters import networks as presenters
from failover.web.presenters import timing
from failover.web.presenters.networks import Page

# How many of the changes found of it a page shows; the others are one link away.
CHANGES_SHOWN = 10


@require_safe
@access.requires(Role.VIEWER)
def show_vpc(request: HttpRequest, vpc_id: str) -> HttpResponse:
    """A VPC: its subnets, route tables and groups."""
    row = networks.get_vpc(vpc_id)
    page = presenters.of_vpc(
        networks.view_vpcs([row])[0],
        network_contents.of_vpc(row),
        is_read=row.pk is not None,
    )
    return _show(request, page, row.region)


@require_safe
@access.requires(Role.VIEWER)
def show_subnet(request: HttpRequest, subnet_id: str) -> HttpResponse:
    """A subnet: its interfaces and instances."""
    row = networks.get_subnet(subnet_id)
    seen = networks.view_subnets([row])[0]
    page = presenters.of_subnet(seen, network_contents.of_subnet(row))
    return _show(request, page, row.region)


@require_safe
@access.requires(Role.VIEWER)
def show_security_group(request: HttpRequest, security_group_id: str) -> HttpResponse:
    """A security group: the interfaces that have it."""
    row = networks.get_security_group(security_group_id)
    seen = networks.view_security_groups([row])[0]
    page = presenters.of_group(seen, network_contents.of_group(row))
    return _show(request, page, row.region)


@require_safe
@access.requires(Role.VIEWER)
def show_route_table(request: HttpRequest, route_table_id: str) -> HttpResponse:
    """A route table: where its routes lead, and the subnets that use it."""
    row = networks.get_route_table(route_table_id)
    seen = networks.view_route_tables([row])[0]
    page = presenters.of_route_table(seen, network_contents.of_route_table(row))
    return _show(request, page, row.region)


def _show(request: HttpRequest, page: Page, region: Region) -> HttpResponse:
    now = wiring.now()
    found = changes.list_of_resource(region=region, resource_id=page.seen.id)
    context = {
        "page": page,
        "seen": timing.moment(page.seen.observed_at, now),
        "changes": [
            {"change": view, "seen": timing.moment(view.seen_at, now)}
            for view in changes.view_drift_events(found[:CHANGES_SHOWN])
        ],
    }
    return render(request, "failover/network.html", context)
