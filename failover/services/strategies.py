"""What each strategy moves: the fields a pair of it has, and how they are written."""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from failover.models.pairs import Strategy

ALLOCATION = re.compile(r"\Aeipalloc-[0-9a-f]{8,17}\Z")
ROUTE_TABLE = re.compile(r"\Artb-[0-9a-f]{8,17}\Z")
MOST_TABLES = 50
MOST_INDEX = 31

# The fields that name what moves, by strategy; every other of them stays empty.
MOVED: Mapping[str, tuple[str, ...]] = {
    Strategy.ENI: ("network_interface_id",),
    Strategy.EIP: ("allocation_id",),
    Strategy.PRIVATE_IP: ("private_ip",),
    Strategy.ROUTE: ("route_table_ids", "destination_cidr"),
}
ALL_MOVED = tuple(name for names in MOVED.values() for name in names)

# `eni` brings its interface along, so its place is never the primary's; the others
# lead to an interface that each instance has of its own, its primary one at best.
DEFAULT_INDEX: Mapping[str, int] = {
    Strategy.ENI: 1,
    Strategy.EIP: 0,
    Strategy.PRIVATE_IP: 0,
    Strategy.ROUTE: 0,
}

Fields = Mapping[str, object]


def field_errors(strategy: str, given: Fields) -> dict[str, list[str]]:
    """What is wrong with the fields that name what moves: missing or of another one.

    `given` may have more fields; empty ones count as not given.
    """
    errors: dict[str, list[str]] = {}
    for name in ALL_MOVED:
        value = given.get(name)
        if name in MOVED[strategy]:
            if not value:
                errors[name] = [f"Strategy {strategy} needs it."]
        elif value:
            errors[name] = [f"Strategy {strategy} does not take it."]
    index = given.get("device_index")
    if strategy == Strategy.ENI and index == 0:
        errors["device_index"] = ["1 or more: EC2 never moves a primary interface."]
    return errors


def read_address(text: str) -> str:
    """An IPv4 address as EC2 writes it. Raises ValueError with a sentence."""
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise ValueError("An IPv4 address, such as 10.0.1.25.") from None


def read_cidr(text: str) -> str:
    """An IPv4 destination as EC2 writes it. Raises ValueError with a sentence."""
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError:
        pass
    try:
        meant = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise ValueError("An IPv4 block, such as 10.9.0.0/16.") from None
    raise ValueError(f"An IPv4 block without host bits: {meant}.")


def read_route_tables(ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of route tables, each once. Raises ValueError with a sentence."""
    if not all(ROUTE_TABLE.match(i) for i in ids):
        raise ValueError("Ids of route tables, such as rtb-0123456789abcdef0.")
    if len(ids) > MOST_TABLES:
        raise ValueError(f"At most {MOST_TABLES} route tables.")
    return tuple(dict.fromkeys(ids))
