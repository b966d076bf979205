"""Django's handle on the application."""

from django.apps import AppConfig


class FailoverConfig(AppConfig):
    name = "failover"
    verbose_name = "Swapboard"
    default_auto_field = "django.db.models.BigAutoField"
