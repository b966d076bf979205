"""Whether the process, the product and a pair are well: no login, no body.

They change nothing, so no form's token is asked of whoever uses another method: it
is told that there is none.
"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from failover import wiring
from failover.models import ReconcilerBeat
from failover.services import queries, refusals, scoping

RECONCILER_SEEN_S = 10.0


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200: this process answers."""
    del request
    return HttpResponse()


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200: the database is there and migrated, and a reconciler was seen lately."""
    del request
    try:
        is_ready = _is_migrated() and _is_reconciled()
    except DatabaseError:
        is_ready = False
    return HttpResponse(status=200 if is_ready else 503)


@csrf_exempt
@require_safe
def pair_health(request: HttpRequest, name: str) -> HttpResponse:
    """200: the pair is ready to swap; 503: it is not; 404: there is none."""
    del request
    if "\0" in name:
        return HttpResponse(status=404)
    try:
        # Load balancers ask without a login, and learn one word.
        with scoping.everything():
            pair = queries.get_pair(name)
            is_ready = queries.view_pair(pair).readiness.ready
    except refusals.NotFound:
        return HttpResponse(status=404)
    except DatabaseError:
        return HttpResponse(status=503)
    return HttpResponse(status=200 if is_ready else 503)


def _is_migrated() -> bool:
    # A database does not lose its migrations while we run: once true, always true.
    if not _migrated:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrated.append(True)
    return bool(_migrated)


_migrated: list[bool] = []


def _is_reconciled() -> bool:
    beat = ReconcilerBeat.objects.order_by("-seen_at").first()
    if beat is None:
        return False
    return (wiring.now() - beat.seen_at).total_seconds() < RECONCILER_SEEN_S


# For the root of the site.
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("healthz/", healthz),
    path("readyz", readyz, name="readyz"),
    path("readyz/", readyz),
]
