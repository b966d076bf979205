"""The guest's side of a pair: real addresses, files that parse, shells that obey."""

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from failover import models
from failover.models import Pair
from failover.services.guest import guides
from tests.services import moving

MAC, SUBNET, FLOATING_IP = "06:39:97:d8:9d:7a", "20.0.1.0/24", "20.0.1.25"
HOSTILE = "';$(touch /tmp/owned)`id` SWAPBOARD_END <script>"


def sections(guide: guides.Guide) -> dict[str, guides.Section]:
    return {s.key: s for s in guide.sections}


def texts(guide: guides.Guide) -> list[str]:
    return [snippet.text for s in guide.sections for snippet in s.snippets]


def body(text: str) -> str:
    """What the command writes: between its first and its last line of the document."""
    return text.split("<<'SWAPBOARD_END'\n")[1].split("\nSWAPBOARD_END\n")[0]


def test_an_interface_has_its_own_table_at_both_servers(article: Pair) -> None:
    guide = guides.write_guide(article)

    ubuntu, networkd, look = sections(guide)["routing"].snippets
    plan = yaml.safe_load(body(ubuntu.text))["network"]["ethernets"]
    wire = plan["swapboard-article"]
    assert wire["match"] == {"macaddress": MAC}
    assert wire["addresses"] == [f"{FLOATING_IP}/32"]
    assert wire["routes"][0]["to"] == SUBNET
    assert wire["routes"][1]["via"] == "20.0.1.1"
    assert wire["routing-policy"][0]["from"] == f"{FLOATING_IP}/32"
    assert f"MACAddress={MAC}" in networkd.text
    assert f"From={FLOATING_IP}/32" in networkd.text
    assert f"from {FLOATING_IP}" in look.text
    assert guide.missing == ()


def test_nginx_listens_on_the_floating_address_and_the_standby_may_bind_it(
    article: Pair,
) -> None:
    article.probe = {"kind": "tcp", "port": 8443}
    article.save()

    found = sections(guides.write_guide(article))

    assert f"listen {FLOATING_IP}:8443;" in found["listen"].snippets[0].text
    assert "net.ipv4.ip_nonlocal_bind = 1" in found["bind"].snippets[0].text
    assert "Cannot assign requested address" in found["bind"].said[0]


def test_two_interfaces_of_one_subnet_are_warned_of_by_name(article: Pair) -> None:
    two = sections(guides.write_guide(article))["two"]

    assert two.is_warning
    assert "PrimaryServer" in " ".join(two.said)
    assert "no bandwidth" in " ".join(two.said)


def test_what_was_never_seen_is_named_and_no_file_has_a_hole(article: Pair) -> None:
    models.NetworkInterface.objects.all().delete()

    guide = guides.write_guide(article)

    assert guide.missing == (article.network_interface_id,)
    assert texts(guide) == []


def test_a_mac_that_is_none_comes_into_no_file(article: Pair) -> None:
    models.NetworkInterface.objects.update(mac_address=HOSTILE[:32])

    guide = guides.write_guide(article)

    assert texts(guide) == []


def test_an_elastic_ip_wants_each_server_to_listen_on_its_own(article: Pair) -> None:
    pair = moving.mover(article, "eip", allocation_id="eipalloc-4f07e372")

    snippets = sections(guides.write_guide(pair))["listen"].snippets

    assert "PrimaryServer" in snippets[0].title
    assert "listen 20.0.1.254:80;" in snippets[0].text
    assert len({s.text for s in snippets}) == 2


def test_a_private_address_is_on_the_loopback_of_both(article: Pair) -> None:
    pair = moving.mover(article, "private-ip", private_ip="20.0.1.88")

    found = sections(guides.write_guide(pair))

    ubuntu, networkd = found["address"].snippets
    lo = yaml.safe_load(body(ubuntu.text))["network"]["ethernets"]["lo"]
    assert lo["addresses"] == ["20.0.1.88/32"]
    assert "Address=20.0.1.88/32" in networkd.text
    assert "listen 20.0.1.88:80;" in found["listen"].snippets[0].text


def test_routes_want_the_check_off_and_a_guest_that_takes_them(article: Pair) -> None:
    pair = moving.mover(
        article,
        "route",
        destination_cidr="10.9.0.0/16",
        route_table_ids=["rtb-12345678"],
    )

    found = sections(guides.write_guide(pair))

    first = shlex.split(found["check"].snippets[0].text)
    assert first[:3] == ["aws", "ec2", "modify-network-interface-attribute"]
    assert "--no-source-dest-check" in first or "false" in " ".join(first).lower()
    answers, forwards = found["routed"].snippets
    assert "route replace local 10.9.0.0/16 dev lo" in answers.text
    assert "net.ipv4.ip_forward = 1" in forwards.text


@pytest.mark.parametrize("strategy", ["eni", "eip", "private-ip", "route"])
def test_hostile_names_are_never_in_what_a_shell_is_given(
    article: Pair, strategy: str, tmp_path: Path
) -> None:
    models.Instance.objects.update(name=HOSTILE)
    models.NetworkInterface.objects.update(name=HOSTILE, description=HOSTILE)
    columns: dict[str, dict[str, Any]] = {
        "eni": {"network_interface_id": article.network_interface_id},
        "eip": {"allocation_id": "eipalloc-4f07e372"},
        "private-ip": {"private_ip": "20.0.1.88"},
        "route": {"destination_cidr": "10.9.0.0/16", "route_table_ids": ["rtb-1"]},
    }
    guide = guides.write_guide(moving.mover(article, strategy, **columns[strategy]))

    assert texts(guide)
    for text in texts(guide):
        assert "owned" not in text
        script = tmp_path / "script.sh"
        script.write_text(text)
        assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
