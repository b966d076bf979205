"""The bus: what each change of state makes of events, and who has got them."""

import json
import random
import threading
import uuid
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ec2sim.config import Config
from ec2sim.events.post import Post
from ec2sim.state.instance import Instance
from ec2sim.state.region import Region
from ec2sim.timing.clock import Clock

KEPT_EVENTS = 100_000
Event = Mapping[str, Any]


class Bus:
    """Delivers "EC2 Instance State-change Notification" as EventBridge writes it.

    Some never come, some twice, some late, some after the one that follows them: each
    by a lot of its own, drawn by seed, instance and the how-manieth event it is.
    """

    def __init__(self, config: Config, clock: Clock, seed: int) -> None:
        self._config = config
        self._clock = clock
        self._seed = seed
        self._lock = threading.Lock()
        self._delivered: deque[str] = deque(maxlen=KEPT_EVENTS)
        self._made: dict[str, int] = {}
        self._waiting: dict[str, list[Event]] = {}
        self._post = Post()

    def watch(self, region: Region) -> None:
        """Tell of every state that an instance of a region enters from now on."""

        def changed(old: Instance | None, new: Instance | None) -> None:
            if new is None or region.around.journal.is_muted:
                return
            if old is None or old.state != new.state:
                self._tell(region, new)

        region.instances.watchers.append(changed)

    def lines(self) -> list[str]:
        """What was delivered, one JSON text each, in order of arrival."""
        with self._lock:
            return list(self._delivered)

    def clear(self) -> None:
        """Forget everything that was delivered or is on its way."""
        with self._lock:
            self._delivered.clear()
            self._made.clear()
            self._waiting.clear()

    def close(self) -> None:
        """Deliver nothing any more."""
        self._post.close()

    def _tell(self, region: Region, row: Instance) -> None:
        number = self._made[row.id] = self._made.get(row.id, 0) + 1
        chance = random.Random(f"{self._seed} event {row.id} {number}")
        # All five lots are drawn each time, so that changing one share leaves the
        # others' luck as it was.
        event = _envelope(
            region, row, uuid.UUID(int=chance.getrandbits(128), version=4)
        )
        missing, duplicate, late, disorder, span = (chance.random() for _ in range(5))
        config = self._config
        overtaken = self._waiting.pop(row.id, [])
        if missing < config.event_missing:
            pass
        elif disorder < config.event_disorder:
            self._put_behind(region, row.id, event)
        elif late < config.event_late:
            self._after(region, span * config.event_late_s, event)
        else:
            self._deliver(event)
        if duplicate < config.event_duplicate and missing >= config.event_missing:
            self._after(region, span * config.event_late_s, event)
        for each in overtaken:
            self._deliver(each)

    def _put_behind(self, region: Region, instance_id: str, event: Event) -> None:
        """Keep an event until the instance's next one, or until it is late."""
        self._waiting.setdefault(instance_id, []).append(event)

        def give_up(_at: float) -> None:
            waiting = self._waiting.get(instance_id, [])
            if event in waiting:
                waiting.remove(event)
                self._deliver(event)

        region.timers.add(region.now + self._config.event_late_s, give_up)

    def _after(self, region: Region, delay_s: float, event: Event) -> None:
        region.timers.add(region.now + delay_s, lambda _at: self._deliver(event))

    def _deliver(self, event: Event) -> None:
        text = json.dumps(event)
        with self._lock:
            self._delivered.append(text)
        if self._config.event_url:
            self._post.send(self._config.event_url, text)


def _envelope(region: Region, row: Instance, event_id: uuid.UUID) -> Event:
    at = datetime.fromtimestamp(region.now, tz=UTC)
    arn = f"arn:aws:ec2:{region.name}:{region.account_id}:instance/{row.id}"
    return {
        "version": "0",
        "id": str(event_id),
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": region.account_id,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region.name,
        "resources": [arn],
        "detail": {"instance-id": row.id, "state": row.state},
    }
