"""A pair by its name, for every page about one."""

from django.http import Http404

from failover.models import Pair
from failover.services import queries, refusals


def get(name: str) -> Pair:
    """The pair of that name, or the page that says there is none."""
    try:
        return queries.get_pair(name)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error
