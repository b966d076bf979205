"""The files of a guest's own set-up, as text to paste into a shell; pure.

Nothing that strangers wrote (names, tags, descriptions) comes near these texts: only
addresses, networks and MACs, read as such before they are written, and a pair's name.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

MAC = re.compile(r"\A[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")
# Where Amazon's own tool keeps the tables of its secondary interfaces.
FIRST_TABLE = 10000
END = "SWAPBOARD_END"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The floating interface as its guest sees it. `addresses` begin with the first."""

    mac: str
    addresses: tuple[IPv4Address, ...]
    network: IPv4Network
    device_index: int

    @property
    def gateway(self) -> IPv4Address:
        """EC2's router is the first address of every subnet."""
        return self.network.network_address + 1

    @property
    def table(self) -> int:
        return FIRST_TABLE + self.device_index


def read_wire(
    *, mac: str, addresses: list[str], cidr: str, device_index: int
) -> Wire | None:
    """None where something of it was not seen, or is not what it should be."""
    try:
        found = tuple(IPv4Address(a) for a in addresses)
        network = IPv4Network(cidr)
    except ValueError:
        return None
    if not found or not MAC.match(mac.lower()):
        return None
    return Wire(
        mac=mac.lower(), addresses=found, network=network, device_index=device_index
    )


def write(path: str, text: str, *, then: str = "") -> str:
    """A command that writes the file as it is: the shell expands nothing in it."""
    command = f"sudo tee {path} >/dev/null <<'{END}'\n{text.rstrip()}\n{END}\n"
    return command + (f"{then}\n" if then else "")


def nonlocal_bind(name: str) -> str:
    """Let a service listen on an address that is not here now."""
    text = (
        f"# Pair {name}: the address may be on the other server now.\n"
        "net.ipv4.ip_nonlocal_bind = 1\n"
    )
    return write(
        f"/etc/sysctl.d/60-swapboard-{name}.conf", text, then="sudo sysctl --system"
    )


def nginx(name: str, address: IPv4Address, port: int) -> str:
    """A server of nginx on the address, and a test of its files before it reloads."""
    text = (
        "server {\n"
        f"    listen {address}:{port};\n"
        "    server_name _;\n"
        "    root /usr/share/nginx/html;\n"
        "}\n"
    )
    then = (
        "sudo nginx -t && sudo systemctl enable nginx && sudo systemctl restart nginx"
    )
    return write(f"/etc/nginx/conf.d/swapboard-{name}.conf", text, then=then)


def netplan(name: str, wire: Wire) -> str:
    """Policy routing for Ubuntu. `optional`: no boot waits for what is elsewhere."""
    lines = [
        "network:",
        "  version: 2",
        "  renderer: networkd",
        "  ethernets:",
        f"    swapboard-{name}:",
        "      match:",
        f'        macaddress: "{wire.mac}"',
        "      optional: true",
        "      dhcp4: false",
        "      addresses:",
        *(f'        - "{a}/32"' for a in wire.addresses),
        "      routes:",
        f'        - to: "{wire.network}"',
        "          scope: link",
        f"          table: {wire.table}",
        '        - to: "0.0.0.0/0"',
        f'          via: "{wire.gateway}"',
        "          on-link: true",
        f"          table: {wire.table}",
        "      routing-policy:",
    ]
    for address in wire.addresses:
        lines += [
            f'        - from: "{address}/32"',
            f"          table: {wire.table}",
            f"          priority: {wire.table}",
        ]
    path = f"/etc/netplan/60-swapboard-{name}.yaml"
    then = f"sudo chmod 600 {path} && sudo netplan apply"
    return write(path, "\n".join(lines), then=then)


def networkd(name: str, wire: Wire) -> str:
    """The same for systemd-networkd alone."""
    lines = [
        "[Match]",
        f"MACAddress={wire.mac}",
        "",
        "[Link]",
        "RequiredForOnline=no",
        "",
        "[Network]",
        *(f"Address={a}/32" for a in wire.addresses),
        "",
        "[Route]",
        f"Destination={wire.network}",
        "Scope=link",
        f"Table={wire.table}",
        "",
        "[Route]",
        f"Gateway={wire.gateway}",
        "GatewayOnLink=yes",
        f"Table={wire.table}",
    ]
    for address in wire.addresses:
        lines += [
            "",
            "[RoutingPolicyRule]",
            f"From={address}/32",
            f"Table={wire.table}",
            f"Priority={wire.table}",
        ]
    path = f"/etc/systemd/network/60-swapboard-{name}.network"
    return write(path, "\n".join(lines), then="sudo networkctl reload")


def look(wire: Wire) -> str:
    """What shows on the active server whether the routing is there."""
    return (
        f"ip -4 -br address | grep -F {wire.addresses[0]}\n"
        f"ip rule show | grep -F {wire.addresses[0]}\n"
        f"ip route get 192.0.2.1 from {wire.addresses[0]}\n"
    )


def on_loopback_by_netplan(name: str, address: IPv4Address) -> str:
    """The address on the loopback device of Ubuntu, for ever."""
    lines = [
        "network:",
        "  version: 2",
        "  ethernets:",
        "    lo:",
        "      match:",
        '        name: "lo"',
        "      addresses:",
        f'        - "{address}/32"',
    ]
    path = f"/etc/netplan/60-swapboard-{name}.yaml"
    then = f"sudo chmod 600 {path} && sudo netplan apply"
    return write(path, "\n".join(lines), then=then)


def on_loopback_by_networkd(name: str, address: IPv4Address) -> str:
    """The same for systemd-networkd, which Amazon Linux 2023 has."""
    text = f"[Match]\nName=lo\n\n[Network]\nAddress={address}/32\n"
    path = f"/etc/systemd/network/60-swapboard-{name}.network"
    return write(path, text, then="sudo networkctl reload")


def answer_for(name: str, network: IPv4Network) -> str:
    """Take what is sent to the block as sent to this host, at each boot."""
    text = (
        "[Unit]\n"
        f"Description=Answer for {network} (pair {name})\n"
        "After=network.target\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        "RemainAfterExit=yes\n"
        f"ExecStart=/sbin/ip route replace local {network} dev lo\n"
        f"ExecStop=/sbin/ip route del local {network} dev lo\n\n"
        "[Install]\n"
        "WantedBy=multi-user.target\n"
    )
    unit = f"swapboard-{name}.service"
    then = f"sudo systemctl daemon-reload && sudo systemctl enable --now {unit}"
    return write(f"/etc/systemd/system/{unit}", text, then=then)


def forward(name: str) -> str:
    """Hand on what is sent through this host."""
    text = f"# Pair {name}: this server routes.\nnet.ipv4.ip_forward = 1\n"
    return write(
        f"/etc/sysctl.d/60-swapboard-{name}.conf", text, then="sudo sysctl --system"
    )
