"""An instance as one reader sees it: with the interfaces it holds, perhaps stale."""

from collections.abc import Iterable
from typing import Any

from ec2sim.rules import interface_views, lookup
from ec2sim.rules.glances import Glance
from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region

# What an instance tells of an interface; of its bonds it tells less than usual.
SHOWN = (
    "Description",
    "Groups",
    "InterfaceType",
    "Ipv6Addresses",
    "MacAddress",
    "NetworkInterfaceId",
    "Operator",
    "OwnerId",
    "PrivateDnsName",
    "PrivateIpAddress",
    "SourceDestCheck",
    "Status",
    "SubnetId",
    "VpcId",
)
ATTACHMENT = (
    "AttachTime",
    "AttachmentId",
    "DeleteOnTermination",
    "DeviceIndex",
    "NetworkCardIndex",
    "Status",
)
ASSOCIATION = ("IpOwnerId", "PublicDnsName", "PublicIp")


class Sight:
    """The interfaces of instances in one reply, as old as `stale_s` allows.

    An interface is seen in one state throughout the reply, so never on two instances.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._glance: Glance[NetworkInterface] = Glance(region, region.interfaces)
        self._elsewhere: dict[str, list[NetworkInterface]] | None = None

    def held(self, row: Instance) -> list[NetworkInterface]:
        """The interfaces of an instance, in order of device index."""
        if row.state == "terminated":
            return []
        changed = self._glance.changed()
        if not changed and not self._region.unseen:
            return lookup.held_by(self._region, row.id)
        found = [
            interface
            for interface in lookup.held_by(self._region, row.id)
            if interface.id not in changed and not self._region.hides(interface.id)
        ]
        return sorted(found + self._stale(changed).get(row.id, []), key=_index)

    def _stale(self, changed: Iterable[str]) -> dict[str, list[NetworkInterface]]:
        """What has changed of late, by the instance that this reader sees it on."""
        if self._elsewhere is None:
            self._elsewhere = {}
            for interface_id in changed:
                row = self._glance.row(interface_id)
                if row is not None and row.instance_id is not None:
                    self._elsewhere.setdefault(row.instance_id, []).append(row)
        return self._elsewhere


def interface(region: Region, row: NetworkInterface) -> dict[str, Any]:
    """An interface inside an instance."""
    full = interface_views.view(region, row)
    shown = {name: full[name] for name in SHOWN}
    if "Attachment" in full:
        shown["Attachment"] = _part(full["Attachment"], ATTACHMENT)
    if "Association" in full:
        shown["Association"] = _part(full["Association"], ASSOCIATION)
    shown["PrivateIpAddresses"] = [
        {**private, "Association": _part(private["Association"], ASSOCIATION)}
        if "Association" in private
        else private
        for private in full["PrivateIpAddresses"]
    ]
    return shown


def _part(whole: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: whole[name] for name in names if name in whole}


def _index(row: NetworkInterface) -> int:
    return 0 if row.attachment is None else row.attachment.device_index
