"""What may be probed: an explicit list, and the metadata addresses never."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from failover.probes.policy import METADATA, Policy

POLICY = Policy()
EVERYTHING = Policy(
    allowed=(ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
)
# Forty ways to write loopback, link-local and the metadata service's address.
FORMS = (
    "0.0.0.0",  # noqa: S104 - nothing is bound here.
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127.0.0.1.",
    " 127.0.0.1",
    "localhost",
    "::1",
    "::",
    "0:0:0:0:0:0:0:1",
    "[::1]",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "2852039166",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "::169.254.169.254",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::169.254.170.2",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fe80::1",
    "fe80::1%lo",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "metadata.google.internal",
    "instance-data.ec2.internal",
)
METADATA_FORMS = tuple(
    form
    for form in FORMS
    if form.startswith("fd00")
    or "169.254.16" in form
    or "169.254.17" in form
    or "a9fe" in form
)


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_this_host_or_its_metadata_may_be_probed(form: str) -> None:
    assert POLICY.find_objection(address=form, port=80)


@pytest.mark.parametrize("form", METADATA_FORMS)
def test_nothing_allows_the_metadata_addresses(form: str) -> None:
    assert len(METADATA_FORMS) >= 10
    assert EVERYTHING.find_objection(address=form, port=80) == "metadata_denied"


def test_a_teredo_address_hides_no_metadata_address() -> None:
    # The client's address is kept with all bits turned (RFC 4380).
    turned = 0xFFFFFFFF ^ int(ipaddress.IPv4Address("169.254.169.254"))
    hidden = ipaddress.IPv6Address((0x20010000 << 96) | turned)

    found = EVERYTHING.find_objection(address=str(hidden), port=80)

    assert found == "metadata_denied"


@pytest.mark.parametrize(
    "address", ["10.0.0.5", "172.31.4.4", "192.168.1.1", "100.64.0.9", "54.72.1.2"]
)
def test_private_and_public_hosts_may_be_probed(address: str) -> None:
    assert POLICY.find_objection(address=address, port=443) == ""


def test_ipv6_hosts_may_be_probed() -> None:
    for address in ("2a05:d018::5", "fd12:3456::1"):
        assert POLICY.find_objection(address=address, port=443) == ""


def test_an_explicit_allow_beats_the_deny_list() -> None:
    policy = Policy(allowed=(ipaddress.ip_network("127.31.0.0/16"),))

    assert policy.find_objection(address="127.31.58.118", port=8080) == ""
    assert policy.find_objection(address="127.0.0.1", port=8080) == "address_denied"


def test_only_the_listed_ports_may_be_probed() -> None:
    policy = Policy(ports=((80, 80), (8000, 8999)))

    found = {
        port: policy.find_objection(address="10.0.0.5", port=port)
        for port in (80, 8443, 22, 81, 9000)
    }

    assert found == {80: "", 8443: ""} | dict.fromkeys((22, 81, 9000), "port_denied")


def test_our_own_database_may_not_be_probed_unless_it_is_allowed() -> None:
    def own() -> tuple[str, ...]:
        return ("10.0.0.9", "fd12::9")

    policy = Policy(own_addresses=own)
    lenient = Policy(own_addresses=own, allowed=(ipaddress.ip_network("10.0.0.0/8"),))

    assert policy.find_objection(address="10.0.0.9", port=80) == "own_address_denied"
    assert policy.find_objection(address="fd12:0::9", port=80) == "own_address_denied"
    assert policy.find_objection(address="10.0.0.8", port=80) == ""
    assert lenient.find_objection(address="10.0.0.9", port=80) == ""


@given(address=st.ip_addresses())
def test_no_address_is_both_metadata_and_allowed(address: object) -> None:
    text = str(address)
    objection = EVERYTHING.find_objection(address=text, port=80)
    parsed = ipaddress.ip_address(text)
    is_metadata = any(parsed in n for n in METADATA if n.version == parsed.version)

    assert objection in ("", "metadata_denied")
    assert objection == "metadata_denied" or not is_metadata


@settings(max_examples=30)
@given(text=st.text(max_size=40))
def test_what_is_no_address_is_never_looked_up(text: str) -> None:
    objection = POLICY.find_objection(address=text, port=80)

    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert objection == "not_an_address"
