"""One FilterSet per table, for the page, the API and the exports.

A filter is a token, `property operator value`, or a word of free text; both are told
in full in docs/api.md. Nothing here knows of pages or of JSON.
"""

from failover.services.filters.changes import DriftEventFilter
from failover.services.filters.inventory import (
    ElasticIpFilter,
    InstanceFilter,
    InterfaceFilter,
)
from failover.services.filters.networks import (
    RouteTableFilter,
    SecurityGroupFilter,
    SubnetFilter,
    VpcFilter,
)
from failover.services.filters.operations import AuditFilter, JobFilter, PairFilter
from failover.services.filters.ordering import order_by
from failover.services.filters.people import ApprovalFilter, TokenFilter
from failover.services.filters.places import AccountFilter, RegionFilter
from failover.services.filters.table import Table
from failover.services.filters.values import list_values

__all__ = [
    "AccountFilter",
    "ApprovalFilter",
    "AuditFilter",
    "DriftEventFilter",
    "ElasticIpFilter",
    "InstanceFilter",
    "InterfaceFilter",
    "JobFilter",
    "PairFilter",
    "RegionFilter",
    "RouteTableFilter",
    "SecurityGroupFilter",
    "SubnetFilter",
    "Table",
    "TokenFilter",
    "VpcFilter",
    "list_values",
    "order_by",
]
