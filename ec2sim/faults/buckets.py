"""Throttling: EC2's token buckets, per account, region and API.

Sizes are those of EC2's developer guide, "Request throttling for the EC2 API".
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Tokens when full, tokens added in a second.
Size = tuple[float, float]
MUTATING: Size = (50.0, 5.0)
SIZES: dict[str, Size] = {
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
# These also spend a token for every instance that they are about.
RESOURCES: dict[str, Size] = {
    "RunInstances": (1000, 2),
    "StartInstances": (1000, 2),
    "StopInstances": (1000, 20),
    "TerminateInstances": (1000, 20),
}
NARROWED: Size = (100.0, 20.0)
WIDE: Size = (50.0, 10.0)
WIDE_READS = {
    "DescribeNetworkInterfaces",
    "DescribeInstances",
    "DescribeInstanceStatus",
}
# A call whose name begins so changes nothing.
READS = ("Describe", "Get", "List", "Search")
# Requests that name what they want by identifier are not "filtered".
NARROWING = ("Filters", "MaxResults", "NextToken")


@dataclass(slots=True)
class Bucket:
    """Tokens left at a moment; it refills by itself up to `burst`."""

    burst: float
    refill: float
    tokens: float
    at: float

    def level(self, now: float) -> float:
        """The tokens in it, having refilled until now."""
        grown = self.tokens + max(0.0, now - self.at) * self.refill
        self.tokens, self.at = min(self.burst, grown), max(self.at, now)
        return self.tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one call costs: so many tokens of the bucket of that name."""

    bucket: str
    size: Size
    tokens: float = 1.0


class Buckets:
    """Every bucket of the world, full until it is first used. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def take(
        self, account_id: str, region: str, charges: list[Charge], *, now: float
    ) -> bool:
        """Pay all the charges of a call, or none of them and say no."""
        with self._lock:
            paid = []
            for charge in charges:
                key = (account_id, region, charge.bucket)
                bucket = self._buckets.get(key)
                if bucket is None:
                    burst, refill = charge.size
                    bucket = self._buckets[key] = Bucket(burst, refill, burst, now)
                if bucket.level(now) < charge.tokens:
                    return False
                paid.append((bucket, charge.tokens))
            for bucket, tokens in paid:
                bucket.tokens -= tokens
            return True

    def clear(self) -> None:
        """Every bucket is full again."""
        with self._lock:
            self._buckets.clear()

    def shown(self, now: float) -> list[dict[str, Any]]:
        """Every bucket that was used, with its level."""
        with self._lock:
            return [
                {
                    "account": account_id,
                    "region": region,
                    "bucket": name,
                    "tokens": round(bucket.level(now), 3),
                    "burst": bucket.burst,
                    "refill_per_s": bucket.refill,
                }
                for (account_id, region, name), bucket in sorted(self._buckets.items())
            ]


def charges(action: str, params: Mapping[str, Any], *, mode: str) -> list[Charge]:
    """What a call costs.

    `api` has one request bucket for each API; `shared` has one for every mutating
    call together. A dry run spends no tokens of resources, since it has none.
    """
    if mode == "off":
        return []
    if action.startswith(READS):
        if action in WIDE_READS and not any(params.get(name) for name in NARROWING):
            return [Charge(bucket=f"{action} in full", size=WIDE)]
        return [Charge(bucket=action, size=NARROWED)]
    if mode == "shared":
        found = [Charge(bucket="mutating", size=MUTATING)]
    else:
        found = [Charge(bucket=action, size=SIZES.get(action, MUTATING))]
    if action in RESOURCES and not params.get("DryRun"):
        size, tokens = RESOURCES[action], _resources(params)
        found.append(Charge(bucket=f"{action} resources", size=size, tokens=tokens))
    return found


def _resources(params: Mapping[str, Any]) -> float:
    most = params.get("MaxCount")
    if isinstance(most, int):
        return float(max(0, most))
    return float(len(set(params.get("InstanceIds") or ())))
