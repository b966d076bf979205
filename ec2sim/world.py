"""The simulated world: its accounts, its time, and what calls meet in it."""

import math
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ec2sim.calls import Call
from ec2sim.config import Config
from ec2sim.events.bus import Bus
from ec2sim.faults import visibility
from ec2sim.faults.buckets import Buckets
from ec2sim.faults.plan import Plan
from ec2sim.journal import Journal
from ec2sim.passage import Passage, Rule
from ec2sim.rules import new_regions
from ec2sim.state.account import Account
from ec2sim.state.address_space import ELASTIC_IPS, LENT_IPS, PublicSpace
from ec2sim.state.region import Region, Surroundings
from ec2sim.timing.clock import Clock
from ec2sim.timing.durations import Durations
from ec2sim.timing.ticker import Ticker
from ec2sim.timing.timers import Timers
from ec2sim.values import NoSuch

DEFAULT_ACCOUNT = "123456789012"
Newcomer = Callable[[Region], None]
__all__ = ["DEFAULT_ACCOUNT", "Newcomer", "Rule", "World"]


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
        self.faults = Plan(seed)
        self.buckets = Buckets()
        self.events = Bus(self.config, self.clock, seed)
        self.roles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._settling = threading.RLock()
        self._chance = random.Random(seed)
        self._around = Surroundings(
            clock=self.clock,
            config=self.config,
            chance=self._chance,
            journal=self.journal,
            durations=Durations(self.config, seed),
            elastic_pool=PublicSpace(ELASTIC_IPS),
            lent_pool=PublicSpace(LENT_IPS),
        )
        self._passage = Passage(
            clock=self.clock,
            config=self.config,
            faults=self.faults,
            buckets=self.buckets,
            journal=self.journal,
        )
        self.clock.settle = self.settle
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
                    timers=Timers(self.clock, self._ticker.wake),
                )
                self.accounts[account_id] = account
            return account

    def region(self, account_id: str, name: str, *, bare: bool = False) -> Region:
        """A region of an account; `bare` leaves out the default VPC of a new one."""
        account = self.account(account_id)
        with account.lock:
            return self._found(account, name, bare=bare)

    @contextmanager
    def building(self, region: Region) -> Iterator[None]:
        """Build what has always been there: in no log, and known to every reader."""
        with self.account(region.account_id).lock, self.journal.muted():
            yield
            for table in region.tables().values():
                table.forget(before=math.inf)

    def call(self, call: Call, rule: Rule) -> Any:
        """Take one call through latency, throttling, faults and its rule.

        Raises Ec2Error, ReplyLost or one of its kinds, ReplyNever or ReplySlow.
        """
        account = self.account(call.account_id)
        return self._passage.take(call, rule, account, self._found)

    def settle(self) -> float | None:
        """Let everything due happen; the moment of what is due next, or None.

        What is due happens in order of its time, whichever account it belongs to.
        """
        with self._settling:
            while True:
                account, due_at = self._earliest()
                if account is None or due_at is None:
                    return None
                now = self.clock.now()
                if due_at > now:
                    return due_at
                with account.lock:
                    account.timers.run_next(now)

    def configure(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings while running; answers all of them. Raises BadControl."""
        self.config.change(values)
        for region in self.regions():
            for table in region.tables().values():
                table.memory_s = self.config.stale_s
        if "throttle" in values:
            self.buckets.clear()
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
        self.roles.clear()
        self.buckets.clear()
        self._around.elastic_pool.clear()
        self._around.lent_pool.clear()
        self._around.durations.clear()
        self.faults.reset()
        self.journal.clear()
        self.events.clear()
        self._chance.seed(self.seed)
        self.clock.restart()
        return {}

    def close(self) -> None:
        """End every wait and the ticker."""
        self.clock.close()
        self._ticker.close()
        self.events.close()
        self.journal.close()

    def find_instance_region(self, instance_id: str) -> Region:
        """The region that has an instance. Raises NoSuch."""
        for region in self.regions():
            if instance_id in region.instances:
                return region
        raise NoSuch(f"{instance_id}: no such instance")

    def _found(self, account: Account, name: str, *, bare: bool = False) -> Region:
        furnish = new_regions.images_only if bare else new_regions.furnish

        def welcome(region: Region) -> None:
            for newcomer in self.newcomers:
                newcomer(region)
            visibility.watch(region, seed=self.seed)
            self.events.watch(region)
            for table in region.tables().values():
                table.memory_s = self.config.stale_s
            with self.building(region):
                furnish(region)

        return account.region(name, furnish=welcome)

    def _earliest(self) -> tuple[Account | None, float | None]:
        """The account with what is due next, and its moment."""
        first: tuple[Account | None, float | None] = (None, None)
        for account in list(self.accounts.values()):
            with account.lock:
                due_at = account.timers.next_at()
            if due_at is not None and (first[1] is None or due_at < first[1]):
                first = (account, due_at)
        return first
