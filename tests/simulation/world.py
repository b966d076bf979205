"""The truth: a small EC2 with transitions, refusals and reads older than the truth.

Codes and semantics are EC2's as far as they are known; where they are not (which of
several refusals comes first, what a second detach answers), chance decides.
"""

import random
from collections.abc import Callable
from functools import partial

from failover.engine.job import Action, Call
from failover.engine.topology import (
    AllocationId,
    AttachmentId,
    ElasticIp,
    Instance,
    InstanceId,
    Interface,
    InterfaceId,
    Observation,
    Scope,
)
from tests.simulation import truth
from tests.simulation.truth import Machine, Nic, Tie

SHUTDOWN_S = 4.0
FORCED_S = 1.0


class Refusal(Exception):
    """EC2 says no; nothing has changed."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


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
        self._now = now
        self._schedule = schedule
        self._rng = rng
        self._detach_s = detach_s
        self._attach_s = attach_s
        # How much longer the next detaches without force take.
        self._hangs = hangs
        self._number = 0
        self.machines: dict[InstanceId, Machine] = {}
        self.nics: dict[InterfaceId, Nic] = {}
        self._nic_log: dict[InterfaceId, list[tuple[float, Interface | None]]] = {}
        self._machine_log: dict[InstanceId, list[tuple[float, Instance]]] = {}
        self._address_log: dict[AllocationId, list[tuple[float, ElasticIp]]] = {}
        # Every attachment that ever was, for the question whose it is.
        self.ties: dict[AttachmentId, tuple[InterfaceId, InstanceId]] = {}
        self.on_change: Callable[[InterfaceId, str], None] = lambda _i, _w: None
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
        self._note(nic)

    # What EC2 does when asked.

    def perform(self, call: Call) -> AttachmentId | None:
        """Carry out one mutating call. Raises Refusal with nothing changed."""
        match call.action:
            case Action.ATTACH:
                return self._attach(call)
            case Action.DETACH:
                self._detach(call)
            case Action.MODIFY:
                nic = self._tied(call.attachment_id)
                if nic.tie is not None:
                    nic.tie.is_kept = True
                self._note(nic)
            case Action.ASSOCIATE:
                self._associate(call)
        return None

    def _attach(self, call: Call) -> AttachmentId:
        nic = self.nics.get(call.interface_id)
        if nic is None or not nic.exists:
            raise Refusal("InvalidNetworkInterfaceID.NotFound")
        machine = self.machines[call.instance_id or InstanceId("")]
        if machine.impediment:
            raise Refusal(machine.impediment)
        if machine.state not in ("running", "stopped"):
            raise Refusal("IncorrectState", "not 'running' or 'stopped'")
        index = call.device_index or 0
        refusals = self._refusals(nic, machine, index)
        if refusals:
            raise Refusal(self._rng.choice(refusals))
        nic.tie = self._new_tie(nic.id, machine.id, index, "attaching")
        self._note(nic, "attaching")
        self._later(self._rng.uniform(*self._attach_s), nic, self._attached)
        return nic.tie.id

    def _refusals(self, nic: Nic, machine: Machine, index: int) -> list[str]:
        here = self._ties_at(machine.id)
        found: list[str] = []
        if nic.tie is not None:
            found.append("InvalidNetworkInterface.InUse")
        if index in machine.burnt or any(t.index == index for _, t in here):
            found.append("InvalidParameterValue")
        if 1 + machine.extras + len(here) >= machine.limit:
            found.append("AttachmentLimitExceeded")
        return found

    def _detach(self, call: Call) -> None:
        nic = self._tied(call.attachment_id)
        tie = nic.tie
        if tie is None:
            return
        machine = self.machines[tie.instance_id]
        if machine.state == "shutting-down":
            raise Refusal("IncorrectState")
        if call.force:
            machine.burnt.add(tie.index)
            self._begin_detach(nic, FORCED_S)
        elif tie.status != "detaching":
            extra_s = self._hangs.pop(0) if self._hangs else 0.0
            self._begin_detach(nic, self._rng.uniform(*self._detach_s) + extra_s)
        elif self._rng.random() < 0.5:
            raise Refusal("IncorrectState")

    def _begin_detach(self, nic: Nic, takes_s: float) -> None:
        if nic.tie is not None:
            nic.tie.status = "detaching"
            nic.tie.turn += 1
            self._note(nic, "detaching")
            self._later(takes_s, nic, self._freed)

    def _associate(self, call: Call) -> None:
        nic = self.nics[call.interface_id]
        if nic.is_address_elsewhere:
            raise Refusal("Resource.AlreadyAssociated")
        nic.has_address = True
        self._note(nic)

    # What happens by itself, or by somebody else's hand.

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
        self._note(nic, "attached")

    def _freed(self, nic: Nic, tie: Tie) -> None:
        del tie
        nic.tie = None
        self._note(nic, "free")

    def fill(self, instance_id: InstanceId) -> None:
        """Another interface takes a place there."""
        self.machines[instance_id].extras += 1
        self._note_machine(self.machines[instance_id])

    def terminate(self, instance_id: InstanceId) -> None:
        machine = self.machines[instance_id]
        if machine.state in ("shutting-down", "terminated"):
            return
        self.set_state(instance_id, "shutting-down")
        self._schedule(SHUTDOWN_S, partial(self._terminated, machine))

    def _terminated(self, machine: Machine) -> None:
        for nic, tie in self._ties_at(machine.id):
            if not tie.is_kept:
                nic.exists = False
            nic.tie = None
            self._note(nic, "free" if nic.exists else "terminated")
        self.set_state(machine.id, "terminated")

    def set_state(self, instance_id: InstanceId, state: str) -> None:
        machine = self.machines[instance_id]
        machine.state = state
        if state == "stopped":
            machine.burnt.clear()
        self._note_machine(machine)
        self.on_state()

    def drop(self, nic: Nic) -> None:
        """The attachment vanishes by itself: an attach that EC2 could not keep."""
        if nic.tie is not None:
            self._freed(nic, nic.tie)

    def detach_by_hand(self, nic: Nic) -> None:
        if nic.tie is not None and nic.tie.status != "detaching":
            self._begin_detach(nic, self._rng.uniform(*self._detach_s))

    def attach_by_hand(self, nic: Nic, instance_id: InstanceId) -> None:
        """A human moves it to another instance, by force and at once if needed."""
        if not nic.exists or self.machines[instance_id].state != "running":
            return
        if nic.tie is not None:
            self._freed(nic, nic.tie)
        nic.tie = self._new_tie(nic.id, instance_id, 5, "attaching")
        self._note(nic, "attaching")
        self._later(self._rng.uniform(*self._attach_s), nic, self._attached)

    def set_flag(self, nic: Nic) -> None:
        """DeleteOnTermination is raised on the present attachment."""
        if nic.tie is not None:
            nic.tie.is_kept = False
            self._note(nic)

    def take_address(self, nic: Nic, *, elsewhere: bool) -> None:
        nic.has_address = False
        nic.is_address_elsewhere = elsewhere
        self._note(nic)

    def delete(self, nic: Nic) -> None:
        if nic.tie is None:
            nic.exists = False
            self._note(nic, "deleted")

    # Looking.

    def read(
        self, scope: Scope, lags: tuple[float, float], began_at: float
    ) -> Observation:
        """What EC2 shows now: interfaces `lags[0]` s old, all else `lags[1]` s old."""
        now = self._now()
        at, other_at = now - lags[0], now - lags[1]
        seen = {i: truth.entry_at(self._nic_log[i], at) for i in scope.interface_ids}
        asked = {i: truth.entry_at(self._nic_log[i], at) for i in scope.confirm_ids}
        machines = {
            i: truth.entry_at(self._machine_log[i], other_at)
            for i in scope.instance_ids
        }
        addresses = {
            i: truth.entry_at(self._address_log[i], other_at)
            for i in scope.allocation_ids
        }
        return Observation(
            scope=scope,
            began_at=began_at,
            ended_at=now,
            interfaces={i: x for i, x in seen.items() if x is not None},
            instances=machines,
            elastic_ips=addresses,
            not_found=frozenset(i for i, x in asked.items() if x is None),
        )

    # The parts.

    def is_possible(self, nic: Nic, instance_id: InstanceId, index: int) -> bool:
        """Whether the interface could be attached there, were it free."""
        machine = self.machines[instance_id]
        return (
            not machine.impediment
            and index not in machine.burnt
            and machine.state in ("running", "stopped")
            and self._has_room(nic, machine, index)
        )

    def looks_possible(self, nic: Nic, instance_id: InstanceId, index: int) -> bool:
        """Whether all that EC2 shows speaks for it: running, with room."""
        machine = self.machines[instance_id]
        return machine.state == "running" and self._has_room(nic, machine, index)

    def _has_room(self, nic: Nic, machine: Machine, index: int) -> bool:
        others = [t for n, t in self._ties_at(machine.id) if n is not nic]
        is_free = all(t.index != index for t in others)
        return is_free and 1 + machine.extras + len(others) < machine.limit

    def _tied(self, attachment_id: AttachmentId | None) -> Nic:
        for nic in self.nics.values():
            if nic.tie is not None and nic.tie.id == attachment_id:
                return nic
        raise Refusal("InvalidAttachmentID.NotFound")

    def _ties_at(self, instance_id: InstanceId) -> list[tuple[Nic, Tie]]:
        return [
            (n, n.tie)
            for n in self.nics.values()
            if n.tie is not None and n.tie.instance_id == instance_id
        ]

    def _new_tie(
        self, nic_id: InterfaceId, instance_id: InstanceId, index: int, status: str
    ) -> Tie:
        self._number += 1
        tie_id = AttachmentId(f"eni-attach-{self._number}")
        self.ties[tie_id] = (nic_id, instance_id)
        return Tie(id=tie_id, instance_id=instance_id, index=index, status=status)

    def _note(self, nic: Nic, what: str = "") -> None:
        now = self._now()
        shown = truth.show(nic) if nic.exists else None
        self._nic_log.setdefault(nic.id, []).append((now, shown))
        addresses = self._address_log.setdefault(nic.allocation_id, [])
        addresses.append((now, truth.show_address(nic)))
        for machine in self.machines.values():
            self._note_machine(machine)
        self.on_change(nic.id, what)

    def _note_machine(self, machine: Machine) -> None:
        shown = truth.show_machine(machine, self._ties_at(machine.id))
        self._machine_log.setdefault(machine.id, []).append((self._now(), shown))
