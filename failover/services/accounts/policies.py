"""What an account's role must say, as two IAM policies: who enters, and what for.

The trust policy lets nobody in but us, and us only with the account's external id: who
makes another account of ours name this role does not get in by our hands (the confused
deputy). The permission policy is the least that failover needs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from failover.engine.job import Action
from failover.models import Account, Pair
from failover.services.accounts import least_privilege
from failover.services.accounts.least_privilege import VERSION, Policy

PAIR_TAG = "failover:pair"
# A managed policy of IAM takes 6,144 characters: no more pairs than these fit in.
MOST_PAIRS = 15
# Stands where nobody could be asked who we are.
UNKNOWN_PRINCIPAL = "arn:aws:iam::111122223333:role/swapboard"
SESSION = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):sts::(?P<account>\d{12}):"
    r"assumed-role/(?P<role>[\w+=,.@-]+)/.+"
)
ROLE = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role/.+")

# What moves, on what; every one of them must bear the tag.
TAGGED: Mapping[str, tuple[tuple[Action, ...], tuple[str, ...]]] = {
    "Move": ((Action.ATTACH, Action.DETACH), ("instance", "network-interface")),
    "Keep": ((Action.MODIFY, Action.ASSIGN), ("network-interface",)),
    "Address": ((Action.ASSOCIATE,), ("elastic-ip", "network-interface")),
    "Route": ((Action.REPLACE_ROUTE, Action.CREATE_ROUTE), ("route-table",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whom the trust policy names. `note` is what we could not know of it."""

    arn: str
    note: str = ""


def principal_of(caller: str) -> Principal:
    """The principal behind an ARN of STS; a placeholder for an empty one."""
    if not caller:
        return Principal(
            arn=UNKNOWN_PRINCIPAL,
            note="AWS could not be asked who Swapboard is, so the principal is an"
            " example: put the ARN of Swapboard's own user or role in its place.",
        )
    found = SESSION.fullmatch(caller)
    if found is None:
        return Principal(arn=caller)
    arn = f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}"
    return Principal(
        arn=arn,
        note="STS does not tell the path of our own role. If it has one, write it"
        " before the name: role/the/path/name.",
    )


def write_trust(*, principal: Principal, external_id: str) -> dict[str, Any]:
    """Who may assume the role: we, and only with the external id."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": "Swapboard",
                "Effect": "Allow",
                "Principal": {"AWS": principal.arn},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


def write_by_tag(*, account: Account, regions: Sequence[str]) -> Policy:
    """Failover of whatever bears the tag: it stays as pairs come and go."""
    number = _number(account)
    partition = least_privilege.partition_of(regions[0] if regions else "")
    statements = [least_privilege.reading(regions)]
    for sid, (actions, kinds) in TAGGED.items():
        statement = {
            "Sid": sid,
            "Effect": "Allow",
            "Action": [f"ec2:{action.value}" for action in actions],
            "Resource": [f"arn:{partition}:ec2:*:{number}:{kind}/*" for kind in kinds],
            "Condition": {"StringLike": {f"aws:ResourceTag/{PAIR_TAG}": "*"}},
        }
        statements.append(statement)
    return Policy(
        document={"Version": VERSION, "Statement": statements},
        notes=(
            f"Give the tag {PAIR_TAG} to the instances, interfaces, Elastic IPs and"
            " route tables of pairs, and let nobody set it who may not fail over.",
        ),
    )


def write_exact(pairs: Sequence[Pair]) -> Policy | None:
    """For exactly these pairs, none else; None where there is none, or too many."""
    if not pairs or len(pairs) > MOST_PAIRS:
        return None
    merged: dict[tuple[str, ...], list[str]] = {}
    notes: dict[str, None] = {}
    for pair in pairs:
        policy = least_privilege.write_policy(pair)
        notes |= dict.fromkeys(policy.notes)
        for statement in policy.document["Statement"]:
            if statement["Sid"] != "Look":
                arns = merged.setdefault(tuple(statement["Action"]), [])
                arns += [a for a in statement["Resource"] if a not in arns]
    places = dict.fromkeys(pair.region.name for pair in pairs)
    statements: list[dict[str, Any]] = [least_privilege.reading(places)]
    for number, (actions, arns) in enumerate(merged.items(), start=1):
        statements.append(
            {
                "Sid": f"Move{number}",
                "Effect": "Allow",
                "Action": list(actions),
                "Resource": arns,
            }
        )
    return Policy(
        document={"Version": VERSION, "Statement": statements}, notes=tuple(notes)
    )


def _number(account: Account) -> str:
    """The account's number, from its role where STS has not told it yet."""
    found = ROLE.fullmatch(account.role_arn)
    return account.aws_account_id or (found["account"] if found else "*")
