"""One AWS account: its lock, its timers and its regions."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ec2sim.state.region import Region, Surroundings
from ec2sim.timing.timers import Timers


@dataclass(slots=True, kw_only=True)
class Account:
    """Whoever reads or changes anything of an account holds `lock`."""

    id: str
    around: Surroundings
    timers: Timers
    lock: threading.RLock = field(default_factory=threading.RLock)
    regions: dict[str, Region] = field(default_factory=dict)

    def region(self, name: str, *, furnish: Callable[[Region], None]) -> Region:
        """The region of that name, furnished when it is first asked for."""
        region = self.regions.get(name)
        if region is None:
            region = Region(
                account_id=self.id, name=name, around=self.around, timers=self.timers
            )
            self.regions[name] = region
            furnish(region)
        return region
