"""Throttling: EC2's token buckets, per account, region and API.

Sizes are those of EC2's developer guide, "Request throttling for the EC2 API".
"""

from dataclasses import dataclass

MUTATING = (50.0, 5.0)
SIZES: dict[str, tuple[float, float]] = {
    "CreateNetworkInterface": (100, 5),
    "DeleteNetworkInterface": (100, 5),
    "ModifyNetworkInterfaceAttribute": (100, 5),
    "AssignPrivateIpAddresses": (100, 5),
    "UnassignPrivateIpAddresses": (100, 5),
    "CreateTags": (100, 10),
    "DeleteTags": (100, 10),
    "RunInstances": (5, 2),
    "StartInstances": (5, 2),
    "StopInstances": (50, 5),
    "TerminateInstances": (100, 5),
}
NARROWED = (100.0, 20.0)
WIDE = (50.0, 10.0)
WIDE_READS = {
    "DescribeNetworkInterfaces",
    "DescribeInstances",
    "DescribeInstanceStatus",
}
READS = ("Describe", "Get", "List", "Search")


@dataclass(slots=True)
class Bucket:
    """Tokens left at a moment; it refills by itself up to `burst`."""

    burst: float
    refill: float
    tokens: float
    at: float

    def take(self, now: float) -> bool:
        """Spend one token, or say no."""
        self.tokens = min(
            self.burst, self.tokens + max(0.0, now - self.at) * self.refill
        )
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Buckets:
    """The buckets of one account and region. The caller holds the account's lock."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def take(self, action: str, *, mode: str, narrowed: bool, now: float) -> bool:
        """Whether the call may pass.

        `api` has one bucket per API; `shared` has one for every mutating call
        together. A read that is neither filtered nor paged has the smaller bucket.
        """
        if mode == "off":
            return True
        name, (burst, refill) = self._which(action, mode, narrowed=narrowed)
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(burst, refill, burst, now)
        return bucket.take(now)

    @staticmethod
    def _which(
        action: str, mode: str, *, narrowed: bool
    ) -> tuple[str, tuple[float, float]]:
        if action.startswith(READS):
            if action in WIDE_READS and not narrowed:
                return f"{action} in full", WIDE
            return action, NARROWED
        if mode == "shared":
            return "mutating", MUTATING
        return action, SIZES.get(action, MUTATING)
