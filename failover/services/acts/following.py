"""Looking after actions that take their time, and those whose end nobody knows.

The reconciler calls `follow` for each region with unfinished actions. It only looks;
several at once do no harm, since each end is one conditional update.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from failover import wiring
from failover.ec2.requests import Operation
from failover.engine import strategies
from failover.engine.budget import Read
from failover.engine.topology import ElasticIp, Interface, Observation
from failover.models import Action, Region
from failover.services import act_words
from failover.services.acts import carrying, effects, intents, showing

log = structlog.get_logger(__name__)

# A call leaves within ten seconds of its row or never, and its reply is waited for
# ten more: whoever has not noted an end by then has died.
DEAD_AFTER = timedelta(seconds=45)
# What EC2 has not shown so long after a lost reply has not happened (SETTLE_S).
LONGEST_WAIT = timedelta(minutes=10)
MADE_OF = {
    Operation.CREATE_INTERFACE,
    Operation.ALLOCATE_ADDRESS,
    Operation.RUN_INSTANCES,
}


def list_regions() -> list[Region]:
    """The regions with actions to look after."""
    ids = showing.list_open().order_by().values_list("region_id", flat=True)
    return list(Region.objects.select_related("account").filter(id__in=set(ids)))


def follow(region: Region) -> None:
    """Look once for all unfinished actions of the region, and complete what is over.

    Raises Ec2Error where EC2 cannot be read: nothing is changed then.
    """
    now = wiring.now()
    rows = [r for r in showing.list_open(region_id=region.pk) if _is_ours(r, now)]
    if not rows:
        return
    if not wiring.store().spend(region_id=region.pk, api=Read.INTERFACES):
        return
    for row in rows:
        if row.state == "sent" and row.answered_at is None:
            intents.lose(row, code="crashed", message="")
        if not row.made and Operation(row.operation) in MADE_OF:
            _find_made(row)
    seen = _look(region, rows)
    for row in rows:
        _conclude(row, seen, now)


def _is_ours(row: Action, now: datetime) -> bool:
    """Whether nobody is at it any more: a request notes its own end."""
    if row.state == "sent":
        return row.begun_at <= now - DEAD_AFTER
    return True


def _look(region: Region, rows: Sequence[Action]) -> Observation:
    wanted = [carrying.scope_of(row) for row in rows]
    seen = wiring.gateway(region).observe(strategies.join(wanted))
    carrying.keep(region_id=region.pk, seen=seen)
    return seen


def _conclude(row: Action, seen: Observation, now: datetime) -> None:
    """Complete the action if the look says how it has ended."""
    is_shown = effects.is_shown(row, seen)
    if row.awaits is not None:
        _conclude_slow(row, seen, now, is_shown=is_shown)
    elif is_shown:
        intents.complete(row, after=carrying.picture_after(row, seen))
    elif row.begun_at <= now - _settle():
        _give_up(row, "not_shown", minutes=_minutes(_settle()))


def _conclude_slow(
    row: Action, seen: Observation, now: datetime, *, is_shown: bool
) -> None:
    fallen = effects.fallen(row, seen)
    awaited = (row.awaits or {}).get("state", "")
    is_known = row.answered_at is not None
    if fallen and is_known:
        _give_up(row, "fell", state=fallen, awaited=awaited)
    elif effects.is_over(row, seen):
        intents.complete(row, after=carrying.picture_after(row, seen))
    elif is_shown and row.state != "progressing":
        intents.note_progress(row)
    elif not is_shown and not is_known and row.begun_at <= now - _settle():
        _give_up(row, "not_shown", minutes=_minutes(_settle()))
    elif row.begun_at <= now - LONGEST_WAIT:
        minutes = _minutes(LONGEST_WAIT)
        _give_up(row, "time_limit", awaited=awaited, minutes=minutes)


def _give_up(row: Action, code: str, **args: str) -> None:
    intents.give_up(row, code=code, message=act_words.ended(code, args))


def _find_made(row: Action) -> None:
    """What a call whose reply was lost has made, where EC2 shows exactly one."""
    console = wiring.gateway(row.region).console
    match Operation(row.operation):
        case Operation.RUN_INSTANCES:
            # EC2 keeps the launch's own token: no doubt is left.
            launched = console.find_launched(row.args["ClientToken"])
            intents.note_made(row, [i.id for i in launched])
        case Operation.CREATE_INTERFACE:
            there = console.read_interfaces_in(row.args["SubnetId"])
            alike = [i for i in there if _is_alike(i, row) and _is_new(i.id, row)]
            if len(alike) == 1:
                intents.note_made(row, [alike[0].id])
        case _:
            free = [e for e in console.read_elastic_ips() if e.interface_id is None]
            fresh = [
                e.allocation_id
                for e in free
                if _has_given_tags(e, row) and _is_new(e.allocation_id, row)
            ]
            if len(fresh) == 1:
                intents.note_made(row, fresh)


def _is_alike(interface: Interface, row: Action) -> bool:
    """Whether the interface is as the call would have made it."""
    args = row.args
    addresses = {a.address for a in interface.addresses}
    groups = {g for g, _ in interface.security_groups}
    return (
        interface.description == args.get("Description", "")
        and args.get("PrivateIpAddress") in {None, *addresses}
        and set(args.get("Groups", groups)) == groups
        and _has_given_tags(interface, row)
    )


def _has_given_tags(found: Interface | ElasticIp, row: Action) -> bool:
    given = row.args.get("TagSpecifications", ())
    wanted = {t["Key"]: t["Value"] for spec in given for t in spec["Tags"]}
    return dict(found.tags) == wanted


def _is_new(id: str, row: Action) -> bool:
    """Whether it was not there yet when the call was made, nor is another action's."""
    return id not in row.known and not _is_taken(id, row)


def _is_taken(id: str, row: Action) -> bool:
    """Whether another action is known to have made it."""
    others = Action.objects.filter(region=row.region, begun_at__gte=row.begun_at)
    return any(id in made for made in others.values_list("made", flat=True))


def _settle() -> timedelta:
    return timedelta(seconds=wiring.limits().settle_s)


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f}"
