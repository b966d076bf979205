"""Elastic IPs on the console's pages, from either side."""

from failover import models
from tests.web.acting.stage import SPARES, TAGS, content, place
from tests.web.conftest import SPARE, Home


def test_an_elastic_ip_is_allocated_associated_taken_off_and_released(
    home: Home,
) -> None:
    client = home.client("olaf")
    made = client.post("/elastic-ips/new/", {**place(home), **TAGS})
    page = made["Location"]
    target = {"target": "interface", "network_interface_id": SPARE}

    shown = content(client.get(page))
    nobody = client.post(f"{page}associate/", {"target": "instance"})
    foreign = client.post(f"{page}associate/", {**target, "private_ip": "20.0.1.2"})
    on = client.post(f"{page}associate/", target, follow=True)
    held = home.client("anna").get(f"{page}release/")
    off = client.post(f"{page}disassociate/", follow=True)
    forbidden = client.post(f"{page}release/")
    gone = home.client("anna").post(f"{page}release/", follow=True)

    assert "Needs the role admin." in shown
    assert nobody.status_code == 422
    assert "Say which." in content(nobody)
    assert f"20.0.1.2 is not on {SPARE}" in content(foreign)
    assert SPARE in content(foreign)
    assert "Elastic IP associated." in content(on)
    assert SPARE in content(on)
    assert "disassociate it first" in content(held)
    assert "Elastic IP disassociated." in content(off)
    assert forbidden.status_code == 403
    assert "Elastic IP released" in content(gone)
    assert client.get(page).status_code == 404


def test_an_elastic_ip_is_associated_from_its_interface_too(home: Home) -> None:
    client = home.client("olaf")
    page = client.post("/elastic-ips/new/", place(home))["Location"]
    allocation_id = page.split("/")[2]
    form = {"allocation_id": allocation_id}

    none = client.get(f"{SPARES}/disassociate/")
    spare = models.NetworkInterface.objects.get(interface_id=SPARE)
    on = client.post(
        f"{SPARES}/associate/", {**form, "private_ip": spare.private_ip}, follow=True
    )
    off = client.post(f"{SPARES}/disassociate/", form, follow=True)

    assert "No Elastic IP is on it." in content(none)
    assert "Elastic IP associated." in content(on)
    assert allocation_id in content(on)
    assert "Elastic IP disassociated." in content(off)
