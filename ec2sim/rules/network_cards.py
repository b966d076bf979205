"""Where an interface may sit in an instance: network card and device index."""

from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import catalogue, instance_types
from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface


def check_place(
    instance: Instance, held: list[NetworkInterface], *, card: int, index: int
) -> None:
    """Refuse a place that the instance does not have, that is taken, or one too many.

    The index that a forced detach has left unusable counts as taken, because the
    guest still has its interface there. Raises Ec2Error.
    """
    if index < 0:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({index}) for parameter deviceIndex is invalid.",
        )
    if not 0 <= card < len(cards(instance.type)):
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({card}) for parameter networkCardIndex is invalid. The instance "
            f"type {instance.type} has {len(cards(instance.type))} network cards.",
        )
    is_burnt = card == 0 and index in instance.burnt_indexes
    if is_burnt or (card, index) in [_place(row) for row in held]:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Instance '{instance.id}' already has an interface attached at device "
            f"index '{index}'.",
        )
    on_card = sum(_place(row)[0] == card for row in held)
    _check_count(instance, count=len(held) + 1, on_card=on_card + 1, card=card)


def cards(type_name: str) -> list[int]:
    """How many interfaces each network card of a type takes, by card index."""
    if type_name in instance_types.KNOWN:
        return [instance_types.KNOWN[type_name][0]]
    info = network_info(type_name)
    found = info.get("NetworkCards") or [info]
    return [card["MaximumNetworkInterfaces"] for card in found]


def takes_efa(type_name: str) -> bool:
    """Whether a type supports Elastic Fabric Adapters."""
    return type_name not in instance_types.KNOWN and bool(
        network_info(type_name).get("EfaSupported")
    )


def network_info(type_name: str) -> dict[str, Any]:
    """NetworkInfo of a type, in EC2's own shape. Raises Ec2Error for an unknown one."""
    kind = catalogue.kinds().get(type_name)
    if kind is None:
        raise instance_types.unknown([type_name])
    info: dict[str, Any] = kind["NetworkInfo"]
    return info


def _place(row: NetworkInterface) -> tuple[int, int]:
    bond = row.attachment
    return (-1, -1) if bond is None else (bond.network_card_index, bond.device_index)


def _check_count(instance: Instance, *, count: int, on_card: int, card: int) -> None:
    limit = instance_types.interface_limit(instance)
    each = cards(instance.type)
    # The knob of a test stands above what the type says, whole or by card.
    is_narrow = instance.limit is None and len(each) > 1 and on_card > each[card]
    if count > limit or is_narrow:
        raise Ec2Error(
            "AttachmentLimitExceeded",
            f"Interface count {on_card if is_narrow else count} exceeds the limit for "
            f"{instance.type}",
        )
