"""The last jobs of a row, as a tab of its panel."""

from django.db.models import Q

from failover import wiring
from failover.services import queries
from failover.web import naming
from failover.web.presenters import cells
from failover.web.presenters import jobs as job_words
from failover.web.presenters.cells import Cell
from failover.web.tables.table import Tab

LAST_JOBS = 10


def tab(about: Q, *, label: str = "History") -> Tab:
    """The newest jobs that the condition finds."""
    views = queries.view_jobs(queries.list_jobs().filter(about)[:LAST_JOBS])
    names, now = naming.of_ends(views), wiring.now()
    rows = [job_words.row(view, names=names, now=now) for view in views]
    return Tab(
        id="history",
        label=label,
        heads=("Job", "State", "Requested", "Duration", "Outage", "By"),
        lines=[
            (
                cells.link(row.title, row.href),
                Cell(badge=row.state),
                Cell(at=row.requested),
                Cell(text=row.duration),
                Cell(text=row.outage or "none"),
                Cell(text=row.requested_by),
            )
            for row in rows
        ],
        empty="No job has moved it yet.",
    )
