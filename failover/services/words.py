"""Every sentence that page, API, command line and messages share.

Data comes in, prose goes out; nothing else in the product writes prose about jobs.
"""

from collections.abc import Mapping
from typing import Any

from failover.engine.preflight import Check

CHECKS: Mapping[str, tuple[str, str]] = {
    # code: (when it holds, when it does not)
    "frozen": ("The pair is not frozen.", "The pair is frozen; unfreeze it first."),
    "same_zone": (
        "Interface and {instance} are in the same Availability Zone.",
        "{instance} is in {instance_zone}, the interface in {interface_zone}; an "
        "interface never leaves its zone. Choose an instance in {interface_zone}.",
    ),
    "same_vpc": (
        "Interface and {instance} are in the same VPC.",
        "{instance} is in another VPC than the interface.",
    ),
    "interface_secondary": (
        "It is a secondary interface.",
        "It is a primary interface (device index 0) or it does not exist; EC2 never "
        "detaches a primary one. Choose a secondary interface.",
    ),
    "interface_managed": (
        "No AWS service manages the interface.",
        "An AWS service manages this interface ({type}); only that service moves it.",
    ),
    "target_state": (
        "{instance} is {state}.",
        "{instance} is {state}; it must be running. Start it first.",
    ),
    "target_status": (
        "The status checks of {instance} are good.",
        "The status checks of {instance} say {system}/{instance_status}; force accepts "
        "that.",
    ),
    "free_index": (
        "Device index {index} of {instance} is free.",
        "Device index {index} of {instance} is taken by another interface.",
    ),
    "free_slot": (
        "{instance} has room for an interface ({count} of {limit} taken).",
        "{instance} already has {count} of {limit} interfaces.",
    ),
    "delete_on_termination": (
        "Terminating the holder does not delete the interface, or a step mends it.",
        "Terminating the holder would delete the interface.",
    ),
    "permission_detach": ("Detach is allowed.", "The role may not detach."),
    "permission_attach": ("Attach is allowed.", "The role may not attach."),
    "addresses": ("The addresses are as planned.", "An address is held elsewhere."),
    "inventory_age": ("EC2 was read in time.", "EC2 could not be read: {error}"),
    "job_active": ("No job is at work.", "Job {job} is at work."),
}

ENDS: Mapping[str, str] = {
    "done": "Done, and verified by a second look.",
    "attach_refused": (
        "EC2 refused to attach to {instance} ({code}: {message}), so the interface "
        "went back to where it was. Mend that instance, then swap again."
    ),
    "detach_refused": (
        "EC2 refused the detach ({code}: {message}); nothing was changed."
    ),
    "attach_stuck": (
        "The attach to {instance} did not come to an end, so the job turned round."
    ),
    "target_not_running": "{instance} is not running; start it or swap back.",
    "cancel_too_late": "The cancel came too late: the interface had already arrived.",
    "cancelled_by_operator": "Cancelled before anything was changed.",
    "cancelled_turned": "Cancelled: the interface was put back where it was.",
    "released": "Released by an operator; nobody knows where the interface belongs.",
    "no_longer_possible": (
        "Cancelled before anything was changed: the check {reason} no longer holds."
    ),
    "both_ends_impossible": (
        "Neither instance takes the interface (last: {code}: {message}). Start or mend "
        "one of them; the job goes on by itself."
    ),
    "foreign_instance": (
        "Instance {instance} holds the interface, which is not of this job. Somebody "
        "moved it by hand. Cancel to release the job, then adopt or put back."
    ),
    "gone": "The interface no longer exists. Cancel to release the job.",
    "hung_detach": (
        "The detach from {instance} does not come to an end. Stop that instance, or "
        "allow force; the job goes on by itself."
    ),
    "address_elsewhere": (
        "The interface is in its place, but {addresses} is associated elsewhere. Give "
        "it back to the interface or adopt what is."
    ),
    "effort_spent": (
        "The interface was moved too often; somebody else is moving it too. Find out "
        "who, then cancel or let the job go on."
    ),
}

WAITS: Mapping[str, str] = {
    "": "",
    "clear_view": "a look that fits what was already seen",
    "attached": "the interface to be attached",
    "detached": "the interface to be detached",
    "available": "the dying instance to let go",
    "facts": "a fresh look at the target",
    "verify": "a second look to verify",
    "settle": "an unanswered call to settle",
    "target_running": "the target to run",
    "addresses": "an Elastic IP to return",
    "delete_on_termination": "the DeleteOnTermination flag to be lowered",
    "human": "a person",
}

STATES: Mapping[str, str] = {
    "queued": "Queued",
    "running": "Running",
    "parked": "Parked",
    "succeeded": "Succeeded",
    "reversed": "Reversed",
    "cancelled": "Cancelled",
}

STEPS: Mapping[str, str] = {
    "check": "Check",
    "detach": "Detach",
    "wait_detached": "Wait until detached",
    "attach": "Attach",
    "wait_attached": "Wait until attached",
    "move": "Move",
    "verify": "Verify",
}


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def fill(sentence: str, args: Mapping[str, Any]) -> str:
    """The sentence with its named gaps filled; a missing one reads "?"."""
    return sentence.format_map(_Gaps({k: str(v) for k, v in args.items()}))


def check(checked: Check) -> str:
    """The sentence of one check."""
    holds, fails = CHECKS.get(checked.code, (checked.code, checked.code))
    return fill(holds if checked.ok else fails, dict(checked.args))


def check_fields(checked: Check) -> dict[str, Any]:
    """The check as contract.md shapes it."""
    return {
        "code": checked.code,
        "ok": checked.ok,
        "severity": checked.severity,
        "detail": check(checked),
    }


def message(*, state: str, why: str, args: Mapping[str, Any], waiting_for: str) -> str:
    """One sentence on where a job stands."""
    if state in {"parked", "succeeded", "reversed", "cancelled"} and why:
        return fill(ENDS.get(why, why), args)
    if waiting_for:
        return f"Waiting for {WAITS.get(waiting_for, waiting_for)}."
    return STATES.get(state, state)
