"""Tables, constraints and querysets. No workflow lives here.

A rule that the database can hold is a constraint whose name reads as a sentence;
status changes are conditional updates made elsewhere, with their row count checked.
"""

from failover.models.access import (
    ApiToken,
    Grant,
    IdempotencyRecord,
    Role,
    Scope,
    User,
)
from failover.models.accounts import Account, Colour, Region
from failover.models.actions import Action
from failover.models.approvals import Approval
from failover.models.audit import AuditAnchor, AuditCheck, AuditEntry
from failover.models.drafts import PairDraft
from failover.models.drift import DriftEvent
from failover.models.inventory import (
    ElasticIp,
    Instance,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from failover.models.jobs import Intent, Job, ResourceLock
from failover.models.pairs import Pair, PairResource
from failover.models.processes import ReconcilerBeat, WorkerBeat
from failover.models.rates import StartCount
from failover.models.searches import ElasticIpText, InstanceText, InterfaceText
from failover.models.sittings import Remembered, Sitting
from failover.models.tables import SavedView, TableSettings

__all__ = [
    "Account",
    "Action",
    "ApiToken",
    "Approval",
    "AuditAnchor",
    "AuditCheck",
    "AuditEntry",
    "Colour",
    "DriftEvent",
    "ElasticIp",
    "ElasticIpText",
    "Grant",
    "IdempotencyRecord",
    "Instance",
    "InstanceText",
    "Intent",
    "InterfaceText",
    "Job",
    "NetworkInterface",
    "Pair",
    "PairDraft",
    "PairResource",
    "ReconcilerBeat",
    "Region",
    "Remembered",
    "ResourceLock",
    "Role",
    "RouteTable",
    "SavedView",
    "Scope",
    "SecurityGroup",
    "Sitting",
    "StartCount",
    "Subnet",
    "TableSettings",
    "User",
    "Vpc",
    "WorkerBeat",
]
