"""The way to the page where a person shows once more who they are, and back.

What was posted is kept on the way, in the session and for a few minutes: afterwards it
is shown, and one more click sends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from failover import redaction, wiring

KEPT = "kept_form"
KEPT_FOR = timedelta(minutes=10)
# In characters: a session is read with every request.
MOST_KEPT = 8 * 1024
CSRF = "csrfmiddlewaretoken"
CODES = frozenset({"code", "otp", "credential"})
TOO_MUCH = (
    "What you sent could not be kept while you showed who you are. Nothing was changed:"
    " please fill it in again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """What was posted to `path` and not yet carried out; `lacking` are the names of
    what is secret, which is never kept. `back` is where it was filled in.
    """

    id: str
    path: str
    back: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    lacking: tuple[str, ...]


def href(back: str) -> str:
    """The page's address; afterwards it leads to `back`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def go(request: HttpRequest) -> HttpResponse:
    """Send the browser there, and then to what it had asked for.

    htmx is told to go with the whole page.
    """
    there = href(_next(request))
    if not getattr(request, "htmx", None):
        return redirect(there)
    response = HttpResponse()
    response["HX-Redirect"] = there
    return response


def find(request: HttpRequest, form_id: str) -> KeptForm | None:
    """What the session keeps under this id, of this person, if it is not too old."""
    kept = request.session.get(KEPT) or {}
    age_s = wiring.now().timestamp() - float(kept.get("at", 0))
    is_theirs = kept.get("user") == request.user.pk and kept.get("id") == form_id
    if not is_theirs or not 0 <= age_s <= KEPT_FOR.total_seconds():
        return None
    return KeptForm(
        id=form_id,
        path=str(kept["path"]),
        back=str(kept["back"]),
        fields=tuple((name, tuple(values)) for name, values in kept["fields"]),
        lacking=tuple(kept["lacking"]),
    )


def forget(request: HttpRequest) -> None:
    """What was sent at last, to the very address it is kept for, is kept no more."""
    kept = request.session.get(KEPT)
    if kept and request.method == "POST" and kept["path"] == request.get_full_path():
        del request.session[KEPT]


def _next(request: HttpRequest) -> str:
    if request.method != "POST":
        return request.get_full_path()
    fields, lacking = _sift(request.POST.lists())
    back = _came_from(request)
    if request.FILES or len(repr(fields)) > MOST_KEPT:
        messages.warning(request, TOO_MUCH)
        return back
    kept_id = wiring.new_uuid().hex
    request.session[KEPT] = {
        "id": kept_id,
        "user": request.user.pk,
        "at": wiring.now().timestamp(),
        "path": request.get_full_path(),
        "back": back,
        "fields": fields,
        "lacking": lacking,
    }
    return reverse("kept-form", args=[kept_id])


def _sift(
    posted: Iterable[tuple[str, list[Any]]],
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """What may be kept, and the names of what may not: by name or by shape secret."""
    fields, lacking = [], []
    for name, values in posted:
        if name == CSRF:
            continue
        is_secret = name in CODES or redaction.is_secret_name(name)
        if is_secret or redaction.mask(values) != values:
            lacking.append(name)
        else:
            fields.append((name, values))
    return fields, lacking


def _came_from(request: HttpRequest) -> str:
    """The page with the form, never of another host; else the address itself."""
    htmx: Any = getattr(request, "htmx", None)
    there = (htmx and htmx.current_url) or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return there if is_ours else "/"


def as_hidden(form: KeptForm) -> list[Mapping[str, str]]:
    """The fields one by one, as a form sends them."""
    return [
        {"name": name, "value": value}
        for name, values in form.fields
        for value in values
    ]
