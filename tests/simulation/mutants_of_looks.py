"""Engines that believe too much of a look (protocol P1), or keep false time (P11)."""

from dataclasses import replace
from typing import Any

from failover.engine import drive, eyes, hands, refusals, rounds, sight, stamps
from failover.engine.errands import Event, LookFailed
from failover.engine.job import Job, Memory
from failover.engine.moves import whereabouts
from failover.engine.sight import Kind, Seen
from failover.engine.steps import Need
from failover.engine.topology import Observation
from tests.simulation.mutation import Mutant, instead_of, never

MOVING = ("eip", "private-ip", "route")


def _serve_anything(
    round_: rounds.Rounds, observation: Observation
) -> list[hands.Hand]:
    return [
        h
        for h in round_.hands.values()
        if h.work.job.interface_id in observation.scope.interface_ids
        and not h.is_calling
    ]


def _serve_those_that_call(
    round_: rounds.Rounds, observation: Observation
) -> list[hands.Hand]:
    return [
        h
        for h in round_.hands.values()
        if h.work.job.interface_id in observation.scope.interface_ids
        and observation.began_at > h.fresh_after
    ]


def _gone_at_once(memory: Memory, job: Job, observation: Observation, *_: Any) -> Any:
    del job
    gone = Seen(
        kind=Kind.GONE,
        began_at=observation.began_at,
        ended_at=observation.ended_at,
        since=observation.began_at,
    )
    return memory, gone


def _gone_unasked(
    memory: Memory, job: Job, observation: Observation, limits: Any
) -> Any:
    since = memory.omitted_since
    if since is None or observation.began_at < since + limits.gone_gap_s:
        return _omitted(memory, job, observation, limits)
    return _gone_at_once(memory, job, observation)


_omitted = sight._omitted  # noqa: SLF001 - a mutant is made of the inside.
_receive = drive.Driver._receive  # noqa: SLF001


def _take_errors_for_data(
    driver: drive.Driver, events: list[Event], *, may_call: bool
) -> None:
    now = driver._clock.now()  # noqa: SLF001
    taken = [
        Observation(
            scope=e.scope,
            began_at=now,
            ended_at=now,
            not_found=frozenset(e.scope.confirm_ids),
        )
        if isinstance(e, LookFailed)
        else e
        for e in events
    ]
    _receive(driver, taken, may_call=may_call)


def _restore_while_attaching(job: Job, intents: Any, seen: Seen, *rest: Any) -> Job:
    stamped = _stamp_held(job, intents, seen, *rest)
    if seen.attachment and seen.attachment.status == "attaching":
        return replace(stamped, restored_at=stamped.restored_at or seen.ended_at)
    return stamped


_stamp_held = stamps._stamp_held  # noqa: SLF001


def _same_job(job: Job, *_args: object, **_kwargs: object) -> Job:
    return job


def _landed_all(eye: Any, shown: str) -> tuple[int, ...]:
    del shown
    return tuple(i.seq for i in eye.moves)


MUTANTS = (
    Mutant(
        name="old_looks_are_acted_upon",
        drops="P1: a look serves a job if it began after our last call ended",
        finds=("slow-looks",),
        swaps=((rounds.Rounds, "_served_by", _serve_anything),),
    ),
    Mutant(
        name="a_job_in_flight_is_ticked",
        drops="P1: a job with a call in flight is left out",
        finds=("in-flight",),
        swaps=((rounds.Rounds, "_served_by", _serve_those_that_call),),
    ),
    Mutant(
        name="old_news_is_acted_upon",
        drops="P1: an observation is at most 1 s old at an intent",
        finds=("stall-",),
        numbers={"call_age_s": 1e9},
    ),
    Mutant(
        name="ends_on_old_news",
        drops="P1: an observation is at most 2 s old at Finish",
        finds=("stall-end",),
        numbers={"finish_age_s": 1e9},
    ),
    Mutant(
        name="stale_reads_are_believed",
        drops="P1: monotone, a step backwards is a stale read",
        finds=("stale", "old"),
        swaps=(
            (sight, "_is_backwards", never),
            (sight, "_may_be_missed", never),
            (sight, "_may_still_be_held", never),
        ),
    ),
    Mutant(
        name="the_dead_rise",
        drops="P1: attachment ids known to be gone are dead",
        finds=(),
        swaps=((sight, "_bury", lambda memory, *_: memory),),
    ),
    Mutant(
        name="young_free_reads_are_believed",
        drops="P1: available within T_VISIBLE of an accepted attach is stale",
        finds=("stale", "old", "slow"),
        numbers={"visible_s": 0.0},
    ),
    Mutant(
        name="one_omission_is_gone",
        drops="P1: gone needs two omissions and NotFound by id",
        finds=("omit",),
        swaps=((sight, "_omitted", _gone_at_once),),
    ),
    Mutant(
        name="two_omissions_are_gone",
        drops="P1: gone needs NotFound by id",
        finds=("omit",),
        swaps=((sight, "_omitted", _gone_unasked),),
    ),
    Mutant(
        name="an_error_is_an_empty_look",
        drops="P1: an API error is no data",
        finds=("blind",),
        swaps=((drive.Driver, "_receive", _take_errors_for_data),),
    ),
    Mutant(
        name="stale_moves_are_believed",
        drops="P1: a place that was left lately is an old read",
        finds=("move-eip-stop",),
        families=MOVING,
        swaps=((whereabouts, "_is_stale", never),),
    ),
    Mutant(
        name="left_out_addresses_are_free",
        drops="P1: a private address is not free because its interface was left out",
        finds=("omit",),
        families=("private-ip",),
        swaps=((whereabouts, "_hidden_since", instead_of(None)),),
    ),
    Mutant(
        name="all_moves_have_landed",
        drops="P2: an open move has landed only if nothing else can have done it",
        finds=("move-",),
        families=MOVING,
        swaps=((whereabouts, "_landed", _landed_all),),
    ),
    Mutant(
        name="attaching_is_restored",
        drops="P11: restored_at is the first look that shows attached",
        finds=("call",),
        swaps=((stamps, "_stamp_held", _restore_while_attaching),),
    ),
    Mutant(
        name="outages_are_not_noted",
        drops="P11: the outage began when the first effective detach was sent",
        finds=("call",),
        swaps=(
            (stamps, "_went_dark", _same_job),
            (stamps, "stamp_receipts", _same_job),
        ),
    ),
    Mutant(
        name="too_few_looks_in_the_dark",
        drops="P9: the longest gap while dark is POLL_DARK_S",
        finds=("plain",),
        swaps=((eyes.Eyes, "gap_s", instead_of(5.0)),),
    ),
    Mutant(
        name="too_many_looks",
        drops="P9: looks are at least the hazard gap apart",
        finds=("plain",),
        swaps=(
            (eyes.Eyes, "gap_s", instead_of(0.002)),
            (eyes.Eyes, "_dense_s", instead_of(0.002)),
        ),
    ),
    Mutant(
        name="refusals_outlive_their_reason",
        drops="P4: a parked job tries a refused end again",
        finds=("impede-both",),
        swaps=((refusals, "judge_end", refusals.judge_end),),
        numbers={"parked_retry_s": 1e9},
    ),
    Mutant(
        name="parked_jobs_forget_their_addresses",
        drops="P4: the first look of a claim shows a parked job its addresses",
        finds=("private-ip/22510",),
        families=("private-ip",),
        swaps=((drive, "_first_needs", instead_of(frozenset({Need.INSTANCES}))),),
    ),
    Mutant(
        name="guesses_stand",
        drops="P11: a stamp taken from an intent is mended when its receipt comes",
        finds=("eni/61224",),
        swaps=((stamps, "_was_guessed", never),),
    ),
)
