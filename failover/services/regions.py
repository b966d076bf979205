"""Accounts and regions under management."""

import re
import secrets
from collections.abc import Mapping

import structlog
from django.db import IntegrityError, transaction

from failover import audit, wiring
from failover.engine import ports
from failover.models import Account, Region, Role
from failover.services import access, fields, refusals, scoping
from failover.services.access import Actor

log = structlog.get_logger(__name__)

DEFAULT_ACCOUNT = "default"
NAME = re.compile(r"\A[a-z]{2}(-[a-z]+)+-\d{1,2}\Z")
ACCOUNT_NAME = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")
ROLE_ARN = re.compile(r"\Aarn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}\Z")
EXTERNAL_ID = re.compile(r"\A[\w+=,.@:/-]{2,1224}\Z")


def add(
    *,
    region: str,
    actor: Actor,
    account: str = DEFAULT_ACCOUNT,
    role_arn: str = "",
    external_id: str = "",
) -> Region:
    """Put a region of an account under management; doing it again changes nothing.

    An account's external id is made here unless one is given. Raises Forbidden,
    ConfirmIdentity, Invalid, and Exists where another of our accounts is the same AWS
    account.
    """
    access.require_everywhere(actor, Role.ADMIN.value)
    if (role_arn or external_id) and not actor.is_fresh:
        raise refusals.ConfirmIdentity
    _validate(region, account, role_arn, external_id)
    try:
        with transaction.atomic():
            owner, changes = _keep_account(account, role_arn, external_id)
            row, made = Region.objects.get_or_create(
                account=owner,
                name=region,
                defaults={"aws_account_id": owner.aws_account_id},
            )
            # The audit comes last: who holds its lock must not wait for any row.
            if changes:
                _record(actor, "account.set", f"account/{account}", changes)
            if made:
                _record(actor, "region.add", f"region/{row}", {"region": region})
    except IntegrityError as error:
        raise refusals.Exists(what="region", id=region) from error
    learn_account(row)
    return row


def learn_account(region: Region) -> None:
    """Ask STS once whose account this is; nothing depends on the answer coming.

    Raises Exists where the same account and region are managed under another name.
    """
    if region.aws_account_id:
        return
    try:
        number = wiring.gateway(region).caller_identity()
    except ports.Ec2Error as error:
        log.info("account.not_asked", region=str(region), error=str(error))
        return
    try:
        with transaction.atomic():
            Account.objects.filter(id=region.account_id, aws_account_id="").update(
                aws_account_id=number
            )
            Region.objects.filter(account_id=region.account_id).update(
                aws_account_id=number
            )
    except IntegrityError as error:
        raise refusals.Exists(what="region", id=f"{number}/{region.name}") from error
    region.refresh_from_db()


def find(*, region: str, account: str | None = None) -> Region:
    """The managed region of that name.

    Raises AmbiguousAccount, Invalid, and Forbidden by its account.
    """
    rows = scoping.visible(Region.objects.select_related("account"))
    rows = rows.filter(name=region)
    if account:
        rows = rows.filter(account__name=account)
    found = list(rows[:2])
    if len(found) > 1:
        raise refusals.AmbiguousAccount(region=region)
    if not found:
        where = f"{account}/{region}" if account else region
        raise refusals.Invalid(errors={"region": [f"{where} is not managed here."]})
    scoping.require(found[0])
    return found[0]


def as_fields(region: Region) -> dict[str, object]:
    """As contract.md writes a region."""
    observed_at = region.observed_at
    age_s = (wiring.now() - observed_at).total_seconds() if observed_at else None
    return {
        "id": str(fields.uuid_of("region", region.pk)),
        "account": region.account.name,
        "region": region.name,
        "synced_at": fields.rfc3339(region.synced_at),
        "sync_error": region.sync_error or None,
        "sync_retry_at": fields.rfc3339(region.sync_retry_at),
        "observed_age_s": None if age_s is None else round(max(0.0, age_s), 3),
    }


def account_fields(account: Account) -> dict[str, object]:
    """An account as the API shows it. The external id is no secret: AWS says so."""
    return {
        "id": str(fields.uuid_of("account", account.pk)),
        "name": account.name,
        "aws_account_id": account.aws_account_id,
        "role_arn": account.role_arn,
        "external_id": account.external_id,
    }


def _keep_account(
    name: str, role_arn: str, external_id: str
) -> tuple[Account, dict[str, str]]:
    """The account, and what was changed of it."""
    known, made = Account.objects.get_or_create(name=name)
    validate_role(known, role_arn)
    changes = {
        field: value
        for field, value in (("role_arn", role_arn), ("external_id", external_id))
        if value and getattr(known, field) != value
    }
    if (role_arn or made) and not known.external_id and not external_id:
        changes["external_id"] = make_external_id()
    if changes:
        # What was tried before says nothing of another way in.
        Account.objects.filter(id=known.pk).update(**changes, trial={})
        known.refresh_from_db()
    return known, changes


def make_external_id() -> str:
    """192 bits that nobody chose: not the one who asks, nor anybody before."""
    return secrets.token_urlsafe(24)


def validate_role(account: Account, role_arn: str) -> None:
    """Raises Invalid for what is no role, or a role of another AWS account."""
    if not role_arn:
        return
    errors = []
    if not ROLE_ARN.match(role_arn):
        errors = ["The ARN of an IAM role: arn:aws:iam::123456789012:role/name."]
    elif account.aws_account_id not in ("", role_arn.split(":")[4]):
        errors = [
            f"This account is {account.aws_account_id}, and the role is in another."
            " Add that one as an account of its own."
        ]
    if errors:
        raise refusals.Invalid(errors={"role_arn": errors})


def _validate(region: str, account: str, role_arn: str, external_id: str) -> None:
    errors = {}
    if not NAME.match(region):
        errors["region"] = ["An AWS region's name, such as eu-west-1."]
    if not ACCOUNT_NAME.match(account):
        errors["account"] = ["Letters, digits, - and _, at most 64."]
    if role_arn and not ROLE_ARN.match(role_arn):
        errors["role_arn"] = ["The ARN of an IAM role."]
    if external_id and not EXTERNAL_ID.match(external_id):
        errors["external_id"] = ["2 to 1224 of the characters that AWS allows."]
    if errors:
        raise refusals.Invalid(errors=errors)


def _record(
    actor: Actor, action: str, subject: str, after: Mapping[str, object]
) -> None:
    audit.record(
        at=wiring.now(),
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action=action,
        subject=subject,
        outcome="ok",
        after=after,
    )
