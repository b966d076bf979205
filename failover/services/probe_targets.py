"""Where a pair's service is met, and whether our policy lets it be probed there."""

from failover import rows, wiring
from failover.engine import probing
from failover.engine.job import End, Moving
from failover.engine.preflight import Check
from failover.engine.probes import Question
from failover.engine.topology import Interface, Observation
from failover.models import Pair

CODE = "probe_target"


def find_address(
    *,
    seen: Observation,
    interface: Interface | None,
    moving: Moving | None,
    end: End | None,
) -> str:
    """The literal address that EC2 shows, with the resource at `end`; "" for none."""
    if interface is not None:
        return probing.address_of_interface(interface)
    return probing.address_of_move(moving, end, seen) if moving is not None else ""


def check(pair: Pair, address: str) -> tuple[Check, ...]:
    """Whether the probe may be made at all; nothing where there is none to make.

    A warning: a swap may be forced, and then waits for somebody to acknowledge it.
    """
    probe = rows.to_probe(pair.probe)
    if probe is None or not address:
        return ()
    question = Question(address=address, probe=probe)
    objection = wiring.prober().find_objection(question)
    args = (
        ("kind", str(probe.kind)),
        ("port", str(probe.port)),
        ("address", address),
        ("objection", objection),
    )
    return (Check(code=CODE, ok=not objection, severity="warning", args=args),)
