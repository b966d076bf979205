"""What our role may do, as EC2's DryRun last said: each call once an hour (P8).

One verdict for a role, not for each resource: where a policy is bound to tags the
resource that was asked with is named, since another one may have other tags.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from failover import wiring
from failover.ec2 import errors
from failover.engine import ports
from failover.engine.job import Action, Call, Outcome
from failover.engine.ports import describe
from failover.engine.preflight import Check
from failover.models import Intent, Pair, Region
from failover.models.pairs import Strategy
from failover.services import facts, floating, plans

log = structlog.get_logger(__name__)

KEPT_S = 3600.0
LONGEST_JOB = timedelta(hours=1)
# After no answer, and while nothing is there to ask with.
ASK_AGAIN_S = 60.0
# A young pair is not said to be unknown before there was time to ask.
YOUNG_S = 60.0
# Pairs that are tried at a time for something to ask with.
SAMPLES = 20

NEEDED: Mapping[str, tuple[Action, ...]] = {
    Strategy.ENI: (Action.DETACH, Action.ATTACH),
    Strategy.EIP: (Action.ASSOCIATE,),
    # EC2 knows no DryRun of AssignPrivateIpAddresses.
    Strategy.PRIVATE_IP: (),
    Strategy.ROUTE: (Action.REPLACE_ROUTE,),
}
CODES: Mapping[Action, str] = {
    Action.DETACH: "permission_detach",
    Action.ATTACH: "permission_attach",
    Action.ASSOCIATE: "permission_move",
    Action.REPLACE_ROUTE: "permission_move",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one call. Times are POSIX seconds of the database.

    `is_allowed` None: EC2 has never answered. `tried_at` and `why` are of the last
    question that had no answer since.
    """

    is_allowed: bool | None = None
    at: float = 0.0
    sample: str = ""
    pair: str = ""
    tried_at: float = 0.0
    why: str = ""
    # A job was denied it since, or an operator may have mended the role.
    is_doubted: bool = False

    def is_due(self, now: float) -> bool:
        is_old = self.is_allowed is None or now - self.at >= KEPT_S
        return (is_old or self.is_doubted) and now - self.tried_at >= ASK_AGAIN_S


UNKNOWN = Verdict()


def read(region: Region) -> dict[Action, Verdict]:
    """What is known in the region."""
    return {Action(name): Verdict(**kept) for name, kept in region.permissions.items()}


def is_due(*, region: Region, strategies: Iterable[str], now: float) -> bool:
    """Whether EC2 should be asked anything."""
    return bool(_due(read(region), strategies, now))


def ask(*, region: Region, pairs: Sequence[Pair]) -> None:
    """Ask EC2 one question, if one is due and the budget has a token for it.

    Any answer but yes or no leaves what was known, which then shows its age.
    """
    now = wiring.now().timestamp()
    known = read(region)
    for action in _due(known, {p.strategy for p in pairs}, now):
        found = _find_sample(region, pairs, action, prefer=known.get(action, UNKNOWN))
        if found is None:
            _keep(region, {action: replace(_of(known, action), tried_at=now)})
            continue
        pair, call = found
        # Also what keeps several reconcilers from asking the same.
        if wiring.store().budgets.rehearse(region_id=region.pk, action=action):
            verdict = _rehearse(region, pair, call, _of(known, action))
            _keep(region, {action: verdict})
        return


def ask_now(*, region: Region, pairs: Sequence[Pair]) -> dict[Action, Verdict]:
    """Ask EC2 about every call of these pairs, because somebody wants to know it now.

    Left out is what no pair would call now, as nothing can be asked with it. The
    region's budget pays, and may fall below zero.
    """
    known, asked = read(region), dict[Action, Verdict]()
    for action in {a: None for p in pairs for a in NEEDED[p.strategy]}:
        before = _of(known, action)
        found = _find_sample(region, pairs, action, prefer=before)
        if found is None:
            continue
        pair, call = found
        wiring.store().budgets.owe(region_id=region.pk, api=action, tokens=1.0)
        asked[action] = _rehearse(region, pair, call, before)
    _keep(region, asked)
    return asked


def learn(*, region: Region, strategies: Iterable[str]) -> dict[Action, Verdict]:
    """What is known now, with what EC2 has answered to jobs since it was asked.

    An accepted call is as good as a DryRun. A denied one may be of a resource that no
    pair moves, so it only makes the question due.
    """
    known = read(region)
    learned: dict[Action, Verdict] = {}
    oldest = wiring.now() - timedelta(seconds=KEPT_S)
    for action in {a for s in strategies for a in NEEDED[s]}:
        before = _of(known, action)
        answered = Intent.objects.filter(
            Q(outcome=Outcome.OK.value) | Q(error_code=errors.UNAUTHORIZED),
            job__region=region,
            # An index leads here: an older job's answer is not worth a scan.
            job__requested_at__gt=oldest - LONGEST_JOB,
            action=action.value,
            ended_at__gt=max(oldest, datetime.fromtimestamp(before.at, tz=UTC)),
        ).select_related("job")
        last = answered.order_by("-ended_at").first()
        if last is not None and last.ended_at is not None:
            learned[action] = _told_by(last, last.ended_at, before)
    if any(known.get(a) != v for a, v in learned.items()):
        _keep(region, learned)
    return {**known, **learned}


def _told_by(intent: Intent, ended_at: datetime, before: Verdict) -> Verdict:
    if intent.outcome == Outcome.OK.value:
        return Verdict(
            is_allowed=True,
            at=ended_at.timestamp(),
            sample=_join(intent.args),
            pair=before.pair,
        )
    pair = intent.job.pair_name or before.pair
    return replace(before, is_doubted=True, pair=pair)


def ask_anew(region: Region) -> None:
    """Let every question be asked again soon: an operator may have mended the role."""
    verdicts = read(region)
    _keep(
        region,
        {a: replace(v, is_doubted=True, tried_at=0.0) for a, v in verdicts.items()},
    )


def checks(
    *, pair: Pair, known: Mapping[Action, Verdict], now: datetime
) -> list[Check]:
    """The permission checks of the pair's strategy."""
    if pair.strategy == Strategy.PRIVATE_IP:
        # Nobody can be asked, so nothing speaks against it.
        return [
            Check(code="permission_move", ok=True, args=(("said", "permission_never"),))
        ]
    found = (
        _check(action, _of(known, action), pair, now)
        for action in NEEDED[pair.strategy]
    )
    return [c for c in found if c is not None]


def _check(action: Action, verdict: Verdict, pair: Pair, now: datetime) -> Check | None:
    code, call = CODES[action], ("action", action.value)
    if verdict.is_allowed is None:
        is_young = (now - pair.created_at).total_seconds() < YOUNG_S
        if is_young and not verdict.why:
            return None
        why = ("why", verdict.why or "not asked yet")
        said = ("said", "permission_unknown")
        return Check(code=code, ok=False, severity="warning", args=(said, call, why))
    said = ("said", "permission_asked")
    asked = (("sample", verdict.sample), ("at", _clock(verdict.at)))
    return Check(code=code, ok=verdict.is_allowed, args=(said, call, *asked))


def _due(
    known: Mapping[Action, Verdict], strategies: Iterable[str], now: float
) -> list[Action]:
    wanted = dict.fromkeys(a for s in sorted(strategies) for a in NEEDED[s])
    return [a for a in wanted if _of(known, a).is_due(now)]


def _of(known: Mapping[Action, Verdict], action: Action) -> Verdict:
    return known.get(action, UNKNOWN)


def _rehearse(region: Region, pair: Pair, call: Call, before: Verdict) -> Verdict:
    try:
        is_allowed = wiring.gateway(region).may(call)
    except ports.Ec2Error as error:
        why = error.code or type(error).__name__
        log.info("permission.unknown", region=str(region), action=call.action, why=why)
        return replace(before, tried_at=wiring.now().timestamp(), why=why)
    if not is_allowed:
        log.warning("permission.denied", region=str(region), action=call.action)
    return Verdict(
        is_allowed=is_allowed,
        at=wiring.now().timestamp(),
        sample=_name_sample(call),
        pair=pair.name,
    )


def _find_sample(
    region: Region, pairs: Sequence[Pair], action: Action, *, prefer: Verdict
) -> tuple[Pair, Call] | None:
    """A call that a swap would really make; the same resource again where it can be."""
    fitting = [p for p in pairs if action in NEEDED[p.strategy]]
    ordered = sorted(fitting, key=lambda p: (p.name != prefer.pair, p.name))
    for start in range(0, len(ordered), SAMPLES):
        some = ordered[start : start + SAMPLES]
        known = facts.read(region=region, pairs=some, now=wiring.now())
        for pair in some:
            own = floating.cut(pair, known.seen)
            planned = plans.plan_on(pair=pair, to=None, seen=own).plan.calls
            call = next((c for c in planned if c.action is action), None)
            if call is not None:
                return pair, call
    return None


def _keep(region: Region, verdicts: Mapping[Action, Verdict]) -> None:
    """Write them into the region's row, beside what others have learned."""
    with transaction.atomic():
        rows = Region.objects.select_for_update(no_key=True)
        kept = rows.values_list("permissions", flat=True).get(id=region.pk)
        kept |= {action.value: asdict(v) for action, v in verdicts.items()}
        Region.objects.filter(id=region.pk).update(permissions=kept)
    region.permissions = kept


def _name_sample(call: Call) -> str:
    return _join(describe(call))


def _join(args: Mapping[str, object]) -> str:
    """The resources of a call, for a sentence."""
    names = ("NetworkInterfaceId", "InstanceId", "AllocationId", "RouteTableId")
    return " and ".join(str(args[n]) for n in names if args.get(n))


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, tz=UTC):%Y-%m-%d %H:%M} UTC"
