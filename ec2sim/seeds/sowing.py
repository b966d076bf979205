"""Choosing and building a seed in a running world."""

from collections.abc import Mapping
from typing import Any

from ec2sim import values
from ec2sim.rules import zones
from ec2sim.seeds import article, empty_vpc, pairs
from ec2sim.values import BadControl
from ec2sim.world import DEFAULT_ACCOUNT, World

MOST_PAIRS = 1_000_000
QUOTAS = ("network_interfaces", "elastic_ips", "instances", "vcpus")


def sow(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    """Build what is asked: article, empty_vpc, pairs: N, quotas; counts in answer.

    `account` and `region` choose where; a region that is already in use keeps what
    it has. Raises BadControl, and builds nothing then.
    """
    values.only(given, "article", "empty_vpc", "pairs", "quotas", "account", "region")
    account_id, region_name = _place(given)
    wants_article = _wants(given, "article")
    wants_vpc = _wants(given, "empty_vpc")
    count = _count(given)
    quotas = _quotas(given.get("quotas"))
    region = world.region(account_id, region_name, bare=True)
    with world.building(region):
        if wants_article:
            if article.INTERFACE in region.interfaces:
                raise BadControl("article: it is there already")
            article.plant(region)
        if wants_vpc:
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


def _place(given: Mapping[str, Any]) -> tuple[str, str]:
    """The account and the region to build in."""
    account_id = values.text_or_none(given, "account") or DEFAULT_ACCOUNT
    if len(account_id) != len(DEFAULT_ACCOUNT) or not account_id.isdecimal():
        raise BadControl("account: expected twelve digits")
    region_name = values.text_or_none(given, "region") or article.REGION
    if not zones.REGION_NAME.match(region_name):
        raise BadControl("region: expected a name like eu-west-1")
    return account_id, region_name


def _wants(given: Mapping[str, Any], name: str) -> bool:
    return given.get(name) is not None and values.flag(given, name)


def _count(given: Mapping[str, Any]) -> int:
    count = given.get("pairs") or 0
    if isinstance(count, bool) or not isinstance(count, int):
        raise BadControl("pairs: expected a whole number")
    if not 0 <= count <= MOST_PAIRS:
        raise BadControl("pairs: out of range")
    return count


def _quotas(given: object) -> dict[str, int]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadControl("quotas: expected an object")
    values.only(given, *QUOTAS)
    for name, quota in given.items():
        is_whole = isinstance(quota, int) and not isinstance(quota, bool)
        if not (is_whole and quota >= 0):
            raise BadControl(f"{name}: expected a whole number of 0 or more")
    return dict(given)
