"""Which services a driver probes, and when (protocol P4). It waits for no answer."""

from collections.abc import Iterable
from uuid import UUID

from failover.engine import probing
from failover.engine.errands import Errands, ProbeEnded
from failover.engine.hands import Hand, Hands
from failover.engine.limits import Limits
from failover.engine.probes import Heard, ProbeOutcome, Question


class Ears:
    """Starts the probes of one driver and keeps with each job what was answered."""

    def __init__(self, *, errands: Errands, limits: Limits) -> None:
        self._errands = errands
        self._limits = limits
        # When the probe that each job waits for began.
        self._asked: dict[UUID, float] = {}

    def start(self, hands: Hands, now: float) -> None:
        """Ask for every job whose time has come, the longest unasked first.

        No more than so many at once: who does not answer takes a thread for seconds.
        """
        room = self._limits.probes_in_flight - len(self._asked)
        due = [each for each in self._listening(hands) if each[0].ask_at <= now]
        for hand, question in sorted(due, key=lambda each: each[0].ask_at)[:room]:
            job_id = hand.work.job.id
            self._asked[job_id] = now
            hand.ask_at = now + self._limits.probe_every_s
            self._errands.probe(job_id, question)

    def moments(self, hands: Hands) -> Iterable[float]:
        """When the next probe is due, if one may begin at all."""
        if len(self._asked) >= self._limits.probes_in_flight:
            return ()
        return [hand.ask_at for hand, _ in self._listening(hands)]

    def took(self, ended: ProbeEnded, hands: Hands, now: float) -> None:
        """A probe has ended. Without a verdict it has told nothing."""
        began_at = self._asked.pop(ended.job_id, None)
        hand = hands.get(ended.job_id)
        if hand is None or began_at is None or ended.verdict is None:
            return
        hand.heard = Heard(began_at=began_at, verdict=ended.verdict)
        is_pass = ended.verdict.outcome is ProbeOutcome.PASSED
        if is_pass and hand.work.job.waiting_for == probing.WAITING:
            # Nothing else is waited for: the look for the end is due.
            hand.look_at = min(hand.look_at, now)

    def _listening(self, hands: Hands) -> list[tuple[Hand, Question]]:
        """Whose service may be asked, and how; nobody is asked twice at once."""
        due = [
            h
            for i, h in hands.items()
            if h.work.job.probe is not None and i not in self._asked
        ]
        asking = ((h, probing.find_question(h.work.job, h.address)) for h in due)
        return [(hand, question) for hand, question in asking if question is not None]
