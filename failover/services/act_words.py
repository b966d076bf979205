"""Every sentence about actions: what they do, how they stand, what EC2 said no to."""

from collections.abc import Mapping

# What each kind does, for lists: at work, and done.
KINDS: Mapping[str, tuple[str, str]] = {
    "network-interface.create": (
        "Creating a network interface",
        "Network interface created",
    ),
    "network-interface.delete": (
        "Deleting the network interface",
        "Network interface deleted",
    ),
    "network-interface.describe": ("Changing the description", "Description changed"),
    "network-interface.regroup": (
        "Changing the security groups",
        "Security groups changed",
    ),
    "network-interface.source-dest-check": (
        "Changing the source/destination check",
        "Source/destination check changed",
    ),
    "network-interface.delete-on-termination": (
        "Changing what termination does to the interface",
        "Termination behaviour changed",
    ),
    "network-interface.assign-ips": (
        "Assigning private addresses",
        "Private addresses assigned",
    ),
    "network-interface.unassign-ips": (
        "Unassigning private addresses",
        "Private addresses unassigned",
    ),
    "elastic-ip.allocate": ("Allocating an Elastic IP", "Elastic IP allocated"),
    "elastic-ip.release": ("Releasing the Elastic IP", "Elastic IP released"),
    "elastic-ip.associate": ("Associating the Elastic IP", "Elastic IP associated"),
    "elastic-ip.disassociate": (
        "Disassociating the Elastic IP",
        "Elastic IP disassociated",
    ),
    "instance.launch": ("Launching", "Launched and running"),
    "instance.start": ("Starting the instance", "Instance running"),
    "instance.stop": ("Stopping the instance", "Instance stopped"),
    "instance.reboot": ("Rebooting the instance", "Instance rebooted"),
    "tags.set": ("Setting tags", "Tags set"),
    "tags.remove": ("Removing tags", "Tags removed"),
}

# What EC2's codes mean for whoever asked, and what can be done.
CODES: Mapping[str, str] = {
    "AddressLimitExceeded": "The account may have no more Elastic IPs in this region. "
    "Release one, or ask AWS for a higher quota.",
    "Client.InstanceLimitExceeded": "The account may run no more instances.",
    "DependencyViolation": "Something still depends on it.",
    "Gateway.NotAttached": "The VPC has no internet gateway; an Elastic IP needs one.",
    "IncorrectInstanceState": "The instance is not in a state that allows this now. "
    "Wait until it is running or stopped.",
    "IncorrectState": "It is not in a state that allows this now.",
    "InsufficientFreeAddressesInSubnet": "The subnet has no free address left. "
    "Choose another subnet of the same zone.",
    "InsufficientInstanceCapacity": "AWS has no room for this instance type in the "
    "zone now. Choose another type or zone, or try later.",
    "InstanceLimitExceeded": "The account may run no more instances of this type.",
    "InvalidAMIID.NotFound": "There is no such image in this region.",
    "InvalidAMIID.Unavailable": "The image is not available.",
    "InvalidGroup.NotFound": "There is no such security group.",
    "InvalidIPAddress.InUse": "The address is in use already. Choose another one, or "
    "let EC2 choose.",
    "InvalidKeyPair.NotFound": "There is no key pair of this name in the region.",
    "InvalidNetworkInterface.InUse": "The network interface is in use.",
    "InvalidSubnetID.NotFound": "There is no such subnet.",
    "NetworkInterfaceLimitExceeded": "The account may have no more network interfaces "
    "in this region. Delete unused ones, or ask AWS for a higher quota.",
    "OperationNotPermitted": "EC2 does not permit this for such a resource.",
    "PrivateIpAddressLimitExceeded": "The interface may have no more private "
    "addresses: the instance type sets the limit.",
    "Resource.AlreadyAssociated": "The Elastic IP is associated already. Allow its "
    "reassociation to take it from there.",
    "SecurityGroupsPerInterfaceLimitExceeded": "The interface may have no more "
    "security groups.",
    "TagLimitExceeded": "A resource may have at most 50 tags.",
    "UnauthorizedOperation": "Our role in AWS may not do this. See the console policy "
    "in the operating guide.",
    "VcpuLimitExceeded": "The account may run no more processors of this kind of "
    "instance. Stop some, or ask AWS for a higher quota.",
}
OTHER = "EC2 refused it."

# Instead of EC2's, where an action ended by our own looks.
ENDS: Mapping[str, str] = {
    "not_shown": "No look at EC2 has shown an effect in {minutes} minutes: it has very "
    "probably not happened.",
    "no_trace": "Whether it happened leaves no trace in EC2.",
    "time_limit": "It is still not {awaited} after {minutes} minutes. EC2 may be slow: "
    "look at the instance.",
    "fell": "The instance is {state} and will not be {awaited} any more.",
    "crashed": "The process that sent it ended before EC2's answer was kept.",
    "fenced": "A job began on it in the meantime, so it was not sent.",
}


def doing(kind: str) -> str:
    """What an action of this kind does."""
    return KINDS.get(kind, (kind, kind))[0]


def did(kind: str) -> str:
    """What an action of this kind has done."""
    return KINDS.get(kind, (kind, kind))[1]


def refused(code: str, message: str) -> str:
    """What EC2 said no to, in our words, with its own beside them."""
    said = CODES.get(code, OTHER)
    spoken = f"{code}: {message}" if message else code
    return f"{said} EC2 says: {spoken}" if spoken else said


def ended(code: str, args: Mapping[str, str]) -> str:
    """Why an action is looked after no more without having been seen to happen."""
    return ENDS.get(code, code).format_map(args)
