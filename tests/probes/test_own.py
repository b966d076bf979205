"""The addresses of our own database and broker."""

from failover.probes.own import KNOWN_FOR_S, OwnAddresses


class Watch:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_names_addresses_and_sockets_of_our_settings_are_told_apart() -> None:
    hosts = ["127.0.0.1", "10.0.0.9", "/run/postgresql", "", "no.such.invalid"]

    own = OwnAddresses(list_hosts=lambda: hosts, monotonic=Watch())

    assert own() == {"127.0.0.1", "10.0.0.9"}


def test_a_name_is_resolved() -> None:
    own = OwnAddresses(list_hosts=lambda: ["localhost"], monotonic=Watch())

    assert own() & {"127.0.0.1", "::1"}


def test_they_are_asked_anew_once_a_minute() -> None:
    hosts, watch = ["10.0.0.9"], Watch()
    own = OwnAddresses(list_hosts=lambda: hosts, monotonic=watch)
    first = own()
    hosts[:] = ["10.0.0.10"]
    same = own()
    watch.at += KNOWN_FOR_S

    assert [first, same, own()] == [
        frozenset({"10.0.0.9"}),
        frozenset({"10.0.0.9"}),
        frozenset({"10.0.0.10"}),
    ]
