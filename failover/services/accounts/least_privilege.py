"""The least that a role must be allowed for one pair, as an IAM policy.

From the mirror: the resources by their ARNs, and the calls that a job of the pair may
make. `failover.engine.job.Action` names those; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from failover.engine.job import Action
from failover.models import ElasticIp, Pair
from failover.models.pairs import Strategy
from failover.services import floating, surroundings
from failover.services.surroundings import End, Surroundings

VERSION = "2012-10-17"
# What every page and every look reads. EC2 scopes none of these to a resource.
READ = (
    "DescribeNetworkInterfaces",
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeInstanceTypes",
    "DescribeAddresses",
    "DescribeSubnets",
    "DescribeSecurityGroups",
    "DescribeRouteTables",
    "DescribeVpcs",
)
# The partitions whose regions say so in their names.
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}

# What a job may call, by strategy: those of EC2's names that move, and an Elastic IP
# that an interface or an address lost on the way, put back.
CALLS: Mapping[str, tuple[Action, ...]] = {
    Strategy.ENI: (Action.DETACH, Action.ATTACH, Action.MODIFY, Action.ASSOCIATE),
    Strategy.EIP: (Action.ASSOCIATE,),
    Strategy.PRIVATE_IP: (Action.ASSIGN, Action.ASSOCIATE),
    Strategy.ROUTE: (Action.REPLACE_ROUTE, Action.CREATE_ROUTE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The document, and what it could not name: ids never seen, or the account's."""

    document: Mapping[str, Any]
    notes: tuple[str, ...]


def write_policy(pair: Pair) -> Policy:
    """The policy of this pair, as far as its resources have been seen."""
    around = surroundings.get_surroundings(pair)
    ends = (around.primary, around.standby)
    interfaces = [e.interface.id for e in ends if e.interface is not None]
    notes = []
    if pair.strategy not in (Strategy.ENI, Strategy.ROUTE):
        notes += [_unseen(pair, e) for e in ends if e.interface is None]
    if not pair.region.account.aws_account_id:
        notes.append(
            "The account's number is not known yet, so the ARNs have a star in its"
            " place. It is asked for with the next read of the region."
        )
    riders = _riders(pair, around)
    if pair.strategy in (Strategy.ENI, Strategy.PRIVATE_IP):
        notes.append(
            "An Elastic IP that is put on it later is not in this policy. Come back"
            " and copy it again then, and after every change of the pair's settings."
        )
    moving = _statements(pair, interfaces, riders)
    return Policy(
        document={
            "Version": VERSION,
            "Statement": [
                reading([pair.region.name]),
                *(s for s in moving if s["Resource"]),
            ],
        },
        notes=tuple(notes),
    )


def _statements(
    pair: Pair, interfaces: list[str], riders: list[str]
) -> list[dict[str, Any]]:
    instances = list(floating.instances_of(pair))
    own = [pair.network_interface_id]
    match pair.strategy:
        case Strategy.ENI:
            moves = [Action.DETACH, Action.ATTACH, Action.MODIFY]
            held = _arns(pair, "network-interface", own)
            return [
                _allow(moves, [*held, *_arns(pair, "instance", instances)], "Move"),
                _keeping(pair, riders, own),
            ]
        case Strategy.EIP:
            return [_keeping(pair, [pair.allocation_id], interfaces)]
        case Strategy.PRIVATE_IP:
            on = _arns(pair, "network-interface", interfaces)
            return [
                _allow([Action.ASSIGN], on, "Move"),
                _keeping(pair, riders, interfaces),
            ]
        case _:
            tables = _arns(pair, "route-table", pair.route_table_ids)
            return [_allow([Action.REPLACE_ROUTE, Action.CREATE_ROUTE], tables, "Move")]


def _keeping(
    pair: Pair, allocations: list[str], interfaces: list[str]
) -> dict[str, Any]:
    """Nothing where no Elastic IP is concerned, or no interface was seen."""
    if not allocations or not interfaces:
        return _allow([Action.ASSOCIATE], [], "Address")
    on = _arns(pair, "network-interface", interfaces)
    return _allow(
        [Action.ASSOCIATE], [*_arns(pair, "elastic-ip", allocations), *on], "Address"
    )


def reading(regions: Iterable[str]) -> dict[str, Any]:
    """The statement that lets us look; EC2 narrows it to regions, no further."""
    names = list(regions)
    statement: dict[str, Any] = {
        "Sid": "Look",
        "Effect": "Allow",
        "Action": [f"ec2:{name}" for name in READ],
        "Resource": "*",
    }
    if names:
        only = names[0] if len(names) == 1 else names
        statement["Condition"] = {"StringEquals": {"aws:RequestedRegion": only}}
    return statement


def partition_of(region: str) -> str:
    """The part of AWS that a region belongs to, as ARNs begin with it."""
    starts = PARTITIONS.items()
    return next((p for s, p in starts if region.startswith(s)), "aws")


def _allow(actions: list[Action], arns: list[str], sid: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"ec2:{action.value}" for action in actions],
        "Resource": arns,
    }


def _arns(pair: Pair, kind: str, ids: Iterable[str]) -> list[str]:
    region = pair.region.name
    partition = partition_of(region)
    account = pair.region.account.aws_account_id or "*"
    return [f"arn:{partition}:ec2:{region}:{account}:{kind}/{i}" for i in ids]


def _riders(pair: Pair, around: Surroundings) -> list[str]:
    """The Elastic IPs that come along with an interface or an address."""
    rows = ElasticIp.objects.filter(region_id=pair.region_id, vanished_at=None)
    if pair.strategy == Strategy.ENI:
        rows = rows.filter(network_interface_id=pair.network_interface_id)
    elif pair.strategy == Strategy.PRIVATE_IP:
        ends = (around.primary, around.standby)
        on = [e.interface.id for e in ends if e.interface is not None]
        rows = rows.filter(network_interface_id__in=on, private_ip=pair.private_ip)
    else:
        return []
    return sorted(rows.values_list("allocation_id", flat=True))


def _unseen(pair: Pair, end: End) -> str:
    return (
        f"{end.instance_id} was not seen with an interface at device index"
        f" {pair.device_index}, so that interface is missing here."
    )
