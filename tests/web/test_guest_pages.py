"""The pages of a pair's guests and of its policy."""

import json

import pytest

from failover import models
from tests.web.conftest import FLOATING, Home

HOSTILE = '"><script>alert(1)</script>{{ 7 }}'


def test_the_guide_is_one_click_from_the_pair_and_names_its_address(
    home: Home,
) -> None:
    client = home.client("vera")

    pair = client.get("/pairs/article/").content.decode()
    text = client.get("/pairs/article/guest/").content.decode()

    assert 'href="/pairs/article/guest/"' in pair
    assert "listen 20.0.1.25:80;" in text
    assert "ip_nonlocal_bind" in text
    assert 'href="/pairs/article/policy/"' in text


def test_the_policy_is_shown_and_downloaded_as_the_same_json(home: Home) -> None:
    client = home.client("vera")

    page = client.get("/pairs/article/policy/").content.decode()
    file = client.get("/pairs/article/policy.json")

    assert "attachment" in file["Content-Disposition"]
    document = json.loads(file.content)
    assert FLOATING in str(document)
    assert f"network-interface/{FLOATING}" in page


@pytest.mark.parametrize("path", ["guest/", "policy/", "policy.json"])
def test_strangers_to_the_house_see_neither(home: Home, path: str) -> None:
    assert home.client("nils").get(f"/pairs/article/{path}").status_code == 403
    assert home.client("vera").get(f"/pairs/nothing/{path}").status_code == 404
    assert home.client("anna").post(f"/pairs/article/{path}").status_code == 405


def test_hostile_names_stay_text_in_the_guide(home: Home) -> None:
    models.Instance.objects.update(name=HOSTILE)

    text = home.client("vera").get("/pairs/article/guest/").content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
