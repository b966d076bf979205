"""The table pages; what each shows stands in `tables`."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import Role
from failover.services import attesting
from failover.web import access, listing
from failover.web.presenters import audit
from failover.web.tables.registry import TABLES


@require_safe
@access.requires(Role.VIEWER)
def show_interfaces(request: HttpRequest) -> HttpResponse:
    """Every network interface that EC2 shows."""
    return listing.show(request, TABLES["interfaces"])


@require_safe
@access.requires(Role.VIEWER)
def show_elastic_ips(request: HttpRequest) -> HttpResponse:
    """Every Elastic IP that EC2 shows."""
    return listing.show(request, TABLES["elastic-ips"])


@require_safe
@access.requires(Role.VIEWER)
def show_instances(request: HttpRequest) -> HttpResponse:
    """Every instance that EC2 shows."""
    return listing.show(request, TABLES["instances"])


@require_safe
@access.requires(Role.VIEWER)
def show_pairs(request: HttpRequest) -> HttpResponse:
    """Every pair."""
    extra = {"empty_href": "/pairs/new/", "empty_action": "Create pair"}
    is_admin = access.has_role(request, Role.ADMIN)
    return listing.show(request, TABLES["pairs"], extra if is_admin else None)


@require_safe
@access.requires(Role.VIEWER)
def show_jobs(request: HttpRequest) -> HttpResponse:
    """Every job, newest first."""
    return listing.show(request, TABLES["jobs"])


@require_safe
@access.requires(Role.VIEWER)
def show_audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    state = audit.state(attesting.last_check(), wiring.now())
    return listing.show(request, TABLES["audit"], {"state": state})


@require_safe
@access.requires(Role.VIEWER)
def show_drift(request: HttpRequest) -> HttpResponse:
    """What others have changed, newest first."""
    return listing.show(request, TABLES["drift"])
