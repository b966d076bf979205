"""The transactions in which jobs change: rows, intents, locks, pairs, budget, audit.

In one order everywhere, and the audit last, so that no two writers wait for each
other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from failover import entries, locks, models, rows
from failover.audit import record_all
from failover.budgets import Budgets, Unpaid
from failover.engine import slots
from failover.engine.job import Action, Outcome, State
from failover.engine.ports import Change, Receipt
from failover.leases import LeaseClock
from failover.models.jobs import IS_ACTIVE
from failover.models.pairs import Holder

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """`Store.write` and `Store.record` of `failover.engine.ports`."""

    clock: LeaseClock
    budgets: Budgets

    def write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        wanted = list(changes)
        while True:
            try:
                return self._write(wanted)
            except Unpaid as unpaid:
                # Another driver was faster. The others of this round go on.
                wanted = [c for c in wanted if c.job.id not in unpaid.job_ids]

    def _write(self, changes: Sequence[Change]) -> frozenset[UUID]:
        applied: set[UUID] = set()
        moment = self.clock.now()
        with transaction.atomic():
            returning = locks.list_returning(changes)
            for change in sorted(changes, key=lambda c: c.job.id):
                if change.job.id in returning:
                    is_written = self._return(change, moment)
                else:
                    is_written = _update(change, moment)
                if is_written:
                    applied.add(change.job.id)
            if applied:
                self._write_along([c for c in changes if c.job.id in applied])
        return frozenset(applied)

    def _return(self, change: Change, moment: tuple[float, str]) -> bool:
        """Apply the change with the slots it needs, or park the job without them."""
        try:
            with transaction.atomic():
                if not _update(change, moment):
                    return False
                locks.take_again(change.job)
        except locks.SlotTaken as taken:
            self._shut_out(change, taken, moment)
            return False
        return True

    def _shut_out(
        self, change: Change, taken: locks.SlotTaken, moment: tuple[float, str]
    ) -> None:
        row = models.Job.objects.select_related("pair").get(id=change.job.id)
        parked = slots.shut_out(
            rows.to_job(row, is_preflight_current=False),
            slot=taken.slot,
            rival=taken.rival,
            now=self.clock.database_now(),
        )
        if parked is not None:
            _update(replace(change, job=parked), moment)

    def _write_along(self, applied: Sequence[Change]) -> None:
        """What must be true together with the jobs' new rows."""
        intents = [c.intent for c in applied if c.intent is not None]
        models.Intent.objects.bulk_create([rows.from_intent(i) for i in intents])
        for change in applied:
            if change.job.state is State.PARKED:
                locks.free_slots_of_parked(change.job)
        ended = [c for c in applied if not c.job.state.is_active]
        if ended:
            ids = [c.job.id for c in ended]
            models.ResourceLock.objects.filter(job_id__in=ids).delete()
            self._settle_pairs({c.job.id: c for c in ended})
        self.budgets.pay(applied)
        record_all(entries.tell(applied, at=self.clock.database_now()))
        for change in applied:
            if change.is_overdue:
                log.error("job.probe.overdue", job_id=str(change.job.id))

    def _settle_pairs(self, ended: Mapping[UUID, Change]) -> None:
        """P7: the desired holder is what the terminal transaction says it is."""
        pairs = models.Job.objects.filter(id__in=list(ended), pair__isnull=False)
        settled_at = self.clock.database_now()
        for job_id, pair_id in pairs.order_by("pair_id").values_list("id", "pair_id"):
            change = ended[job_id]
            holder = Holder.INSTANCE if change.holder else Holder.NONE
            if not change.holder_known:
                holder = Holder.UNKNOWN
            models.Pair.objects.filter(id=pair_id).update(
                desired_holder=holder,
                desired_instance_id=change.holder or "" if change.holder_known else "",
                settled_at=settled_at,
                free_seen_at=None,
                drift_seen_at=None,
                generation=F("generation") + 1,
                version=F("version") + 1,
            )

    def record(self, receipts: Sequence[Receipt], *, held: Mapping[UUID, int]) -> None:
        with transaction.atomic():
            completed = [r for r in receipts if self._complete(r, held)]
            intents = models.Intent.objects.in_bulk([r.intent_id for r in completed])
            self._learn([intents[r.intent_id] for r in completed])
            record_all([entries.tell_end(r, intents[r.intent_id]) for r in completed])

    def _learn(self, intents: Sequence[models.Intent]) -> None:
        throttled = [i for i in intents if i.outcome == Outcome.THROTTLED.value]
        if throttled:
            ids = {i.job_id for i in throttled}
            jobs = models.Job.objects.in_bulk(ids)
            self.budgets.learn(
                (jobs[i.job_id].region_id, Action(i.action)) for i in throttled
            )

    def _complete(self, receipt: Receipt, held: Mapping[UUID, int]) -> bool:
        """Complete the intent once, and only while its job is ours."""
        is_mine = models.Job.objects.filter(
            IS_ACTIVE, id=receipt.job_id, fence_token=held.get(receipt.job_id, -1)
        ).exists()
        if not is_mine:
            return False
        done = models.Intent.objects.filter(id=receipt.intent_id, outcome="").update(
            sent_at=rows.stamp(receipt.sent_at),
            ended_at=rows.stamp(receipt.ended_at),
            duration_s=receipt.duration_s,
            outcome=receipt.outcome.value,
            error_code=receipt.error_code,
            error_message=receipt.error_message,
            aws_request_id=receipt.aws_request_id,
            attachment_id=receipt.attachment_id or "",
        )
        return bool(done)


def _update(change: Change, moment: tuple[float, str]) -> bool:
    """Compare and set: only while the job is ours and unchanged."""
    now, boot = moment
    written = models.Job.objects.filter(
        IS_ACTIVE,
        id=change.job.id,
        fence_token=change.fence_token,
        version=change.job_version,
    ).update(
        **rows.engine_columns(change.job),
        next_run_at=now + change.job.next_run_in_s,
        clock_boot=boot,
    )
    return bool(written)
