"""A client's address cannot be chosen by the client."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from controlpanel.proxies import TrustedProxies, find_guesser


def seen_by_the_view(**headers: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(request.META)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.META.update(headers)
    TrustedProxies(view)(request)
    return seen


@override_settings(TRUSTED_PROXIES=0)
def test_without_proxies_forwarding_headers_are_a_strangers_words() -> None:
    seen = seen_by_the_view(
        REMOTE_ADDR="198.51.100.7",
        HTTP_X_FORWARDED_FOR="10.0.0.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example.com",
    )

    assert seen["REMOTE_ADDR"] == "198.51.100.7"
    assert not [name for name in seen if "FORWARDED" in name]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        (2, "10.0.0.1, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "198.51.100.7"),
        (1, "", "192.0.2.9"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "198.51.100.7, <b>", "192.0.2.9"),
    ],
)
def test_the_address_is_the_one_our_own_proxies_saw(
    proxies: int, forwarded: str, client: str
) -> None:
    with override_settings(TRUSTED_PROXIES=proxies):
        seen = seen_by_the_view(REMOTE_ADDR="192.0.2.9", HTTP_X_FORWARDED_FOR=forwarded)

    assert seen["REMOTE_ADDR"] == client


@pytest.mark.parametrize(
    ("address", "guesser"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_a_whole_network_of_ipv6_guesses_as_one(address: str, guesser: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)

    assert find_guesser(request) == guesser
