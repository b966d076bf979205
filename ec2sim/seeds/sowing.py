"""Choosing and building a seed in a running world."""

from collections.abc import Mapping
from typing import Any

from ec2sim.config import BadControl
from ec2sim.seeds import article, empty_vpc, pairs
from ec2sim.world import DEFAULT_ACCOUNT, World

MOST_PAIRS = 1_000_000
KNOWN = {"article", "empty_vpc", "pairs", "quotas", "account", "region"}


def sow(world: World, values: Mapping[str, Any]) -> dict[str, Any]:
    """Build what is asked: article, empty_vpc, pairs: N, quotas; counts in answer.

    `account` and `region` choose where; a region that is already in use keeps what
    it has. Raises BadControl.
    """
    for name in values:
        if name not in KNOWN:
            raise BadControl(f"{name}: unknown; known are {sorted(KNOWN)}")
    account_id = _text(values, "account", DEFAULT_ACCOUNT)
    region_name = _text(values, "region", article.REGION)
    count = _count(values)
    quotas = _quotas(values.get("quotas") or {})
    region = world.region(account_id, region_name, bare=True)
    with world.building(region):
        if values.get("article"):
            if article.INTERFACE in region.interfaces:
                raise BadControl("article: it is there already")
            article.plant(region)
        if values.get("empty_vpc"):
            empty_vpc.plant(region)
        if count:
            pairs.plant(region, count)
        region.quotas.update(quotas)
        return {
            "account": account_id,
            "region": region.name,
            "interfaces": len(region.interfaces),
            "instances": len(region.instances),
            "elastic_ips": len(region.elastic_ips),
        }


def _text(values: Mapping[str, Any], name: str, default: str) -> str:
    value = values.get(name, default)
    if not isinstance(value, str) or not value:
        raise BadControl(f"{name}: expected a text")
    return value


def _count(values: Mapping[str, Any]) -> int:
    count = values.get("pairs") or 0
    if isinstance(count, bool) or not isinstance(count, int):
        raise BadControl("pairs: expected a whole number")
    if not 0 <= count <= MOST_PAIRS:
        raise BadControl("pairs: out of range")
    return count


def _quotas(values: object) -> dict[str, int]:
    if not isinstance(values, dict):
        raise BadControl("quotas: expected an object")
    for name, value in values.items():
        if name not in ("network_interfaces", "elastic_ips"):
            raise BadControl("quotas: known are network_interfaces and elastic_ips")
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadControl(f"quotas: {name}: expected a whole number")
    return values
