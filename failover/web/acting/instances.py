"""Instances are started, stopped and rebooted; their tags."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from failover.models import Action, Instance, Role
from failover.services import queries
from failover.services.acts import instances as acts
from failover.web import access
from failover.web.acting import page as pages
from failover.web.acting import subjects, tag_pages
from failover.web.acting.interfaces import METHODS

Verb = Callable[..., Action]


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def start(request: HttpRequest, instance_id: str) -> HttpResponse:
    """Start it, and follow that."""
    row = queries.get_instance(instance_id)
    page = subjects.of_instance(
        row,
        f"Start {subjects.called(row.instance_id, row.name)}",
        "Start",
        act="instance-start",
        lead=f"It is {row.state}. A public address that AWS lends is a new one then;"
        " Elastic IPs stay.",
    )
    return _serve(request, row, page, acts.start)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def stop(request: HttpRequest, instance_id: str) -> HttpResponse:
    """Stop it, and follow that."""
    row = queries.get_instance(instance_id)
    page = subjects.of_instance(
        row,
        f"Stop {subjects.called(row.instance_id, row.name)}",
        "Stop",
        act="instance-stop",
        warning="What runs on it ends, and what its instance store holds is lost. Its"
        " interfaces and Elastic IPs stay with it: a pair that it serves is down until"
        " it is swapped.",
        is_danger=True,
    )
    return _serve(request, row, page, acts.stop)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def reboot(request: HttpRequest, instance_id: str) -> HttpResponse:
    """Reboot it, and follow that."""
    row = queries.get_instance(instance_id)
    page = subjects.of_instance(
        row,
        f"Reboot {subjects.called(row.instance_id, row.name)}",
        "Reboot",
        act="instance-reboot",
        warning="What runs on it is interrupted for some minutes. A device index that a"
        " forced detachment has blocked comes free by a stop and a start only.",
        is_danger=True,
    )
    return _serve(request, row, page, acts.reboot)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def tags(request: HttpRequest, instance_id: str) -> HttpResponse:
    """Manage its tags."""
    row = queries.get_instance(instance_id)
    return tag_pages.serve(
        request,
        subjects.of_instance(row, "Manage tags", "Save", lead=tag_pages.LEAD),
        region=row.region,
        resource_id=instance_id,
        tags=row.tags,
    )


def _serve(
    request: HttpRequest, row: Instance, page: pages.Page, verb: Verb
) -> HttpResponse:
    def act(form: pages.ActForm) -> HttpResponse:
        done = verb(
            region=row.region,
            instance_id=row.instance_id,
            actor=access.get_actor(request),
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request, page, lambda data, said: pages.ActForm(data, initial=said), act
    )
