"""The audit: what was done and refused, in one chain of rows that only grows.

Written here and nowhere else; read by the services. No rule of a swap, no EC2.
"""

from failover.audit.chain import (
    GENESIS,
    AuditOutsideTransaction,
    Entry,
    digest,
    record,
    record_all,
)

__all__ = [
    "GENESIS",
    "AuditOutsideTransaction",
    "Entry",
    "digest",
    "record",
    "record_all",
]
