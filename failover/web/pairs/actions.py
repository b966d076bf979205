"""What operators do with a pair besides swapping it: each a form of its page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from failover.models import Pair, Role
from failover.services import pairs as verbs
from failover.services import queries, refusals
from failover.web import access, forms
from failover.web.pairs.page import Said, overview


@require_POST
@access.requires(Role.OPERATOR)
def freeze(request: HttpRequest, name: str) -> HttpResponse:
    """No swap until it is unfrozen, or the time is over."""
    pair = queries.get_pair(name)
    form = forms.FreezeForm(request.POST)
    if not form.is_valid():
        return overview(request, pair, Said(freeze=form))
    reason, until = form.cleaned_data["reason"], form.cleaned_data["until"]

    def act() -> None:
        actor = access.get_actor(request)
        verbs.freeze(pair=pair, actor=actor, reason=reason, until=until)

    return _do(request, pair, act, f"Pair {name} is frozen.")


@require_POST
@access.requires(Role.OPERATOR)
def unfreeze(request: HttpRequest, name: str) -> HttpResponse:
    """Lift the freeze."""
    pair = queries.get_pair(name)

    def act() -> None:
        verbs.unfreeze(pair=pair, actor=access.get_actor(request))

    return _do(request, pair, act, f"Pair {name} can be swapped again.")


@require_POST
@access.requires(Role.OPERATOR)
def adopt(request: HttpRequest, name: str) -> HttpResponse:
    """Take where the resource is as where it should be."""
    pair = queries.get_pair(name)

    def act() -> None:
        verbs.adopt(pair=pair, actor=access.get_actor(request))

    return _do(
        request, pair, act, f"Pair {name}: where it is now is where it should be."
    )


@require_POST
@access.requires(Role.OPERATOR)
def acknowledge(request: HttpRequest, name: str) -> HttpResponse:
    """Put on record that somebody has seen how the last job ended."""
    pair = queries.get_pair(name)
    form = forms.AcknowledgeForm(request.POST)
    if not form.is_valid():
        return overview(request, pair, Said(acknowledge=form))
    comment = form.cleaned_data["comment"]

    def act() -> None:
        actor = access.get_actor(request)
        verbs.acknowledge(pair=pair, actor=actor, comment=comment)

    return _do(request, pair, act, "Acknowledged, and kept in the audit log.")


@require_POST
@access.requires(Role.OPERATOR)
def put_back(request: HttpRequest, name: str) -> HttpResponse:
    """Start the job that moves the resource to where it should be."""
    pair = queries.get_pair(name)
    try:
        job = verbs.put_back(pair=pair, actor=access.get_actor(request))
    except refusals.Refusal as refusal:
        return overview(request, pair, Said(refusal=refusal))
    return redirect("job", job.id)


def _do(
    request: HttpRequest, pair: Pair, act: Callable[[], None], done: str
) -> HttpResponse:
    """Back to the page: with a message, or with why not."""
    try:
        act()
    except refusals.Refusal as refusal:
        return overview(request, pair, Said(refusal=refusal))
    messages.success(request, done)
    return redirect("pair", pair.name)
