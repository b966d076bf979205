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
        "{instance} has {count} of at most {limit} interfaces attached or reserved.",
    ),
    "delete_on_termination": (
        "No termination will delete the interface.",
        "DeleteOnTermination is set: the job turns it off before it detaches.",
    ),
    "addresses": (
        "The Elastic IPs of the interface travel with it.",
        "An Elastic IP of the interface is held elsewhere.",
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
    "source_dest_check": (
        "Source/destination checking is as the strategy needs it.",
        "Source/destination checking must be off at both ends.",
    ),
    "inventory_age": (
        "The facts are fresh.",
        "The facts are {age_s} s old. Is the reconciler running?",
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
