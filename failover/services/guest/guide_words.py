"""What the guest's guide says around its files."""

from collections.abc import Sequence
from dataclasses import dataclass

BOTH = "On both servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Something to copy: where to, and the text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One step: why, and what to copy."""

    key: str
    title: str
    said: tuple[str, ...]
    snippets: tuple[Snippet, ...] = ()
    is_warning: bool = False


def standby_binds(text: str) -> Section:
    """A service that starts where the address is not."""
    return Section(
        key="bind",
        title="Let the standby start without the address",
        said=(
            "The address is at one server at a time. At the other one nginx cannot"
            " bind it: “bind() failed (99: Cannot assign requested address)”, and then"
            " nginx does not start at all. With net.ipv4.ip_nonlocal_bind it listens"
            " already, and answers in the moment in which the interface arrives.",
            "Do this before the next step. It is not needed where nginx listens on all"
            " addresses (“listen 80;”).",
        ),
        snippets=(Snippet(title=BOTH, text=text),),
    )


def listens(text: str, *, address: str, port: int) -> Section:
    """The service on the floating address."""
    return Section(
        key="listen",
        title=f"Listen on {address}, port {port}",
        said=(
            "The same lines at both servers, so that whichever has the address"
            " answers. An Elastic IP leads to this private address; the guest never"
            " sees the public one.",
            "The security groups must let the port in: those of the interface that has"
            " the address.",
        ),
        snippets=(Snippet(title=BOTH, text=text),),
    )


def routes(*, ubuntu: str, networkd: str, look: str) -> Section:
    """Replies leave by the interface that the question came by."""
    return Section(
        key="routing",
        title="Send replies out by the same interface",
        said=(
            "A server with a second interface sends its replies by the first one"
            " unless it is told otherwise, and EC2 drops what leaves an interface with"
            " an address of another. So what comes from the floating address gets a"
            " routing table of its own. The files name the interface by its MAC, which"
            " moves with it: the same file suits both servers, and sleeps at the one"
            " that does not have it.",
            "Amazon Linux does this by itself: ec2-net-utils (amazon-ec2-net-utils in"
            " Amazon Linux 2023) sees the interface come and go. Nothing to copy. A"
            " further private address on it may take that tool a minute.",
            "Images of Ubuntu 24.04 and later may have cloud-init do it (hotplug):"
            " look first, and write the file where the rule is missing.",
        ),
        snippets=(
            Snippet(title="Ubuntu (netplan): on both servers", text=ubuntu),
            Snippet(title="systemd-networkd alone: on both servers", text=networkd),
            Snippet(title="Look, on the active server", text=look),
        ),
    )


def two_interfaces(*, shared: Sequence[str], subnet_id: str) -> Section:
    """What a second interface does not do."""
    here: tuple[str, ...] = ()
    if shared:
        here = (
            f"This is so here: the interface and {' and '.join(shared)} are in"
            f" {subnet_id}.",
        )
    return Section(
        key="two",
        title="Two interfaces at one server",
        said=(
            "Two interfaces of one subnet at one server risk asymmetric routing: a"
            " question comes by one, the reply leaves by the other, and is dropped."
            " The routing above prevents it; an interface in a subnet of its own"
            " avoids it.",
            *here,
            "A second interface adds no bandwidth: the instance's type sets it, for"
            " all interfaces together.",
        ),
        is_warning=bool(shared),
    )


def elastic_ip(snippets: Sequence[Snippet], *, port: int) -> Section:
    """Nothing in the guest changes; it need only listen."""
    return Section(
        key="listen",
        title=f"Listen on port {port}, each server on its own address",
        said=(
            "The guest never sees the Elastic IP: EC2 translates it to the private"
            " address of the interface that it is at. So nothing in the guest changes"
            " in a swap, and the standby needs no net.ipv4.ip_nonlocal_bind. “listen"
            f" {port};” on all addresses does as well.",
            "Both servers' security groups must let the port in; they do not move.",
        ),
        snippets=tuple(snippets),
    )


def carries_address(*, ubuntu: str, networkd: str) -> Section:
    """The address is known to both guests at all times."""
    return Section(
        key="address",
        title="Have both servers know the address",
        said=(
            "EC2 moves the address at once, but tells no guest: until a server has it"
            " on a device, it drops what is sent there. On the loopback device of both"
            " it does no harm, for EC2 alone decides where packets go, and both are"
            " ready at any time. net.ipv4.ip_nonlocal_bind alone is not enough: with"
            " it a service may listen, but the kernel still takes nothing in.",
            "Each server reaches itself under this address, whichever is active.",
        ),
        snippets=(
            Snippet(title="Ubuntu (netplan): on both servers", text=ubuntu),
            Snippet(
                title="Amazon Linux 2023, systemd-networkd: on both servers",
                text=networkd,
            ),
        ),
    )


def no_source_check(snippets: Sequence[Snippet]) -> Section:
    """EC2 drops what is not for an instance's own addresses."""
    rest = (
        "EC2 drops what is not sent to an interface's own addresses while its"
        " source/destination check is on."
    )
    if snippets:
        now = "It is on still; turn it off for each of these:"
    else:
        now = "It is off at both interfaces, as far as they were seen."
    return Section(
        key="check",
        title="Source/destination check off",
        said=(rest, now),
        snippets=tuple(snippets),
        is_warning=bool(snippets),
    )


def takes_routed(*, answers: str, forwards: str) -> Section:
    """Either the servers are the end of the way, or they hand on."""
    return Section(
        key="routed",
        title="Take what is routed here",
        said=(
            "One of the two, at both servers. Where they answer for the destination"
            " themselves, they take it as their own; a service listens on all"
            " addresses, or on one of the block. Where they route, filter or"
            " translate, they forward.",
        ),
        snippets=(
            Snippet(title="They answer themselves: on both servers", text=answers),
            Snippet(title="They forward: on both servers", text=forwards),
        ),
    )
