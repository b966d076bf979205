"""The mutating calls, as boto3 takes them and as their replies and signatures read."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from failover.engine import ports
from failover.engine.job import Action, Call
from failover.engine.topology import AttachmentId

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest


def make(client: Any, call: Call, **extra: bool) -> dict[str, Any]:
    """Make the call with this client; botocore's exceptions pass through."""
    reply: dict[str, Any]
    match call.action:
        case Action.DETACH:
            reply = client.detach_network_interface(
                AttachmentId=call.attachment_id, Force=call.force, **extra
            )
        case Action.ATTACH:
            reply = client.attach_network_interface(
                NetworkInterfaceId=call.interface_id,
                InstanceId=call.instance_id,
                DeviceIndex=call.device_index,
                **extra,
            )
        case Action.MODIFY:
            reply = client.modify_network_interface_attribute(
                NetworkInterfaceId=call.interface_id,
                Attachment={
                    "AttachmentId": call.attachment_id,
                    "DeleteOnTermination": False,
                },
                **extra,
            )
        case Action.ASSOCIATE:
            reply = client.associate_address(
                AllocationId=call.allocation_id,
                NetworkInterfaceId=call.interface_id,
                PrivateIpAddress=call.private_ip,
                AllowReassociation=call.may_take,
                **extra,
            )
        case Action.ASSIGN:
            reply = _assign(client, call, **extra)
        case Action.REPLACE_ROUTE:
            reply = client.replace_route(**_route(call), **extra)
        case Action.CREATE_ROUTE:
            reply = client.create_route(**_route(call), **extra)
    return reply


def _assign(client: Any, call: Call, **extra: bool) -> dict[str, Any]:
    if extra:
        # EC2 knows no DryRun of this one: a rehearsal would be the call itself.
        raise ports.NotSent(code="no_dry_run", message=call.action.value)
    reply: dict[str, Any] = client.assign_private_ip_addresses(
        NetworkInterfaceId=call.interface_id,
        PrivateIpAddresses=[call.private_ip],
        AllowReassignment=call.may_take,
    )
    return reply


def _route(call: Call) -> dict[str, Any]:
    return {
        "RouteTableId": call.route_table_id,
        "DestinationCidrBlock": call.destination_cidr,
        "NetworkInterfaceId": call.interface_id,
    }


def read_attachment_id(call: Call, reply: dict[str, Any]) -> AttachmentId | None:
    if call.action is not Action.ATTACH:
        return None
    attachment_id = reply.get("AttachmentId")
    return AttachmentId(attachment_id) if attachment_id else None


def signed_at(request: "AWSPreparedRequest") -> float:
    """When the request was signed, POSIX seconds; whole seconds, rounded down."""
    stamp = request.headers.get("X-Amz-Date", "")
    if isinstance(stamp, bytes):
        stamp = stamp.decode()
    try:
        signed = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        # Unsigned or signed otherwise: nothing proves that it is young.
        raise ports.NotSent(code="unsigned", message="No X-Amz-Date.") from None
    return signed.timestamp()
