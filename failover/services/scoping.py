"""Which rows the one who asks may see: everything, an account's, tagged pairs'.

Whose eyes a request reads with is kept beside it, not handed from call to call: what
is forgotten then shows nothing, where a forgotten argument would show everything.
Outside of requests, in commands and in our own processes, everything is seen.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from failover import models
from failover.models import Pair, Role, User
from failover.services import refusals
from failover.services.access import Actor, contains, roles_of

Row = TypeVar("Row", bound=Model)
Ask = Callable[[], Actor | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose eyes, asked for when first needed, and the role that the request needs."""

    ask: Ask
    needs: str = Role.VIEWER.value


_sight: ContextVar[Sight | None] = ContextVar("sight", default=None)


@contextmanager
def seen_by(ask: Ask, *, needs: str = Role.VIEWER.value) -> Iterator[None]:
    """Read with these eyes for a while; None sees nothing."""
    token = _sight.set(Sight(ask=ask, needs=needs))
    try:
        yield
    finally:
        _sight.reset(token)


@contextmanager
def everything() -> Iterator[None]:
    """Read as our own processes do, for an answer that tells nothing of the rows."""
    token = _sight.set(None)
    try:
        yield
    finally:
        _sight.reset(token)


def narrow_to(actor: Actor, *, needs: str) -> None:
    """From now on, until the request ends, read as this actor, who needs this role."""
    _sight.set(Sight(ask=lambda: actor, needs=needs))


def need(role: str) -> None:
    """The rest of the request needs this role on what it asks for by name."""
    sight = _sight.get()
    if sight is not None:
        _sight.set(replace(sight, needs=role))


def kept(chunks: Iterable[Any]) -> Iterator[Any]:
    """The chunks of a streamed answer, each made with the eyes of its request."""
    # Taken now: when the first chunk is asked for, the request is over.
    return _with(_sight.get(), iter(chunks))


def _with(sight: Sight | None, found: Iterator[Any]) -> Iterator[Any]:
    while True:
        token = _sight.set(sight)
        try:
            chunk = next(found)
        except StopIteration:
            return
        finally:
            _sight.reset(token)
        yield chunk


def visible(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Those of the rows that the one who asks may see."""
    return _limit(rows, Role.VIEWER.value)


def permitted(rows: QuerySet[Row], role: str | None = None) -> QuerySet[Row]:
    """Those of the rows on which the one who asks has the role, or what is needed."""
    return _limit(rows, role or _needs())


def one(rows: QuerySet[Row], *, what: str, id: str) -> Row:
    """The row; raises NotFound where there is none to see, Forbidden where it may
    be seen and the request needs more.
    """
    row = visible(rows).first()
    if row is None:
        raise refusals.NotFound(what=what, id=id)
    require(row)
    return row


def require(row: Model) -> None:
    """Raises Forbidden unless what the request needs may be done with the row."""
    if not is_allowed(row):
        raise refusals.Forbidden(role=_needs())


def is_allowed(row: Model, role: str | None = None) -> bool:
    """Whether the one who asks has the role, or what the request needs, on the row."""
    needed = role or _needs()
    actor, is_less = _reader(needed)
    if not is_less:
        return True
    if actor is None:
        return False
    rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001 - public in Django.
    return _limit(rows, needed).exists()


def is_limited() -> bool:
    """Whether there is anything that the one who asks may not see."""
    return _reader(Role.VIEWER.value)[1]


def sees_networks() -> bool:
    """Whether any VPC, subnet, group or route table may show to the one who asks.

    They belong to accounts: whoever sees pairs by their tags alone sees none.
    """
    actor, is_less = _reader(Role.VIEWER.value)
    if not is_less:
        return True
    return actor is not None and any(g.account_id is not None for g in actor.grants)


def sees_all_of(user: User) -> bool:
    """Whether the one who asks may see whatever that user may see."""
    actor, is_less = _reader(Role.VIEWER.value)
    if not is_less:
        return True
    role, grants = roles_of(user)
    if actor is None or role or not grants:
        return False
    mine = {(g.account_id, g.tag) for g in actor.grants}
    return all((g.account_id, g.tag) in mine for g in grants)


def _needs() -> str:
    sight = _sight.get()
    return sight.needs if sight else Role.VIEWER.value


def _reader(role: str) -> tuple[Actor | None, bool]:
    """Who asks, and whether there is anything that they may not."""
    sight = _sight.get()
    if sight is None:
        return None, False
    actor = sight.ask()
    return actor, actor is None or not actor.may_everywhere(role)


def _limit(rows: QuerySet[Row], role: str) -> QuerySet[Row]:
    actor, is_less = _reader(role)
    if not is_less:
        return rows
    if actor is None:
        return rows.none()
    return rows.filter(_condition(rows.model, actor, role))


def _condition(model: type[Model], actor: Actor, role: str) -> Q:
    grants = [g for g in actor.grants if contains(g.role, role)]
    accounts = [g.account_id for g in grants if g.account_id is not None]
    tagged = _tagged([g.tag for g in grants if g.tag is not None])
    if model is models.AuditEntry:
        return _audit(actor, role)
    path = ACCOUNT_OF.get(model)
    found = Q(**{f"{path}__in": accounts}) if path and accounts else Q(pk__in=[])
    belongs = BELONGS.get(model)
    # A tag is a role on the pairs; what stands around them may be looked at.
    is_enough = model in OF_PAIRS or role == Role.VIEWER.value
    if tagged is not None and belongs is not None and is_enough:
        found |= belongs(tagged)
    return found


def _tagged(tags: list[tuple[str, str]]) -> QuerySet[Pair] | None:
    """The pairs that have any of the tags."""
    if not tags:
        return None
    pairs = Pair.objects.all()
    found = Q()
    for number, (key, value) in enumerate(tags):
        name = f"tag_{number}"
        # As a text, because a JSON value is compared with JSON.
        text = Cast(KeyTextTransform(key, "tags"), TextField())
        pairs = pairs.alias(**{name: text})
        found |= Q(**{name: value})
    return pairs.filter(found)


def _audit(actor: Actor, role: str) -> Q:
    """What the actor did, and what happened to what they may see."""
    found = Q(actor=actor.name)
    jobs = _limit(models.Job.objects.all(), role)
    found |= Q(job_id__in=jobs.values("pk"))
    for kind, (rows, column) in AUDITED.items():
        seen = _limit(rows(), role)
        names = seen.annotate(said=Concat(Value(f"{kind}/"), F(column)))
        found |= Q(object__in=names.values("said"))
    return found


def _interfaces(pairs: QuerySet[Pair]) -> Q:
    mine = pairs.filter(region=OuterRef("region"))
    moved = mine.filter(network_interface_id=OuterRef("interface_id"))
    return Q(Exists(moved)) | Q(Exists(mine.filter(_has_end("instance_id"))))


def _instances(pairs: QuerySet[Pair]) -> Q:
    mine = pairs.filter(region=OuterRef("region"))
    return Q(Exists(mine.filter(_has_end("instance_id"))))


def _addresses(pairs: QuerySet[Pair]) -> Q:
    mine = pairs.filter(region=OuterRef("region"))
    moved = mine.filter(allocation_id=OuterRef("allocation_id"))
    return Q(Exists(moved)) | Q(Exists(mine.filter(_has_end("instance_id"))))


def _changes(pairs: QuerySet[Pair]) -> Q:
    mine = pairs.filter(region=OuterRef("region"))
    moved = Q(network_interface_id=OuterRef("resource_id"))
    moved |= Q(allocation_id=OuterRef("resource_id"))
    return Q(Exists(mine.filter(moved | _has_end("resource_id"))))


def _has_end(column: str) -> Q:
    return Q(primary_instance_id=OuterRef(column)) | Q(
        standby_instance_id=OuterRef(column)
    )


ACCOUNT_OF: dict[type[Model], str] = {
    models.Account: "pk",
    models.Action: "region__account",
    models.DriftEvent: "region__account",
    models.Region: "account",
    models.Pair: "region__account",
    models.Job: "region__account",
    models.Approval: "region__account",
    models.NetworkInterface: "region__account",
    models.ElasticIp: "region__account",
    models.Instance: "region__account",
    models.Vpc: "region__account",
    models.Subnet: "region__account",
    models.SecurityGroup: "region__account",
    models.RouteTable: "region__account",
}
OF_PAIRS: frozenset[type[Model]] = frozenset({models.Pair, models.Job, models.Approval})
# What belongs to tagged pairs. The rest of a region shows only to whom the account
# or everything shows.
BELONGS: dict[type[Model], Callable[[QuerySet[Pair]], Q]] = {
    models.Account: lambda pairs: Q(pk__in=pairs.values("region__account")),
    models.Region: lambda pairs: Q(pk__in=pairs.values("region")),
    models.Pair: lambda pairs: Q(pk__in=pairs.values("pk")),
    models.Job: lambda pairs: Q(pair__in=pairs.values("pk")),
    models.Approval: lambda pairs: Q(pair__in=pairs.values("pk")),
    models.NetworkInterface: _interfaces,
    models.Instance: _instances,
    models.ElasticIp: _addresses,
    models.DriftEvent: _changes,
}
# The audit's `object` is "kind/id": the rows and the column of the id.
AUDITED: dict[str, tuple[Callable[[], QuerySet[Any]], str]] = {
    "pair": (Pair.objects.all, "name"),
    "network-interface": (models.NetworkInterface.objects.all, "interface_id"),
    "instance": (models.Instance.objects.all, "instance_id"),
    "elastic-ip": (models.ElasticIp.objects.all, "allocation_id"),
}
