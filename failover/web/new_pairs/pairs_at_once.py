"""Many new pairs: from tags in EC2, and from YAML; and all pairs as YAML."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from failover.models import Region, Role
from failover.services import queries, refusals
from failover.services.new_pairs import batches, files, proposals
from failover.services.new_pairs.files import Entry, Unreadable
from failover.services.pair_settings import NewPair
from failover.web import access
from failover.web.new_pairs import pair_forms, steps
from failover.web.presenters import refusals as refusal_words

Planned = tuple[NewPair, Region]


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.ADMIN)
def from_tags(request: HttpRequest) -> HttpResponse:
    """What tags propose, region by region; those that are ticked are made."""
    regions = queries.list_permitted_regions()
    found = [(region, proposals.propose(region)) for region in regions]
    chosen = set(request.POST.getlist("pair"))
    lines = [
        (region, [(p, f"{region.pk}/{p.name}") for p in some]) for region, some in found
    ]
    told: dict[str, Any] = {
        "lines": lines,
        "chosen": chosen,
        "can_create": any(p.new is not None for _, some in found for p in some),
    }
    if request.method != "POST":
        return render(request, "failover/pairs_from_tags.html", told)
    planned = [
        (p.new, region)
        for region, some in found
        for p in some
        if p.new is not None and f"{region.pk}/{p.name}" in chosen
    ]
    if not planned:
        told["nothing"] = "Choose one pair at least; those with a reason cannot be."
        return render(request, "failover/pairs_from_tags.html", told, status=422)
    return _create(request, planned, "failover/pairs_from_tags.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.ADMIN)
def from_yaml(request: HttpRequest) -> HttpResponse:
    """Paste or upload; every line that is wrong is named, and then none is made."""
    page = "failover/pairs_from_yaml.html"
    if request.method != "POST":
        return render(request, page, {"text": "", "errors": []})
    text, errors = _read_text(request)
    planned: list[Planned] = []
    if not errors:
        try:
            planned, errors = _plan(files.read(text))
        except Unreadable as error:
            errors = [str(error)]
    told: dict[str, Any] = {"text": text, "errors": errors}
    if errors:
        return render(request, page, told, status=422)
    return _create(request, planned, page, told)


@require_safe
@access.requires(Role.VIEWER)
def export(request: HttpRequest) -> HttpResponse:
    """Every pair that the asker sees, as `from_yaml` takes it."""
    text = files.write(queries.list_pairs().order_by("name"))
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="swapboard-pairs.yaml"'
    return answer


def _create(
    request: HttpRequest, planned: list[Planned], page: str, told: dict[str, Any]
) -> HttpResponse:
    try:
        made = batches.create_all(planned=planned, actor=access.get_actor(request))
    except refusals.NotAll as refusal:
        lines = [
            f"{name}: {line}" for name, why in refusal.refused for line in _lines(why)
        ]
        said = refusal_words.view(refusal, changes=lines)
        return render(request, page, {**told, "refusal": said}, status=refusal.status)
    messages.success(request, f"{len(made)} pairs are created.")
    return redirect("pairs")


def _lines(refusal: refusals.Refusal) -> tuple[str, ...]:
    said = refusal_words.view(refusal)
    return said.lines or (said.detail or said.title,)


def _read_text(request: HttpRequest) -> tuple[str, list[str]]:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", ""), []
    if (file.size or 0) > files.MOST_BYTES:
        return "", [f"At most {files.MOST_BYTES // 1024} KiB are read."]
    try:
        return file.read().decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return "", ["The file is not text in UTF-8."]


def _plan(entries: list[Entry]) -> tuple[list[Planned], list[str]]:
    regions = list(queries.list_permitted_regions())
    planned: list[Planned] = []
    errors: list[str] = []
    for entry in entries:
        # What is not said is as REST has it.
        said = {**pair_forms.first_answers(), **entry.said}
        region = _find_region(regions, said)
        if region is None:
            line = entry.lines.get("region", entry.line)
            errors.append(f"Line {line}: region: no such region, or name its account.")
            continue
        said["region"] = str(region.pk)
        form = pair_forms.PairForm(said, regions=[(str(region.pk), region.name)])
        if form.is_valid():
            planned.append((steps.as_new_pair(form.cleaned_data), region))
        for name, why in form.errors.items():
            line = entry.lines.get(name, entry.line)
            errors.append(f"Line {line}: {name}: {' '.join(map(str, why))}")
    return planned, errors


def _find_region(regions: list[Region], said: dict[str, str]) -> Region | None:
    account = said.get("account")
    fitting = [
        r
        for r in regions
        if r.name == said.get("region") and account in (None, "", r.account.name)
    ]
    return fitting[0] if len(fitting) == 1 else None
