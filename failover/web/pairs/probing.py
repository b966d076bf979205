"""A pair's probe by hand: try it now, or let a job end that waits for it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from failover.models import Role
from failover.services import pairs, probing, queries, refusals
from failover.web import access, forms


@require_POST
@access.requires(Role.OPERATOR)
def try_now(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the pair's service once, and say what it answered."""
    pair = queries.get_pair(name)
    try:
        tried = probing.try_now(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        messages.error(request, f"{refusal.title}: {refusal.detail}")
    else:
        tell = messages.success if tried.outcome == "passed" else messages.error
        tell(request, f"Probe of {name}: {tried.detail}")
    return redirect("pair", name)


@require_POST
@access.requires(Role.OPERATOR)
def acknowledge(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Let the job end without its probe, with a comment on record."""
    form = forms.AcknowledgeForm(request.POST)
    job = queries.get_job(job_id)
    if job.pair is None:
        raise refusals.NotFound(what="pair", id=job.pair_name)
    pair = queries.get_pair(job.pair.name)
    if not form.is_valid():
        messages.error(request, "Say in a comment why the probe is not waited for.")
        return redirect("job", job_id)
    try:
        pairs.acknowledge(
            pair=pair,
            actor=access.get_actor(request),
            comment=form.cleaned_data["comment"],
        )
    except refusals.Refusal as refusal:
        messages.error(request, f"{refusal.title}: {refusal.detail}")
    return redirect("job", job_id)
