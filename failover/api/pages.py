"""The schema, and a page to read and try it, with nothing from other servers.

Swagger UI comes from the sidecar package. Its page and its style sheet would bring
inline styles and `data:` images, which our policy forbids: so the page is ours, and
the style sheet is given without them.
"""

import functools
import re
from pathlib import Path
from typing import ClassVar

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from failover.api.door import Door

STYLE = "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
DATA = re.compile(
    r"""url\((?:"data:(?:[^"\\]|\\.)*"|'data:(?:[^'\\]|\\.)*'|data:[^)]*)\)"""
)


class Schema(SpectacularAPIView):
    """The schema itself."""

    required_role: ClassVar = {"GET": "viewer"}


class Docs(SpectacularSwaggerSplitView):
    """The page."""

    required_role: ClassVar = {"GET": "viewer"}
    url_name = "api-schema"
    template_name = "failover/api_docs.html"


class Style(Door):
    """Swagger UI's style sheet, without images in it."""

    required_role: ClassVar = {"GET": "viewer"}
    forms: ClassVar = ("text/css",)
    schema = None  # type: ignore[assignment]

    def get(self, request: Request) -> HttpResponse:
        response = HttpResponse(_plain_style(), content_type="text/css; charset=utf-8")
        response["Cache-Control"] = "private, max-age=3600"
        return response


@functools.cache
def _plain_style() -> str:
    found = finders.find(STYLE)
    return DATA.sub("none", Path(str(found)).read_text()) if found else ""
