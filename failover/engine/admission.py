"""Who may call now (protocol P8): whoever is dark first, and nobody goes dark whose
way back could not be paid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from failover.engine.budget import Budget
from failover.engine.job import Action, Intent, Job, Kind, Outcome, Strategy
from failover.engine.refusals import AMBIGUOUS, IN_USE
from failover.engine.topology import Rank
from failover.engine.values import replace

# Tokens that stay untouched, for what the model does not know (m of protocol P8).
SPARE = 2.0
# With slower detaches than this an attach is reckoned with when it will be needed.
FORWARD_FROM_S = 5.0
# Of quicker ones that are known, so much of what EC2 gives back until then is relied
# on, for others call in the account, too. Nothing comes back to a bucket that is full,
# and it stays full until the first of a burst is free.
RELIED_ON = 0.5
NOTHING_DONE = (Outcome.REFUSED, Outcome.NOT_SENT, Outcome.THROTTLED)
FIRST_ACTIONS = {
    Strategy.EIP: Action.ASSOCIATE,
    Strategy.PRIVATE_IP: Action.ASSIGN,
    Strategy.ROUTE: Action.REPLACE_ROUTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A call that a job wants to make. Times are database seconds.

    `is_dark`: its resource serves nowhere, since `since`; otherwise `since` is when it
    was asked for. `darkens`: the call puts the resource out of service, and an attach
    must be paid later. `may_wait`: an attach that nobody misses.
    """

    job_id: UUID
    action: Action
    since: float
    is_dark: bool = False
    darkens: bool = False
    may_wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A wish that is granted, and how many attaches must be left after it."""

    job_id: UUID
    leave: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Debts:
    """When each job that still owes an attach went dark, and the learned least time.

    `detach_s` is the 5th percentile of this region's detaches, None while unknown.
    """

    since: tuple[float, ...] = ()
    detach_s: float | None = None

    def plus(self, now: float) -> "Debts":
        return replace(self, since=(*self.since, now))

    @property
    def leave(self) -> float:
        """Attach tokens that others must leave for these."""
        if self.is_forward:
            return SPARE
        return len(self.since) + SPARE

    @property
    def is_forward(self) -> bool:
        return self.detach_s is not None and self.detach_s > FORWARD_FROM_S


def wish(job: Job, intents: Sequence[Intent], action: Action) -> Wish:
    """What it means for this job to make a call of that action now."""
    is_dark = job.is_dark
    if action is Action.DETACH and job.memory.rank is Rank.ATTACHED:
        # It serves somewhere, be it at the wrong end, unless a detach is under way.
        is_dark = False
    is_dark = is_dark or owes_since(job, intents) is not None
    if action is Action.ATTACH and job.kind is Kind.SWAP:
        # Even if nobody knows since when: the resource of a pair is free.
        is_dark = True
    is_detach = action is Action.DETACH and job.kind is not Kind.DETACH
    return Wish(
        job_id=job.id,
        action=action,
        since=(job.outage_started_at if is_dark else None) or job.requested_at,
        is_dark=is_dark,
        darkens=is_detach and not is_dark,
        may_wait=action is Action.ATTACH and not is_dark,
    )


def first_wish(job: Job) -> Wish:
    """What a job that has not begun will ask for."""
    if job.strategy is not Strategy.ENI:
        action = FIRST_ACTIONS[job.strategy]
    elif job.kind is Kind.ATTACH or job.from_instance_id is None:
        action = Action.ATTACH
    else:
        action = Action.DETACH
    return wish(job, (), action)


def owes_since(job: Job, intents: Sequence[Intent]) -> float | None:
    """When the job's resource was taken down, while no attach was accepted since."""
    if job.strategy is not Strategy.ENI or job.kind is Kind.DETACH:
        return None
    since: float | None = None
    for intent in intents:
        if intent.call.action is Action.DETACH and intent.outcome not in NOTHING_DONE:
            since = since or intent.sent_at or intent.intent_at
        if intent.call.action is Action.ATTACH and intent.outcome is Outcome.OK:
            since = None
    if since is None or job.restored_at is not None:
        return None
    return since


def ends_in_refusal(intents: Sequence[Intent]) -> bool:
    """Whether the newest attach was refused for a reason that is not a race (P6)."""
    attaches = [i for i in intents if i.call.action is Action.ATTACH]
    if not attaches or attaches[-1].outcome is not Outcome.REFUSED:
        return False
    return attaches[-1].error_code not in AMBIGUOUS | {IN_USE}


def admit(
    *,
    budget: Budget,
    wishes: Iterable[Wish],
    debts: Debts,
    now: float,
    is_braked: bool = False,
) -> tuple[Paid, ...]:
    """The wishes that may be granted now, in the order in which they are paid.

    `is_braked`: nobody may newly go dark, as while somebody dark waits for a token.
    """
    granted: list[Paid] = []
    ordered = sorted(wishes, key=rank)
    for each in ordered:
        if each.darkens and (is_braked or not may_darken(budget, debts, now)):
            continue
        leave = _leave(each, budget, debts)
        paid = budget.pay(each.action, now, leave=leave)
        if paid is None:
            is_braked = is_braked or each.is_dark
            continue
        budget = paid
        if each.darkens:
            debts = debts.plus(now)
        granted.append(Paid(job_id=each.job_id, leave=leave))
    return tuple(granted)


def may_darken(budget: Budget, debts: Debts, now: float) -> bool:
    """Whether one more resource may go dark and be sure of its way back."""
    if budget.level(Action.DETACH, now) < 1.0:
        return False
    if debts.is_forward:
        return _is_payable_later(budget, debts, now, relied_on=1.0)
    own = 2.0 if budget.is_shared else 1.0
    if budget.level(Action.ATTACH, now) - len(debts.since) >= own + SPARE:
        return True
    # From the one bucket for all calls everybody takes: there nothing is relied on.
    is_known = debts.detach_s is not None and not budget.is_shared
    return is_known and _is_payable_later(budget, debts, now, relied_on=RELIED_ON)


def _is_payable_later(
    budget: Budget, debts: Debts, now: float, *, relied_on: float
) -> bool:
    """The forward form: each claim against the bucket as it will then be filled."""
    detach_s = debts.detach_s or 0.0
    claims = sorted(max(now, at + detach_s) for at in (*debts.since, now))
    bucket = budget.bucket(Action.ATTACH, now).slowed(relied_on)
    if budget.is_shared:
        bucket = bucket.spent(1.0)
    for claim in claims:
        bucket = bucket.refilled(claim).spent(1.0)
        if bucket.level < SPARE:
            return False
    return True


def rank(each: Wish) -> tuple[bool, bool, float, UUID]:
    """Outage first, then whoever needs little, then first come first."""
    return (not each.is_dark, each.darkens, each.since, each.job_id)


def _leave(each: Wish, budget: Budget, debts: Debts) -> float:
    """What this call must leave in the attaches' bucket."""
    if each.is_dark:
        return 0.0
    if each.darkens:
        is_later = debts.detach_s is not None and not budget.is_shared
        return 0.0 if debts.is_forward or is_later else debts.leave + 1.0
    takes_from_attaches = each.may_wait or budget.is_shared
    return debts.leave if takes_from_attaches else 0.0
