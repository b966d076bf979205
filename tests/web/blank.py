"""Templates that draw nothing, for tests of what is decided before a page is drawn."""

from typing import Any

from django.template.backends.base import BaseEngine

BLANK = [{"BACKEND": "tests.web.blank.Blank", "DIRS": [], "APP_DIRS": False}]


class Nothing:
    """A page of no text."""

    def render(self, *_: Any, **__: Any) -> str:
        return ""


class Blank(BaseEngine):
    """An engine that has every template."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({k: v for k, v in params.items() if k != "OPTIONS"})

    def get_template(self, template_name: str) -> Nothing:
        del template_name
        return Nothing()

    def from_string(self, template_code: str) -> Nothing:
        del template_code
        return Nothing()
