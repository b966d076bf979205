"""Device indexes that a forced detach has spoilt until the instance is stopped.

EC2's guide: after a forced detach the same device index may not take an interface
again before the instance was stopped and started. EC2 says nothing of it anywhere, so
it is told from our own calls.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from failover.engine.job import Action, Outcome
from failover.engine.preflight import Check
from failover.engine.topology import Instance, Observation
from failover.models import Intent, Job, Pair

# Calls that may have worked; "" is one whose end nobody has recorded.
MAY_HAVE_WORKED = (Outcome.OK.value, Outcome.UNKNOWN.value, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """One spoilt index; `at` is when it was spoilt, RFC 3339."""

    instance_id: str
    device_index: int
    at: str

    def as_kept(self) -> dict[str, Any]:
        """As the pair's row keeps it."""
        return asdict(self)


def find(pairs: Iterable[Pair], seen: Observation) -> dict[int, list[Burn]]:
    """By the pair's primary key: what is spoilt now, by the jobs of these pairs.

    What an instance had spoilt before it was last started is mended, and so is an
    index that has taken an interface since.
    """
    by_id = {str(i.id): i for i in seen.instances.values()}
    found: dict[int, dict[tuple[str, int], Burn]] = {}
    jobs = Job.objects.filter(
        pair__in=[p.pk for p in pairs], is_index_burnt=True
    ).prefetch_related("intents")
    for job in jobs.order_by("requested_at"):
        own = found.setdefault(job.pair_id or 0, {})
        for burn in _of_job(job):
            own[burn.instance_id, burn.device_index] = burn
    return {
        pair_id: kept
        for pair_id, burns in found.items()
        if (kept := _unmended(pair_id, burns.values(), by_id))
    }


def check(
    *, pair: Pair, to: str, target: Instance | None, is_free: bool
) -> Check | None:
    """A failed check where the pair's place at the target is spoilt.

    While the interface lies free there is nothing to lose by trying: a warning.
    """
    for kept in pair.needs_start_stop:
        burn = Burn(**kept)
        here = (burn.instance_id, burn.device_index) == (to, pair.device_index)
        if here and not _was_started_since(burn, target):
            return Check(
                code="needs_start_stop",
                ok=False,
                severity="warning" if is_free else "error",
                args=(
                    ("instance", to),
                    ("index", str(burn.device_index)),
                    ("at", _to_the_second(burn.at)),
                ),
            )
    return None


def _of_job(job: Job) -> list[Burn]:
    intents = sorted(job.intents.all(), key=lambda i: i.seq)
    return [
        _burn(job, intent, intents)
        for intent in intents
        if intent.action == Action.DETACH.value
        and intent.args.get("Force")
        and intent.outcome in MAY_HAVE_WORKED
    ]


def _burn(job: Job, forced: Intent, intents: Sequence[Intent]) -> Burn:
    """A detach names an attachment: one that this job made, or the one it found."""
    attached = [i for i in intents if i.action == Action.ATTACH.value]
    wanted = forced.args.get("AttachmentId", "")
    made = [i for i in attached if i.attachment_id == wanted and wanted]
    if not made and wanted != job.preflight_attachment_id:
        # An attachment whose making nobody heard of.
        made = [
            i
            for i in attached
            if i.seq < forced.seq and not i.attachment_id and _may_have_worked(i)
        ]
    place: Mapping[str, Any] = made[-1].args if made else {}
    return Burn(
        instance_id=str(place.get("InstanceId", job.from_instance_id)),
        device_index=int(place.get("DeviceIndex", job.from_device_index)),
        at=(forced.ended_at or forced.intent_at).isoformat(),
    )


def _unmended(
    pair_id: int, burns: Iterable[Burn], instances: Mapping[str, Instance]
) -> list[Burn]:
    return [
        burn
        for burn in burns
        if not _was_started_since(burn, instances.get(burn.instance_id))
        and not _was_taken_since(pair_id, burn)
    ]


def _was_started_since(burn: Burn, instance: Instance | None) -> bool:
    if instance is None or not instance.launch_time:
        return False
    launched = datetime.fromisoformat(instance.launch_time)
    return launched > datetime.fromisoformat(burn.at)


def _was_taken_since(pair_id: int, burn: Burn) -> bool:
    """Whether EC2 has accepted an attach there since: then it was not spoilt."""
    attaches = Intent.objects.filter(
        job__pair=pair_id,
        action=Action.ATTACH.value,
        outcome=Outcome.OK.value,
        intent_at__gt=datetime.fromisoformat(burn.at),
    )
    return any(
        (i.args.get("InstanceId"), i.args.get("DeviceIndex"))
        == (burn.instance_id, burn.device_index)
        for i in attaches
    )


def _may_have_worked(intent: Intent) -> bool:
    return intent.outcome in MAY_HAVE_WORKED


def _to_the_second(at: str) -> str:
    return datetime.fromisoformat(at).isoformat(timespec="seconds")
