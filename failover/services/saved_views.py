"""Views of tables under names: filters, order and columns, for oneself or for all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.text import slugify

from failover import audit
from failover.models import Role, SavedView, User
from failover.services import refusals, scoping
from failover.services.access import Actor

MOST_NAME = 80
MOST_VIEWS = 100
MOST_QUERY = 4000
# What belongs to a look at the page, not to the view.
PASSING = ("view", "page", "sel", "tab", "edit", "export", "cols", "limit", "offset")


def list_views(*, user_id: int | None, table: str) -> QuerySet[SavedView]:
    """The user's own, and those that others share, by name.

    Filters tell of what they look for: whoever sees a part of the house is shown the
    views of those who see no more than that.
    """
    mine = Q(owner_id=user_id) if user_id is not None else Q(pk=None)
    shared = Q(is_shared=True)
    if scoping.is_limited():
        owners = User.objects.filter(
            pk__in=SavedView.objects.filter(shared, table=table).values("owner")
        )
        shared &= Q(owner__in=[o.pk for o in owners if scoping.sees_all_of(o)])
    found = SavedView.objects.filter(mine | shared, table=table)
    return found.select_related("owner").order_by("name", "slug")


def get(*, user_id: int | None, table: str, slug: str) -> SavedView:
    """One that the user may see. Raises NotFound."""
    found = list_views(user_id=user_id, table=table).filter(slug=slug).first()
    if found is None:
        raise refusals.NotFound(what="saved view", id=slug)
    return found


def expand(*, user_id: int | None, table: str, query: QueryDict) -> QueryDict:
    """The query with its `view` written out. Raises NotFound.

    Filters beside `view` narrow it; an order or columns beside it replace its own.
    """
    slug = query.get("view")
    if not slug:
        return query
    view = get(user_id=user_id, table=table, slug=slug)
    whole = QueryDict(view.query, mutable=True)
    if view.columns:
        whole["cols"] = ",".join(view.columns)
    for name, values in query.lists():
        if name == "view":
            continue
        if name in ("ordering", "cols", "q"):
            whole.setlist(name, values)
        else:
            whole.setlist(name, [*whole.getlist(name), *values])
    return whole


def save(  # noqa: PLR0913 - what a view is, each by name.
    *,
    owner: User,
    actor: Actor,
    table: str,
    name: str,
    query: str,
    columns: Sequence[str],
    is_shared: bool,
    now: datetime,
) -> SavedView:
    """A new view under a slug made of its name. Raises Invalid, Forbidden."""
    name = _checked(name, query)
    _require_may_share(actor, is_shared)
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        said = f"You have {MOST_VIEWS} views. Delete one first."
        raise refusals.Invalid(errors={"name": [said]})
    begin = slugify(name)[:56] or "view"
    for number in count(1):
        slug = begin if number == 1 else f"{begin}-{number}"
        try:
            with transaction.atomic():
                view = SavedView.objects.create(
                    owner=owner,
                    table=table,
                    slug=slug,
                    name=name,
                    is_shared=is_shared,
                    query=_lasting(query),
                    columns=list(columns),
                    saved_at=now,
                )
                _record(view, actor, "saved", now)
        except IntegrityError:
            continue
        return view
    raise AssertionError("There is always another number.")


def change(  # noqa: PLR0913 - what may change, each by name.
    *,
    view: SavedView,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    is_shared: bool | None = None,
    query: str | None = None,
    columns: Sequence[str] | None = None,
) -> SavedView:
    """Another name (the slug stays), other filters, or shared or not.

    Raises Invalid, Forbidden.
    """
    require_may_change(view, actor)
    was_shared = view.is_shared
    if name is not None:
        view.name = _checked(name, view.query)
    if is_shared is not None and is_shared != view.is_shared:
        _require_may_share(actor, is_shared)
        view.is_shared = is_shared
    if query is not None:
        view.query = _lasting(_fitting(query))
        view.columns = list(columns or ())
    view.saved_at = now
    with transaction.atomic():
        view.save()
        if was_shared or view.is_shared:
            _record(view, actor, "changed", now, is_told=True)
    return view


def delete(*, view: SavedView, actor: Actor, now: datetime) -> None:
    """Raises Forbidden."""
    require_may_change(view, actor)
    with transaction.atomic():
        _record(view, actor, "deleted", now)
        view.delete()


def may_change(view: SavedView, actor: Actor) -> bool:
    """Its owner may, and an administrator where it is shared."""
    is_own = view.owner_id == actor.user_id
    return is_own or (view.is_shared and actor.role == Role.ADMIN)


def require_may_change(view: SavedView, actor: Actor) -> None:
    """Raises Forbidden."""
    if not may_change(view, actor):
        raise refusals.Forbidden(role=str(Role.ADMIN))


def _require_may_share(actor: Actor, is_shared: bool) -> None:  # noqa: FBT001
    # Whoever may only look anywhere has nothing to show to others.
    if is_shared and not actor.may(Role.OPERATOR.value):
        raise refusals.Forbidden(role=str(Role.OPERATOR))


def _checked(name: str, query: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME:
        said = f"A name of 1 to {MOST_NAME} characters."
        raise refusals.Invalid(errors={"name": [said]})
    _fitting(query)
    return name


def _fitting(query: str) -> str:
    if len(query) > MOST_QUERY:
        raise refusals.Invalid(errors={"query": ["These are too many filters."]})
    return query


def _lasting(query: str) -> str:
    """The query without what belongs to one look at the page."""
    kept = QueryDict(query, mutable=True)
    for name in PASSING:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if not any(values)]:
        kept.pop(name)
    return kept.urlencode()


def _record(
    view: SavedView,
    actor: Actor,
    outcome: str,
    now: datetime,
    *,
    is_told: bool = False,
) -> None:
    """Only what others see is their business."""
    if not (view.is_shared or is_told):
        return
    after: Mapping[str, object] = {"name": view.name, "query": view.query}
    audit.record(
        at=now,
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action="view.share",
        subject=f"view/{view.table}/{view.slug}",
        outcome=outcome,
        after=dict(after),
    )
