"""The truth: a small EC2 with transitions, refusals and reads older than the truth.

Codes and semantics are EC2's as far as they are known; where they are not (which of
several refusals comes first, what a second detach answers), chance decides. What EC2
does when asked stands in `answers`.
"""

import random
from collections.abc import Callable, Iterable
from functools import partial

from failover.engine.job import Call
from failover.engine.topology import (
    AttachmentId,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)
from tests.simulation import answers, truth
from tests.simulation.places import Places
from tests.simulation.truth import Machine, Nic, Tie

SHUTDOWN_S = 4.0
# Until somebody forces it, or stops the instance.
FOR_EVER_S = 1e6


class World:
    """Truth and its history. `schedule(after_s, what)` runs something later."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        schedule: Callable[[float, Callable[[], None]], None],
        rng: random.Random,
        detach_s: tuple[float, float],
        attach_s: tuple[float, float],
        hangs: list[float],
    ) -> None:
        self.now = now
        self.rng = rng
        self._schedule = schedule
        self._detach_s = detach_s
        self._attach_s = attach_s
        # How much longer the next detaches without force take.
        self._hangs = hangs
        self._number = 0
        # Our role may not attach, anywhere.
        self.is_denied = False
        # How long after it is shown as available EC2 still says InUse.
        self.sticky_s = 0.0
        self.machines: dict[InstanceId, Machine] = {}
        self.nics: dict[InterfaceId, Nic] = {}
        self._nic_log: dict[InterfaceId, list[tuple[float, Interface | None]]] = {}
        self._machine_log: dict[InstanceId, list[tuple[float, Instance]]] = {}
        self.places = Places(now=now, nics=self.nics)
        self.places.on_move = self._moved
        # Every attachment that ever was, for the question whose it is.
        self.ties: dict[AttachmentId, tuple[InterfaceId, InstanceId]] = {}
        # An interface or the key of a part, and what has happened to it.
        self.on_change: Callable[[str, str], None] = lambda _i, _w: None
        self.on_displaced: Callable[[str], None] = lambda _k: None
        self.on_state: Callable[[], None] = lambda: None

    # Building.

    def add_machine(self, machine: Machine) -> None:
        self.machines[machine.id] = machine
        self._note_machine(machine)

    def add_nic(self, nic: Nic, *, holder: InstanceId | None, kept: bool) -> None:
        self.nics[nic.id] = nic
        if holder is not None:
            nic.tie = self._new_tie(nic.id, holder, nic.index, "attached")
            nic.tie.is_kept = kept
        self.note(nic)

    def perform(self, call: Call) -> AttachmentId | None:
        """Carry out one mutating call. Raises Refusal with nothing changed."""
        return answers.perform(self, call)

    # Transitions.

    def begin_attach(self, nic: Nic, instance_id: InstanceId, index: int) -> Tie:
        nic.tie = self._new_tie(nic.id, instance_id, index, "attaching")
        self.note(nic, "attaching")
        if not self.machines[instance_id].is_stuck:
            self._later(self.rng.uniform(*self._attach_s), nic, self._attached)
        return nic.tie

    def begin_detach(self, nic: Nic, takes_s: float | None = None) -> None:
        """`takes_s` None: as long as the guest takes."""
        tie = nic.tie
        if tie is None:
            return
        if takes_s is None:
            extra_s = self._hangs.pop(0) if self._hangs else 0.0
            if self.machines[tie.instance_id].is_guest_hung:
                extra_s = FOR_EVER_S
            takes_s = self.rng.uniform(*self._detach_s) + extra_s
        tie.status = "detaching"
        tie.turn += 1
        self.note(nic, "detaching")
        if takes_s < FOR_EVER_S:
            self._later(takes_s, nic, self._freed)

    def _later(
        self, after_s: float, nic: Nic, what: Callable[[Nic, Tie], None]
    ) -> None:
        tie = nic.tie
        if tie is not None:
            self._schedule(after_s, partial(self._if_still, nic, tie, tie.turn, what))

    def _if_still(
        self, nic: Nic, tie: Tie, turn: int, what: Callable[[Nic, Tie], None]
    ) -> None:
        if nic.tie is tie and tie.turn == turn:
            what(nic, tie)

    def _attached(self, nic: Nic, tie: Tie) -> None:
        tie.status = "attached"
        tie.turn += 1
        self.note(nic, "attached")

    def _freed(self, nic: Nic, tie: Tie) -> None:
        del tie
        nic.tie = None
        nic.freed_at = self.now()
        self.note(nic, "free")

    # What happens by itself, or by somebody else's hand.

    def fill(self, instance_id: InstanceId, count: int = 1) -> None:
        """Other interfaces take places there, or with a negative count leave."""
        machine = self.machines[instance_id]
        machine.extras = max(0, machine.extras + count)
        self._note_machine(machine)
        self.on_state()

    def terminate(self, instance_id: InstanceId) -> None:
        machine = self.machines[instance_id]
        if machine.state in ("shutting-down", "terminated"):
            return
        self.set_state(instance_id, "shutting-down")
        self._schedule(SHUTDOWN_S, partial(self._terminated, machine))

    def _terminated(self, machine: Machine) -> None:
        for nic in list(self.nics.values()):
            tie = nic.tie
            if tie is None or tie.instance_id != machine.id:
                continue
            nic.exists = tie.is_kept
            nic.tie = None
            if not nic.exists:
                self.places.leave_deleted(nic)
            self.note(nic, "free" if nic.exists else "terminated")
        self.set_state(machine.id, "terminated")

    def set_state(self, instance_id: InstanceId, state: str) -> None:
        machine = self.machines[instance_id]
        machine.state = state
        if state == "stopped":
            machine.burnt.clear()
            self._let_go_of_hung(machine)
        self._note_machine(machine)
        self.on_state()

    def set_guest(self, instance_id: InstanceId, *, is_hung: bool) -> None:
        machine = self.machines[instance_id]
        machine.is_guest_hung = is_hung
        if not is_hung:
            self._let_go_of_hung(machine)

    def set_stuck(self, instance_id: InstanceId, *, is_stuck: bool) -> None:
        machine = self.machines[instance_id]
        machine.is_stuck = is_stuck
        for nic, tie in self.ties_at(machine.id):
            if tie.status == "attaching" and not is_stuck:
                self._later(1.0, nic, self._attached)
        self.on_state()

    def _let_go_of_hung(self, machine: Machine) -> None:
        for nic, tie in self.ties_at(machine.id):
            if tie.status == "detaching":
                self._later(1.0, nic, self._freed)

    def drop(self, nic: Nic) -> None:
        """The attachment vanishes by itself: an attach that EC2 could not keep."""
        if nic.tie is not None:
            self._freed(nic, nic.tie)

    def attach_by_hand(self, nic: Nic, instance_id: InstanceId) -> None:
        """A human moves it to another instance, by force and at once if needed."""
        if not nic.exists or self.machines[instance_id].state != "running":
            return
        self.drop(nic)
        self.begin_attach(nic, instance_id, 5)

    def set_flag(self, nic: Nic, *, is_kept: bool = False) -> None:
        """DeleteOnTermination is raised, or lowered, on the present attachment."""
        if nic.tie is not None:
            nic.tie.is_kept = is_kept
            self.note(nic)

    def delete(self, nic: Nic) -> None:
        if nic.tie is None:
            nic.exists = False
            self.places.leave_deleted(nic)
            self.note(nic, "deleted")

    def displace(self, key: str) -> None:
        """An Elastic IP loses its place to another one."""
        self.places.put(key, None)
        self.on_displaced(key)

    # Looking.

    def read(
        self, scope: Scope, draw_lag: Callable[[], float], began_at: float
    ) -> Observation:
        """What EC2 shows now: each kind, and each part, of an age of its own."""
        now = self.now()
        at, machines_at = now - draw_lag(), now - draw_lag()
        nics = sorted(scope.interface_ids)
        seen = {i: self._nic_at(i, now - draw_lag()) for i in nics}
        for subnet_id, address in scope.private_ips:
            seen |= {i.id: i for i in self._carriers(subnet_id, address, at)}
        tables = scope.route_table_ids | scope.confirm_route_table_ids
        places = self.places
        routes = {i: places.table_at(i, now - draw_lag()) for i in sorted(tables)}
        allocations = scope.allocation_ids | scope.confirm_allocation_ids
        addresses = {
            i: places.address_at(i, now - draw_lag()) for i in sorted(allocations)
        }
        unknown: list[str] = []
        unknown += [i for i in scope.confirm_ids if self._nic_at(i, at) is None]
        unknown += [i for i in scope.confirm_allocation_ids if addresses[i] is None]
        unknown += [i for i in scope.confirm_route_table_ids if routes[i] is None]
        machines = {
            i: truth.entry_at(self._machine_log[i], machines_at)
            for i in scope.instance_ids
        }
        return Observation(
            scope=scope,
            began_at=began_at,
            ended_at=now,
            interfaces={i: x for i, x in seen.items() if x is not None},
            instances=machines,
            elastic_ips={i: x for i, x in addresses.items() if x is not None},
            route_tables={i: x for i, x in routes.items() if x is not None},
            not_found=frozenset(unknown),
        )

    def _nic_at(self, interface_id: InterfaceId, at: float) -> Interface | None:
        log = self._nic_log.get(interface_id)
        return truth.entry_at(log, at) if log else None

    def _carriers(self, subnet_id: str, address: str, at: float) -> Iterable[Interface]:
        for interface_id in self.nics:
            shown = self._nic_at(interface_id, at)
            if shown is None or shown.subnet_id != subnet_id:
                continue
            if any(a.address == address for a in shown.addresses):
                yield shown

    # Facts.

    def is_possible(self, nic: Nic, instance_id: InstanceId, index: int) -> bool:
        """Whether the interface could be attached there, were it free."""
        machine = self.machines[instance_id]
        return (
            not machine.impediment
            and not self.is_denied
            and index not in machine.burnt
            and machine.state in ("running", "stopped")
            and not machine.is_stuck
            and self._has_room(nic, machine, index)
        )

    def looks_possible(self, nic: Nic, instance_id: InstanceId, index: int) -> bool:
        """Whether all that EC2 shows speaks for it: running, with room."""
        machine = self.machines[instance_id]
        return machine.state == "running" and self._has_room(nic, machine, index)

    def _has_room(self, nic: Nic, machine: Machine, index: int) -> bool:
        others = [t for n, t in self.ties_at(machine.id) if n is not nic]
        is_free = all(t.index != index for t in others)
        return is_free and 1 + machine.extras + len(others) < machine.limit

    def tied(self, attachment_id: AttachmentId | None) -> Nic | None:
        """The interface that has this very attachment now."""
        for nic in self.nics.values():
            if nic.tie is not None and nic.tie.id == attachment_id:
                return nic
        return None

    def ties_at(self, instance_id: InstanceId) -> list[tuple[Nic, Tie]]:
        """What is attached there beside the primary interface."""
        return [
            (n, n.tie)
            for n in self.nics.values()
            if n.tie is not None and n.tie.instance_id == instance_id and n.tie.index
        ]

    # History.

    def _new_tie(
        self, nic_id: InterfaceId, instance_id: InstanceId, index: int, status: str
    ) -> Tie:
        self._number += 1
        tie_id = AttachmentId(f"eni-attach-{self._number}")
        self.ties[tie_id] = (nic_id, instance_id)
        return Tie(id=tie_id, instance_id=instance_id, index=index, status=status)

    def note(self, nic: Nic, what: str = "") -> None:
        """Write the interface's new state into the history, and tell of it."""
        if nic.tie is not None and what:
            nic.tie.since = self.now()
        self._show(nic)
        self.places.refresh(nic)
        for machine in self.machines.values():
            self._note_machine(machine)
        self.on_change(nic.id, what)

    def _show(self, nic: Nic) -> None:
        associations = self.places.associations_of(nic.id)
        shown = truth.show(nic, associations) if nic.exists else None
        self._nic_log.setdefault(nic.id, []).append((self.now(), shown))

    def _moved(self, key: str, interface_ids: Iterable[InterfaceId]) -> None:
        for interface_id in interface_ids:
            if interface_id in self.nics:
                self._show(self.nics[interface_id])
        self.on_change(key, "moved")

    def _note_machine(self, machine: Machine) -> None:
        shown = truth.show_machine(machine, self.ties_at(machine.id))
        self._machine_log.setdefault(machine.id, []).append((self.now(), shown))
