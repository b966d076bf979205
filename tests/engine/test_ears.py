"""When a driver probes, and what it makes of the answers."""

from dataclasses import replace
from typing import Any

from failover.engine.ears import Ears
from failover.engine.errands import ProbeEnded
from failover.engine.hands import Hand
from failover.engine.job import Job, State
from failover.engine.probes import ProbeOutcome, Verdict
from failover.engine.topology import InterfaceId
from tests.engine.arrival import PROBE, a_verdict
from tests.engine.cast import JOB_ID, LIMITS, NOW, PRIVATE_IP, STANDBY, held, work
from tests.engine.desk import SECOND, Desk, settled_job


def waiting(**changes: Any) -> Job:
    """One that has arrived and has been looked at twice."""
    return settled_job(probe=PROBE, waiting_for="probe", **changes)


def a_hand(job: Job, **changes: Any) -> Hand:
    hand = Hand(work=work(job), look_at=NOW + 1, fresh_after=NOW, address=PRIVATE_IP)
    for name, value in changes.items():
        setattr(hand, name, value)
    return hand


def ended(verdict: Verdict | None) -> ProbeEnded:
    return ProbeEnded(job_id=JOB_ID, verdict=verdict)


FAILED = a_verdict(ProbeOutcome.FAILED)


def test_what_has_arrived_is_asked_once_a_second() -> None:
    desk, hand = Desk(), a_hand(waiting())
    ears, hands = Ears(errands=desk, limits=LIMITS), {JOB_ID: hand}

    ears.start(hands, NOW)
    ears.took(ended(FAILED), hands, NOW + 0.1)
    ears.start(hands, NOW + 0.9)
    too_early = len(desk.probed)
    ears.start(hands, NOW + 1.0)

    assert (too_early, len(desk.probed)) == (1, 2)
    assert list(ears.moments(hands)) == []


def test_nobody_is_asked_twice_at_once() -> None:
    desk, hands = Desk(), {JOB_ID: a_hand(waiting())}
    ears = Ears(errands=desk, limits=LIMITS)

    ears.start(hands, NOW)
    ears.start(hands, NOW + 60)

    assert len(desk.probed) == 1


def test_the_longest_unasked_come_first_and_only_so_many_at_once() -> None:
    limits = replace(LIMITS, probes_in_flight=1)
    desk, other = Desk(), replace(waiting(), id=SECOND)
    hands = {
        JOB_ID: a_hand(waiting(), ask_at=NOW - 1),
        SECOND: a_hand(other, ask_at=NOW - 2),
    }
    ears = Ears(errands=desk, limits=limits)
    before = sorted(ears.moments(hands))

    ears.start(hands, NOW)

    assert before == [NOW - 2, NOW - 1]
    assert [job_id for job_id, _ in desk.probed] == [SECOND]
    assert list(ears.moments(hands)) == []


def test_an_answer_counts_from_when_its_probe_began() -> None:
    hand = a_hand(waiting())
    ears, hands = Ears(errands=Desk(), limits=LIMITS), {JOB_ID: hand}

    ears.start(hands, NOW)
    ears.took(ended(a_verdict()), hands, NOW + 1.5)

    assert hand.heard is not None
    assert hand.heard.began_at == NOW
    assert hand.look_at == NOW + 1


def test_a_pass_that_is_waited_for_brings_the_next_look_on() -> None:
    hand = a_hand(waiting(), look_at=NOW + 2)
    calm = a_hand(replace(waiting(), waiting_for="verify"), look_at=NOW + 2)
    for each in (hand, calm):
        ears, hands = Ears(errands=Desk(), limits=LIMITS), {JOB_ID: each}
        ears.start(hands, NOW)
        ears.took(ended(a_verdict()), hands, NOW + 0.1)

    assert (hand.look_at, calm.look_at) == (NOW + 0.1, NOW + 2)


def test_silence_is_kept_from_no_one_and_tells_nothing() -> None:
    hand = a_hand(waiting())
    ears, hands = Ears(errands=Desk(), limits=LIMITS), {JOB_ID: hand}

    ears.start(hands, NOW)
    ears.took(ended(None), hands, NOW + 2)

    assert hand.heard is None
    assert list(ears.moments(hands)) == [NOW + 1]


def test_answers_for_jobs_that_are_gone_or_were_not_asked_are_dropped() -> None:
    hand = a_hand(waiting())
    ears = Ears(errands=Desk(), limits=LIMITS)

    ears.start({JOB_ID: hand}, NOW)
    ears.took(ended(a_verdict()), {}, NOW + 0.1)
    ears.took(ended(a_verdict()), {JOB_ID: hand}, NOW + 0.2)

    assert hand.heard is None


# In a driver.


def test_a_driver_ends_the_job_as_soon_as_its_service_answers() -> None:
    desk = Desk()
    desk.add(settled_job(probe=PROBE))
    desk.drive()
    desk.tell(desk.seen(held(STANDBY)))
    held_back = desk.job(JOB_ID)
    assert (held_back.state, held_back.waiting_for) == (State.RUNNING, "probe")
    [(job_id, question)] = desk.probed
    assert (job_id, question.address) == (JOB_ID, PRIVATE_IP)

    looks = len(desk.looks)
    desk.tell(ProbeEnded(job_id=JOB_ID, verdict=FAILED), after_s=0.3)
    assert len(desk.looks) == looks
    desk.tell(after_s=0.8)
    desk.tell(desk.seen(held(STANDBY)))
    heard = desk.job(JOB_ID).heard
    assert heard is not None
    assert heard.verdict == FAILED
    assert len(desk.probed) == 2
    looks = len(desk.looks)
    desk.tell(ProbeEnded(job_id=JOB_ID, verdict=a_verdict()), after_s=0.3)
    assert len(desk.looks) == looks + 1
    desk.tell(desk.seen(held(STANDBY)))

    assert desk.job(JOB_ID).state is State.SUCCEEDED


def test_a_driver_that_ends_begins_no_probe() -> None:
    desk = Desk()
    desk.add(settled_job(probe=PROBE))
    desk.drive()
    desk.is_stopping = True

    desk.tell(desk.seen(held(STANDBY)))

    assert desk.probed == []
    assert desk.result is True


def test_a_cancel_takes_back_what_waits_for_its_service() -> None:
    desk = Desk()
    desk.add(settled_job(probe=PROBE))
    desk.drive()
    desk.tell(desk.seen(held(STANDBY)))
    desk.store.cancel(job_id=JOB_ID)
    desk.tell(after_s=0.2)
    desk.tell(desk.seen(held(STANDBY)))

    assert [i.call.action for i, _ in desk.sent] == ["DetachNetworkInterface"]
    assert desk.job(JOB_ID).restored_at is None


def test_an_operator_lets_a_job_end_whose_service_is_silent() -> None:
    desk = Desk()
    desk.add(settled_job(probe=PROBE))
    desk.drive()
    assert desk.store.acknowledge(job_id=JOB_ID) is False
    desk.tell(desk.seen(held(STANDBY)))
    assert desk.store.acknowledge(job_id=JOB_ID) is True
    desk.tell(after_s=0.2)
    desk.tell(desk.seen(held(STANDBY)))

    ended_job = desk.job(JOB_ID)
    assert (ended_job.state, ended_job.why) == (State.SUCCEEDED, "probe_waived")


def test_the_address_last_seen_is_asked_though_a_look_leaves_it_out() -> None:
    desk = Desk()
    desk.add(settled_job(probe=PROBE))
    desk.drive()
    desk.tell(desk.seen(held(STANDBY)))
    desk.tell(ProbeEnded(job_id=JOB_ID, verdict=FAILED), after_s=0.9)
    desk.tell(after_s=0.2)
    desk.tell(desk.nothing())
    assert InterfaceId("") not in desk.looks[-1].interface_ids
    desk.tell(ProbeEnded(job_id=JOB_ID, verdict=FAILED), after_s=0.9)
    desk.tell(after_s=0.2)

    assert {q.address for _, q in desk.probed} == {PRIVATE_IP}
    assert len(desk.probed) == 3
