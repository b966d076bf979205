"""What all pages of actions share: the form asked, refused, drawn again, or done."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from failover import wiring
from failover.models import Action
from failover.services import act_words, refusals
from failover.web import access, recording
from failover.web.acting import fields
from failover.web.forms import PageForm
from failover.web.presenters import refusals as refusal_words

TEMPLATE = "failover/act.html"
# A button of this name draws the form anew with all that was typed, and does nothing.
AGAIN = "again"
MORE_ROWS = "more-tags"
NOTHING = "It is so already: nothing was sent to EC2."


class ActForm(PageForm):
    """A form of an action. `key` stays with it: sent twice, it acts once."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    more_rows = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"key": wiring.new_uuid(), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def tag_rows(self) -> list[fields.Row]:
        """The rows of the field `tags`, with some empty ones."""
        rows = self["tags"].value() or ()
        return fields.with_spares(rows, more=self.more_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page with one form. `why_not` says why it cannot be asked for now."""

    title: str
    submit: str
    parent: str
    parent_href: str
    back: str
    back_href: str
    lead: str = ""
    # What it brings about that cannot be taken back, or may hurt.
    warning: str = ""
    is_danger: bool = False
    why_not: str = ""
    template: str = TEMPLATE
    extra: Mapping[str, Any] = field(default_factory=dict)


Make = Callable[[Any, Mapping[str, Any]], ActForm]


def serve(
    request: HttpRequest,
    page: Page,
    make: Make,
    act: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """Draw the form; posted, `act`, or say at each field why not.

    `make` takes what was posted, or None, and what the fields begin with.
    """
    if request.method != "POST":
        return draw(request, page, make(None, {}))
    form = make(request.POST, {})
    if AGAIN in request.POST:
        again = make(None, {name: form[name].value() for name in form.fields})
        again.more_rows = request.POST[AGAIN] == MORE_ROWS
        return recording.as_draft(draw(request, page, again))
    if not form.is_valid():
        return draw(request, page, form, status=422)
    try:
        return act(form)
    except refusals.Refusal as refusal:
        return draw(request, page, form, refusal=refusal)


def draw(
    request: HttpRequest,
    page: Page,
    form: ActForm,
    *,
    refusal: refusals.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; what a refusal says of a field stands beside that field."""
    shown = None
    if refusal is not None:
        status, shown = refusal.status, _view(form, refusal)
    if request.method == "POST":
        # What was typed stays in sight, also where it cannot be done any more.
        page = replace(page, why_not="")
    context = {"page": page, "form": form, "refusal": shown, **page.extra}
    return render(request, page.template, context, status=status)


def _view(form: ActForm, refusal: refusals.Refusal) -> refusal_words.RefusalView | None:
    """The refusal without what the fields say; None where they say it all."""
    said = refusal
    if isinstance(refusal, refusals.ChangedInPart):
        said = refusal.refusal
    if not isinstance(said, refusals.Invalid):
        return refusal_words.view(refusal)
    left: dict[str, Sequence[str]] = {}
    for name, errors in said.errors.items():
        if name in form.fields and not form.fields[name].widget.is_hidden:
            form.add_error(name, list(errors))
        else:
            left[name] = errors
    if said is not refusal:
        return refusal_words.view(refusal)
    return refusal_words.view(refusals.Invalid(errors=left)) if left else None


def claim(request: HttpRequest, form: ActForm, part: str = "") -> UUID:
    """The name of exactly this request: the same form with other words is another."""
    said = {n: v for n, v in form.cleaned_data.items() if n != "key"}
    who = access.get_actor(request).name
    text = json.dumps([who, request.path, part, said], default=str, sort_keys=True)
    key: UUID = form.cleaned_data["key"] or wiring.new_uuid()
    return uuid5(key, text)


def done(request: HttpRequest, rows: Sequence[Action], href: str) -> HttpResponse:
    """On to the object's page; to the action's while it takes its time."""
    slow = next((row for row in rows if row.state == "progressing"), None)
    if slow is not None:
        return redirect("action", slow.id)
    if rows:
        messages.success(
            request, " ".join(f"{act_words.did(row.kind)}." for row in rows)
        )
    else:
        messages.info(request, NOTHING)
    return redirect(href)
