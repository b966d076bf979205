"""What an address answers of the wizard before anybody types: a selection, a link."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from failover.models import ElasticIp, NetworkInterface, Role
from failover.models.pairs import Strategy
from failover.services import queries
from failover.web import access
from failover.web.new_pairs.steps import STEPS

MOST_OF_AN_ID = 32
# What a selection may hold, by the table it was made in, and how it is told.
FITTING = {
    "interfaces": (1, "Tick one network interface: a pair moves one."),
    "instances": (2, "Tick one or two instances: the primary, and the standby."),
}
NAME_OF = {"interfaces": "interface", "instances": "instance"}


@require_POST
@access.requires(Role.ADMIN)
def from_selection(request: HttpRequest) -> HttpResponse:
    """From rows that are ticked in a table to the first page, filled in."""
    table = request.POST.get("table", "")
    if table not in FITTING:
        return redirect("pair-new")
    most, said = FITTING[table]
    ticked = list(dict.fromkeys(request.POST.getlist("only")))
    if not 1 <= len(ticked) <= most:
        messages.warning(request, said)
        return redirect(table)
    query = urlencode([(NAME_OF[table], id[:MOST_OF_AN_ID]) for id in ticked])
    return redirect(f"{reverse('pair-new')}?{query}")


def read(query: QueryDict) -> dict[str, str]:
    """The answers that the address names: fields, or things by their ids."""
    names = {name for step in STEPS for name in step.fields}
    said = {n: str(query[n]) for n in query if n in names}
    if id := query.get("interface", "")[:MOST_OF_AN_ID]:
        said |= _of_interface(id)
    if id := query.get("elastic_ip", "")[:MOST_OF_AN_ID]:
        said |= _of_elastic_ip(id)
    return said | _of_instances(query.getlist("instance")[:2])


def fitting(given: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """What was given beside what was then typed, unless that is about another thing."""
    moved = ("region", "strategy", "network_interface_id")
    if any(said.get(n, "") != given[n] for n in moved if n in given):
        return said
    return given | said


def _of_interface(id: str) -> dict[str, str]:
    said = {"network_interface_id": id, "strategy": Strategy.ENI.value}
    return said | _where(queries.list_interfaces().filter(interface_id=id).first())


def _of_elastic_ip(id: str) -> dict[str, str]:
    said = {"allocation_id": id, "strategy": Strategy.EIP.value}
    return said | _where(queries.list_elastic_ips().filter(allocation_id=id).first())


def _where(row: NetworkInterface | ElasticIp | None) -> dict[str, str]:
    """The region, and as the primary whoever has it now."""
    if row is None:
        return {}
    said = {"region": str(row.region_id)}
    return said | ({"primary_instance_id": row.instance_id} if row.instance_id else {})


def _of_instances(ids: Sequence[str]) -> dict[str, str]:
    """The first is the primary, the second the standby."""
    said: dict[str, str] = {}
    ends = ("primary_instance_id", "standby_instance_id")
    for name, id in zip(ends, ids, strict=False):
        row = queries.list_instances().filter(instance_id=id[:MOST_OF_AN_ID]).first()
        said[name] = id[:MOST_OF_AN_ID]
        if row is not None:
            said["region"] = str(row.region_id)
    return said
