"""The addresses of our own database and broker: a probe has no business there."""

import ipaddress
import socket
from collections.abc import Callable, Iterable

# Names of a managed database change their address when it fails over.
KNOWN_FOR_S = 60.0


class OwnAddresses:
    """What the hosts of our own settings resolve to, asked anew once a minute.

    `list_hosts` gives names, addresses or socket paths. A name that does not resolve
    has no address to protect.
    """

    def __init__(
        self,
        *,
        list_hosts: Callable[[], Iterable[str]],
        monotonic: Callable[[], float],
    ) -> None:
        self._list_hosts = list_hosts
        self._monotonic = monotonic
        self._known: frozenset[str] = frozenset()
        self._ask_at = float("-inf")

    def __call__(self) -> frozenset[str]:
        now = self._monotonic()
        if now >= self._ask_at:
            self._ask_at = now + KNOWN_FOR_S
            hosts = [h for h in self._list_hosts() if h and not h.startswith("/")]
            self._known = frozenset(a for h in hosts for a in _addresses(h))
        return self._known


def _addresses(host: str) -> set[str]:
    try:
        return {str(ipaddress.ip_address(host))}
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return set()
    return {str(where[0]).partition("%")[0] for *_, where in found}
