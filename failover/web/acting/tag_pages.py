"""Manage tags: the same form for every kind of resource."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from failover.models import Region
from failover.services.acts import checking, tagging
from failover.web import access
from failover.web.acting import fields
from failover.web.acting import page as pages

LEAD = (
    "Empty a key to take its tag away. What begins with aws: belongs to AWS and stays."
)
HELP = (
    f"At most {checking.MOST_TAGS}; keys of {checking.LONGEST_KEY} and values of"
    f" {checking.LONGEST_VALUE} characters."
)


class TagsForm(pages.ActForm):
    """All tags that it shall have."""

    tags = fields.TagsField(help_text=HELP)


def serve(
    request: HttpRequest,
    page: pages.Page,
    *,
    region: Region,
    resource_id: str,
    tags: Mapping[str, str],
) -> HttpResponse:
    """The form, filled with what was last seen; posted, the tags are replaced."""

    def act(form: TagsForm) -> HttpResponse:
        rows = tagging.replace(
            region=region,
            resource_id=resource_id,
            tags=form.cleaned_data["tags"],
            actor=access.get_actor(request),
        )
        return pages.done(request, rows, page.back_href)

    begun = {"tags": fields.rows_of(tags)}
    return pages.serve(
        request,
        page,
        lambda data, said: TagsForm(data, initial={**begun, **said}),
        act,
    )
