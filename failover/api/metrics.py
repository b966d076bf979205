"""`/metrics` for Prometheus: for this machine without a login, else with a token."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, exposition
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from failover.api import problems
from failover.services import access, gauges, refusals, scoping
from failover.services.gauges import Histogram
from failover.services.people import tokens

PREFIX = "swapboard"


@csrf_exempt
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, counted now. 401 for strangers, 503 without a database."""
    try:
        actor = _find_reader(request)
        encode, form = exposition.choose_encoder(request.headers.get("Accept", ""))
        registry = CollectorRegistry(auto_describe=False)
        with _eyes_of(actor):
            registry.register(FromDatabase())
            body = encode(registry)
    except refusals.Refusal as refusal:
        return problems.answer(refusal)
    except DatabaseError:
        return problems.answer(refusals.Unavailable())
    return HttpResponse(body, content_type=form, headers={"Cache-Control": "no-store"})


class FromDatabase(Collector):
    """One reading of all gauges."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: names alone must not cost a reading."""
        return ()

    def collect(self) -> Iterator[Metric]:
        yield _counter(
            "jobs",
            "Jobs that have ended.",
            ("kind", "strategy", "state"),
            gauges.count_ended_jobs().items(),
        )
        yield _gauge(
            "jobs_active",
            "Jobs at work; parked ones wait for a human.",
            ("state",),
            gauges.count_active_jobs().items(),
        )
        yield _histogram(
            "outage_seconds",
            "From the begin of an outage until it was restored.",
            "strategy",
            gauges.measure_outages(),
        )
        yield _histogram(
            "job_duration_seconds",
            "From the request of a job until its end.",
            "kind",
            gauges.measure_durations(),
        )
        calls = gauges.count_calls()
        yield _counter(
            "ec2_calls",
            "Mutating calls of jobs to EC2.",
            ("action", "outcome"),
            calls.items(),
        )
        throttled = sum(n for (_, how), n in calls.items() if how == "throttled")
        yield _counter(
            "ec2_throttles", "Those that EC2 throttled.", (), [((), throttled)]
        )
        yield from _regions()
        yield from _pairs()
        yield _gauge(
            "seen_age_seconds",
            "Since a process of that part was last seen.",
            ("part",),
            [((part,), age_s) for part, age_s in gauges.list_beats().items()],
        )


def _regions() -> Iterator[Metric]:
    regions, names = gauges.list_regions(), ("account", "region")
    yield _gauge(
        "inventory_age_seconds",
        "Since anything of the region was seen.",
        names,
        [(r.labels, r.age_s) for r in regions if r.age_s is not None],
    )
    yield _gauge(
        "inventory_error",
        "1 while the last read of the region failed.",
        names,
        [(r.labels, float(r.has_error)) for r in regions],
    )


def _pairs() -> Iterator[Metric]:
    pairs, names = gauges.list_pairs(), ("pair", "account", "region", "strategy")
    yield _gauge(
        "pair_ready",
        "1 while the pair can be swapped.",
        names,
        [(p.labels, float(p.is_ready)) for p in pairs],
    )
    yield _gauge(
        "pair_drifted",
        "1 while it is not where it should be.",
        names,
        [(p.labels, float(p.is_drifted)) for p in pairs],
    )
    yield _gauge(
        "pair_frozen",
        "1 while no swap may begin.",
        names,
        [(p.labels, float(p.is_frozen)) for p in pairs],
    )


def _counter(
    name: str,
    said: str,
    labels: Sequence[str],
    values: Iterable[tuple[Sequence[str], float]],
) -> Metric:
    family = CounterMetricFamily(f"{PREFIX}_{name}", said, labels=labels)
    for of, value in values:
        family.add_metric(list(of), value)
    return family


def _gauge(
    name: str,
    said: str,
    labels: Sequence[str],
    values: Iterable[tuple[Sequence[str], float]],
) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", said, labels=labels)
    for of, value in values:
        family.add_metric(list(of), value)
    return family


def _histogram(
    name: str, said: str, label: str, measured: Iterable[Histogram]
) -> Metric:
    family = HistogramMetricFamily(f"{PREFIX}_{name}", said, labels=[label])
    for one in measured:
        buckets = [(str(limit), float(count)) for limit, count in one.buckets]
        buckets.append(("+Inf", float(one.count)))
        family.add_metric(list(one.labels), buckets, one.sum_s)
    return family


def _find_reader(request: HttpRequest) -> access.Actor | None:
    """Who reads; None: this machine itself. Raises Anonymous, Forbidden."""
    ip = str(request.META.get("REMOTE_ADDR", ""))
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        actor = None
        if scheme.lower() == "bearer":
            actor = tokens.authenticate(raw.strip(), source_ip=ip)
        return access.require(actor, "viewer")
    # Whom a proxy on this machine lets in has its address, but not its right.
    if request.META.get("swapboard.is_forwarded") or not _is_loopback(ip):
        raise refusals.Anonymous
    return None


def _eyes_of(actor: access.Actor | None) -> AbstractContextManager[None]:
    return scoping.everything() if actor is None else scoping.seen_by(lambda: actor)


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


# For the root of the site.
urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("metrics/", metrics),
]
