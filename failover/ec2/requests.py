"""The mutating calls of the console: EC2's names, EC2's own parameters, typed ends.

One value serves three readers: it is sent, kept in the intent's row, and written as a
command line. What jobs send is `calls`; what only people send is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore import xform_name

from failover.ec2 import errors, replies
from failover.engine.topology import ElasticIp, Instance, Interface


class Operation(StrEnum):
    """Everything that a console action may send, by EC2's names."""

    CREATE_INTERFACE = "CreateNetworkInterface"
    DELETE_INTERFACE = "DeleteNetworkInterface"
    MODIFY_INTERFACE = "ModifyNetworkInterfaceAttribute"
    ASSIGN_ADDRESSES = "AssignPrivateIpAddresses"
    UNASSIGN_ADDRESSES = "UnassignPrivateIpAddresses"
    ALLOCATE_ADDRESS = "AllocateAddress"
    RELEASE_ADDRESS = "ReleaseAddress"
    ASSOCIATE_ADDRESS = "AssociateAddress"
    DISASSOCIATE_ADDRESS = "DisassociateAddress"
    RUN_INSTANCES = "RunInstances"
    START_INSTANCES = "StartInstances"
    STOP_INSTANCES = "StopInstances"
    REBOOT_INSTANCES = "RebootInstances"
    CREATE_TAGS = "CreateTags"
    DELETE_TAGS = "DeleteTags"


# EC2 remembers the token of these and makes nothing twice for it.
REPEATABLE = frozenset({Operation.CREATE_INTERFACE, Operation.RUN_INSTANCES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call, with its arguments as EC2 names them."""

    operation: Operation
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What EC2 answered to a call that it accepted.

    `made` are the ids of what the call made. What the reply shows of it is here too:
    a look a moment later may not know it yet.
    """

    aws_request_id: str
    ended_at: float
    made: tuple[str, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    instances: tuple[Instance, ...] = ()
    elastic_ips: tuple[ElasticIp, ...] = ()


def make(client: Any, request: Request) -> dict[str, Any]:
    """Make the call with this client; botocore's exceptions pass through."""
    method = getattr(client, xform_name(request.operation.value))
    reply: dict[str, Any] = method(**request.args)
    return reply


def read(request: Request, reply: Mapping[str, Any], *, ended_at: float) -> Done:
    """The reply of an accepted call."""
    interfaces: tuple[Interface, ...] = ()
    instances: tuple[Instance, ...] = ()
    elastic_ips: tuple[ElasticIp, ...] = ()
    made: tuple[str, ...] = ()
    match request.operation:
        case Operation.CREATE_INTERFACE:
            interfaces = (replies.read_interface(reply["NetworkInterface"]),)
            made = tuple(i.id for i in interfaces)
        case Operation.RUN_INSTANCES:
            instances = tuple(
                replies.read_instance(row, checks=None, interface_limit=None)
                for row in reply.get("Instances", ())
            )
            made = tuple(i.id for i in instances)
        case Operation.ALLOCATE_ADDRESS:
            shown = {**reply, "Tags": _given_tags(request)}
            elastic_ips = (replies.read_elastic_ip(shown),)
            made = tuple(e.allocation_id for e in elastic_ips)
        case _:
            pass
    return Done(
        aws_request_id=errors.request_id(reply),
        ended_at=ended_at,
        made=made,
        interfaces=interfaces,
        instances=instances,
        elastic_ips=elastic_ips,
    )


def _given_tags(request: Request) -> list[Mapping[str, str]]:
    """AllocateAddress does not answer with the tags that it was given."""
    given = request.args.get("TagSpecifications", ())
    return [tag for spec in given for tag in spec.get("Tags", ())]
