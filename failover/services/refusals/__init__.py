"""Every way in which a verb can say no: a code, an HTTP status, and fields.

Fields, not prose: `words` makes the sentence, for every door the same. Here they stand
by name, so that a caller says `refusals.NotFound` and needs not know the shelf.
"""

from failover.services.refusals.acting import (
    ChangedInPart,
    Ec2Impatient,
    Ec2Said,
    Held,
    ManagedByAws,
    MovedByPair,
    NotReached,
    OutcomeUnknown,
)
from failover.services.refusals.approvals import (
    ApprovalClosed,
    ApprovalOutdated,
    ApprovalRequired,
)
from failover.services.refusals.asker import Anonymous, ConfirmIdentity, Forbidden
from failover.services.refusals.moving import (
    AlreadyThere,
    BelongsToPair,
    Final,
    ForeignHolder,
    InUse,
    JobActive,
    MixedHolder,
    NoDesiredHolder,
    NotServed,
    PreflightFailed,
)
from failover.services.refusals.outside import (
    Ec2ReadRefused,
    Ec2Unreachable,
    Unavailable,
)
from failover.services.refusals.refusal import Conflict, Refusal
from failover.services.refusals.request import (
    AmbiguousAccount,
    InClear,
    InProgress,
    Invalid,
    KeyReused,
    Malformed,
    Throttled,
    TokenInAddress,
)
from failover.services.refusals.things import (
    Changed,
    Exists,
    LastAdmin,
    NotAll,
    NotFound,
)

__all__ = [
    "AlreadyThere",
    "AmbiguousAccount",
    "Anonymous",
    "ApprovalClosed",
    "ApprovalOutdated",
    "ApprovalRequired",
    "BelongsToPair",
    "Changed",
    "ChangedInPart",
    "ConfirmIdentity",
    "Conflict",
    "Ec2Impatient",
    "Ec2ReadRefused",
    "Ec2Said",
    "Ec2Unreachable",
    "Exists",
    "Final",
    "Forbidden",
    "ForeignHolder",
    "Held",
    "InClear",
    "InProgress",
    "InUse",
    "Invalid",
    "JobActive",
    "KeyReused",
    "LastAdmin",
    "Malformed",
    "ManagedByAws",
    "MixedHolder",
    "MovedByPair",
    "NoDesiredHolder",
    "NotAll",
    "NotFound",
    "NotReached",
    "NotServed",
    "OutcomeUnknown",
    "PreflightFailed",
    "Refusal",
    "Throttled",
    "TokenInAddress",
    "Unavailable",
]
