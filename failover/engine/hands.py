"""The jobs in a driver's hand, with what only this run knows of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from failover.engine import admission, stamps
from failover.engine.admission import Debts, Wish
from failover.engine.job import Intent, State
from failover.engine.ports import Receipt, Work
from failover.engine.probes import Heard
from failover.engine.steps import Need
from failover.engine.topology import InstanceId
from failover.engine.values import replace


@dataclass(slots=True, kw_only=True)
class Hand:
    """One job. Times are database seconds."""

    work: Work
    look_at: float
    needs: frozenset[Need] = frozenset()
    # Before this a look need not show what `needs` names.
    needs_from: float = 0.0
    # Looks must have begun after this: the claim, or the end of our last call.
    fresh_after: float
    is_calling: bool = False
    failures: int = 0
    # When its turn to begin came near: only from then on it is looked at.
    called_at: float | None = None
    # Its resource serves nowhere and EC2 has no token for its call.
    is_short: bool = False
    # Somebody else has written its row.
    is_outdated: bool = False
    # Where its service is met, as last seen; when to ask it; the newest answer.
    address: str = ""
    ask_at: float = 0.0
    heard: Heard | None = None

    @property
    def ends(self) -> frozenset[InstanceId]:
        job = self.work.job
        return frozenset(i for i in (job.from_instance_id, job.to_instance_id) if i)

    @property
    def is_queued(self) -> bool:
        """Whether it has still to begin and has not been called up for it."""
        return self.called_at is None and not self.has_begun

    @property
    def has_begun(self) -> bool:
        job = self.work.job
        return job.first_intent_at is not None or job.state is State.PARKED

    def take(self, receipt: Receipt) -> None:
        """The call has ended: the intent is complete, and a look is due."""
        intents = tuple(
            completed(i, receipt) if i.id == receipt.intent_id else i
            for i in self.work.intents
        )
        job = stamps.stamp_receipts(job=self.work.job, intents=intents)
        self.work = replace(self.work, intents=intents, job=job)
        self.is_calling = False
        self.fresh_after = receipt.ended_at
        self.look_at = receipt.ended_at


Hands = Mapping[UUID, Hand]


def debts(hands: Hands, *, detach_s: float | None) -> Debts:
    """The attaches that these jobs still owe."""
    since = (admission.owes_since(h.work.job, h.work.intents) for h in hands.values())
    return Debts(since=tuple(s for s in since if s is not None), detach_s=detach_s)


def queue(hands: Hands) -> list[tuple[Wish, Hand]]:
    """Who waits to begin, first come first."""
    wishes = [
        (admission.first_wish(h.work.job), h) for h in hands.values() if h.is_queued
    ]
    return sorted(wishes, key=lambda each: admission.rank(each[0]))


def completed(intent: Intent, receipt: Receipt) -> Intent:
    """The intent with how its call ended."""
    return replace(
        intent,
        sent_at=receipt.sent_at,
        ended_at=receipt.ended_at,
        duration_s=receipt.duration_s,
        outcome=receipt.outcome,
        error_code=receipt.error_code,
        error_message=receipt.error_message,
        aws_request_id=receipt.aws_request_id,
        attachment_id=receipt.attachment_id,
    )


def is_braking(hands: Hands) -> bool:
    """P6: somebody is dark whose attach was refused for good."""
    return any(
        h.work.job.is_dark and admission.ends_in_refusal(h.work.intents)
        for h in hands.values()
    )


def held(hands: Hands) -> dict[UUID, int]:
    """The jobs with the tokens that own them, as the Store takes them."""
    return {i: h.work.fence_token for i, h in hands.items()}
