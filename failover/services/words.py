"""Every sentence that pages, API, commands and messages share. Data in, prose out."""

from collections.abc import Mapping

from failover.services import check_words, job_words, probe_words

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
    "not_all": ("None was started", "All or none was asked for; in the way: {names}."),
    "confirm_identity": (
        "Confirm that it is you",
        "This asks for your password or second factor again, at most five minutes"
        " before. Confirm it at /accounts/reauthenticate/ and send this again.",
    ),
    "approval_required": (
        "It takes a second person",
        "This pair is swapped only with another person's consent. Approvers have been"
        " asked: request {approval}, good for 15 minutes. Swap again once it is given.",
    ),
    "approval_closed": (
        "There is nothing to decide any more",
        "This request is {state}. Ask anew for another one.",
    ),
    "token_in_address": (
        "A token in an address",
        "A token does not belong into an address, where logs and histories keep it."
        " Send it as `Authorization: Bearer …`, and revoke this one.",
    ),
    "in_clear": (
        "Not without TLS",
        "This address is answered over https only. If a token came along, it has"
        " crossed the network in clear: revoke it.",
    ),
    "last_admin": (
        "Somebody must stay administrator",
        "Nobody else could change roles after this. Make another administrator first.",
    ),
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
    "not_served": (
        "Nobody serves it",
        "The {noun} is at neither instance, so there is no service to probe. Swap the "
        "pair to one of them first.",
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
        "Too many calls",
        "The limit of {most} {what} a minute is reached. "
        "Try again in {retry_after_s} s.",
    ),
    "method_not_allowed": (
        "Not a method of this path",
        "{method} is not possible here; these are: {allowed}.",
    ),
    "not_acceptable": (
        "Not in a form that you take",
        "Your Accept header leaves out all that is answered here: {forms}.",
    ),
    "length_required": (
        "How long is the body?",
        "Send the body with its Content-Length, not in chunks.",
    ),
    "too_large": ("The body is too long", "At most {most} bytes are read."),
    "address_too_long": (
        "The address is too long",
        "A path with its query has at most {most} characters.",
    ),
    "unsupported_media_type": (
        "Not a form that we read",
        "Send the body as application/json in UTF-8, not as {sent}.",
    ),
    "broken": (
        "Something broke",
        "It is our fault and is recorded under request {request_id}. Jobs that are "
        "running go on. A start call may be repeated with the same Idempotency-Key.",
    ),
    "ec2_unreachable": (
        "EC2 does not answer",
        "EC2 could not be read ({detail}). Nothing was started; try again.",
    ),
    "ec2_refused": (
        "EC2 does not let us look",
        "EC2 refused the look ({detail}). Nothing was started; see the role's policy.",
    ),
    "ec2_call_refused": ("EC2 refused it", "{detail}"),
    "ec2_busy": (
        "EC2 asks for patience",
        "EC2's quota of calls is used up for the moment; nothing was done. Try again "
        "in {retry_after_s} s.",
    ),
    "ec2_not_reached": (
        "EC2 does not answer",
        "EC2 could not be reached ({detail}). Nothing was done; try again.",
    ),
    "outcome_unknown": (
        "Nobody knows yet whether it happened",
        "{doing}: EC2's answer was lost, so it may have happened. Do not send it again "
        "yet: action {action} says what comes of it, or look at {resource} in EC2.",
    ),
    "managed": (
        "A service of AWS manages it",
        "Network interface {interface} was made by a service of AWS, which alone may "
        "change it. Change it where that service is set up.",
    ),
    "moved_by_pair": (
        "It belongs to a pair",
        "{what} is moved by pair {pair}. Swap the pair instead, or delete the pair "
        "first.",
    ),
    "held": (
        "It is still in use",
        "{what} is in use by {by}. Take it from there first.",
    ),
    "changed_in_part": (
        "Only a part was changed",
        "Changed: {applied}. Then this came in the way: {detail}",
    ),
    "unavailable": (
        "The database does not answer",
        "Whether it was done is not known. Ask again with the same key.",
    ),
}


APPROVAL_OUTDATED = (
    "The plan is no longer the one that was approved. The new one has been asked for:"
    " approvers have to look again."
)

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


def check(code: str, *, ok: bool, args: Args, strategy: str = "eni") -> str:
    """What a check found; `said` among `args` names a sentence more to the point."""
    passed, failed = check_words.sentences(str(args.get("said", code)), strategy)
    if "objection" in args:
        found = probe_words.FINDINGS.get(str(args["objection"]), "")
        args = {**args, "said_of_it": found}
    return fill(passed if ok else failed, {"code": code, **args})


def reason(why: str, args: Args, strategy: str = "eni") -> str:
    """The sentence of a `why` code; the code itself where it has none."""
    if why == "move_refused" and args.get("code") == "addresses":
        why = "move_would_displace"
    if why == "both_ends_impossible" and strategy != "eni" and "code" not in args:
        why = "no_end_possible"
    reasons = dict(job_words.REASONS)
    if strategy != "eni":
        reasons |= job_words.MOVE_REASONS
    return fill(reasons.get(why, why), {"noun": noun(strategy), **args})


def waiting(waiting_for: str) -> str:
    """The sentence of a `waiting_for` code."""
    return job_words.WAITS.get(waiting_for, f"Waiting for: {waiting_for}.")


def job(  # noqa: PLR0913 - what a job's row says of itself, each by name
    *,
    state: str,
    waiting_for: str,
    why: str,
    args: Args,
    to: str,
    source: str,
    strategy: str = "eni",
) -> str:
    """What is so with a job, and what a human can do about it."""
    # A job that ended at its target need not name it again.
    because = reason(why, {"target": to, **args}, strategy)
    ends = job_words.ENDS.get(strategy, job_words.ENDS["eni"])
    match state:
        case "succeeded":
            said = f"{ends.arrived.format(to) if to else ends.free} {because}"
        case "reversed":
            back = ends.returned.format(source) if source else ends.still_free
            said = f"{back} {because}"
        case "cancelled":
            said = because or "Cancelled; nothing was changed."
        case "parked":
            said = because or waiting("human")
        case "queued":
            said = waiting(waiting_for)
        case _:
            said = f"{because} {waiting(waiting_for)}"
    return said.strip()
