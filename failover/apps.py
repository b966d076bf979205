"""Django's handle on the application."""

from django.apps import AppConfig


class FailoverConfig(AppConfig):
    name = "failover"
    verbose_name = "Swapboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not before: the models that they need are loaded only now.
        from failover.services.people import security_events  # noqa: PLC0415

        security_events.connect()
