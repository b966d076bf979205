"""All that a decision about a network interface rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from failover.engine.job import Action, Intent, Job, Outcome
from failover.engine.limits import Limits
from failover.engine.refusals import Facts
from failover.engine.sight import Seen
from failover.engine.topology import Attachment, Instance, InstanceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A job, its calls and what it may believe. `now` is database seconds."""

    job: Job
    intents: Sequence[Intent]
    seen: Seen
    facts: Facts
    now: float
    limits: Limits

    def instance(self, instance_id: InstanceId | None) -> Instance | None:
        fact = self.facts.get(instance_id) if instance_id else None
        return fact.instance if fact else None

    def is_open(self, intent: Intent) -> bool:
        return intent.is_open(now=self.now, settle_s=self.limits.settle_s)

    def detaches(self, attachment: Attachment) -> list[Intent]:
        """The detaches of this attachment, oldest first."""
        return [
            i
            for i in self.intents
            if i.call.action is Action.DETACH and i.call.attachment_id == attachment.id
        ]

    @property
    def effort_left(self) -> bool:
        """Bound K: detaches and turns only; an attach is never counted (P2)."""
        spent = self.job.turns + sum(
            i.call.action is Action.DETACH
            and i.outcome not in (Outcome.NOT_SENT, Outcome.THROTTLED)
            for i in self.intents
        )
        return spent < self.limits.effort

    @property
    def has_departed(self) -> bool:
        """Whether a detach of ours may have taken effect: then P6 asks no more."""
        return any(i.call.is_departure and i.may_have_worked for i in self.intents)
