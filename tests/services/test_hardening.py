"""What a stranger, a thief or a guest might try, and what comes of it."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from failover.models import Pair
from failover.services.passwords import NoHouseWords
from tests.services.doors import signed_in
from tests.services.world import make_token


@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_program_without_tls_is_refused_and_not_led_on(article: Pair) -> None:
    program = Client(headers={"Authorization": f"Bearer {make_token('ada', 'admin')}"})

    in_clear = program.get("/api/v1/pairs/")

    assert (in_clear.status_code, in_clear.json()["code"]) == (403, "in_clear")
    assert program.get("/api/v1/pairs/", secure=True).status_code == 200
    assert program.get("/api/v1/pairs/article/health").status_code in {200, 503}
    assert Client().get("/pairs/")["Location"].startswith("https://")


@pytest.mark.parametrize(
    "bad", ["Swapboard-2026", "failoverFAILOVER", "admin12345678"[:12]]
)
def test_words_of_the_house_are_no_password(bad: str) -> None:
    with pytest.raises(ValidationError):
        NoHouseWords().validate(bad)


def test_words_of_the_house_may_be_a_part_of_one() -> None:
    NoHouseWords().validate("swapboard battery staple")
    NoHouseWords().validate("correct horse battery")


def test_signing_out_leaves_nothing_in_the_browser(article: Pair) -> None:
    answer = signed_in("vera", "viewer").post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"cache"'
