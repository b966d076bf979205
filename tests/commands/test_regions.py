"""add_region and sync: JSON lines on stdout, exit codes, an EC2 that is away."""

from collections.abc import Callable

from failover.models import Account, AuditEntry, NetworkInterface, Region
from tests.commands.conftest import Manage
from tests.ec2.endpoint import Endpoint, Parameters, Say, Script, reply
from tests.ec2.test_services_reads import region as whole_region

ROLE = "arn:aws:iam::123456789012:role/failover"


def aws(asked: Parameters) -> Say:
    if asked["Action"] == "GetCallerIdentity":
        body = "<Account>123456789012</Account>"
        result = f"<GetCallerIdentityResult>{body}</GetCallerIdentityResult>"
        return reply("GetCallerIdentity", result)
    return whole_region(asked)


def test_adding_a_region_twice_is_adding_it_once(
    manage: Manage, serve: Callable[[Script], Endpoint]
) -> None:
    serve(aws)

    first = manage("add_region", "eu-west-1")
    second = manage("add_region", "eu-west-1")

    assert (first.status, second.status) == (0, 0)
    assert first.json == second.json
    assert first.json["account"] == "default"
    assert first.json["region"] == "eu-west-1"
    assert Region.objects.get().aws_account_id == "123456789012"


def test_a_region_can_be_added_while_aws_is_away(manage: Manage) -> None:
    said = manage("add_region", "eu-west-1")

    assert said.status == 0
    assert Region.objects.get().aws_account_id == ""


def test_a_role_gets_an_external_id_of_ours_and_a_given_one_is_audited(
    manage: Manage,
) -> None:
    manage("add_region", "eu-west-1", "--account", "one", "--role-arn", ROLE)
    manage(
        *("add_region", "eu-west-1", "--account", "two", "--role-arn", ROLE),
        *("--external-id", "given-by-them"),
    )

    one, two = Account.objects.order_by("name")
    assert len(one.external_id) > 20
    assert two.external_id == "given-by-them"
    assert AuditEntry.objects.filter(object="account/two").exists()


def test_a_name_that_is_no_region_exits_64(manage: Manage) -> None:
    assert manage("add_region", "../etc").status == 64
    assert manage("sync", "eu-west-1").status == 64
    assert not Region.objects.exists()


def test_a_sync_says_what_it_found(
    manage: Manage, serve: Callable[[Script], Endpoint]
) -> None:
    serve(aws)
    manage("add_region", "eu-west-1")

    said = manage("sync")

    assert said.status == 0
    found = said.json
    assert found.pop("seconds") >= 0
    assert found == {
        "region": "eu-west-1",
        "network_interfaces": 1,
        "elastic_ips": 1,
        "instances": 1,
    }
    assert NetworkInterface.objects.count() == 1


def test_a_sync_of_an_ec2_that_is_away_fails_and_says_so(
    manage: Manage,
) -> None:
    manage("add_region", "eu-west-1")

    said = manage("sync", "eu-west-1")

    assert (said.status, said.stdout) == (2, "")
    assert "eu-west-1" in said.stderr
    assert Region.objects.get().sync_error
