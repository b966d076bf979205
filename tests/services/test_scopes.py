"""A role counts where it was granted; everything else does not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from failover.models import Account, DriftEvent, Grant, Pair, Region, User
from failover.services import scoping
from failover.services.access import Scoped, actor_for
from failover.services.people import users
from tests.services.world import FLOATING, PRIMARY, SHELL, STANDBY, make_token

LISTS = (
    *("network-interfaces", "instances", "elastic-ips", "vpcs", "subnets"),
    *("security-groups", "route-tables", "drift-events", "actions", "jobs"),
    "approvals",
)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def foreign(article: Pair) -> Pair:
    """A pair of another account, with nothing in common with the article's."""
    account = Account.objects.create(name="foreign")
    region = Region.objects.create(account=account, name="eu-west-1")
    return Pair.objects.create(
        name="foreign",
        region=region,
        strategy="eni",
        primary_instance_id="i-0aaaaaaaaaaaaaaa1",
        standby_instance_id="i-0aaaaaaaaaaaaaaa2",
        network_interface_id="eni-0aaaaaaa1",
        tags={"team": "db"},
        created_at=article.created_at,
    )


def person(name: str, role: str = "") -> User:
    return User.objects.create(username=name, role=role)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def grant(user: User, role: str, **where: object) -> Grant:
    return users.grant(actor=SHELL, user=user, role=role, **where)  # type: ignore[arg-type]


def in_account(user: User, role: str, pair: Pair) -> None:
    grant(user, role, scope="account", account=pair.region.account)


def names(client: Client, path: str, key: str = "name") -> set[str]:
    return {str(row[key]) for row in client.get(f"/api/v1/{path}").json()["results"]}


def test_who_has_a_role_in_one_account_sees_nothing_of_another(
    article: Pair, foreign: Pair
) -> None:
    otto = person("otto")
    in_account(otto, "operator", foreign)
    client = browser(otto)

    assert names(client, "pairs/") == {"foreign"}
    assert names(client, "accounts/") == {"foreign"}
    DriftEvent.objects.create(
        region=article.region,
        seen_at=article.created_at,
        before_at=article.created_at,
        resource_type="network-interface",
        resource_id=FLOATING,
        change="attachment",
        is_judged=True,
    )
    for path in LISTS:
        assert client.get(f"/api/v1/{path}/").json()["count"] == 0, path
    assert FLOATING not in client.get("/drift/").content.decode()
    for path in (
        "/pairs/article/",
        "/pairs/article/swap/",
        f"/interfaces/{FLOATING}/",
        f"/instances/{PRIMARY}/",
        "/api/v1/pairs/article/",
        "/api/v1/pairs/article/plan/",
        f"/api/v1/network-interfaces/{FLOATING}/",
        f"/api/v1/instances/{PRIMARY}/",
        "/api/v1/elastic-ips/eipalloc-4f07e372/",
        f"/api/v1/regions/{article.region.pk}/",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("swap", "freeze", "unfreeze", "adopt", "put-back", "acknowledge"):
        body = {"reason": "r", "comment": "c"} if path != "adopt" else {}
        reply = client.post(f"/api/v1/pairs/article/{path}/", body, "application/json")
        assert reply.status_code in (400, 404), path
    page = client.get("/pairs/").content.decode()
    assert "foreign" in page
    assert "article" not in page


def test_pages_lists_and_search_leave_out_what_is_foreign(
    article: Pair, foreign: Pair
) -> None:
    otto = person("otto")
    in_account(otto, "viewer", foreign)
    client = browser(otto)

    for path in ("/", "/interfaces/?q=eni", "/instances/", "/elastic-ips/", "/jobs/"):
        said = client.get(path).content.decode()
        for secret in (FLOATING, PRIMARY, STANDBY, "article"):
            assert secret not in said, (path, secret)


def test_a_tag_opens_the_pairs_that_have_it_and_what_stands_around_them(
    article: Pair, foreign: Pair
) -> None:
    tina = person("tina")
    grant(tina, "operator", scope="tag", tag=("team", "web"))
    client = browser(tina)
    assert names(client, "pairs/") == set()

    Pair.objects.filter(pk=article.pk).update(tags={"team": "web"})

    assert names(client, "pairs/") == {"article"}
    assert FLOATING in names(client, "network-interfaces/", "id")
    assert names(client, "instances/", "id") == {PRIMARY, STANDBY}
    assert (
        client.post(
            "/api/v1/pairs/article/freeze/", {"reason": "r"}, "application/json"
        ).status_code
        == 200
    )
    assert client.get("/api/v1/pairs/foreign/").status_code == 404
    # What stands around the pairs may not be made, nor read anew.
    said = client.get("/interfaces/").content.decode()
    assert FLOATING in said
    assert "Create network interface" not in said
    assert "Refresh from EC2" not in said
    # A role on a pair is none on its interface: that may only be looked at.
    detach = client.post(
        f"/api/v1/network-interfaces/{FLOATING}/detach/", {}, "application/json"
    )
    assert detach.status_code == 403


def test_an_administrator_of_one_account_changes_no_look_of_another(
    article: Pair, foreign: Pair
) -> None:
    tina = person("tina")
    grant(tina, "operator", scope="tag", tag=("team", "web"))
    in_account(tina, "admin", foreign)
    Pair.objects.filter(pk=article.pk).update(tags={"team": "web"})
    client = browser(tina)

    # She sees the account of the pair with the tag, and that is all.
    page = client.get("/settings/accounts/").content.decode()
    assert "/settings/accounts/foreign/look/" in page
    assert "/settings/accounts/default/look/" not in page
    look = {"colour": "red", "is_production": ""}
    assert client.post("/settings/accounts/default/look/", look).status_code == 403
    assert client.post("/settings/accounts/foreign/look/", look).status_code == 302
    colours = dict(Account.objects.values_list("name", "colour"))
    assert colours == {"default": "none", "foreign": "red"}

    # Taking the mark off takes away what asks again: it asks itself.
    Account.objects.filter(name="foreign").update(is_production=True)
    session = client.session
    session["auth_at"] -= 301
    session.save()
    asked = client.post("/settings/accounts/foreign/look/", look)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert Account.objects.get(name="foreign").is_production


def test_what_may_be_seen_but_not_operated_is_403_and_not_404(
    article: Pair, foreign: Pair
) -> None:
    mara = person("mara", "viewer")
    in_account(mara, "operator", foreign)
    client = browser(mara)
    body = ({"reason": "r"}, "application/json")

    assert names(client, "pairs/") == {"article", "foreign"}
    for path in ("/", "/pairs/", "/pairs/article/", f"/interfaces/{FLOATING}/"):
        said = client.get(path).content.decode()
        assert "/pairs/article/swap/" not in said, path
    # The button says why it is none, and stands where it is one.
    said = client.get("/pairs/").content.decode()
    assert "Needs the role operator" in said
    assert 'href="/pairs/foreign/swap/"' in said
    assert client.post("/api/v1/pairs/article/freeze/", *body).status_code == 403
    assert client.post("/api/v1/pairs/foreign/freeze/", *body).status_code == 200
    assert client.get("/pairs/article/swap/").status_code == 403
    assert (
        client.post(
            reverse("pair-freeze", args=["article"]), {"reason": "r"}
        ).status_code
        == 403
    )
    many = client.post("/api/v1/swaps/", {"pairs": ["article"]}, "application/json")
    assert [r["code"] for r in many.json()["refused"]] == ["forbidden"]


def test_a_group_gives_its_members_what_it_was_granted_and_at_once_takes_it(
    article: Pair, foreign: Pair
) -> None:
    gina = person("gina")
    group = users.create_group(name="databases", actor=SHELL)
    given = users.grant(
        actor=SHELL, group=group, role="viewer", scope="tag", tag=("team", "db")
    )
    client = browser(gina)
    assert client.get("/api/v1/pairs/").status_code == 403

    users.set_groups(user=gina, groups=[group], actor=SHELL)
    assert names(client, "pairs/") == {"foreign"}

    users.revoke_grant(grant=given, actor=SHELL)
    assert client.get("/api/v1/pairs/").status_code == 403


def test_a_token_is_held_to_the_scopes_of_its_owner(
    article: Pair, foreign: Pair
) -> None:
    token = make_token("tilo", "viewer")
    tilo = User.objects.get(username="tilo")
    User.objects.filter(pk=tilo.pk).update(role="")
    in_account(tilo, "admin", foreign)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    assert names(client, "pairs/") == {"foreign"}
    # The token itself is a viewer's, whatever its owner has become.
    reply = client.delete("/api/v1/pairs/foreign/")
    assert reply.status_code == 403


def test_the_audit_shows_what_concerns_ones_own_part(
    article: Pair, foreign: Pair
) -> None:
    otto = person("otto")
    in_account(otto, "operator", foreign)
    client = browser(otto)
    body = ({"reason": "r"}, "application/json")
    client.post("/api/v1/pairs/foreign/freeze/", *body)
    browser(person("anna", "admin")).post("/api/v1/pairs/article/freeze/", *body)
    browser(User.objects.get(username="anna")).post(
        "/api/v1/pairs/foreign/unfreeze/", {}, "application/json"
    )

    rows = client.get("/api/v1/audit/?limit=1000").json()["results"]
    exported = b"".join(client.get("/api/v1/audit/?format=csv")).decode()

    assert {(r["actor"], r["object"]) for r in rows} >= {
        ("otto", "pair/foreign"),
        ("anna", "pair/foreign"),
    }
    assert all("article" not in r["object"] for r in rows)
    assert "pair/foreign" in exported
    assert "pair/article" not in exported


def test_an_account_of_ones_own_is_not_the_house(article: Pair, foreign: Pair) -> None:
    ada = person("ada")
    in_account(ada, "admin", foreign)
    client = browser(ada)

    reply = client.post("/api/v1/regions/", {"region": "eu-west-2"}, "application/json")

    assert reply.status_code == 403


def test_a_request_that_says_nobody_sees_nothing(article: Pair) -> None:
    with scoping.seen_by(lambda: None):
        assert not scoping.visible(Pair.objects.all()).exists()

    assert scoping.visible(Pair.objects.all()).exists()


def test_a_grant_covers_what_it_names_and_nothing_else(article: Pair) -> None:
    sara = person("sara")
    grant(sara, "operator", scope="tag", tag=("a.b__c", "x"))
    actor = actor_for(sara)

    assert actor.grants == (Scoped(role="operator", tag=("a.b__c", "x")),)
    assert actor.may("operator")
    assert not actor.may_everywhere("viewer")
    assert actor.may_in("operator", account_id=1, tags={"a.b__c": "x"})
    assert not actor.may_in("operator", account_id=1, tags={"a.b__c": "y"})
    Pair.objects.filter(pk=article.pk).update(tags={"a.b__c": "x"})
    with scoping.seen_by(lambda: actor):
        assert scoping.visible(Pair.objects.all()).get() == article
