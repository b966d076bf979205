"""Trying the way into an account: who we are, who the role lets in, what we may do.

Nothing of it changes anything at AWS: a role is assumed and its keys are forgotten,
every other call is a DryRun.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from failover import audit, wiring
from failover.ec2.standing import Standing
from failover.engine import ports
from failover.engine.budget import Read
from failover.models import Account, Pair, Region, Role
from failover.services import access, queries, regions
from failover.services.access import Actor
from failover.services.accounts import least_privilege, permissions, trial_words

# Where no region tells otherwise; STS says the same everywhere.
ANY_REGION = "us-east-1"
# After this no further region is asked: a person is waiting.
LONG_ENOUGH_S = 20.0
COUNTED = frozenset(read.value for read in Read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. `outcome` is ok, bad, or unknown: not answered."""

    code: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was found when the way in was last tried, and as whom AWS knows us."""

    at: datetime
    caller: str
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        return all(finding.outcome == "ok" for finding in self.findings)


def read_trial(account: Account) -> Trial | None:
    """The last one; None where nobody has tried this way in."""
    kept = account.trial
    if not kept:
        return None
    return Trial(
        at=datetime.fromisoformat(kept["at"]),
        caller=kept["caller"],
        findings=tuple(Finding(**f) for f in kept["findings"]),
    )


def try_access(*, account: Account, actor: Actor) -> Trial:
    """Try the way in, keep what was found, and put it on record. Raises Forbidden."""
    access.require_everywhere(actor, Role.ADMIN.value)
    places = list(queries.list_regions().filter(account=account))
    try:
        standing = wiring.standing(places[0].name if places else ANY_REGION)
        caller = standing.arn()
    except ports.Ec2Error as error:
        caller, findings = "", [_finding("caller", "bad", why=_why(error))]
    else:
        known = _finding("caller", "ok", arn=caller)
        findings = [known, *_try(account, places, standing)]
    trial = Trial(at=wiring.now(), caller=caller, findings=tuple(findings))
    _keep(account, trial, actor)
    return trial


def ask_caller(account: Account) -> str:
    """The ARN by which AWS knows us; empty where it cannot be asked."""
    region = account.regions.values_list("name", flat=True).first()
    try:
        return wiring.standing(region or ANY_REGION).arn()
    except ports.Ec2Error:
        return ""


def _try(
    account: Account, places: list[Region], standing: Standing
) -> Iterator[Finding]:
    until = wiring.monotonic() + LONG_ENOUGH_S
    if account.role_arn:
        entered = _enter(account, standing)
        yield from entered
        if entered[0].outcome != "ok":
            return
    for place in places:
        if wiring.monotonic() > until:
            yield _finding("too_slow", "unknown", region=place.name)
            continue
        yield from _try_region(place)


def _enter(account: Account, standing: Standing) -> list[Finding]:
    """With the external id it must open; without it, and with another, it must not."""
    arn, ours = account.role_arn, account.external_id
    said, why = _knock(standing, arn, ours)
    if said != "in":
        outcome = "bad" if said == "refused" else "unknown"
        return [_finding("with_id", outcome, role=arn, why=why)]
    found = [_finding("with_id", "ok", role=arn)]
    if not ours:
        return [*found, _finding("no_id", "bad")]
    for code, other in (("without_id", ""), ("wrong_id", regions.make_external_id())):
        said, why = _knock(standing, arn, other)
        outcome = {"in": "bad", "refused": "ok"}.get(said, "unknown")
        found.append(_finding(code, outcome, why=why))
    return found


def _knock(standing: Standing, role_arn: str, external_id: str) -> tuple[str, str]:
    try:
        standing.enter(role_arn=role_arn, external_id=external_id)
    except ports.Ec2Refused as error:
        return "refused", _why(error)
    except ports.Ec2Error as error:
        return "unknown", _why(error)
    return "in", ""


def _try_region(region: Region) -> Iterator[Finding]:
    name = region.name
    try:
        denied = _list_denied_reads(region)
    except ports.Ec2Error as error:
        yield _finding("reads", "unknown", region=name, why=_why(error))
        return
    if denied:
        yield _finding("reads", "bad", region=name, calls=", ".join(denied))
    else:
        number = len(least_privilege.READ)
        yield _finding("reads", "ok", region=name, number=number)
    pairs = list(Pair.objects.filter(region=region).select_related("region__account"))
    asked = permissions.ask_now(region=region, pairs=pairs)
    for action, verdict in asked.items():
        args = {"region": name, "call": action.value, "sample": verdict.sample}
        if verdict.tried_at:
            yield _finding("call", "unknown", **args, why=verdict.why)
        else:
            yield _finding("call", "ok" if verdict.is_allowed else "bad", **args)
    if not asked:
        yield _finding("nothing_to_ask", "ok", region=name)


def _list_denied_reads(region: Region) -> list[str]:
    gateway, denied = wiring.gateway(region), list[str]()
    budgets = wiring.store().budgets
    for name in least_privilege.READ:
        if name in COUNTED:
            budgets.owe(region_id=region.pk, api=Read(name), tokens=1.0)
        if not gateway.may_read(name):
            denied.append(name)
    return denied


def _why(error: ports.Ec2Error) -> str:
    return f"{error.code}: {error.message}" if error.message else error.code


def _finding(code: str, outcome: str, **args: object) -> Finding:
    detail = trial_words.say(code, outcome, args)
    return Finding(code=code, outcome=outcome, detail=detail[:600])


def _keep(account: Account, trial: Trial, actor: Actor) -> None:
    findings = [
        {"code": f.code, "outcome": f.outcome, "detail": f.detail}
        for f in trial.findings
    ]
    kept = {
        "at": trial.at.isoformat(),
        "caller": trial.caller,
        "findings": findings,
    }
    with transaction.atomic():
        # Of this role and this external id, or of nothing: they may have changed.
        Account.objects.filter(
            id=account.pk, role_arn=account.role_arn, external_id=account.external_id
        ).update(trial=kept)
        audit.record(
            at=trial.at,
            actor=actor.name,
            token=actor.token_id,
            source_ip=actor.source_ip,
            action="account.trial",
            subject=f"account/{account.name}",
            outcome="ok" if trial.is_good else "failed",
            after={"findings": [f for f in findings if f["outcome"] != "ok"]},
        )
    account.refresh_from_db()
