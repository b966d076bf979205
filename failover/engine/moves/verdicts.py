"""Whether a part can still be moved to an end (protocol P3), and what P6 asks first."""

from collections.abc import Sequence
from dataclasses import dataclass

from failover.engine import refusals
from failover.engine.job import Action, End, Intent, Job, Moving, Outcome, Part, State
from failover.engine.limits import Limits
from failover.engine.moves.places import Lying, Whereabouts, goes_to
from failover.engine.refusals import Facts, Verdict
from failover.engine.sight import DYING
from failover.engine.topology import AllocationId, Instance, InstanceId, Interface

INVALID = "InvalidParameterValue"
# Refusals that tell of a race: the part was not where the look had shown it.
RACES = frozenset(
    {
        (Action.ASSOCIATE, "Resource.AlreadyAssociated"),
        (Action.ASSIGN, "Resource.AlreadyAssigned"),
        (Action.CREATE_ROUTE, "RouteAlreadyExists"),
        (Action.REPLACE_ROUTE, "InvalidRoute.NotFound"),
        # Some say so where a table has no such route.
        (Action.REPLACE_ROUTE, INVALID),
    }
)
# The instance is on its way up or down, and may yet take it.
IN_TRANSIT = frozenset(
    {"IncorrectInstanceState", "IncorrectState", "InvalidInstanceID"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a decision about moves rests on. `now` is database seconds."""

    job: Job
    moving: Moving
    intents: Sequence[Intent]
    seen: Whereabouts
    facts: Facts
    now: float
    limits: Limits

    def is_open(self, intent: Intent) -> bool:
        return intent.is_open(now=self.now, settle_s=self.limits.settle_s)

    def instance(self, instance_id: InstanceId) -> Instance | None:
        fact = self.facts.get(instance_id)
        return fact.instance if fact else None

    def moves(self, part: Part, end: End | None = None) -> list[Intent]:
        """The calls that move this part, to this end if one is given; oldest first."""
        return [
            i
            for i in self.intents
            if part.is_moved_by(i.call) and (end is None or goes_to(i, end))
        ]

    @property
    def has_departed(self) -> bool:
        """Whether a move of ours may have left a live end: then P6 asks no more."""
        return any(i.call.is_departure and i.may_have_worked for i in self.intents)

    def living(self, part: Part, end: End) -> list[Intent]:
        """Those of them that have not yet done what they can do."""
        landed = self.job.memory.landed
        return [i for i in self.moves(part, end) if i.seq not in landed]


def judge(case: Case, lying: Lying, end: End) -> Verdict:
    """Whether moving the part to `end` is refused for good."""
    interface = case.seen.interfaces.get(end.interface_id)
    if interface and find_other_rider(lying.part, end, interface):
        return Verdict.FINAL
    tried = [
        i for i in case.living(lying.part, end) if i.outcome is not Outcome.NOT_SENT
    ]
    if not tried or tried[-1].outcome is not Outcome.REFUSED:
        return Verdict.POSSIBLE
    if any(case.is_open(i) or i.outcome is Outcome.OK for i in tried):
        return Verdict.POSSIBLE
    last = tried[-1]
    refused_at = refusals.ended_at(last)
    is_parked = case.job.state is State.PARKED
    if is_parked and case.now - refused_at > case.limits.parked_retry_s:
        return Verdict.POSSIBLE
    fact = case.facts.get(end.instance_id)
    if case.seen.began_at <= refused_at or fact is None or fact.began_at <= refused_at:
        return Verdict.UNSURE
    return _weigh(case, tried, fact.instance)


def _weigh(case: Case, tried: Sequence[Intent], instance: Instance | None) -> Verdict:
    last = tried[-1]
    if instance is None or instance.state in DYING:
        return Verdict.FINAL
    if last.error_code in IN_TRANSIT:
        return Verdict.POSSIBLE
    if is_race(last):
        first = _first_of_streak(tried)
        is_over = case.seen.began_at >= refusals.ended_at(first) + case.limits.visible_s
        return Verdict.FINAL if is_over else Verdict.POSSIBLE
    if last.error_code.endswith(".NotFound"):
        # A young resource may not be visible to the part of EC2 that was asked.
        twice = len(tried) > 1 and tried[-2].error_code == last.error_code
        return Verdict.FINAL if twice else Verdict.POSSIBLE
    return Verdict.FINAL


def is_race(refusal: Intent) -> bool:
    """Whether EC2 has said that the part is not where the look had shown it."""
    call, code = refusal.call, refusal.error_code
    if call.action is Action.ASSIGN and code == INVALID:
        # "[address] assigned, but move is not allowed"; else it does not fit there.
        return not call.may_take
    return (call.action, code) in RACES


def _first_of_streak(tried: Sequence[Intent]) -> Intent:
    first = tried[-1]
    for intent in reversed(tried):
        if intent.error_code != first.error_code:
            break
        first = intent
    return first


def must_settle(case: Case, lying: Lying, end: End) -> bool:
    """Whether a move was refused while an earlier one may still take effect."""
    tried = case.living(lying.part, end)
    is_refused = bool(tried) and tried[-1].outcome is Outcome.REFUSED
    return is_refused and any(case.is_open(i) for i in tried)


def has_effort_left(case: Case, lying: Lying) -> bool:
    """Bound K: moves away from a live end and turns only (P2)."""
    spent = case.job.turns + sum(
        i.call.is_departure and i.may_have_worked for i in case.moves(lying.part)
    )
    return spent < case.limits.effort


def last_refusal(case: Case, lying: Lying, end: End) -> Intent | None:
    """The refusal that made an end impossible; None: it is not EC2 that refuses."""
    tried = case.moves(lying.part, end)
    return next((i for i in reversed(tried) if i.outcome is Outcome.REFUSED), None)


def repeat_at(case: Case, lying: Lying, end: End) -> float:
    """The earliest moment at which the part may be sent to `end` (again)."""
    return refusals.repeat_at(case.living(lying.part, end), limits=case.limits)


# Protocol P6: what must be true of an end before the first move.


def find_obstacle(case: Case, end: End) -> str | None:
    """Why nothing should be moved to `end` now: a check's code, or None."""
    instance = case.instance(end.instance_id)
    interface = case.seen.interfaces.get(end.interface_id)
    if instance is None or instance.state != "running":
        return "target_state"
    if interface is None or not is_on(interface, end.instance_id):
        return "target_state"
    codes = (find_misfit(part, end, interface) for part in case.moving.parts)
    return next((code for code in codes if code), None)


def is_on(interface: Interface, instance_id: InstanceId) -> bool:
    """Whether the interface is attached to that instance."""
    attachment = interface.attachment
    if attachment is None or attachment.status != "attached":
        return False
    return attachment.instance_id == instance_id


def find_misfit(part: Part, end: End, interface: Interface) -> str | None:
    """Why this interface cannot carry the part: a check's code, or None."""
    if part.route_table_id is not None:
        return "source_dest_check" if interface.source_dest_check else None
    if part.allocation_id is None:
        return None if interface.subnet_id == part.subnet_id else "addresses"
    has_address = any(a.address == end.private_ip for a in interface.addresses)
    is_alone = find_other_rider(part, end, interface) is None
    return None if has_address and is_alone else "addresses"


def find_other_rider(part: Part, end: End, interface: Interface) -> AllocationId | None:
    """Another Elastic IP on the private address: ours would displace it for good."""
    if part.allocation_id is None:
        return None
    riders = (
        a.allocation_id for a in interface.addresses if a.address == end.private_ip
    )
    return next((r for r in riders if r and r != part.allocation_id), None)
