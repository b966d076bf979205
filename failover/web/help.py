"""Help: the words, what a state means, and what to do at three in the morning."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from failover.models import Role
from failover.web import access


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest) -> HttpResponse:
    """One page that needs nothing else."""
    return render(request, "failover/help.html")
