"""One network interface, attach and detach."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import NetworkInterface, Role
from failover.services import changes, interfaces, queries, refusals
from failover.services.views import InterfaceView
from failover.web import access, forms, naming
from failover.web.presenters import inventory, timing
from failover.web.presenters import refusals as refusal_words

# How many of the changes found of it a page shows; the others are one link away.
CHANGES_SHOWN = 10


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, interface_id: str) -> HttpResponse:
    """One network interface."""
    return _page(request, _get(interface_id))


@require_POST
@access.requires(Role.OPERATOR)
def attach(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Ask for an attach job, and go to it."""
    row = _get(interface_id)
    form = forms.AttachForm(request.POST, instances=_candidates(row))
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    try:
        job = interfaces.request_attach(
            interface_id=interface_id,
            region=row.region,
            instance_id=form.cleaned_data["instance_id"],
            device_index=form.cleaned_data["device_index"],
            actor=access.get_actor(request),
        )
    except refusals.Refusal as refusal:
        return _page(request, row, form=form, refusal=refusal)
    return redirect("job", job.id)


@require_POST
@access.requires(Role.OPERATOR)
def detach(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Ask for a detach job, and go to it."""
    row = _get(interface_id)
    form = forms.DetachForm(request.POST)
    if not form.is_valid():
        unread = refusals.Malformed(detail="The form cannot be read.")
        return _page(request, row, refusal=unread)
    try:
        job = interfaces.request_detach(
            interface_id=interface_id,
            region=row.region,
            force=form.cleaned_data["force"],
            actor=access.get_actor(request),
        )
    except refusals.Refusal as refusal:
        return _page(request, row, refusal=refusal)
    return redirect("job", job.id)


def _get(interface_id: str) -> NetworkInterface:
    try:
        return queries.get_interface(interface_id)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error


def _page(
    request: HttpRequest,
    row: NetworkInterface,
    *,
    form: forms.AttachForm | None = None,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    view = queries.view_interface(row)
    pair = naming.pairs({view.pair}).get(view.pair) if view.pair else None
    may_operate = access.has_role(request, Role.OPERATOR)
    candidates = [] if view.attachment else _candidates(row)
    context = {
        "interface": view,
        "row": inventory.interface_row(view, pair=pair, may_operate=may_operate),
        "seen": timing.moment(view.observed_at, wiring.now()),
        "changes": _changes(row),
        "attach_form": form or forms.AttachForm(instances=candidates),
        "act_refused": _why_not(view, may_operate=may_operate, has=bool(candidates)),
        "refusal": refusal_words.view(refusal) if refusal else None,
    }
    return render(
        request,
        "failover/interface.html",
        context,
        status=refusal.status if refusal else status,
    )


def _changes(row: NetworkInterface) -> list[dict[str, object]]:
    """The newest changes that others made to it, and when each was seen."""
    now = wiring.now()
    found = changes.list_of_resource(region=row.region, resource_id=row.interface_id)
    return [
        {"change": view, "seen": timing.moment(view.seen_at, now)}
        for view in changes.view_drift_events(found[:CHANGES_SHOWN])
    ]


def _why_not(view: InterfaceView, *, may_operate: bool, has: bool) -> str:
    """Why neither attach nor detach can be asked for here; empty if one can."""
    holder = view.attachment
    reasons = (
        (view.job, f"Job {view.job} is at work on it."),
        (view.pair, f"Pair {view.pair} moves it: swap the pair instead."),
        (view.requester_managed, "It is managed by AWS and cannot be moved here."),
        (
            holder and holder.device_index == 0,
            "It is its instance's primary interface, which EC2 never detaches.",
        ),
        (not may_operate, "Attaching and detaching needs the role operator."),
        (
            not holder and not has,
            f"No instance is known in {view.availability_zone} and its VPC.",
        ),
    )
    return next((text for applies, text in reasons if applies), "")


def _candidates(row: NetworkInterface) -> list[tuple[str, str]]:
    """The instances that EC2 would let it be attached to."""
    rows = queries.list_instances().filter(
        region=row.region,
        availability_zone=row.availability_zone,
        vpc_id=row.vpc_id,
        state__in=["running", "stopped"],
    )
    return [
        (i.instance_id, f"{i.name} ({i.instance_id})" if i.name else i.instance_id)
        for i in rows.order_by("name", "instance_id")
    ]
