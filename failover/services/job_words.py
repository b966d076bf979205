"""What a job waits for, why it is where it is, and how it ended; `words` fills gaps."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a job waits for, by the engine's codes.
WAITS: Mapping[str, str] = {
    "": "Waiting to be picked up.",
    "detached": "Waiting for EC2 to let go of the interface.",
    "available": "Waiting until EC2 frees the interface of the ending instance.",
    "attached": "Waiting for EC2 to attach the interface.",
    "moved": "Waiting until EC2 shows the move.",
    "verify": "It is where it should be; a second look makes sure.",
    "settle": "Waiting until a call whose answer was lost can no longer take effect.",
    "facts": "Taking a fresh look at the instances before anything is moved.",
    "admission": "Waiting for room in EC2's request quota, so that nobody stays dark.",
    "target_running": "It has arrived; waiting for the instance to run.",
    "clear_view": "Looking again, until EC2's answers agree.",
    "addresses": "Waiting for the Elastic IPs to be back in their place.",
    "delete_on_termination": "Turning DeleteOnTermination off, so nothing is deleted.",
    "human": "Waiting for a human.",
    "probe": "It is where it should be; waiting for its service to answer.",
}

# Why a job is where it is, by the engine's codes.
REASONS: Mapping[str, str] = {
    "": "",
    "done": "",
    "cancelled_by_operator": "Cancelled before anything was sent to EC2.",
    "no_longer_possible": (
        "Called off before anything was moved: check {reason} no longer holds. Mend "
        "what it names, then swap again."
    ),
    "released": (
        "Released by {by}: the {noun} is gone, or something outside the pair holds "
        "it. Where it belongs is unknown now; adopt or swap when that is clear."
    ),
    "cancel_too_late": (
        "The cancel came too late: the {noun} had already arrived. Swap back to "
        "undo it."
    ),
    "probe_waived": (
        "Its probe has not passed; {by} let the job end all the same. See to the "
        "service."
    ),
    "attach_refused": (
        "EC2 refused to attach to {instance} for good ({code}: {message}). Mend that "
        "instance, then swap again."
    ),
    "detach_refused": (
        "EC2 refused to detach ({code}: {message}); nothing was changed. See the "
        "role's policy and who owns the interface."
    ),
    "attach_stuck": (
        "The attachment to {target} did not come to an end. That instance may need a "
        "stop and start."
    ),
    "target_not_running": (
        "{target} is not running. Start it, or swap to the other instance."
    ),
    "both_ends_impossible": (
        "Neither instance takes the interface (last: {instance}, {code}: {message}). "
        "It lies free. Start or mend one of them; the job goes on by itself."
    ),
    "foreign_instance": (
        "{instance}, which is neither end, holds the interface, so nothing is "
        "touched. Detach it there, or cancel to release the job."
    ),
    "gone": (
        "EC2 no longer knows the interface. Cancel to release the job, and make a "
        "pair with a new interface."
    ),
    "hung_detach": (
        "EC2 does not let go of the interface at {instance}. Stop that instance, or "
        "allow force for the next swap; the job keeps looking."
    ),
    "address_refused": (
        "The {noun} is in its place, but EC2 refuses to associate {addresses} with it "
        "({code}: {message}). Mend that, or cancel to release the job."
    ),
    "address_elsewhere": (
        "The {noun} is in its place, but {addresses} is associated elsewhere. Give "
        "it back; the job then ends by itself."
    ),
    "slot_taken": (
        "The place at {slot} was lent to another job ({job}) while this one was "
        "parked. It goes on by itself when that job ends."
    ),
    "effort_spent": (
        "The interface was moved too often; somebody else is moving it too. Find out "
        "who; the job keeps looking, and attaches it when it lies free."
    ),
    "free_but_frozen": "The {noun} lies free, and the pair is frozen.",
    "too_many_repairs": "The {noun} lies free again after three repairs this hour.",
    "free_and_no_end_possible": "The {noun} lies free, and no instance can take it.",
}

# The same codes, and more, where the strategy moves in one call.
MOVE_REASONS: Mapping[str, str] = {
    "move_refused": (
        "EC2 refused to move the {noun} to {instance} for good ({code}: {message}). "
        "Mend that instance, then swap again."
    ),
    "move_would_displace": (
        "Another Elastic IP is on that private address of {instance}, and the move "
        "would displace it for good. Take it off, then swap again."
    ),
    # What both_ends_impossible says where no call was refused: nothing was tried.
    "no_end_possible": (
        "Neither instance can take the {noun} as it is. Start or mend one of them; "
        "the job goes on by itself."
    ),
    "nothing_to_return_to": (
        "The {noun} lay free at the start, so there was nothing to return it to."
    ),
    "both_ends_impossible": (
        "Neither instance takes the {noun} (last: {instance}, {code}: {message}). "
        "Start or mend one of them; the job goes on by itself."
    ),
    "foreign_holder": (
        "{holder}, which is neither end, has {part}, so nothing is touched. Take it "
        "from there, or cancel to release the job."
    ),
    "unseen_holder": (
        "EC2 says that another network interface has {part}, and shows none that has "
        "it. Find it and take the address off it, or cancel to release the job."
    ),
    "gone": (
        "EC2 no longer knows {part}. Cancel to release the job, and make a pair with "
        "what takes its place."
    ),
    "effort_spent": (
        "The {noun} was moved too often; somebody else is moving it too. Find out "
        "who; the job keeps looking, and moves it when it lies free."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How a strategy's jobs end, in sentences; the gap is an instance."""

    arrived: str
    returned: str
    free: str
    still_free: str


ENDS: Mapping[str, Ends] = {
    "eni": Ends(
        arrived="The network interface is attached to {}.",
        returned="The network interface is back at {}.",
        free="The network interface is detached and lies free.",
        still_free="The network interface is free, as before.",
    ),
    "eip": Ends(
        arrived="The Elastic IP leads to {}.",
        returned="The Elastic IP leads to {} again.",
        free="The Elastic IP is associated with nothing.",
        still_free="The Elastic IP is associated with nothing, as before.",
    ),
    "private-ip": Ends(
        arrived="The private address is at {}.",
        returned="The private address is back at {}.",
        free="The private address is assigned to nothing.",
        still_free="The private address is assigned to nothing, as before.",
    ),
    "route": Ends(
        arrived="The route leads to {}.",
        returned="The route leads to {} again.",
        free="The route leads nowhere.",
        still_free="The route leads nowhere, as before.",
    ),
}
