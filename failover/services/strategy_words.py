"""What each strategy is, keeps and loses, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One strategy: its name, how it moves, and what it is best for."""

    title: str
    how: str
    best_for: str


STRATEGIES: Mapping[str, Described] = {
    "eni": Described(
        title="Network interface",
        how="Detach the interface, wait, attach it to the other instance.",
        best_for=(
            "A service whose address, MAC and security groups must all stay the same."
        ),
    ),
    "eip": Described(
        title="Elastic IP",
        how="Associate the Elastic IP with the other instance, in one call.",
        best_for="A public service; the fastest way to another Availability Zone.",
    ),
    "private-ip": Described(
        title="Private address",
        how="Assign the address to the other instance's interface, in one call.",
        best_for="An internal service within one subnet.",
    ),
    "route": Described(
        title="Routes",
        how="Point each route at the other instance, one call for each table.",
        best_for="A router, a NAT instance, an address that no subnet contains.",
    ),
}

# What is said of a trait when the strategy keeps it, and when it does not.
TRAITS: Mapping[str, tuple[str, str]] = {
    "private_ip": (
        "The private address stays the same",
        "The private address is the other instance's own",
    ),
    "public_ip": ("The public address stays the same", "No public address moves"),
    "mac": ("The MAC address stays the same", "The MAC address changes"),
    "security_groups": (
        "Its security groups come along",
        "Security groups are the other instance's own",
    ),
    "connections": (
        "Open connections go on",
        "Open connections break; clients connect anew",
    ),
    "guest_unaware": (
        "Nothing changes inside the instances",
        "The instance must bring the address up itself",
    ),
    "across_zones": (
        "Works across Availability Zones",
        "Both instances must be in one Availability Zone",
    ),
}


def trait(code: str, *, is_kept: bool) -> str:
    """What a trait means for those who use the service."""
    kept, lost = TRAITS.get(code, (code, code))
    return kept if is_kept else lost
