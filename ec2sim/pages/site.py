"""Which page is on which address: kept in step with every change of the world."""

from ec2sim.pages import page
from ec2sim.pages.listeners import Listeners
from ec2sim.state.address_space import ELASTIC_IPS
from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region
from ec2sim.world import World

ELASTIC_PREFIX = str(ELASTIC_IPS.network_address).rsplit(".", 2)[0] + "."


class Site:
    """The pages of every instance of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listeners = Listeners()
        world.newcomers.append(self._watch)

    def browse(self, public_ip: str) -> str | None:
        """The page that a browser would get there; None where nobody answers."""
        for region in self._world.regions():
            for row in region.interfaces.find("association.public-ip", public_ip):
                instance, manner = page.holder(region, row)
                if instance is not None and manner == "ok":
                    return page.html(instance.name, row.private_ip)
        return None

    def refresh(self, region: Region) -> None:
        """Bring every address of a region in step, as after a zone's outage."""
        for row in region.interfaces:
            self._show(region, row)

    def close(self) -> None:
        """Close every address."""
        self._listeners.close()

    def _watch(self, region: Region) -> None:
        def interface_changed(
            old: NetworkInterface | None, new: NetworkInterface | None
        ) -> None:
            before = {address for address, _ in _public(old)} if old else set()
            after = {address for address, _ in _public(new)} if new else set()
            for address in before - after:
                self._listeners.hide(address)
            if new is not None and after:
                self._show(region, new)
            self._await_guest(region, new)

        def instance_changed(old: Instance | None, new: Instance | None) -> None:
            changed = new or old
            if changed is None:
                return
            for row in region.interfaces.find("attachment.instance-id", changed.id):
                self._show(region, row)

        region.interfaces.watchers.append(interface_changed)
        region.instances.watchers.append(instance_changed)

    def _await_guest(self, region: Region, row: NetworkInterface | None) -> None:
        """Look again when the guest has configured a newly attached interface."""
        bond = None if row is None else row.attachment
        if row is None or bond is None or bond.guest_at <= region.now:
            return
        row_id = row.id

        def look_again(_at: float) -> None:
            found = region.interfaces.get(row_id)
            if found is not None:
                self._show(region, found)

        region.timers.add(bond.guest_at, look_again)

    def _show(self, region: Region, row: NetworkInterface) -> None:
        addresses = _public(row)
        if not addresses:
            return
        instance, manner = page.holder(region, row)
        for public_ip, private_ip in addresses:
            if instance is None:
                self._listeners.hide(public_ip)
            elif manner == "hung":
                self._listeners.show(public_ip, None)
            else:
                answer = page.response(instance.name, private_ip)
                self._listeners.show(public_ip, answer)


def _public(row: NetworkInterface) -> list[tuple[str, str]]:
    """The Elastic IPs of an interface, each with its private address."""
    return [
        (private.association.public_ip, private.address)
        for private in row.addresses
        if private.association is not None
        and private.association.public_ip.startswith(ELASTIC_PREFIX)
    ]
