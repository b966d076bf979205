"""What each check found, in sentences; `words` fills their gaps."""

from collections.abc import Mapping

# Checks: the sentence when it passes, and when it fails.
CHECKS: Mapping[str, tuple[str, str]] = {
    "same_zone": (
        "The interface and {instance} are in the same Availability Zone.",
        "{instance} is in {instance_zone}, the interface in {interface_zone}: a "
        "network interface never leaves its zone.",
    ),
    "same_vpc": (
        "The interface and {instance} are in the same VPC.",
        "{instance} is in another VPC than the interface.",
    ),
    "interface_secondary": (
        "It is a secondary network interface.",
        "It is a primary network interface (device index 0), which EC2 never "
        "detaches. Choose a secondary one.",
    ),
    "interface_found": (
        "The network interface exists.",
        "EC2 knows no network interface {interface} in this region.",
    ),
    "interface_managed": (
        "No AWS service manages the interface.",
        "An AWS service manages this interface ({type}); only that service moves it.",
    ),
    "target_state": (
        "{instance} is {state}.",
        "{instance} is {state}. Start it, or choose the other instance.",
    ),
    "target_status": (
        "The status checks of {instance} do not speak against it.",
        "{instance} does not pass its status checks (system {system}, instance "
        "{instance_status}). Force accepts that.",
    ),
    "free_index": (
        "Device index {index} of {instance} is free.",
        "Device index {index} of {instance} is taken by another interface.",
    ),
    "free_slot": (
        "{instance} can take one more interface.",
        "{instance} has {count} of at most {limit} interfaces attached or reserved by "
        "other pairs.",
    ),
    "delete_on_termination": (
        "No termination will delete the interface.",
        "DeleteOnTermination is set: if {holder} is terminated, EC2 deletes the "
        "interface with it and nothing is left to swap. Turn it off; a swap does it "
        "too, before it detaches.",
    ),
    "addresses": (
        "The Elastic IPs of the interface travel with it.",
        "An Elastic IP of the interface is held elsewhere.",
    ),
    "needs_start_stop": (
        "No forced detach has spoilt device index {index} of {instance}.",
        "A forced detach at {at} has spoilt device index {index} of {instance}. Stop "
        "and start that instance (a reboot is not enough).",
    ),
    "permission_detach": (
        "The role may detach.",
        "The role may not detach network interfaces.",
    ),
    "permission_attach": (
        "The role may attach.",
        "The role may not attach network interfaces.",
    ),
    "permission_move": ("The role may move it.", "The role may not move it."),
    # What readiness says of them, where it has asked EC2 or could not.
    "permission_asked": (
        "The role may make {action} (asked at {at} with {sample}).",
        "The role may not make {action}: EC2 said UnauthorizedOperation at {at} for "
        "{sample}. Allow it in the role's policy, then refresh to have it asked anew.",
    ),
    "permission_unknown": (
        "Whether the role may make {action} is not known.",
        "Whether the role may make {action} is not known: {why}.",
    ),
    "permission_never": (
        "EC2 has no rehearsal of AssignPrivateIpAddresses: that the role may make it "
        "shows when it is made.",
        "",
    ),
    "security_groups": (
        "The same security groups are on both ends.",
        "{instance} has other security groups ({there}) than {other} ({here}): what "
        "may reach the service changes with a swap.",
    ),
    "stale": (
        "The readiness is fresh.",
        "The readiness was last judged {age_s} s ago. Is the reconciler running?",
    ),
    "source_dest_check": (
        "Source/destination checking is as the strategy needs it.",
        "Source/destination checking must be off at both ends.",
    ),
    "inventory_age": (
        "The facts are fresh.",
        "The facts are {age_s} s old. Does EC2 answer, and is the reconciler running?",
    ),
    "probe_target": (
        "The probe may ask {kind}/{port} on {address}.",
        "The probe may not ask {kind}/{port} on {address}: {said_of_it}. A swap would "
        "wait for it until somebody acknowledges the pair. Force accepts that.",
    ),
    "frozen": ("The pair is not frozen.", "The pair is frozen. Unfreeze it first."),
    "job_active": ("No job is at work.", "Job {job} is at work."),
    "foreign_holder": (
        "No instance outside the pair holds the interface.",
        "{holder}, which is neither end of the pair, holds the interface.",
    ),
    "resource_taken": (
        "No other pair moves the same.",
        "Pair {pair} already moves or reserves {resource}.",
    ),
}

# What sounds otherwise, or only happens, where the strategy moves in one call.
MOVE_CHECKS: Mapping[str, tuple[str, str]] = {
    "target_interface": (
        "{instance} has an interface that can take it.",
        "{instance} has no attached interface at the pair's device index. Attach one, "
        "or change the index.",
    ),
    "public_ip": (
        "Nothing else is displaced at {instance}.",
        "{instance} has the automatic public address {public_ip}, which EC2 takes "
        "away for good when the Elastic IP comes. Force accepts that.",
    ),
    "source_dest_check": (
        "Source/destination checking is off at both ends.",
        "Source/destination checking is on at {interfaces}, which drops what the "
        "route brings. Turn it off there.",
    ),
    "permission_move": (
        "The role may move it.",
        "The role may not make the call that moves it. See its policy.",
    ),
    "foreign_holder": (
        "Nothing outside the pair has it.",
        "{holder}, which is neither end of the pair, has it.",
    ),
    "same_subnet": (
        "{instance} is in the address's subnet.",
        "{instance} has no interface in subnet {subnet}: a private address never "
        "leaves its subnet.",
    ),
}
OF_STRATEGY: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "eip": {
        "addresses": (
            "No other Elastic IP is on {private_ip} of {instance}.",
            "{rider} is on {private_ip} of {instance}, and would be displaced for "
            "good. Take it off first.",
        ),
        "resource_found": (
            "The Elastic IP exists.",
            "EC2 knows no Elastic IP {resource} in this region.",
        ),
    },
    "private-ip": {
        "addresses": (
            "It is a secondary private address.",
            "{private_ip} is the primary address of an interface, which EC2 never "
            "moves. Choose a secondary one.",
        ),
        "same_zone": (
            "The address and {instance} are in the same Availability Zone.",
            "{instance} is in {instance_zone}, the address in {interface_zone}: a "
            "private address never leaves its subnet.",
        ),
    },
    "route": {
        "same_vpc": (
            "{instance} and all route tables are in the same VPC.",
            "{route_tables} and {instance} are in different VPCs.",
        ),
        "resource_found": (
            "All route tables exist.",
            "EC2 knows not all of the route tables ({resource}).",
        ),
    },
}


def sentences(code: str, strategy: str) -> tuple[str, str]:
    """What is said when the check passes, and when it fails."""
    found = OF_STRATEGY.get(strategy, {}).get(code)
    if found is None and strategy != "eni":
        found = MOVE_CHECKS.get(code)
    return found or CHECKS.get(code, ("{code} passes.", "{code} fails."))
