"""What each step of a swap is, and what Swapboard does if it fails, in sentences.

The rules are the engine's own (docs/architecture.md): nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# By the step's name: with somebody to go back to, and without.
IF_FAILS: Mapping[str, tuple[str, str]] = {
    "check": (
        "If a check no longer holds, nothing is sent and the swap is called off.",
        "",
    ),
    "keep": (
        "If EC2 refuses, the swap goes on: attaching anew turns it off as well.",
        "",
    ),
    "detach": (
        "If EC2 refuses for good, nothing was changed: it stays at {source}, and the"
        " job ends reversed.",
        "",
    ),
    "wait_detached": (
        "If EC2 hangs for longer than {force_after} s, the job parks: a human is told,"
        " and it keeps looking. With Force below the detachment is forced then, and"
        " {source} may need a stop and start.",
        "",
    ),
    "wait_forced": (
        "If EC2 hangs for longer than {force_after} s, the detachment is forced;"
        " {source} may then need a stop and start.",
        "",
    ),
    "attach": (
        "If EC2 refuses for good, it is put back: attached to {source}, and the job"
        " ends reversed. If {source} does not take it either, the job parks: a human is"
        " told, and it keeps trying.",
        "If EC2 refuses for good, it stays free, as before, and the job ends reversed.",
    ),
    "wait_attached": (
        "If that takes longer than {stuck} s, it is detached again and put back to"
        " {source}.",
        "If that takes longer than {stuck} s, it is detached again and left free, as"
        " before.",
    ),
    "move": (
        "If EC2 refuses for good, the {noun} is put back to {source}, and the job ends"
        " reversed. If {source} does not take it either, the job parks: a human is"
        " told, and it keeps trying.",
        "If EC2 refuses for good, the {noun} stays free, as before, and the job ends"
        " reversed.",
    ),
    "verify": (
        "If an Elastic IP has come off, it is associated again; if something else has"
        " it, the job parks and the {noun} stays at {target}.",
        "",
    ),
    "verify_move": (
        "If {target} does not run within {stuck} s, the {noun} is put back to {source},"
        " once.",
        "If {target} does not run, the job ends and says so.",
    ),
    "probe": (
        "If it does not pass, the job goes on waiting with the {noun} at {target}, and"
        " home says so: mend the service, cancel to put the {noun} back, or let the job"
        " end without it.",
        "If it does not pass, the job goes on waiting with the {noun} at {target}, and"
        " home says so: mend the service, or let the job end without it.",
    ),
}
DETAILS: Mapping[str, str] = {
    "check": "The pair is locked, and EC2 is looked at once more.",
    "keep": "So that a terminated instance does not take the interface along.",
    "wait_detached": "Mostly a few seconds.",
    "wait_forced": "Mostly a few seconds.",
    "wait_attached": "Mostly a few seconds.",
    "verify": (
        "A second look, {verify_after} s later: the {noun} is at {target}, its"
        " addresses with it."
    ),
    "verify_move": (
        "A second look, {verify_after} s later: the {noun} is at {target}, which runs."
    ),
    "probe": "The service itself is asked, before the job counts as done.",
}
NO_PROBE = "No probe is set, so nobody asks the service whether it answers."
# How EC2 has answered a DryRun.
VERDICTS: Mapping[str, str] = {
    "allowed": "dry run: allowed",
    "denied": "dry run: denied",
    "unknown": "dry run: {why}",
    "never": "EC2 has no dry run of this",
}

# What a dry run has found, by its worst answer.
DRY_RUNS: Mapping[str, str] = {
    "denied": (
        "Dry run: EC2 would deny {count} of {all} calls to our role. Mend its policy"
        " (Settings, Accounts) before you swap. Nothing was changed."
    ),
    "unknown": (
        "Dry run: EC2 has said neither yes nor no to {count} of {all} calls. Nothing"
        " was changed."
    ),
    "never": (
        "Dry run: EC2 cannot be asked about {count} of {all} calls, and denies none of"
        " the others. Nothing was changed."
    ),
    "allowed": (
        "Dry run: EC2 would allow our role all of these calls. Nothing was changed."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What fills the sentences; an empty `source` means that nobody has it."""

    noun: str
    source: str
    target: str
    force_after_s: float
    verify_after_s: float
    stuck_s: float


def if_fails(step: str, gaps: Gaps) -> str:
    """What is done if the step fails."""
    with_source, without = IF_FAILS[step]
    return _fill(with_source if gaps.source else without or with_source, gaps)


def detail(step: str, gaps: Gaps) -> str:
    """What the step waits for or is good for, where its name does not say it."""
    return _fill(DETAILS.get(step, ""), gaps)


def verdict(outcome: str, why: str) -> str:
    """A DryRun's answer, in a few words."""
    return VERDICTS[outcome].format(why=why or "no answer")


def _fill(text: str, gaps: Gaps) -> str:
    return text.format(
        noun=gaps.noun,
        source=gaps.source,
        target=gaps.target,
        force_after=f"{gaps.force_after_s:g}",
        verify_after=f"{gaps.verify_after_s:g}",
        stuck=f"{gaps.stuck_s:g}",
    )
