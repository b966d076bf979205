"""The way into an account: its external id, its two policies, and what a test finds."""

import json
from typing import Any

import pytest
from django.test import Client

from failover import wiring
from failover.models import Account, AuditEntry, Pair
from failover.services import regions
from failover.services.accounts import policies, roles, trials
from failover.services.accounts.trials import Trial
from failover.services.refusals import Invalid
from tests.project.test_policies import list_allowed, read_policies
from tests.services.doors import signed_in
from tests.services.world import FLOATING, REGION, SHELL, Sim, make_token

ROLE = "arn:aws:iam::123456789012:role/teams/swapboard"
PAGE = "/settings/accounts/default/"


@pytest.fixture
def account(article: Pair, sim: Sim, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account is entered by a role that insists on our external id."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sim.url)
    wiring.start_anew()
    found = roles.set_role(account=article.region.account, role_arn=ROLE, actor=SHELL)
    insist(sim, found.external_id)
    return found


def insist(sim: Sim, external_id: str | None) -> None:
    sim.control("roles", {"role_arn": ROLE, "external_id": external_id})


def attempt(account: Account) -> tuple[Trial, dict[str, str]]:
    trial = trials.try_access(account=account, actor=SHELL)
    return trial, {f.code: f.outcome for f in trial.findings}


def test_every_account_has_an_external_id_of_its_own_that_nobody_chose(
    article: Pair,
) -> None:
    regions.add(region=REGION, account="other", actor=SHELL)

    one, other = Account.objects.order_by("name")

    assert one.external_id != other.external_id
    assert min(len(one.external_id), len(other.external_id)) >= 32


def test_a_good_way_in_passes_and_is_shut_without_the_external_id(
    account: Account, sim: Sim
) -> None:
    trial, found = attempt(account)

    assert trial.is_good, trial.findings
    assert found.keys() >= {"with_id", "without_id", "wrong_id", "reads", "call"}
    assert trial.caller == "arn:aws:iam::123456789012:user/ec2sim"
    assert not sim.mutating_calls() or all(
        c["outcome"] != "ok"
        for c in sim.mutating_calls()
        if c["action"] != "AssumeRole"
    )
    row = AuditEntry.objects.filter(action="account.trial").get()
    assert (row.object, row.outcome) == ("account/default", "ok")


def test_a_trust_policy_without_the_condition_is_found_out(
    account: Account, sim: Sim
) -> None:
    insist(sim, None)

    trial, found = attempt(account)

    assert (found["without_id"], found["wrong_id"]) == ("bad", "bad")
    said = " ".join(f.detail for f in trial.findings)
    assert "lacks the condition sts:ExternalId" in said
    assert trials.read_trial(account) == trial


def test_a_role_that_does_not_let_us_in_says_what_to_do(
    account: Account, sim: Sim
) -> None:
    insist(sim, "somebody-elses")

    trial, found = attempt(account)

    assert found == {"caller": "ok", "with_id": "bad"}
    assert "AccessDenied" in trial.findings[1].detail
    assert "Copy the trust policy" in trial.findings[1].detail


def test_what_ec2_denies_is_named(account: Account, sim: Sim) -> None:
    for action in ("DescribeVpcs", "DetachNetworkInterface"):
        sim.control("faults", {"action": action, "kind": "unauthorized", "times": 9})

    trial, found = attempt(account)

    assert (found["reads"], trial.is_good) == ("bad", False)
    bad = [f.detail for f in trial.findings if f.outcome == "bad"]
    assert any("not allowed to call DescribeVpcs." in said for said in bad)
    assert any("DetachNetworkInterface is denied" in said for said in bad)


def test_another_way_in_has_not_been_tried(account: Account) -> None:
    attempt(account)

    roles.renew_external_id(account=account, actor=SHELL)

    assert trials.read_trial(account) is None


def test_a_role_of_another_account_is_refused(account: Account) -> None:
    account.aws_account_id = "123456789012"

    for wrong in ("arn:aws:iam::999999999999:role/x", "arn:aws:iam::1:role/x", "x"):
        with pytest.raises(Invalid):
            roles.set_role(account=account, role_arn=wrong, actor=SHELL)


@pytest.mark.parametrize(
    ("caller", "principal"),
    [
        ("arn:aws:iam::111122223333:user/sb", "arn:aws:iam::111122223333:user/sb"),
        (
            "arn:aws-cn:sts::111122223333:assumed-role/sb/i-0123",
            "arn:aws-cn:iam::111122223333:role/sb",
        ),
        ("", policies.UNKNOWN_PRINCIPAL),
    ],
)
def test_the_trust_policy_names_us_and_insists_on_the_external_id(
    caller: str, principal: str
) -> None:
    named = policies.principal_of(caller)
    policy = policies.write_trust(principal=named, external_id="ours")

    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"AWS": principal}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "ours"}}
    assert bool(named.note) == ("user" not in principal)


def test_the_policy_by_tag_allows_what_the_operating_guide_says(
    account: Account,
) -> None:
    policy = policies.write_by_tag(account=account, regions=[REGION])

    console = next(p for p in read_policies() if "RunInstances" in json.dumps(p))
    printed = [list_allowed(p) for p in read_policies() if p != console]
    assert list_allowed(policy.document) == set().union(*printed)
    for statement in policy.document["Statement"][1:]:
        assert "aws:ResourceTag/failover:pair" in str(statement["Condition"])
        assert all(":123456789012:" in arn for arn in statement["Resource"])


def test_the_exact_policy_names_the_pairs_and_fits_into_iam(account: Account) -> None:
    pair = Pair.objects.select_related("region__account").get()
    policy = policies.write_exact([pair])

    assert policy is not None
    assert f"network-interface/{FLOATING}" in str(policy.document)
    assert "/*" not in str(policy.document)
    most = policies.MOST_PAIRS
    assert policies.write_exact([pair] * (most + 1)) is None
    move = next(s for s in policy.document["Statement"] if s["Sid"] != "Look")
    one = len(json.dumps(move["Resource"]).replace(" ", ""))
    assert len(json.dumps(policy.document)) + one * (most - 1) < 6144


def test_the_page_leads_from_the_role_to_a_passed_test(
    account: Account, sim: Sim
) -> None:
    ada = signed_in("ada", "admin")

    bad = ada.post(f"{PAGE}role/", {"role_arn": "nonsense"})
    renewed = ada.post(f"{PAGE}external-id/", follow=True)
    account.refresh_from_db()
    insist(sim, account.external_id)
    tested = ada.post(f"{PAGE}test/", follow=True)

    assert bad.status_code == 400
    assert 'value="nonsense"' in bad.content.decode()
    assert "The ARN of an IAM role" in bad.content.decode()
    page = tested.content.decode()
    assert account.external_id in renewed.content.decode()
    assert "Without the external id it is shut" in page
    assert "sts:ExternalId" in page
    assert "Swapboard gets in" in page
    assert ROLE in ada.get("/settings/accounts/").content.decode()


def test_only_an_administrator_of_the_whole_house_chooses_the_way_in(
    account: Account,
) -> None:
    olga: Client = signed_in("olga", "approver")

    posts: dict[str, Any] = {"role": {"role_arn": ROLE}, "external-id": {}, "test": {}}
    for verb, body in posts.items():
        assert olga.post(f"{PAGE}{verb}/", body).status_code == 403
    assert olga.get(f"{PAGE}access/").status_code == 403
    assert (
        signed_in("ada", "admin").get("/settings/accounts/no/access/").status_code
        == 404
    )


# The same over REST.


def asked(role: str, path: str, method: str = "get") -> Any:
    bearer = {"Authorization": f"Bearer {make_token(f'one-{role}', role)}"}
    ask = getattr(Client(headers=bearer), method)
    return ask(f"/api/v1/{path}", content_type="application/json")


def test_tools_read_the_policies_and_try_the_way_in(account: Account) -> None:
    tried = asked("admin", "accounts/default/test", "post")
    told = asked("admin", "accounts/default/access").json()

    assert tried.status_code == 200, tried.content
    assert told["trial"] == tried.json()
    assert {f["outcome"] for f in told["trial"]["findings"]} == {"ok"}
    (trust,) = told["trust_policy"]["document"]["Statement"]
    condition = trust["Condition"]["StringEquals"]
    assert condition == {"sts:ExternalId": account.external_id}
    exact = told["permission_policies"]["exact"]["document"]
    assert FLOATING in json.dumps(exact)
    row = AuditEntry.objects.filter(action="account.trial").latest("seq")
    assert row.actor == "one-admin"


@pytest.mark.parametrize("role", ["viewer", "operator", "approver"])
def test_only_an_administrator_reads_and_tries_the_way_in(
    account: Account, role: str
) -> None:
    assert asked(role, "accounts/default").json()["name"] == "default"
    assert asked(role, "accounts/default/access").status_code == 403
    assert asked(role, "accounts/default/test", "post").status_code == 403
    assert asked(role, "accounts/nobody").status_code == 404


def test_tools_read_a_pairs_policy_and_its_guests_guide(account: Account) -> None:
    policy = asked("viewer", "pairs/article/policy").json()
    guide = asked("viewer", "pairs/article/guest").json()

    assert FLOATING in json.dumps(policy["document"])
    files = [s["text"] for section in guide["sections"] for s in section["snippets"]]
    assert any("ip_nonlocal_bind" in text for text in files)
