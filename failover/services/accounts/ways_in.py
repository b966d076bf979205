"""All that it takes to let Swapboard into an account: its role, policies, last test."""

from dataclasses import dataclass

from failover.models import Account, Pair, Role
from failover.services import access, queries
from failover.services.access import Actor
from failover.services.accounts import policies, trials
from failover.services.accounts.least_privilege import Policy
from failover.services.accounts.trials import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionPolicies:
    """`exact` is None where the account has no pair, or more than one policy holds."""

    by_tag: Policy
    exact: Policy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """`trust_policy` is None where no external id was made; `trial` where none was."""

    role_arn: str
    external_id: str
    trust_policy: Policy | None
    permission_policies: PermissionPolicies
    trial: Trial | None


def read(*, account: Account, actor: Actor) -> WayIn:
    """For an administrator of everything. Raises Forbidden."""
    access.require_everywhere(actor, Role.ADMIN.value)
    trial = trials.read_trial(account)
    return WayIn(
        role_arn=account.role_arn,
        external_id=account.external_id,
        trust_policy=_trust(account, trial),
        permission_policies=_permissions(account),
        trial=trial,
    )


def _trust(account: Account, trial: Trial | None) -> Policy | None:
    if not account.external_id:
        return None
    # What the last test heard is good enough, and costs no call.
    caller = (trial.caller if trial else "") or trials.ask_caller(account)
    principal = policies.principal_of(caller)
    document = policies.write_trust(
        principal=principal, external_id=account.external_id
    )
    return Policy(document=document, notes=(principal.note,) if principal.note else ())


def _permissions(account: Account) -> PermissionPolicies:
    places = queries.list_regions().filter(account=account)
    names = list(places.values_list("name", flat=True))
    pairs = Pair.objects.filter(region__account=account).order_by("name")
    # One more than fit tells that they do not.
    few = pairs.select_related("region__account")[: policies.MOST_PAIRS + 1]
    return PermissionPolicies(
        by_tag=policies.write_by_tag(account=account, regions=names),
        exact=policies.write_exact(list(few)),
    )
