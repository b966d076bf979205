"""What EC2 shows: interfaces, addresses, instances, and a fresh read of them."""

from collections.abc import Mapping
from typing import Any

from swapctl import exits, telling, terminal
from swapctl.client import NAME
from swapctl.exits import Ending
from swapctl.terminal import Column
from swapctl.verbs.verb import Given

LOOK_EVERY_S = 0.3
# Longer than a sync of a large region under EC2's throttle.
LONGEST_SYNC_S = 300.0


def show_interfaces(given: Given) -> int:
    """`interfaces`."""
    listed = _list(given, "network-interfaces")
    columns = (
        Column(title="ID", whole=True),
        Column(title="NAME"),
        Column(title="STATUS"),
        Column(title="INSTANCE", whole=True),
        Column(title="INDEX"),
        Column(title="PRIVATE", whole=True),
        Column(title="PUBLIC", whole=True),
        Column(title="PAIR"),
        Column(title="SUBNET"),
        Column(title="DESCRIPTION"),
    )
    given.show(
        listed,
        columns,
        lambda i: (
            i["id"],
            i["name"],
            i["status"],
            (i["attachment"] or {}).get("instance_id"),
            (i["attachment"] or {}).get("device_index"),
            i["private_ip"],
            i["public_ip"],
            i["pair"],
            i["subnet_id"],
            i["description"],
        ),
    )
    return exits.OK


def show_elastic_ips(given: Given) -> int:
    """`elastic-ips`."""
    listed = _list(given, "elastic-ips")
    columns = (
        Column(title="ALLOCATION", whole=True),
        Column(title="PUBLIC", whole=True),
        Column(title="NAME"),
        Column(title="INTERFACE", whole=True),
        Column(title="PRIVATE"),
        Column(title="INSTANCE"),
        Column(title="PAIR"),
    )
    names = ("allocation_id", "public_ip", "name", "network_interface_id")
    more = ("private_ip", "instance_id", "pair")
    given.show(listed, columns, lambda a: [a[n] for n in (*names, *more)])
    return exits.OK


def show_instances(given: Given) -> int:
    """`instances`."""
    listed = _list(given, "instances")
    columns = (
        Column(title="ID", whole=True),
        Column(title="NAME"),
        Column(title="STATE"),
        Column(title="TYPE"),
        Column(title="ZONE"),
        Column(title="PRIVATE"),
        Column(title="PUBLIC"),
        Column(title="INTERFACES"),
        Column(title="PAIRS"),
    )
    given.show(
        listed,
        columns,
        lambda i: (
            i["id"],
            i["name"],
            i["state"],
            i["type"],
            i["availability_zone"],
            ", ".join(i["private_ips"]),
            i["public_ip"],
            len(i["interfaces"]),
            ", ".join(i["pairs"]),
        ),
    )
    return exits.OK


def show_regions(given: Given) -> int:
    """`regions`."""
    listed = given.list("regions")
    columns = tuple(
        Column(title=title)
        for title in ("REGION", "ACCOUNT", "SEEN", "SYNCED", "ERROR")
    )
    given.show(
        listed,
        columns,
        lambda r: (
            r["region"],
            r["account"],
            f"{terminal.seconds(r['observed_age_s'])} ago",
            terminal.moment(r["synced_at"]),
            r["sync_error"],
        ),
    )
    return exits.OK


def sync(given: Given) -> int:
    """`sync [REGION]`: a line of JSON for each region once it was read."""
    typed = given.typed
    listed = given.client.pages(
        "regions", limit=None, region=typed.region, account=typed.account
    )
    if typed.region and not listed.rows:
        raise Ending(exits.USAGE, f"{NAME}: {typed.region} is not managed here.")
    code = exits.OK
    for region in listed.rows:
        began = given.world.monotonic()
        asked = given.client.post(
            "regions", region["id"], "sync", key=given.world.new_key()
        )
        done = _wait(given, region, asked["sync_requested_at"])
        if done["sync_error"]:
            code = exits.REFUSED
            error = terminal.escape(done["sync_error"])
            given.world.tell(f"{NAME}: {region['region']}: {error}")
            continue
        seconds = round(given.world.monotonic() - began, 3)
        telling.as_json(given.world, {**_counts(given, region), "seconds": seconds})
    return code


def _wait(given: Given, region: Mapping[str, Any], since: str) -> Mapping[str, Any]:
    until = given.world.monotonic() + LONGEST_SYNC_S
    while given.world.monotonic() < until:
        seen: Mapping[str, Any] = given.client.get("regions", region["id"])
        is_read = seen["synced_at"] is not None and seen["synced_at"] >= since
        if is_read or seen["sync_error"]:
            return seen
        given.world.sleep(LOOK_EVERY_S)
    said = f"{region['region']} was not read within {LONGEST_SYNC_S:.0f} s."
    raise Ending(exits.UNREACHABLE, f"{NAME}: {said} Does a worker run?")


def _counts(given: Given, region: Mapping[str, Any]) -> dict[str, Any]:
    where = {"region": region["region"], "account": region["account"], "limit": 1}
    counts: dict[str, Any] = {"region": region["region"]}
    for path in ("network-interfaces", "elastic-ips", "instances"):
        page = given.client.get(path, **where)
        counts[path.replace("-", "_")] = page["count"]
    return counts


def _list(given: Given, path: str) -> Any:
    return given.list(path, region=given.typed.region, account=given.typed.account)
