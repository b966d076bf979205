"""New resources that EC2 does not know yet, although it has answered their names."""

import random
from typing import Any

from ec2sim.state.region import Region


def watch(region: Region, *, seed: int) -> None:
    """Hide whatever is created from now on for up to `visible_s` seconds.

    How long is drawn once for each resource, so that it comes to stay: nobody loses
    sight of what somebody has seen. What a seed builds is known from the start.
    """

    def born(old: Any, new: Any) -> None:
        window_s = region.around.config.visible_s
        if old is not None or new is None or not window_s:
            return
        if region.around.journal.is_muted:
            return
        chance = random.Random(f"{seed} visible {new.id}")
        region.unseen[new.id] = region.now + chance.uniform(0, window_s)

    for table in (
        region.interfaces,
        region.instances,
        region.elastic_ips,
        region.subnets,
    ):
        table.watchers.append(born)
