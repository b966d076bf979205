"""What a probe asks and what it was told, in sentences; pages, API and audit share."""

from collections.abc import Mapping
from typing import Any

# How an answer that is no pass is told; the gaps are the verdict's own.
FINDINGS: Mapping[str, str] = {
    "": "it answers as it should",
    "connection_refused": "connection refused",
    "connection_reset": "the connection was reset",
    "timeout": "no answer in time",
    "unreachable": "no way leads there from here",
    "no_answer": "it closed the connection without an answer",
    "not_http": "what it says is not HTTP",
    "status": "HTTP status {status} instead of {expect}",
    "redirect": "HTTP status {status}, a redirect, which is not followed",
    "text_missing": "“{expect}” is not in the first 64 KiB of the page",
    "port_denied": "PROBE_PORTS does not allow that port",
    "address_denied": "that address may not be probed (see PROBE_ALLOW_NETS)",
    "metadata_denied": "credentials are handed out there, so it is never probed",
    "own_address_denied": (
        "our own database or broker is there (see PROBE_ALLOW_NETS)"
    ),
    "not_an_address": "EC2 shows no address",
    "not_made": "this machine could not make the probe; see the log",
}
PLACES: Mapping[str, str] = {"eni": "Attached", "route": "Routed"}
OVERDUE = (
    " It has not passed for {minutes} min. Mend the service and the job ends by"
    " itself; cancel takes the {noun} back; acknowledging the pair lets the job end"
    " without the probe."
)


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def finding(verdict: Mapping[str, Any]) -> str:
    """What one verdict found, in a few words."""
    code = str(verdict["code"])
    args = _Gaps({str(k): str(v) for k, v in dict(verdict["args"]).items()})
    return FINDINGS.get(code, code).format_map(args)


def target(probe: Mapping[str, Any], address: str = "") -> str:
    """Whom a probe asks: `http/8080 on 203.0.113.7`."""
    where = f" on {address}" if address else ""
    return f"{probe['kind']}/{probe['port']}{where}"


def told(probe: Mapping[str, Any], verdict: Mapping[str, Any]) -> str:
    """Whom it asked and what it found."""
    return f"{target(probe, verdict['address'])}: {finding(verdict)}"


def waiting(
    *,
    probe: Mapping[str, Any],
    verdict: Mapping[str, Any] | None,
    strategy: str,
    noun: str,
    overdue_minutes: int | None,
) -> str:
    """What a job says that waits for its service to answer."""
    place = PLACES.get(strategy, "Moved")
    asked = told(probe, verdict) if verdict else target(probe)
    said = f"{place}; waiting for {asked}."
    if overdue_minutes is None:
        return said
    return said + OVERDUE.format(minutes=overdue_minutes, noun=noun)
