"""Schedules of `eni` that are not left to chance: every fault at every turn."""

from collections.abc import Iterator

from tests.simulation.plans import CALL_FAULTS, MARKS, Break, Event, Plan


def _stale() -> Iterator[Plan]:
    for fault in ("", *CALL_FAULTS):
        for n in range(5):
            yield Plan(
                name=f"stale-{fault or 'plain'}-{n}",
                call_faults={1: fault},
                lags=(0.0, 0.0, 1.0, 5.0),
            )
            yield Plan(
                name=f"old-{fault or 'plain'}-{n}",
                call_faults={1: fault},
                lags=(5.0,),
            )
            yield Plan(
                name=f"slow-looks-{fault or 'plain'}-{n}",
                call_faults={1: fault},
                slow_look_s=0.6,
            )


def _late_starts() -> Iterator[Plan]:
    """The first process dies with the region's lease; meanwhile the world changes."""
    for what in ("terminate", "stop", "fill"):
        for who in ("a", "b"):
            for after_s in (1.0, 14.0):
                yield Plan(
                    name=f"late-start-{what}-{who}-{after_s:g}",
                    breaks=(Break(point=3, what="kill"),),
                    uses_preflight=False,
                    events=(Event(what=what, on="start", after_s=after_s, who=who),),
                )


def _calls() -> Iterator[Plan]:
    for fault in CALL_FAULTS:
        for n in range(2):
            for lag in (0.0, 1.0, 5.0):
                yield Plan(
                    name=f"call-{n}-{fault}-{lag:g}",
                    call_faults={n: fault},
                    lags=(0.0, lag),
                )
            for mark in MARKS:
                yield Plan(
                    name=f"call-{n}-{fault}-cancel-{mark}",
                    call_faults={n: fault},
                    events=(Event(what="cancel", on=mark, after_s=0.03),),
                )
        yield Plan(
            name=f"call-both-{fault}", call_faults={0: fault, 1: fault, 2: fault}
        )


def _rivals() -> Iterator[Plan]:
    for mark in MARKS:
        for after_s in (0.0, 0.06, 0.5):
            yield Plan(
                name=f"steal-{mark}-{after_s:g}",
                uses_preflight=False,
                events=(
                    Event(what="steal", on=mark, after_s=after_s),
                    Event(what="cancel", on=mark, after_s=after_s + 0.3),
                ),
            )
            yield Plan(
                name=f"stall-{mark}-{after_s:g}",
                events=(
                    Event(what="stall", on=mark, after_s=after_s, lasts_s=20.0),
                    Event(what="rival", on=mark, after_s=after_s + 17),
                ),
            )
            yield Plan(
                name=f"slow-call-cancel-{mark}-{after_s:g}",
                call_faults={0: "slow_to_leave", 1: "slow_to_leave"},
                events=(Event(what="cancel", on=mark, after_s=after_s),),
            )


def _ends() -> Iterator[Plan]:
    for mark in MARKS:
        for what in ("terminate", "stop", "fill", "impede"):
            for who in ("a", "b"):
                event = Event(what=what, on=mark, who=who)
                yield Plan(name=f"{what}-{who}-{mark}", events=(event,))
                yield Plan(
                    name=f"{what}-{who}-{mark}-lagging",
                    events=(event,),
                    lags=(0.0, 1.0, 5.0),
                    uses_preflight=False,
                )
    yield Plan(name="drop", events=(Event(what="drop", on="attached", after_s=2.0),))


def _detaches() -> Iterator[Plan]:
    for force_after_s in (None, 10.0):
        for hang_s in (30.0, 200.0):
            name = f"hung-{hang_s:g}-{force_after_s}"
            yield Plan(name=name, hangs=(hang_s,), force_after_s=force_after_s)
            yield Plan(
                name=f"{name}-flag",
                hangs=(hang_s,),
                force_after_s=force_after_s,
                is_flag_raised=True,
                events=(
                    Event(what="terminate", on="detaching", who="a", after_s=15.0),
                ),
            )
    yield Plan(name="hung-late-cancelled", **_LATE)  # type: ignore[arg-type]


_LATE = {
    "call_faults": {0: "late"},
    "late_s": 30.0,
    "events": (Event(what="cancel", on="intent", after_s=1.0),),
}


def _others() -> Iterator[Plan]:
    for what in ("hand_detach", "hand_attach", "lose_address", "move_address"):
        for mark in MARKS:
            event = Event(what=what, on=mark, who="c")
            yield Plan(name=f"{what}-{mark}", events=(event,))
    for kind, holder, to in (("attach", "", "b"), ("detach", "a", "")):
        yield Plan(name=kind, kind=kind, holder=holder, to=to)  # type: ignore[arg-type]
        for mark in MARKS:
            events = (Event(what="cancel", on=mark),)
            yield Plan(
                name=f"{kind}-cancel-{mark}",
                kind=kind,  # type: ignore[arg-type]
                holder=holder,
                to=to,
                events=events,
            )


def _guarded() -> Iterator[Plan]:
    """Somebody else frees what was swapped; the guard's own job meets trouble too."""
    for who in ("a", "b"):
        for mark in MARKS:
            yield Plan(
                name=f"guard-{who}-{mark}",
                has_guard=True,
                events=(
                    Event(what="hand_detach", on="end", after_s=1.0),
                    Event(what="terminate", on=mark, who=who),
                ),
            )
    for fault in CALL_FAULTS:
        yield Plan(
            name=f"guard-{fault}",
            has_guard=True,
            call_faults={2: fault, 3: fault},
            lags=(0.0, 1.0, 5.0),
            events=(Event(what="hand_detach", on="end", after_s=2.0),),
        )
    for what in ("freeze", "cancel", "double_click", "follow_up", "outage"):
        yield Plan(
            name=f"guard-{what}",
            has_guard=True,
            events=(
                Event(what="hand_detach", on="end", after_s=2.0),
                Event(what=what, on="end", after_s=8.0, lasts_s=9.0),
            ),
        )


def _refused() -> Iterator[Plan]:
    """What our role may not do, at either end, for good or for a while."""
    for what in ("impede", "forbid"):
        for who in ("a", "b"):
            for mark in MARKS:
                for lasts_s in (0.0, 6.0):
                    event = Event(what=what, on=mark, who=who, lasts_s=lasts_s)
                    yield Plan(
                        name=f"{what}-{who}-{mark}-{lasts_s:g}",
                        events=(event, Event(what="cancel", on="attached")),
                        uses_preflight=False,
                    )
    for apart_s in (3.0, 4.0, 4.5, 5.0, 5.5, 6.0):
        for uses_preflight in (False, True):
            yield Plan(
                name=f"brake-{apart_s:g}-{uses_preflight}",
                pairs=4,
                asked_apart_s=apart_s,
                limit=6,
                uses_preflight=uses_preflight,
                events=(Event(what="impede", on="detaching", lasts_s=60.0),),
            )
        yield Plan(
            name=f"brake-both-{apart_s:g}",
            pairs=3,
            asked_apart_s=apart_s,
            limit=6,
            events=(
                Event(what="impede", on="detaching", who="a", lasts_s=60.0),
                Event(what="impede", on="detaching", who="b", lasts_s=60.0),
            ),
        )
    for mark in MARKS:
        yield Plan(
            name=f"impede-both-{mark}",
            events=(
                Event(what="impede", on=mark, who="a"),
                Event(what="impede", on=mark, who="b"),
            ),
        )


def _guests() -> Iterator[Plan]:
    for force_after_s in (None, 10.0):
        for lasts_s in (0.0, 15.0, 60.0):
            for extra in ("", "stop", "terminate", "cancel"):
                events = [Event(what="hang_guest", who="a", lasts_s=lasts_s)]
                if extra:
                    events.append(
                        Event(what=extra, on="detaching", who="a", after_s=25.0)  # type: ignore[arg-type]
                    )
                yield Plan(
                    name=f"guest-{lasts_s:g}-{force_after_s}-{extra or 'plain'}",
                    force_after_s=force_after_s,
                    events=tuple(events),
                )


def _quotas() -> Iterator[Plan]:
    """Many at once, with few tokens left in EC2's buckets, and others that call."""
    for tokens in (3.0, 4.0, 6.0, 12.0):
        for pairs in (4, 8):
            for throttle in ("api", "shared"):
                for foreign_per_s in (0.0, 3.0):
                    for name, detach_s in (("quick", (2.0, 4.0)), ("slow", (7.0, 9.0))):
                        calls = f"{throttle}-{foreign_per_s:g}-{name}"
                        yield Plan(
                            name=f"quota-{tokens:g}-{pairs}-{calls}",
                            pairs=pairs,
                            asked_apart_s=0.0 if pairs == 8 else 0.2,
                            limit=16,
                            throttle=throttle,
                            tokens=tokens,
                            foreign_per_s=foreign_per_s,
                            detach_s=detach_s,
                            uses_preflight=pairs == 8,
                        )


def _short() -> Iterator[Plan]:
    """More tokens for detaches than for attaches, and quick detaches."""
    for attach_tokens in (-12.0, -6.0, 2.0):
        for pairs in (4, 8, 16):
            for asked_apart_s in (0.0, 0.1):
                for detach_s in ((0.3, 0.6), (2.0, 4.0)):
                    name = f"{attach_tokens:g}-{pairs}-{asked_apart_s:g}-{detach_s[0]}"
                    yield Plan(
                        name=f"short-{name}",
                        pairs=pairs,
                        asked_apart_s=asked_apart_s,
                        limit=20,
                        throttle="api",
                        attach_tokens=attach_tokens,
                        detach_s=detach_s,
                        uses_preflight=False,
                    )


def _sticky() -> Iterator[Plan]:
    for sticky_s in (0.5, 2.0, 6.0):
        for lags in ((0.0,), (0.0, 1.0)):
            yield Plan(
                name=f"sticky-{sticky_s:g}-{lags[-1]:g}", sticky_s=sticky_s, lags=lags
            )


def plans() -> Iterator[Plan]:
    for family in (
        _stale,
        _late_starts,
        _calls,
        _rivals,
        _ends,
        _detaches,
        _others,
        _guarded,
        _refused,
        _guests,
        _quotas,
        _short,
        _sticky,
    ):
        yield from family()
