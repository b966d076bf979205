"""Schedules of services that answer their probes late, now and then, or never."""

from collections.abc import Iterator

from failover.engine.job import Strategy
from tests.simulation.plans import Event, Plan, Service

# How each strategy's services answer; of some only the plain course is run.
PLAIN: tuple[Service, ...] = ("well", "silent", "hung")
WHOLE: tuple[tuple[Strategy, Service], ...] = (
    (Strategy.ENI, "late"),
    (Strategy.ENI, "flapping"),
    (Strategy.ENI, "once"),
    (Strategy.ENI, "dead"),
    (Strategy.EIP, "once"),
    (Strategy.PRIVATE_IP, "late"),
    (Strategy.ROUTE, "dead"),
)


def plans() -> Iterator[Plan]:
    for strategy in Strategy:
        for service in PLAIN:
            yield _plain(strategy, service)
    for strategy, service in WHOLE:
        yield _plain(strategy, service)
        yield from _disturbed(strategy, service)


def _plain(strategy: Strategy, service: Service) -> Plan:
    return Plan(
        name=f"probe-{strategy.value}-{service}",
        strategy=strategy,
        service=service,
        parts=2 if strategy is Strategy.ROUTE else 1,
    )


def _disturbed(strategy: Strategy, service: Service) -> Iterator[Plan]:
    name = f"probe-{strategy.value}-{service}"
    # Before the service could answer, while it is waited for, and too late for both.
    for n, after_s in enumerate((1.0, 7.0, 45.0)):
        for what in ("cancel", "acknowledge"):
            yield Plan(
                name=f"{name}-{what}-{n}",
                strategy=strategy,
                service=service,
                events=(Event(what=what, on="attached", after_s=after_s),),
            )
    # The process that has heard the answer is gone.
    for n, after_s in enumerate((2.0, 5.5, 12.0)):
        yield Plan(
            name=f"{name}-kill-{n}",
            strategy=strategy,
            service=service,
            events=(Event(what="kill", on="attached", after_s=after_s, lasts_s=2.0),),
        )
    # What has arrived, and may have been answered for, is lost again.
    lost: tuple[Event, ...] = (
        Event(what="drop", on="attached", after_s=3.0),
        Event(what="hand_detach", on="attached", after_s=3.0),
        Event(what="hand_detach", on="attached", after_s=20.0),
        Event(what="stop", on="attached", after_s=2.0, lasts_s=8.0),
    )
    for n, event in enumerate(lost):
        yield Plan(
            name=f"{name}-lost-{n}", strategy=strategy, service=service, events=(event,)
        )
    yield Plan(
        name=f"{name}-stale",
        strategy=strategy,
        service=service,
        lags=(0.0, 1.0, 5.0),
        failing_looks=20,
    )
    yield Plan(
        name=f"{name}-late-call",
        strategy=strategy,
        service=service,
        call_faults={0: "error_late"},
        late_s=20.0,
    )
