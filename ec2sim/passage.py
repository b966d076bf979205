"""The way of every call: latency, lock, timers, bucket, fault, rule, log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ec2sim import calls
from ec2sim.calls import Call, Record
from ec2sim.config import Config
from ec2sim.errors import (
    Ec2Error,
    ReplyBare,
    ReplyGarbled,
    ReplyLost,
    ReplyNever,
    ReplySlow,
)
from ec2sim.faults import buckets, fault, refusals
from ec2sim.faults.buckets import Buckets
from ec2sim.faults.plan import Plan
from ec2sim.journal import Journal
from ec2sim.state.account import Account
from ec2sim.state.region import Region
from ec2sim.timing.clock import Clock

Rule = Callable[[Region, Mapping[str, Any]], Any]
Found = Callable[[Account, str], Region]
# These let the rule decide first and then spoil the reply, whatever it was.
SPOILING = ("drop-after", "error-after", "garbage")


class LoggedLater(Exception):
    """The reply is lost now, and the line is written when the call is applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a call meets on its way. Any thread may send calls through."""

    clock: Clock
    config: Config
    faults: Plan
    buckets: Buckets
    journal: Journal

    def take(self, call: Call, rule: Rule, account: Account, find: Found) -> Any:
        """The reply of one call.

        Raises Ec2Error, ReplyLost or one of its kinds (the connection closes, or
        brings nonsense), and ReplyNever or ReplySlow (it stays silent).
        """
        record = Record(call=call, at=self.clock.now())
        half_s = self.config.latency_s / 2
        self.clock.sleep(half_s)
        try:
            outcome = self._effect(call, rule, record, account, find)
        except Ec2Error as error:
            record.answered(error)
            outcome = error
        except LoggedLater:
            raise ReplyLost from None
        except (ReplyLost, ReplyNever) as silence:
            record.outcome = "error" if isinstance(silence, ReplyBare) else "dropped"
            self._log(record)
            raise
        struck = record.struck
        if struck is not None and struck.kind == "slow":
            raise self._slow(record, account, struck.delay_s + half_s, outcome)
        self.clock.sleep(half_s + _extra_s(struck) / 2)
        self._log(record)
        if isinstance(outcome, Ec2Error):
            raise outcome
        return outcome

    def _effect(
        self, call: Call, rule: Rule, record: Record, account: Account, find: Found
    ) -> Any:
        with account.lock:
            region = find(account, call.region)
            account.timers.settle(self.clock.now())
            self._admit(region, call, rule, record)
            if not _extra_s(record.struck):
                return self._answer(region, call, rule, record)
        self.clock.sleep(_extra_s(record.struck) / 2)
        with account.lock:
            return self._answer(region, call, rule, record)

    def _admit(self, region: Region, call: Call, rule: Rule, record: Record) -> None:
        """Everything that can end a call before its rule is asked."""
        record.resources = calls.touched(region, call.params)
        costs = buckets.charges(call.action, call.params, mode=self.config.throttle)
        if not self.buckets.take(
            call.account_id, call.region, costs, now=self.clock.now()
        ):
            raise refusals.throttled()
        if call.params.get("DryRun"):
            raise self._dry_run(region, call, record)
        if self.faults.is_empty:
            return
        target = calls.target(region, call, record.resources)
        record.struck = self.faults.strike(
            target, at=self.clock.now(), request_id=call.request_id
        )
        if record.struck is None:
            return
        ending = refusals.before(record.struck, target)
        if ending is not None:
            raise ending
        if record.struck.kind == "late":
            self._apply_late(region, call, rule, record, record.struck.delay_s)
            raise LoggedLater

    def _answer(self, region: Region, call: Call, rule: Rule, record: Record) -> Any:
        # What was due by then has happened before, what is due later happens after.
        now = self.clock.now()
        region.timers.settle(now)
        _check_outage(region, call, record.resources)
        kind = "" if record.struck is None else record.struck.kind
        outcome: Any
        try:
            outcome = self._apply(region, call, rule, record, now)
        except Ec2Error as error:
            if kind not in SPOILING and not kind.startswith(fault.BARE_AFTER):
                raise
            record.code = error.code
            outcome = error
        if kind == "drop-after":
            raise ReplyLost
        if kind == "error-after":
            raise refusals.internal()
        if kind == "garbage":
            raise ReplyGarbled(outcome)
        if kind.startswith(fault.BARE_AFTER):
            raise ReplyBare(int(kind.removeprefix(fault.BARE_AFTER)))
        return outcome

    def _apply(
        self, region: Region, call: Call, rule: Rule, record: Record, now: float
    ) -> Any:
        place = self.journal.next_place()
        with self.clock.at(now):
            reply = rule(region, call.params)
        record.effect_at, record.place = now, place
        if not call.reads and isinstance(reply, Mapping):
            made = [*record.resources, *calls.named_in(reply)]
            record.resources = list(dict.fromkeys(made))
        return reply

    def _apply_late(
        self, region: Region, call: Call, rule: Rule, record: Record, delay_s: float
    ) -> None:
        lost_at = self.clock.now()
        record.outcome = "dropped"

        def apply(at: float) -> None:
            try:
                self._apply(region, call, rule, record, at)
            except Ec2Error as refused:
                record.code = refused.code
            self.journal.write(record.line(lost_at))

        region.timers.add(lost_at + delay_s, apply)

    def _slow(
        self, record: Record, account: Account, delay_s: float, outcome: Any
    ) -> ReplySlow:
        """The reply that comes later; its line is written when it comes."""
        due_at = self.clock.now() + delay_s
        with account.lock:
            account.timers.add(due_at, lambda at: self.journal.write(record.line(at)))
        return ReplySlow(due_at, outcome)

    def _dry_run(self, region: Region, call: Call, record: Record) -> Ec2Error:
        """DryRun answers about permission only; it has spent its token by now."""
        if not self.faults.is_empty:
            target = calls.target(region, call, record.resources)
            if self.faults.forbids(target):
                return refusals.unauthorized(target)
        return Ec2Error(
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )

    def _log(self, record: Record) -> None:
        self.journal.write(record.line(self.clock.now()))


def _extra_s(struck: fault.Fault | None) -> float:
    """What a latency fault adds to a call, half before the effect, half after."""
    return struck.delay_s if struck is not None and struck.kind == "latency" else 0.0


def _check_outage(region: Region, call: Call, resources: list[str]) -> None:
    """A change in a zone that is down is never answered."""
    if call.reads or not region.outages:
        return
    if calls.zones(region, call, resources) & region.outages:
        raise ReplyNever
