"""Which addresses are taken: private ones by subnet, public ones for all."""

import threading
from ipaddress import IPv4Address, IPv4Network

ELASTIC_IPS = IPv4Network("127.31.0.0/16")
LENT_IPS = IPv4Network("34.240.0.0/13")


class PrivateSpace:
    """The addresses of one subnet; EC2 keeps the first four and the last."""

    def __init__(self, cidr: str) -> None:
        self.network = IPv4Network(cidr)
        self._first = int(self.network.network_address) + 4
        self._last = int(self.network.broadcast_address) - 1
        self._next = self._first
        self._taken: set[int] = set()

    @property
    def free(self) -> int:
        """How many addresses can still be given out."""
        return self._last - self._first + 1 - len(self._taken)

    def covers(self, address: str) -> bool:
        """Whether the address lies in the subnet's range, kept ones included."""
        return IPv4Address(address) in self.network

    def holds(self, address: str) -> bool:
        """Whether the address is one that this subnet may give out."""
        return self._first <= int(IPv4Address(address)) <= self._last

    def is_taken(self, address: str) -> bool:
        """Whether an interface has it."""
        return int(IPv4Address(address)) in self._taken

    def take(self, address: str) -> None:
        """Mark a chosen address as used."""
        self._taken.add(int(IPv4Address(address)))

    def take_next(self) -> str | None:
        """Use the next free address, in turn; None when the subnet is full."""
        if self.free <= 0:
            return None
        while self._next in self._taken or self._next > self._last:
            self._next = self._first if self._next >= self._last else self._next + 1
        self._taken.add(self._next)
        return str(IPv4Address(self._next))

    def give_back(self, address: str) -> None:
        """The address is free again."""
        self._taken.discard(int(IPv4Address(address)))


class PublicSpace:
    """A pool of public addresses, shared by every account and region.

    It remembers the address of each allocation for good, because EC2 tells one that
    somebody else has now from one that never was. An owner is an account's number.
    """

    def __init__(self, network: IPv4Network) -> None:
        self._lock = threading.Lock()
        self._first = int(network.network_address) + 256 + 4
        self._last = int(network.broadcast_address) - 1
        self._lowest = int(network.network_address) + 1
        self._next = self._first
        self._owners: dict[int, str] = {}
        self._deeds: dict[str, int] = {}

    def take(self, address: str, *, owner: str = "") -> bool:
        """Use a chosen address; False when somebody has it or it is not of here."""
        with self._lock:
            number = int(IPv4Address(address))
            if number in self._owners or not self._lowest <= number <= self._last:
                return False
            self._owners[number] = owner
            return True

    def take_next(self, *, owner: str = "") -> str | None:
        """Use the next address that is free, or None when the pool is empty."""
        with self._lock:
            for _ in range(self._last - self._first + 1):
                number = self._next
                self._next = self._first if number >= self._last else number + 1
                if number not in self._owners:
                    self._owners[number] = owner
                    return str(IPv4Address(number))
            return None

    def sign(self, allocation_id: str, address: str, *, owner: str) -> None:
        """Write down whose allocation this is, and of which address."""
        with self._lock:
            number = int(IPv4Address(address))
            self._owners[number] = owner
            self._deeds[allocation_id] = number

    def owner(self, address: str) -> str | None:
        """The account that has an address now, None for a free one."""
        with self._lock:
            return self._owners.get(int(IPv4Address(address)))

    def belongs_to_another(self, allocation_id: str, *, account_id: str) -> bool:
        """Whether the address of an allocation, past or present, is another's now."""
        with self._lock:
            number = self._deeds.get(allocation_id, -1)
            return self._owners.get(number, account_id) != account_id

    def give_back(self, address: str) -> None:
        """The address is free again."""
        with self._lock:
            self._owners.pop(int(IPv4Address(address)), None)

    def clear(self) -> None:
        """Every address is free again, and no allocation is remembered."""
        with self._lock:
            self._owners.clear()
            self._deeds.clear()
            self._next = self._first
