"""All tables, by the names that addresses, settings and saved views know them by."""

from collections.abc import Mapping

from failover.web.tables import (
    actions,
    audit,
    drift,
    elastic_ips,
    instances,
    interfaces,
    jobs,
    pairs,
)
from failover.web.tables.table import Table

TABLES: Mapping[str, Table] = {
    table.id: table
    for table in (
        interfaces.TABLE,
        pairs.TABLE,
        jobs.TABLE,
        actions.TABLE,
        instances.TABLE,
        elastic_ips.TABLE,
        audit.TABLE,
        drift.TABLE,
    )
}
