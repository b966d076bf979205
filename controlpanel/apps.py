"""Django's handle on the project: it registers the checks of the settings."""

from django.apps import AppConfig
from django.core import checks

from controlpanel import advice


class ControlpanelConfig(AppConfig):
    name = "controlpanel"

    def ready(self) -> None:
        checks.register(advice.check_settle_covers_a_late_call)
        checks.register(advice.check_https_has_its_end)
        checks.register(advice.check_sqlite_is_on_this_host)
