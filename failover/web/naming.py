"""Names beside ids: what the pages call instances and pairs."""

from collections.abc import Iterable

from failover.services import queries
from failover.services.views import JobView, PairView


def of_instances(instance_ids: set[str]) -> dict[str, str]:
    """The Name tags of instances, also of those that are gone."""
    return queries.name_instances(instance_ids) if instance_ids else {}


def of_ends(jobs: Iterable[JobView]) -> dict[str, str]:
    """The names of the instances that the jobs move between."""
    ends = {end for v in jobs for end in (v.from_instance_id, v.to_instance_id)}
    return of_instances({end for end in ends if end})


def pairs(names: set[str]) -> dict[str, PairView]:
    """The pairs of these names, as views."""
    if not names:
        return {}
    rows = queries.get_pairs(sorted(names)).values()
    return {view.name: view for view in queries.view_pairs(rows)}
