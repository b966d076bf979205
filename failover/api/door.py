"""What every call shares: the order of errors, lists, and start calls."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from failover.api import media, permissions, reading, schemas
from failover.audit import asking
from failover.services import (
    access,
    fields,
    filters,
    idempotency,
    paging,
    rates,
    refusals,
    saved_views,
)
from failover.services.filters import Table
from failover.services.idempotency import Answer, Claim
from failover.services.refusals import Refusal

MOST_LIMIT = 1000
DEFAULT_LIMIT = 50
MOST_OFFSET = 1_000_000_000
JSON = media.JSON
# Refusals that are facts about the request, and so belong to its key.
KEPT_REFUSALS = frozenset({409, 412, 422})
# It may have happened: the same key must not make it happen again.
KEPT = frozenset({"outcome_unknown"})
NOT_KEPT = frozenset({"key_reused", "in_progress", "approval_closed"})

Keep = Callable[[Any], None]


class OnlyJson(BaseContentNegotiation):
    """Every answer is JSON; `media` has refused whoever does not take it."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        del request
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        del request, renderers, format_suffix
        return JSONRenderer(), JSON


class Door(APIView):
    """A call. Its errors come in the order of contract.md: 400, 401, 403, 404, ….

    `required_role` and `bodies` are by method; a method without a role is refused to
    everybody.
    """

    required_role: ClassVar[Mapping[str, str]] = {}
    bodies: ClassVar[Mapping[str, type[Any]]] = {}
    answers: ClassVar[Mapping[str, type[Any]]] = {}
    # What a method may be asked with, beside its path, body, filters and key.
    asked: ClassVar[Mapping[str, tuple[OpenApiParameter, ...]]] = {}
    # What it answers in, beside problems.
    forms: ClassVar[tuple[str, ...]] = (JSON,)
    # The filters and orders of a list.
    table: ClassVar[type[Table]] = Table
    content_negotiation_class = OnlyJson
    metadata_class = None
    schema = schemas.Schema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read first, then ask who it is."""
        media.require_address(request._request)  # noqa: SLF001 - DRF hides it so.
        media.require_acceptable(request._request, self.forms)  # noqa: SLF001
        reading.require_plain_query(request)
        self.body: dict[str, Any] = {}
        self.key = ""
        # The record of the key that a start call has claimed.
        self.claim_id: UUID | None = None
        method = str(request.method)
        if method in ("GET", "HEAD"):
            self.read_query(request)
        if method in self.bodies:
            raw = reading.read_body(request._request)  # noqa: SLF001 - DRF reads it once.
            self.raw = raw
            self.body = reading.validate(raw, self.bodies[method])
            self.key = reading.read_key(request)
        super().initial(request, *args, **kwargs)
        rates.count_call(self.actor, most=settings.API_CALLS_PER_MINUTE)
        for value in kwargs.values():
            if "\0" in str(value):
                raise refusals.NotFound(what="such", id="page")

    def read_query(self, request: Request) -> None:
        """Read what a GET is asked with. Raises Invalid."""
        if "table" not in vars(type(self)):
            return
        self.limit = reading.read_number(
            request, "limit", default=DEFAULT_LIMIT, most=MOST_LIMIT
        )
        self.offset = reading.read_number(
            request, "offset", default=0, most=MOST_OFFSET
        )
        table: Any = self.table
        nothing = table._meta.model.objects.none()  # noqa: SLF001 - FilterSet's own.
        query = request.query_params
        sift(nothing, self.table, query)
        order_by(self.table, query.get("ordering"))

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """What was answered to one asker is kept for no other."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> Response:
        raise MethodNotAllowed(str(request.method))

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What may be asked here; nothing more is said."""
        del request, args, kwargs
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    @property
    def actor(self) -> access.Actor:
        """Who is asking; permission has been given already."""
        actor = permissions.find_actor(self.request)
        if actor is None:
            raise refusals.Anonymous
        return actor

    def list(
        self,
        rows: QuerySet[Any],
        view: Callable[[Iterable[Any]], Iterable[Any]],
    ) -> Response:
        """A page of the rows, filtered, ordered and as `view` shows them."""
        limit, offset, query = (
            self.limit or DEFAULT_LIMIT,
            self.offset,
            self.whole_query(),
        )
        chosen = sift(rows, self.table, query)
        cut = paging.cut(
            every=rows,
            found=chosen.qs if chosen.question.is_asked else None,
            order=order_by(self.table, query.get("ordering")),
            offset=offset,
            size=limit,
            texts=chosen.texts,
            read_by=chosen.read_by,
            counted_by=self.table.counted_by,
        )
        shown = [as_json(v) for v in view(cut.rows)]
        return Response(
            {
                "count": cut.count,
                "next": self._link(limit, offset + limit, offset + limit < cut.count),
                "previous": self._link(limit, max(0, offset - limit), offset > 0),
                "results": shown,
            }
        )

    def whole_query(self) -> QueryDict:
        """What is asked, with a saved view written out. Raises NotFound."""
        return saved_views.expand(
            user_id=self.actor.user_id,
            table=self.table.table_id,
            query=self.request.query_params,
        )

    def _link(self, limit: int, offset: int, exists: bool) -> str | None:  # noqa: FBT001
        if not exists:
            return None
        query = self.request.query_params.copy()
        query["limit"], query["offset"] = str(limit), str(offset)
        path = f"{self.request.path}?{query.urlencode()}"
        return str(self.request.build_absolute_uri(path))

    def start(
        self,
        work: Callable[[Keep], Any],
        answer: Callable[[Any], Answer],
    ) -> HttpResponse:
        """A start call: replay, or work whose answer is kept with what it made.

        `work` is given a callback to be called inside its transaction. A replay
        begins nothing, and so is not counted as a start.
        """
        claim: Claim | None = None
        if self.key and self.actor.user_id is not None:
            begun = idempotency.begin(
                user_id=self.actor.user_id,
                path=self.request.path.rstrip("/"),
                key=self.key,
                body_sha256=reading.digest(self.raw),
            )
            if isinstance(begun, Answer):
                asking.note_replay()
                return respond(begun)
            claim = begun
            self.claim_id = claim.record_id
        made: list[Answer] = []

        def keep(result: Any) -> None:
            made[:] = [answer(result)]
            if claim is not None:
                claim.keep(made[0])

        try:
            rates.count_start(self.actor, most=settings.API_STARTS_PER_MINUTE)
            result = work(keep)
        except Refusal as refusal:
            _keep_refusal(claim, refusal)
            raise
        except BaseException:
            if claim is not None:
                claim.drop()
            raise
        return respond(made[0] if made else answer(result))


def sift(rows: QuerySet[Any], table: type[Table], query: QueryDict) -> Table:
    """The rows as the query asks for them. Raises Invalid."""
    chosen = table(data=query, queryset=rows)
    if chosen.errors:
        errors = {k: [str(e) for e in v] for k, v in chosen.errors.items()}
        raise refusals.Invalid(errors=errors)
    return chosen


def order_by(table: type[Table], asked: str | None) -> Sequence[Any]:
    """The order of `?ordering=a,-b`, else the table's own. Raises Invalid."""
    order = filters.order_by(table, asked or "")
    if not order:
        said = f"One of {', '.join(sorted(table.ordered))}, with - for descending."
        raise refusals.Invalid(errors={"ordering": [said]})
    return order


def as_json(view: Any) -> Any:
    """A view, or what is plain already."""
    return view if isinstance(view, dict) else fields.as_fields(view)


def render(value: Any, *, status: int, location: str = "") -> Answer:
    """The bytes of an answer, made once and given each time."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status=status, body=body, content_type=JSON, location=location)


def respond(answer: Answer) -> HttpResponse:
    """An answer as it leaves."""
    response = HttpResponse(
        answer.body, status=answer.status, content_type=answer.content_type
    )
    if answer.location:
        response["Location"] = answer.location
    return response


def _keep_refusal(claim: Claim | None, refusal: Refusal) -> None:
    if claim is None:
        return
    is_kept = refusal.status in KEPT_REFUSALS or refusal.code in KEPT
    # Once the new plan is approved, the same key is good for it.
    is_asked_anew = isinstance(refusal, refusals.ApprovalOutdated)
    if not is_kept or is_asked_anew or refusal.code in NOT_KEPT:
        claim.drop()
        return
    body = json.dumps(refusal.as_problem(), ensure_ascii=False).encode()
    claim.keep(Answer(status=refusal.status, body=body, content_type=media.PROBLEM))
