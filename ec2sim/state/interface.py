"""A network interface, its private addresses and its attachment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# The types that a customer makes and may attach; all others belong to a service.
OWN_TYPES = ("interface", "efa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A public address bound to one private address.

    An address that EC2 lends to an instance has neither allocation nor association.
    """

    public_ip: str
    allocation_id: str | None = None
    association_id: str | None = None
    ip_owner_id: str = "amazon"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAddress:
    """One IPv4 address of an interface; exactly one of them is primary."""

    address: str
    primary: bool = False
    association: Association | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The bond of an interface to an instance; a new one has a new identifier.

    `status` is attaching, attached or detaching; when it has detached it is gone.
    At `guest_at`, seconds since 1970, the guest has configured the interface.
    """

    id: str
    instance_id: str | None
    instance_owner_id: str
    device_index: int
    status: str
    attach_time: float
    delete_on_termination: bool = False
    network_card_index: int = 0
    forced: bool = False
    stuck: bool = False
    guest_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInterface:
    """An interface as EC2 knows it; `addresses` has the primary one first."""

    id: str
    owner_id: str
    vpc_id: str
    subnet_id: str
    zone: str
    zone_id: str
    mac_address: str
    private_dns_name: str
    addresses: tuple[PrivateAddress, ...]
    groups: tuple[tuple[str, str], ...] = ()
    description: str = ""
    interface_type: str = "interface"
    source_dest_check: bool = True
    requester_id: str | None = None
    requester_managed: bool = False
    operator: str | None = None
    attachment: Attachment | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """EC2's word: `in-use` while any attachment exists, `available` without."""
        return "available" if self.attachment is None else "in-use"

    @property
    def is_managed(self) -> bool:
        """Whether a service of AWS owns it, so that nobody may move it."""
        return (
            self.requester_managed
            or self.operator is not None
            or self.interface_type not in OWN_TYPES
        )

    @property
    def instance_id(self) -> str | None:
        """The instance that holds it, attaching and detaching included."""
        return None if self.attachment is None else self.attachment.instance_id

    @property
    def private_ip(self) -> str:
        """The primary private address."""
        return self.addresses[0].address

    def has(self, address: str) -> bool:
        """Whether a private address is one of its own."""
        return any(private.address == address for private in self.addresses)
