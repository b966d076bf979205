"""What verifying the audit has shown, in words. Data in, prose out."""

from collections.abc import Mapping, Sequence

from failover.audit.tampering import Finding, Restore, Tampering

SENTENCES: Mapping[Tampering, str] = {
    Tampering.EDITED: "Row {seq} was edited: it does not fit its hash.",
    Tampering.SWAPPED: "Row {seq} was swapped with row {other}.",
    Tampering.DELETED: "Row {seq} was deleted: row {other} follows.",
    Tampering.TRUNCATED: (
        "The tail from row {seq} on was cut off: an anchor has seen row {other}."
    ),
    Tampering.REWRITTEN: (
        "The chain was rewritten from row {seq} on: row {other} is not the one that"
        " was anchored."
    ),
    Tampering.DUPLICATE: "Number {seq} occurs twice.",
    Tampering.FUTURE: "Row {seq} is of a time that has not come.",
    Tampering.MISSING_ANCHOR: "The anchor at row {seq} or after it is missing.",
    Tampering.RESTORED: (
        "From row {seq} on this is another chain than the one that was anchored at"
        " row {other}: a backup was restored without a record, or rows were rewritten."
    ),
}
TITLES: Mapping[str, str] = {
    "edited": "A row was edited",
    "swapped": "Rows were swapped",
    "deleted": "A row was deleted",
    "truncated": "The tail was cut off",
    "rewritten": "The chain was rewritten",
    "duplicate": "A number occurs twice",
    "future": "A row is of a time that has not come",
    "missing-anchor": "An anchor is missing",
    "restored": "Rows differ from what was anchored",
}


def tell(finding: Finding) -> str:
    """One sentence."""
    return SENTENCES[finding.tampering].format(seq=finding.seq, other=finding.other)


def tell_restore(restore: Restore) -> str:
    """One sentence; a restore on record is no tampering, but nobody may miss it."""
    return (
        f"Row {restore.seq} records a restore from a backup that ended with row"
        f" {restore.from_seq}; what was written after that is lost."
    )


def tell_guards(missing: Sequence[str]) -> str:
    """What is gone, and how it comes back."""
    return (
        f"The database no longer refuses to rewrite the audit: {', '.join(missing)}."
        " `manage.py guard_audit` puts it back."
    )
