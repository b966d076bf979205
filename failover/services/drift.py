"""Which changes were found that nothing of ours has made, and which were ours.

The mirror notes each change that a look shows. Here it is held against the calls of
our jobs and the actions of our people: both have a committed row before they leave.
What is explained by them is forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Q

from failover import wiring
from failover.drift import KEPT
from failover.engine.job import Action as Api
from failover.engine.job import Outcome
from failover.models import Action, DriftEvent, Intent, Job
from failover.models.jobs import IS_ACTIVE

BATCH = 500
# How much later than its end an accepted call may show. A call without a known end may
# land as late as SETTLE_S.
SHOWS_WITHIN = timedelta(seconds=60)
# Actions that ended are not looked for among those that began longer ago.
LONGEST_ACTION = timedelta(hours=1)
# Calls that have changed nothing.
HARMLESS = (Outcome.REFUSED, Outcome.THROTTLED, Outcome.NOT_SENT)
# Changes that an action on something they name explains too.
BY_RELATED = ("appeared", "vanished", "association")
# Tags by their keys; None: there is no such tag.
Tags = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A call of a job of ours; its effect may have shown from `at` until `until`."""

    action: str
    args: Mapping[str, Any]
    attachment_id: str
    at: datetime
    until: datetime

    def names(self, **wanted: object) -> bool:
        """Whether its arguments are these, by EC2's names."""
        return all(self.args.get(name) == value for name, value in wanted.items())

    def is_within(self, event: DriftEvent) -> bool:
        """Whether it may have shown between the event's two looks."""
        before_at = event.before_at or event.seen_at
        return self.at <= event.seen_at and self.until >= before_at


def list_regions_to_judge() -> list[int]:
    """The regions of which changes have been noted and not judged."""
    waiting = DriftEvent.objects.filter(is_judged=False)
    return list(waiting.values_list("region_id", flat=True).distinct())


def judge(*, region_id: int) -> int:
    """Forget the noted changes that were ours; how many were not. Keeps the newest."""
    waiting = DriftEvent.objects.filter(region_id=region_id, is_judged=False)
    found = 0
    while batch := list(waiting.order_by("id")[:BATCH]):
        since = min(event.before_at or event.seen_at for event in batch)
        acts = _list_acts(region_id, since)
        shared = [event for event in batch if _leave_out_our_tags(event, acts)]
        ours = _list_ours(batch, _list_deeds(region_id, since), acts)
        others = [event.pk for event in batch if event.pk not in ours]
        with transaction.atomic():
            DriftEvent.objects.filter(id__in=ours).delete()
            DriftEvent.objects.bulk_update(shared, ["before", "after"])
            DriftEvent.objects.filter(id__in=others).update(is_judged=True)
        found += len(others)
    if found:
        _prune(region_id)
    return found


def _prune(region_id: int) -> None:
    kept = DriftEvent.objects.filter(region_id=region_id, is_judged=True)
    newest = kept.order_by("-id").values_list("id", flat=True)
    for oldest in newest[KEPT : KEPT + 1]:
        kept.filter(id__lte=oldest).delete()


def _list_ours(
    events: Sequence[DriftEvent], deeds: Sequence[Deed], acts: Sequence["Act"]
) -> frozenset[int]:
    return frozenset(
        event.pk
        for event in events
        if _is_of_a_job(event, deeds) or _is_of_an_action(event, acts)
    )


# Jobs: by what their calls name.


def _list_deeds(region_id: int, since: datetime) -> list[Deed]:
    settle = timedelta(seconds=wiring.limits().settle_s)
    recent = Job.objects.filter(
        IS_ACTIVE | Q(finished_at__gte=since - settle - SHOWS_WITHIN),
        region_id=region_id,
    )
    intents = Intent.objects.filter(job__in=recent).exclude(outcome__in=HARMLESS)
    return [
        Deed(
            action=intent.action,
            args=intent.args,
            attachment_id=intent.attachment_id,
            at=intent.intent_at,
            until=(intent.ended_at or intent.intent_at)
            + (SHOWS_WITHIN if intent.outcome == Outcome.OK else settle),
        )
        for intent in intents
    ]


def _is_of_a_job(event: DriftEvent, deeds: Iterable[Deed]) -> bool:
    if event.change == "attachment":
        return _is_our_attachment(event, deeds)
    return any(d.is_within(event) and _explains(d, event) for d in deeds)


def _is_our_attachment(event: DriftEvent, deeds: Iterable[Deed]) -> bool:
    """Attachment ids are new each time: ours are known by them."""
    own = [d for d in deeds if d.names(NetworkInterfaceId=event.resource_id)]
    left, came = event.before, event.after
    has_left = left is None or any(
        d.action == Api.DETACH and d.names(AttachmentId=left["attachment_id"])
        for d in own
    )
    return has_left and (came is None or any(_attached(d, came, event) for d in own))


def _attached(deed: Deed, came: Mapping[str, Any], event: DriftEvent) -> bool:
    if deed.action != Api.ATTACH:
        return False
    if deed.attachment_id:
        return bool(deed.attachment_id == came["attachment_id"])
    # Its reply was lost, or is still to come.
    return deed.is_within(event) and deed.names(
        InstanceId=came["instance_id"], DeviceIndex=came["device_index"]
    )


def _explains(deed: Deed, event: DriftEvent) -> bool:
    """Whether the call names just what has changed."""
    before, after = event.before, event.after
    match event.change, deed.action:
        case "delete_on_termination", Api.MODIFY:
            return deed.names(NetworkInterfaceId=event.resource_id)
        case "private_ips", Api.ASSIGN:
            address = str(deed.args.get("PrivateIpAddress", ""))
            return address in set(before or ()) ^ set(after or ())
        case "association", Api.ASSOCIATE:
            return deed.names(AllocationId=event.resource_id) and (
                after is None
                or deed.names(NetworkInterfaceId=after["network_interface_id"])
            )
        case "association", Api.ASSIGN:
            # An Elastic IP goes along with its private address.
            return after is not None and deed.names(
                NetworkInterfaceId=after["network_interface_id"],
                PrivateIpAddress=after["private_ip"],
            )
        case "route", Api.REPLACE_ROUTE | Api.CREATE_ROUTE:
            return after is not None and deed.names(
                RouteTableId=event.resource_id,
                DestinationCidrBlock=after["destination_cidr"],
                NetworkInterfaceId=after["network_interface_id"],
            )
    return False


# People's actions: by what they touch, and of tags by those that they set.


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An action, and what it touches; it may have shown from `at` until `until`.

    `tags` are those that it set, None for one that it removed; `had` how they were.
    """

    ids: frozenset[str]
    at: datetime
    until: datetime | None
    tags: Tags
    had: Tags

    def is_within(self, event: DriftEvent) -> bool:
        """Whether it may have shown between the event's two looks."""
        before_at = event.before_at or event.seen_at
        return self.at <= event.seen_at and (
            self.until is None or self.until >= before_at
        )

    def has_tagged(self, key: str, was: str | None, is_now: str | None) -> bool:
        """Whether this change of the tag is its doing, or a late look's from before."""
        if key not in self.tags:
            return False
        is_undone = (was, is_now) == (self.tags[key], self.had.get(key))
        return is_now == self.tags[key] or is_undone


def _list_acts(region_id: int, since: datetime) -> list[Act]:
    recent = Action.objects.filter(
        Q(finished_at=None) | Q(begun_at__gte=since - LONGEST_ACTION),
        region_id=region_id,
    ).exclude(state="refused")
    return [
        Act(
            ids=frozenset((*act.touches, *act.made, act.resource.rpartition("/")[2])),
            at=act.begun_at,
            until=act.finished_at and act.finished_at + SHOWS_WITHIN,
            tags=_tags_set(act.args),
            had=_tags_had(act),
        )
        for act in recent
    ]


def _tags_set(args: Mapping[str, Any]) -> Tags:
    """Those that a call names: to set, to remove, or on what it makes."""
    made = (spec.get("Tags", ()) for spec in args.get("TagSpecifications", ()))
    named = chain(args.get("Tags", ()), *made)
    return {tag["Key"]: tag.get("Value") for tag in named}


def _tags_had(act: Action) -> Tags:
    pictures = (act.before or {}).values()
    return {k: v for shown in pictures for k, v in shown.get("tags", {}).items()}


def _is_of_an_action(event: DriftEvent, acts: Iterable[Act]) -> bool:
    if event.change == "tags":
        # What was ours of it has been left out.
        return not event.after
    names = {event.resource_id}
    if event.change in BY_RELATED:
        names |= set(event.related.split())
    return any(act.is_within(event) and not names.isdisjoint(act.ids) for act in acts)


def _leave_out_our_tags(event: DriftEvent, acts: Iterable[Act]) -> bool:
    """Of changed tags leave those that nothing of ours has set; whether any were."""
    if event.change != "tags":
        return False
    near = [a for a in acts if event.resource_id in a.ids and a.is_within(event)]
    before: Tags = event.before or {}
    after: Tags = event.after or {}
    left = [
        key
        for key in after
        if not any(act.has_tagged(key, before[key], after[key]) for act in near)
    ]
    event.before = {key: before[key] for key in left}
    event.after = {key: after[key] for key in left}
    return len(left) < len(after)
