"""What EC2 does when it is asked: one function for each mutating call."""

from typing import TYPE_CHECKING, assert_never

from failover.engine.job import Action, Call
from failover.engine.topology import AttachmentId, InstanceId, InterfaceId
from tests.simulation.places import Spot
from tests.simulation.truth import Machine, Nic

if TYPE_CHECKING:
    from tests.simulation.world import World

FORCED_S = 1.0


class Refusal(Exception):
    """EC2 says no; nothing has changed."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def perform(world: "World", call: Call) -> AttachmentId | None:
    """Carry out one mutating call. Raises Refusal with nothing changed."""
    match call.action:
        case Action.ATTACH:
            return _attach(world, call)
        case Action.DETACH:
            _detach(world, call)
        case Action.MODIFY:
            world.set_flag(_tied(world, call.attachment_id), is_kept=True)
        case Action.ASSOCIATE:
            _associate(world, call)
        case Action.ASSIGN:
            _assign(world, call)
        case Action.REPLACE_ROUTE | Action.CREATE_ROUTE:
            _lead_route(world, call)
        case _:
            assert_never(call.action)
    return None


def _attach(world: "World", call: Call) -> AttachmentId:
    nic = _existing(world, call.interface_id)
    machine = world.machines[call.instance_id or InstanceId("")]
    if machine.impediment or world.is_denied:
        raise Refusal(machine.impediment or "UnauthorizedOperation")
    if machine.state not in ("running", "stopped"):
        raise Refusal("IncorrectState", "not 'running' or 'stopped'")
    index = call.device_index or 0
    refusals = _refusals(world, nic, machine, index)
    if refusals:
        raise Refusal(world.rng.choice(refusals))
    return world.begin_attach(nic, machine.id, index).id


def _refusals(world: "World", nic: Nic, machine: Machine, index: int) -> list[str]:
    here = world.ties_at(machine.id)
    found: list[str] = []
    is_sticky = world.now() < nic.freed_at + world.sticky_s
    if nic.tie is not None or is_sticky:
        found.append("InvalidNetworkInterface.InUse")
    if index in machine.burnt or any(t.index == index for _, t in here):
        found.append("InvalidParameterValue")
    if 1 + machine.extras + len(here) >= machine.limit:
        found.append("AttachmentLimitExceeded")
    return found


def _detach(world: "World", call: Call) -> None:
    nic = _tied(world, call.attachment_id)
    tie = nic.tie
    if tie is None:
        return
    machine = world.machines[tie.instance_id]
    if machine.hold_back:
        raise Refusal(machine.hold_back)
    if machine.state == "shutting-down":
        raise Refusal("IncorrectState")
    if call.force:
        machine.burnt.add(tie.index)
        world.begin_detach(nic, FORCED_S)
    elif tie.status != "detaching":
        world.begin_detach(nic)
    elif world.rng.random() < 0.5:
        raise Refusal("IncorrectState")


def _associate(world: "World", call: Call) -> None:
    key = call.allocation_id or ""
    places = world.places
    if key not in places.parts or key in places.gone:
        raise Refusal("InvalidAllocationID.NotFound")
    nic = _existing(world, call.interface_id)
    if call.private_ip not in (nic.address, *nic.secondaries):
        raise Refusal("InvalidParameterValue", "not on the interface")
    _require_ready(world, nic)
    spot = Spot(interface_id=nic.id, private_ip=call.private_ip)
    here = places.spots[key]
    if here == spot:
        return
    if here is not None and not call.may_take:
        raise Refusal("Resource.AlreadyAssociated")
    for other, other_spot in list(places.spots.items()):
        if other_spot == spot and places.parts[other].allocation_id is not None:
            world.displace(other)
    places.put(key, spot)


def _assign(world: "World", call: Call) -> None:
    key, places = call.private_ip, world.places
    nic = _existing(world, call.interface_id)
    _require_ready(world, nic)
    here = places.spots[key]
    if here is not None and here.interface_id == nic.id:
        return
    if here is not None and not call.may_take:
        raise Refusal("InvalidParameterValue", "assigned, but move is not allowed")
    places.put(key, Spot(interface_id=nic.id))


def _lead_route(world: "World", call: Call) -> None:
    key = f"{call.route_table_id} {call.destination_cidr}"
    places = world.places
    if key not in places.parts or key in places.gone:
        raise Refusal("InvalidRouteTableID.NotFound")
    nic = _existing(world, call.interface_id)
    _require_ready(world, nic)
    here = places.spots[key]
    is_new = call.action is Action.CREATE_ROUTE
    if is_new and here is not None:
        raise Refusal("RouteAlreadyExists")
    if not is_new and here is None:
        codes = ("InvalidRoute.NotFound", "InvalidParameterValue")
        raise Refusal(world.rng.choice(codes))
    places.put(key, Spot(interface_id=nic.id))


def _existing(world: "World", interface_id: InterfaceId) -> Nic:
    nic = world.nics.get(interface_id)
    if nic is None or not nic.exists:
        raise Refusal("InvalidNetworkInterfaceID.NotFound")
    return nic


def _tied(world: "World", attachment_id: AttachmentId | None) -> Nic:
    nic = world.tied(attachment_id)
    if nic is None:
        raise Refusal("InvalidAttachmentID.NotFound")
    return nic


def _require_ready(world: "World", nic: Nic) -> None:
    """What an instance refuses, whatever moves to its interface."""
    machine = world.machines[nic.tie.instance_id] if nic.tie else None
    if machine is None:
        return
    if machine.impediment:
        raise Refusal(machine.impediment)
    if machine.state == "pending":
        raise Refusal("IncorrectInstanceState")
