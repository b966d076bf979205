"""What opens the door, and what does not."""

from django.test import Client

from failover import models
from failover.models import Job, Pair
from tests.api.asking import API
from tests.services.world import make_token


def test_the_pair_in_a_token_or_cookie_alone_opens_nothing(article: Pair) -> None:
    token = make_token("olga", "operator")
    client = Client(enforce_csrf_checks=True)
    olga = models.User.objects.get(username="olga")

    # An address with a token in it is refused before anybody is asked for.
    assert client.get(f"{API}pairs/?token={token}").status_code in (400, 401)
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{API}pairs/").status_code == 200
    swap = client.post(f"{API}pairs/article/swap", {}, "application/json")
    assert (swap.status_code, swap.json()["code"]) == (403, "forbidden")
    assert Job.objects.count() == 0
