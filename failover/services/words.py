"""Every sentence that pages, API, commands and messages share. Data in, prose out."""

from collections.abc import Mapping

from failover.services import check_words

Args = Mapping[str, object]


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "unknown"


def fill(template: str, args: Args) -> str:
    """The template with its named gaps filled; the values themselves stay text."""
    return template.format_map(_Gaps({k: str(v) for k, v in args.items()}))


# Refusals: title, and what is so with what a human can do.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "malformed": ("The request cannot be read", "{detail}"),
    "invalid": ("The request is not valid", "{detail}"),
    "ambiguous_account": (
        "Which account is meant?",
        "Region {region} is managed in several accounts: say which with `account`.",
    ),
    "anonymous": (
        "Who is asking?",
        "Sign in, or send a valid token as `Authorization: Bearer …`.",
    ),
    "forbidden": ("Not allowed", "{detail}"),
    "not_found": ("Not found", "There is no {what} {id}."),
    "job_active": (
        "A job is already at work",
        "Job {job} is at work on this. Wait for its end, or cancel it.",
    ),
    "already_there": (
        "It is already there",
        "The {noun} is already where it was asked to be: {holder}.",
    ),
    "belongs_to_pair": (
        "The interface belongs to a pair",
        "Network interface {interface} is moved by pair {pair}. Swap the pair instead.",
    ),
    "in_use": (
        "The interface is in use",
        "Network interface {interface} is attached to {holder}. Detach it first.",
    ),
    "foreign_holder": (
        "Something outside the pair holds it",
        "{holder} is neither end of the pair. Take the {noun} from there in EC2 "
        "first, if it is not needed.",
    ),
    "mixed_holder": (
        "It is at both instances",
        "Some routes lead to one instance, some to the other. Swap the pair: that "
        "brings all of them together.",
    ),
    "no_desired_holder": (
        "Nowhere to put it back to",
        "The pair has no desired holder. Swap to the instance that should hold it.",
    ),
    "exists": ("It exists already", "There is already a {what} {id}."),
    "key_reused": (
        "The idempotency key was used for something else",
        "This Idempotency-Key was sent with another body. Use a new key.",
    ),
    "in_progress": (
        "The same request is still at work",
        "A request with this Idempotency-Key has not ended yet. Ask again shortly.",
    ),
    "final": (
        "The job has ended",
        "Job {job} is {state}: there is nothing left to cancel.",
    ),
    "changed": ("It has changed since you looked", "{detail}"),
    "preflight": ("The checks stand in the way", "{detail}"),
    "throttled": (
        "Too many start calls",
        "The limit of start calls a minute is reached. Try again in {retry_after_s} s.",
    ),
    "ec2_unreachable": (
        "EC2 does not answer",
        "EC2 could not be read ({detail}). Nothing was started; try again.",
    ),
    "ec2_refused": (
        "EC2 does not let us look",
        "EC2 refused the look ({detail}). Nothing was started; see the role's policy.",
    ),
    "unavailable": (
        "The database does not answer",
        "Whether it was done is not known. Ask again with the same key.",
    ),
}


# What each strategy moves, in a sentence.
NOUNS: Mapping[str, str] = {
    "eni": "network interface",
    "eip": "Elastic IP",
    "private-ip": "private address",
    "route": "route",
}


def noun(strategy: str) -> str:
    """What the strategy moves."""
    return NOUNS.get(strategy, NOUNS["eni"])


def title(code: str) -> str:
    """The short name of a refusal."""
    return REFUSALS.get(code, ("Refused", ""))[0]


def detail(code: str, fields: Args) -> str:
    """The sentence of a refusal."""
    return fill(REFUSALS.get(code, ("", "{detail}"))[1], fields)


def check(code: str, *, ok: bool, args: Args) -> str:
    """What a check found."""
    passed, failed = check_words.CHECKS.get(code, ("{code} passes.", "{code} fails."))
    return fill(passed if ok else failed, {"code": code, **args})


# What a job waits for, by the engine's codes.
WAITS: Mapping[str, str] = {
    "": "Waiting to be picked up.",
    "detached": "Waiting for EC2 to let go of the interface.",
    "available": "Waiting until EC2 frees the interface of the ending instance.",
    "attached": "Waiting for EC2 to attach the interface.",
    "verify": "The interface is where it should be; a second look makes sure.",
    "settle": "Waiting until a call whose answer was lost can no longer take effect.",
    "facts": "Taking a fresh look at the instances before anything is moved.",
    "admission": "Waiting for room in EC2's request quota, so that nobody stays dark.",
    "target_running": "The interface is attached; waiting for the instance to run.",
    "clear_view": "Looking again, until EC2's answers agree.",
    "addresses": "Waiting for the Elastic IPs to be back on the interface.",
    "delete_on_termination": "Turning DeleteOnTermination off, so nothing is deleted.",
    "human": "Waiting for a human.",
}

# Why a job is where it is, by the engine's codes.
REASONS: Mapping[str, str] = {
    "": "",
    "done": "",
    "cancelled_by_operator": "Cancelled before anything was sent to EC2.",
    "cancelled_turned": "It was cancelled after the first call.",
    "no_longer_possible": (
        "Called off before anything was sent: check {reason} no longer holds. Mend "
        "what it names, then swap again."
    ),
    "released": (
        "Released by {by}: the interface is gone, or an outside instance holds it. "
        "Where it belongs is unknown now; adopt or swap when that is clear."
    ),
    "cancel_too_late": (
        "The cancel came too late: the interface had already arrived. Swap back to "
        "undo it."
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
    "address_elsewhere": (
        "The interface is in its place, but {addresses} is associated elsewhere. Give "
        "it back to the interface; the job then ends by itself."
    ),
    "effort_spent": (
        "The interface was moved too often; somebody else is moving it too. Find out "
        "who; the job keeps looking, and attaches it when it lies free."
    ),
    "reversed_refused": "EC2 refused the move for good; everything is as it was.",
    "free_but_frozen": "The interface lies free, and the pair is frozen.",
    "too_many_repairs": "The interface lies free again after three repairs this hour.",
    "free_and_no_end_possible": "The interface lies free, and no instance can take it.",
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


def reason(why: str, args: Args) -> str:
    """The sentence of a `why` code; the code itself where it has none."""
    return fill(REASONS.get(why, why), args)


def waiting(waiting_for: str) -> str:
    """The sentence of a `waiting_for` code."""
    return WAITS.get(waiting_for, f"Waiting for: {waiting_for}.")


def job(
    *, state: str, waiting_for: str, why: str, args: Args, to: str, source: str
) -> str:
    """What is so with a job, and what a human can do about it."""
    because = reason(why, args)
    match state:
        case "succeeded":
            where = f"attached to {to}" if to else "detached and lies free"
            said = f"The network interface is {where}. {because}"
        case "reversed":
            where = f"back at {source}" if source else "free, as before"
            said = f"The network interface is {where}. {because}"
        case "cancelled":
            said = because or "Cancelled; nothing was changed."
        case "parked":
            said = because or waiting("human")
        case "queued":
            said = waiting("")
        case _:
            said = f"{because} {waiting(waiting_for)}"
    return said.strip()
