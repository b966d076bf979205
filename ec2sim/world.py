"""The simulated world: accounts, and the way of every call through it."""

import random
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ec2sim import calls
from ec2sim.calls import Call, Record
from ec2sim.config import BadControl, Config
from ec2sim.errors import Ec2Error, ReplyLost, ReplyNever
from ec2sim.faults import plan
from ec2sim.faults.buckets import Buckets
from ec2sim.journal import Journal
from ec2sim.seeds import planting
from ec2sim.state.account import Account
from ec2sim.state.address_space import ELASTIC_IPS, LENT_IPS, PublicSpace
from ec2sim.state.region import Region, Surroundings
from ec2sim.timing.clock import Clock
from ec2sim.timing.ticker import Ticker
from ec2sim.timing.timers import Timers

DEFAULT_ACCOUNT = "123456789012"
Rule = Callable[[Region, Mapping[str, Any]], Any]
Newcomer = Callable[[Region], None]


class World:
    """Everything that is simulated. Any thread may call any method."""

    def __init__(
        self,
        *,
        config: Config | None = None,
        seed: int = 1,
        log_path: Path | None = None,
    ) -> None:
        self.config = config or Config()
        self.clock = Clock()
        self.journal = Journal(log_path)
        self.seed = seed
        self.accounts: dict[str, Account] = {}
        self.newcomers: list[Newcomer] = []
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self.faults = plan.Plan(random.Random(seed + 1))
        self._buckets: dict[tuple[str, str], Buckets] = {}
        self._around = Surroundings(
            clock=self.clock,
            config=self.config,
            chance=self._chance,
            journal=self.journal,
            elastic_pool=PublicSpace(ELASTIC_IPS),
            lent_pool=PublicSpace(LENT_IPS),
        )
        self._ticker = Ticker(self.clock, self.settle)
        self._ticker.start()

    def account(self, account_id: str) -> Account:
        """The account of that number, new when nobody has used it."""
        with self._lock:
            account = self.accounts.get(account_id)
            if account is None:
                account = Account(
                    id=account_id,
                    around=self._around,
                    timers=Timers(self._ticker.wake),
                )
                self.accounts[account_id] = account
            return account

    def region(self, account_id: str, name: str, *, bare: bool = False) -> Region:
        """A region of an account; `bare` leaves out the default VPC of a new one."""
        account = self.account(account_id)
        furnish = planting.images_only if bare else planting.furnish

        def welcome(region: Region) -> None:
            for newcomer in self.newcomers:
                newcomer(region)
            for table in region.tables().values():
                table.memory_s = self.config.stale_s
            furnish(region)

        with account.lock:
            return account.region(name, furnish=welcome)

    def call(self, call: Call, rule: Rule) -> Any:
        """Take one call through latency, throttling, faults and its rule.

        Raises Ec2Error, ReplyLost (the connection closes) and ReplyNever.
        """
        record = Record(call=call, at=self.clock.now())
        try:
            self.clock.sleep(self.config.latency_s / 2)
            reply = self._effect(call, rule, record)
            self.clock.sleep(self.config.latency_s / 2)
        except Ec2Error as error:
            record.code = error.code
            if record.outcome == "ok":
                record.outcome = _outcome(error)
            self.clock.sleep(self.config.latency_s / 2)
            self.journal.write(record.line(self.clock.now()))
            raise
        except ReplyLost:
            if record.outcome != "late":
                record.outcome = "dropped"
                self.journal.write(record.line(self.clock.now()))
            raise
        except ReplyNever:
            record.outcome = "dropped"
            self.journal.write(record.line(self.clock.now()))
            raise
        self.journal.write(record.line(self.clock.now()))
        return reply

    def _effect(self, call: Call, rule: Rule, record: Record) -> Any:
        account = self.account(call.account_id)
        with account.lock:
            region = self.region(call.account_id, call.region)
            account.timers.settle(self.clock.now())
            record.resources = calls.touched(region, call.params)
            self._check_bucket(call)
            if call.params.get("DryRun"):
                raise self._dry_run(call, record.resources)
            fault = self.faults.strike(call.action, record.resources)
            if fault is not None:
                record.fault = fault.id
                self._before(fault, region, call, rule, record)
            _check_outage(region, call, record.resources)
            reply = self._apply(region, call, rule, record)
        if fault is None:
            return reply
        if fault.kind == "drop-after":
            raise ReplyLost
        if fault.kind == "error-after":
            raise plan.internal()
        return reply

    def _apply(self, region: Region, call: Call, rule: Rule, record: Record) -> Any:
        reply = rule(region, call.params)
        record.effect_at = self.clock.now()
        if not call.reads and isinstance(reply, Mapping):
            made = [*record.resources, *calls.named_in(reply)]
            record.resources = list(dict.fromkeys(made))
        return reply

    def _before(
        self,
        fault: plan.Fault,
        region: Region,
        call: Call,
        rule: Rule,
        record: Record,
    ) -> None:
        error = plan.refusal(fault, call.action)
        if error is not None:
            raise error
        if fault.kind == "drop-before":
            raise ReplyLost
        if fault.kind == "late":
            record.outcome = "late"

            def apply(_at: float) -> None:
                record.outcome = "dropped"
                try:
                    self._apply(region, call, rule, record)
                except Ec2Error as refused:
                    record.code = refused.code
                self.journal.write(record.line(self.clock.now()))

            region.timers.add(self.clock.now() + fault.delay_s, apply)
            raise ReplyLost

    def _dry_run(self, call: Call, resources: list[str]) -> Ec2Error:
        """DryRun answers about permission only; it has spent its token by now."""
        if self.faults.forbids(call.action, resources):
            return plan.unauthorized()
        return Ec2Error(
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )

    def _check_bucket(self, call: Call) -> None:
        buckets = self._buckets.setdefault((call.account_id, call.region), Buckets())
        passes = buckets.take(
            call.action,
            mode=self.config.throttle,
            narrowed=call.narrowed,
            now=self.clock.now(),
        )
        if not passes:
            raise plan.throttled()

    def settle(self) -> float | None:
        """Let everything due happen; the moment of what is due next, or None."""
        next_at: list[float] = []
        for account in list(self.accounts.values()):
            with account.lock:
                account.timers.settle(self.clock.now())
                due_at = account.timers.next_at()
            if due_at is not None:
                next_at.append(due_at)
        return min(next_at, default=None)

    def configure(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings while running; answers all of them. Raises BadControl."""
        self.config.change(values)
        for region in self.regions():
            for table in region.tables().values():
                table.memory_s = self.config.stale_s
        if "throttle" in values:
            self._buckets.clear()
        return self.config.shown()

    def regions(self) -> list[Region]:
        """Every region that has been touched."""
        with self._lock:
            accounts = list(self.accounts.values())
        return [region for each in accounts for region in list(each.regions.values())]

    def reset(self) -> dict[str, Any]:
        """Back to an empty world: no accounts, faults, log, or changed clock."""
        for account in list(self.accounts.values()):
            with account.lock:
                account.timers.clear()
                for region in account.regions.values():
                    for row in list(region.elastic_ips):
                        region.elastic_ips.drop(row.id, at=region.now)
                    for interface in list(region.interfaces):
                        region.interfaces.drop(interface.id, at=region.now)
                account.regions.clear()
        with self._lock:
            self.accounts.clear()
        self._buckets.clear()
        self._around.elastic_pool.clear()
        self._around.lent_pool.clear()
        self.faults.clear()
        self.journal.clear()
        self._chance.seed(self.seed)
        self.clock.set(mode="real", scale=1.0)
        return {}

    def close(self) -> None:
        """End every wait and the ticker."""
        self.clock.close()
        self._ticker.close()
        self.journal.close()

    def find_instance_region(self, instance_id: str) -> Region:
        """The region that has an instance. Raises BadControl."""
        for region in self.regions():
            if instance_id in region.instances:
                return region
        raise BadControl(f"{instance_id}: no such instance")


def _outcome(error: Ec2Error) -> str:
    if error.code == "RequestLimitExceeded":
        return "throttled"
    return "error" if error.status >= 500 else "refused"


def _check_outage(region: Region, call: Call, resources: list[str]) -> None:
    """A change in a zone that is down is never answered."""
    if call.reads or not region.outages:
        return
    for name in resources:
        for table in (region.interfaces, region.instances, region.subnets):
            row: Any = table.get(name)
            if row is not None and row.zone in region.outages:
                raise ReplyNever
