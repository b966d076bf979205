"""Whose address a request came from, when proxies stand in front of us."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Set by proxies, and by anybody who wants to look like one.
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


class TrustedProxies:
    """Put the client's address into REMOTE_ADDR, counting proxies from the right.

    Each proxy appends the address it was called from, so with n trusted proxies the
    n-th entry from the right is the last one that a stranger could not choose.
    Without trusted proxies the headers are a stranger's words and are dropped.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies: int = settings.TRUSTED_PROXIES
        peer = str(request.META.get("REMOTE_ADDR", ""))
        if proxies:
            forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
            hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
            if hops:
                request.META["swapboard.is_forwarded"] = True
                address = _read(hops[-min(proxies, len(hops))])
                # What is no address is nobody's: the proxy's own says more.
                request.META["REMOTE_ADDR"] = address or peer
        else:
            if any(header in request.META for header in FORWARDED):
                # Dropped, but not forgotten: what this machine alone may do, whoever
                # came through a proxy on it may not.
                request.META["swapboard.is_forwarded"] = True
            for header in FORWARDED:
                request.META.pop(header, None)
        return self.get_response(request)


def find_guesser(request: HttpRequest) -> str:
    """Whose guesses at a password are counted together.

    Who has one address of IPv6 has 2^64 of them, so all of its network are one.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def _read(hop: str) -> str:
    """The address of a hop, which some proxies write with its port; or nothing."""
    bare = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""
