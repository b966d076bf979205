"""Which addresses and ports may be probed: an explicit list, nothing guessed.

`ipaddress.is_private` is no help here: most targets are private, and of the metadata
service's address some forms count as global.
"""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# Where credentials are handed out: no setting allows them, in whatever form.
METADATA = _networks("169.254.169.0/24", "169.254.170.0/24", "fd00:ec2::/32")
DENIED = _networks(
    # This host, loopback, link-local.
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fe80::/10",
    # No host of its own: multicast, reserved, broadcast.
    "224.0.0.0/4",
    "240.0.0.0/4",
    "ff00::/8",
    # Other ways to write an IPv4 address: compatible (with :: and ::1), mapped,
    # translated, NAT64, Teredo, 6to4.
    "::/96",
    "::ffff:0:0/96",
    "::ffff:0:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001::/32",
    "2002::/16",
)
# Where those forms keep their IPv4 address: the network, and how many bits follow it.
_EMBEDDING = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What settings allow. `own_addresses` are those of our database and broker.

    An explicit allow beats the deny list and our own addresses; nothing allows the
    metadata addresses.
    """

    allowed: Sequence[Network] = ()
    ports: Sequence[tuple[int, int]] = ((1, 65535),)
    own_addresses: Callable[[], Iterable[str]] = tuple

    def find_objection(self, *, address: str, port: int) -> str:
        """Why this may not be probed, as a code; empty when it may."""
        if not any(first <= port <= last for first, last in self.ports):
            return "port_denied"
        known = _read(address)
        if known is None:
            return "not_an_address"
        if _is_metadata(known):
            return "metadata_denied"
        if _is_in(known, self.allowed):
            return ""
        return self._find_denial(known)

    def _find_denial(self, address: Address) -> str:
        """What stands against an address that is not explicitly allowed."""
        if _is_in(address, DENIED):
            return "address_denied"
        is_own = address in {_read(own) for own in self.own_addresses()}
        return "own_address_denied" if is_own else ""


def _read(text: str) -> Address | None:
    """The address, written out in full; names, short forms and zones are none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    has_zone = isinstance(address, ipaddress.IPv6Address) and address.scope_id
    return None if has_zone else address


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in n for n in networks if n.version == address.version)


def _is_metadata(address: Address) -> bool:
    return any(_is_in(form, METADATA) for form in (address, *_embedded(address)))


def _embedded(address: Address) -> list[Address]:
    """The IPv4 addresses that this one may stand for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address] = [
        ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
        for network, shift in _EMBEDDING
        if address in network
    ]
    if address.teredo is not None:
        found += address.teredo
    return found
