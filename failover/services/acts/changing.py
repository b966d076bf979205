"""What is changed of a network interface: EC2 takes one attribute a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from failover.ec2.requests import Operation, Request
from failover.engine.topology import Attachment, Interface
from failover.models import Action, Region
from failover.services import refusals
from failover.services.access import Actor
from failover.services.acts import (
    carrying,
    checking,
    interfaces,
    protecting,
    tagging,
)
from failover.services.acts.orders import Order
from failover.services.acts.seeing import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What shall be so; None: as it is. `tags` are all tags that it shall have."""

    description: str | None = None
    security_group_ids: Sequence[str] | None = None
    source_dest_check: bool | None = None
    delete_on_termination: bool | None = None
    tags: Mapping[str, str] | None = None


def change_interface(
    *, region: Region, interface_id: str, change: Change, actor: Actor
) -> list[Action]:
    """Make the change, one call for each attribute that is not so already.

    Raises Invalid, NotFound, JobActive, MovedByPair, ManagedByAws; what
    `carrying.carry_out` raises, as ChangedInPart after the first call.
    """
    sight, interface = interfaces.see(region, interface_id)
    requests = _requests(region, interface, change)
    if requests:
        protecting.require_ours(interface)
    orders = [
        interfaces.about(interface, region, sight, actor, verb, request)
        for verb, request in requests
    ]
    return carrying.carry_all(
        [*orders, *_tag_orders(region, interface, change, actor, sight)]
    )


def _tag_orders(
    region: Region, interface: Interface, change: Change, actor: Actor, sight: Sight
) -> list[Order]:
    if change.tags is None:
        return []
    return tagging.changes(
        region=region,
        resource_id=interface.id,
        tags=change.tags,
        actor=actor,
        sight=sight,
    )


def _requests(
    region: Region, interface: Interface, change: Change
) -> list[tuple[str, Request]]:
    """Each attribute that is not so yet, with the verb that the audit has for it."""
    wanted: list[tuple[str, dict[str, Any]]] = []
    if change.description not in {None, interface.description}:
        checking.require(checking.description(change.description or ""))
        wanted.append(("describe", {"Description": {"Value": change.description}}))
    if change.security_group_ids is not None:
        groups = _groups(region, interface, change.security_group_ids)
        if set(groups) != {g for g, _ in interface.security_groups}:
            wanted.append(("regroup", {"Groups": groups}))
    if change.source_dest_check not in {None, interface.source_dest_check}:
        value = {"Value": change.source_dest_check}
        wanted.append(("source-dest-check", {"SourceDestCheck": value}))
    if change.delete_on_termination is not None:
        attachment = _attachment(interface)
        if attachment.delete_on_termination != change.delete_on_termination:
            if change.delete_on_termination:
                # Its holder's end would be the end of the pair's resource too.
                protecting.require_interface_of_no_pair(region, interface)
            raised: dict[str, Any] = {
                "AttachmentId": attachment.id,
                "DeleteOnTermination": change.delete_on_termination,
            }
            wanted.append(("delete-on-termination", {"Attachment": raised}))
    return [
        (
            verb,
            Request(
                operation=Operation.MODIFY_INTERFACE,
                args={"NetworkInterfaceId": interface.id, **attribute},
            ),
        )
        for verb, attribute in wanted
    ]


def _groups(region: Region, interface: Interface, ids: Sequence[str]) -> list[str]:
    groups = list(dict.fromkeys(ids))
    if not groups:
        raise refusals.Invalid(errors={"security_group_ids": [checking.NO_GROUP]})
    checking.require(checking.groups_in(region, groups, vpc_id=interface.vpc_id))
    return groups


def _attachment(interface: Interface) -> Attachment:
    if interface.attachment is None:
        said = "It belongs to an attachment, and the interface is attached nowhere."
        raise refusals.Invalid(errors={"delete_on_termination": [said]})
    return interface.attachment
