"""The engine's numbers, each with its unit, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds unless said. The first eight are settings; contract.md names them."""

    poll_dark_s: float = 0.2
    poll_idle_s: float = 1.0
    lease_ttl_s: float = 15.0
    settle_s: float = 360.0
    verify_after_s: float = 5.0
    force_after_s: float = 60.0
    hold_down_s: float = 600.0
    sync_every_s: float = 30.0
    # P1: how long a read may still miss an accepted attach.
    visible_s: float = 30.0
    # P1: how far apart two omissions must be before EC2 is asked by id.
    gone_gap_s: float = 5.0
    # P9: the gap inside the hazard window, and how many looks may be in flight.
    hazard_gap_s: float = 0.05
    looks_in_flight: int = 4
    # P9, P6: how old a look may be when the first detach, any call, an end rests on it.
    preflight_age_s: float = 1.0
    call_age_s: float = 1.0
    finish_age_s: float = 2.0
    facts_age_s: float = 5.0
    # P9: instances are read this often, and at the end.
    instances_every_s: float = 2.0
    # P4: an attach that takes longer is turned.
    attach_stuck_s: float = 60.0
    # P2: repeats of an open or in-use call, and effort (detaches and turns).
    repeat_first_s: float = 0.25
    repeat_most_s: float = 5.0
    throttle_s: float = 0.3
    effort: int = 12
    # A parked job looks this often and tries a refused end again this often.
    parked_look_s: float = 2.0
    parked_retry_s: float = 30.0
    # P4: how often the service of what has arrived is probed, how long one probe may
    # take, how many at once, and after how long without a pass humans are told.
    probe_every_s: float = 1.0
    probe_within_s: float = 2.0
    probes_in_flight: int = 32
    probe_give_up_s: float = 300.0
    # P10: a driver's run, and how often it looks for new, cancelled or lost jobs.
    run_for_s: float = 30.0
    pull_every_s: float = 0.1
