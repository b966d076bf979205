"""Where each Elastic IP, private address and route is, and where it was."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from failover.engine.job import Part
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    InstanceId,
    InterfaceId,
    Route,
    RouteTable,
    RouteTableId,
)
from tests.simulation import truth
from tests.simulation.truth import Nic

# The public address of whatever Elastic IP.
PUBLIC_IP = "198.51.100.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place: an interface and, for an Elastic IP, the address it sits on."""

    interface_id: InterfaceId
    private_ip: str = ""


class Places:
    """The parts of a world by their keys, each at a spot, or nowhere (None)."""

    def __init__(self, *, now: Callable[[], float], nics: dict[InterfaceId, Nic]):
        self._now = now
        self._nics = nics
        self.parts: dict[str, Part] = {}
        self.spots: dict[str, Spot | None] = {}
        self.gone: set[str] = set()
        self.do_riders_follow = True
        # Keys by where they are, so that a change of an interface finds them.
        self._at: dict[InterfaceId, set[str]] = {}
        self._addresses: dict[AllocationId, list[tuple[float, ElasticIp | None]]] = {}
        self._tables: dict[RouteTableId, list[tuple[float, RouteTable | None]]] = {}
        # Called with a part's key and the interfaces it left and came to.
        self.on_move: Callable[[str, Iterable[InterfaceId]], None] = lambda _k, _i: None

    def add(self, part: Part, spot: Spot | None) -> None:
        self.parts[part.key] = part
        self.spots[part.key] = None
        if spot is None:
            self._note(part)
        self.put(part.key, spot)

    def put(self, key: str, spot: Spot | None) -> None:
        """The part is there from now on."""
        old, part = self.spots[key], self.parts[key]
        if old == spot and key not in self.gone:
            return
        if old is not None:
            self._at[old.interface_id].discard(key)
        if spot is not None:
            self._at.setdefault(spot.interface_id, set()).add(key)
        self._assign(part, old, spot)
        self.spots[key] = spot
        self._note(part)
        if part.subnet_id and old is not None:
            self._take_along(part, old, spot)
        touched = [s.interface_id for s in (old, spot) if s is not None]
        self.on_move(key, dict.fromkeys(touched))

    def _take_along(self, part: Part, old: Spot, new: Spot | None) -> None:
        """Elastic IPs on a private address go with it, or come off."""
        seat = Spot(interface_id=old.interface_id, private_ip=part.private_ip)
        for key in [k for k, s in self.spots.items() if s == seat]:
            if new is None or not self.do_riders_follow:
                self.put(key, None)
            else:
                self.put(key, replace(seat, interface_id=new.interface_id))

    def _assign(self, part: Part, old: Spot | None, new: Spot | None) -> None:
        """A private address is the interface's own."""
        if part.subnet_id and old is not None:
            self._nics[old.interface_id].secondaries.remove(part.private_ip)
        if part.subnet_id and new is not None:
            self._nics[new.interface_id].secondaries.append(part.private_ip)

    def delete(self, key: str) -> None:
        """Released, or its table deleted: nobody has it any more."""
        self.gone.add(key)
        self.put(key, None)

    def leave_deleted(self, nic: Nic) -> None:
        """The interface is gone: addresses come free, routes lead nowhere."""
        for key in sorted(self._at.get(nic.id, ())):
            if self.parts[key].route_table_id is None:
                self.put(key, None)

    def refresh(self, nic: Nic) -> None:
        """The interface has changed, and with it what leads there."""
        for key in self._at.get(nic.id, ()):
            self._note(self.parts[key])

    def associations_of(self, interface_id: InterfaceId) -> dict[str, AllocationId]:
        """Elastic IPs on the interface, by the private address they sit on."""
        found: dict[str, AllocationId] = {}
        for key in self._at.get(interface_id, ()):
            part, spot = self.parts[key], self.spots[key]
            if part.allocation_id is not None and spot is not None:
                found[spot.private_ip] = part.allocation_id
        return found

    def address_at(self, allocation_id: AllocationId, at: float) -> ElasticIp | None:
        log = self._addresses.get(allocation_id)
        return truth.entry_at(log, at) if log else None

    def table_at(self, table_id: RouteTableId, at: float) -> RouteTable | None:
        log = self._tables.get(table_id)
        return truth.entry_at(log, at) if log else None

    def _note(self, part: Part) -> None:
        now = self._now()
        if part.allocation_id is not None:
            addresses = self._addresses.setdefault(part.allocation_id, [])
            addresses.append((now, self._show_address(part)))
        elif part.route_table_id is not None:
            tables = self._tables.setdefault(part.route_table_id, [])
            tables.append((now, self._show_table(part.route_table_id)))

    def _show_address(self, part: Part) -> ElasticIp | None:
        if part.key in self.gone or part.allocation_id is None:
            return None
        spot = self.spots[part.key]
        return ElasticIp(
            allocation_id=part.allocation_id,
            public_ip=PUBLIC_IP,
            association_id=f"eipassoc-{spot.interface_id}" if spot else "",
            interface_id=spot.interface_id if spot else None,
            private_ip=spot.private_ip if spot else "",
            instance_id=self._instance_at(spot),
        )

    def _show_table(self, table_id: RouteTableId) -> RouteTable | None:
        mine = [p for p in self.parts.values() if p.route_table_id == table_id]
        if all(p.key in self.gone for p in mine):
            return None
        routes = [
            Route(
                destination_cidr=part.destination_cidr,
                interface_id=spot.interface_id,
                state="active" if self._instance_at(spot) else "blackhole",
            )
            for part in mine
            if (spot := self.spots[part.key]) is not None
        ]
        return RouteTable(id=table_id, vpc_id=truth.VPC, routes=tuple(routes))

    def _instance_at(self, spot: Spot | None) -> InstanceId | None:
        nic = self._nics.get(spot.interface_id) if spot else None
        if nic is None or nic.tie is None or not nic.exists:
            return None
        return nic.tie.instance_id
