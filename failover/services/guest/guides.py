"""The guest's side of a pair: what its two servers need that EC2 cannot give them.

Made from the mirror, so the page may be opened as often as one likes; what was not
seen there is said to be missing, and no file is made with a hole in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from failover.models import Pair, Subnet
from failover.models.pairs import Strategy
from failover.services import command_line, plain_names, surroundings
from failover.services.guest import files, guide_words
from failover.services.guest.guide_words import Section, Snippet
from failover.services.surroundings import End, Surroundings

__all__ = ["Guide", "Section", "Snippet", "write_guide"]

HTTP = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What to do on both servers, in order; `missing` is what was never seen."""

    sections: tuple[Section, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One end. `label` has a name that strangers wrote: for eyes, never for a shell."""

    label: str
    address: IPv4Address | None
    interface_id: str
    subnet_id: str
    has_check: bool


def write_guide(pair: Pair) -> Guide:
    """The guide of this pair's strategy, with its real addresses."""
    around = surroundings.get_surroundings(pair)
    servers = (_server(around.primary), _server(around.standby))
    return _GUIDES[pair.strategy](pair, around, servers)


Servers = tuple[Server, Server]


def _server(end: End) -> Server:
    interface, instance = end.interface, end.instance
    name = instance.name if instance else ""
    return Server(
        label=plain_names.called(name, end.instance_id),
        address=_address(interface.private_ip if interface else ""),
        interface_id=interface.id if interface else "",
        subnet_id=end.subnet_id,
        has_check=interface.source_dest_check if interface else False,
    )


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def _port(pair: Pair) -> int:
    return int(pair.probe.get("port") or HTTP)


# One guide a strategy.


def _of_interface(pair: Pair, around: Surroundings, servers: Servers) -> Guide:
    wire = _wire(pair, around)
    if wire is None:
        return Guide(sections=(), missing=(pair.network_interface_id,))
    floating = around.floating
    subnet = floating.subnet_id if floating else ""
    shared = [s.label for s in servers if s.subnet_id and s.subnet_id == subnet]
    name, port = pair.name, _port(pair)
    listen = files.nginx(name, wire.addresses[0], port)
    return Guide(
        sections=(
            guide_words.standby_binds(files.nonlocal_bind(name)),
            guide_words.listens(listen, address=str(wire.addresses[0]), port=port),
            guide_words.routes(
                ubuntu=files.netplan(name, wire),
                networkd=files.networkd(name, wire),
                look=files.look(wire),
            ),
            guide_words.two_interfaces(shared=shared, subnet_id=subnet),
        )
    )


def _wire(pair: Pair, around: Surroundings) -> files.Wire | None:
    floating = around.floating
    if floating is None:
        return None
    subnet = Subnet.objects.filter(
        region_id=pair.region_id, subnet_id=floating.subnet_id, vanished_at=None
    ).first()
    return files.read_wire(
        mac=floating.mac_address,
        addresses=[str(a["address"]) for a in floating.private_ips],
        cidr=subnet.cidr_block if subnet else "",
        device_index=pair.device_index,
    )


def _of_elastic_ip(pair: Pair, around: Surroundings, servers: Servers) -> Guide:
    port = _port(pair)
    snippets = [
        Snippet(title=server.label, text=files.nginx(pair.name, server.address, port))
        for server in servers
        if server.address is not None
    ]
    return Guide(
        sections=(guide_words.elastic_ip(snippets, port=port),),
        missing=_unseen(pair, around),
    )


def _of_address(pair: Pair, around: Surroundings, servers: Servers) -> Guide:
    address, name, port = _address(pair.private_ip), pair.name, _port(pair)
    if address is None:
        return Guide(sections=(), missing=(pair.private_ip,))
    return Guide(
        sections=(
            guide_words.carries_address(
                ubuntu=files.on_loopback_by_netplan(name, address),
                networkd=files.on_loopback_by_networkd(name, address),
            ),
            guide_words.listens(
                files.nginx(name, address, port), address=str(address), port=port
            ),
        ),
        missing=_unseen(pair, around),
    )


def _of_routes(pair: Pair, around: Surroundings, servers: Servers) -> Guide:
    network, name = IPv4Network(pair.destination_cidr), pair.name
    unchecked = [
        Snippet(
            title=server.label,
            text=command_line.render(
                "ModifyNetworkInterfaceAttribute",
                {
                    "NetworkInterfaceId": server.interface_id,
                    "SourceDestCheck": {"Value": False},
                },
                region=pair.region.name,
            )
            + "\n",
        )
        for server in servers
        if server.has_check
    ]
    return Guide(
        sections=(
            guide_words.no_source_check(unchecked),
            guide_words.takes_routed(
                answers=files.answer_for(name, network),
                forwards=files.forward(name),
            ),
        ),
        missing=_unseen(pair, around),
    )


def _unseen(pair: Pair, around: Surroundings) -> tuple[str, ...]:
    ends = (around.primary, around.standby)
    return tuple(
        f"{end.instance_id}, device index {pair.device_index}"
        for end in ends
        if end.interface is None
    )


_GUIDES: Mapping[str, Callable[[Pair, Surroundings, Servers], Guide]] = {
    Strategy.ENI: _of_interface,
    Strategy.EIP: _of_elastic_ip,
    Strategy.PRIVATE_IP: _of_address,
    Strategy.ROUTE: _of_routes,
}
