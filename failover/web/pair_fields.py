"""Fields of a pair that the forms of new pairs and of settings ask for alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from failover.services import strategies

INSTANCE = r"i-[0-9a-f]{8,17}"
INTERFACE = r"eni-[0-9a-f]{8,17}"
MOST_FORCE_S = 86400
MOST_PORT = 65535


def ec2_id(
    label: str, regex: str, example: str, *, known: str = "", **more: Any
) -> forms.RegexField:
    """An id of EC2's; `known` is the list that offers some."""
    return forms.RegexField(
        label=label,
        regex=rf"\A{regex}\Z",
        widget=forms.TextInput(attrs={"list": known} if known else {}),
        error_messages={"invalid": f"An id such as {example}."},
        **more,
    )


def instance(label: str, example: str, *, known: str = "") -> forms.RegexField:
    return ec2_id(label, INSTANCE, example, known=known)


def device_index(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label="Device index", min_value=0, max_value=strategies.MOST_INDEX, **more
    )


def route_table_ids(**more: Any) -> forms.CharField:
    return forms.CharField(
        label="Route tables",
        max_length=1000,
        required=False,
        help_text="One or more, with spaces or commas between them.",
        **more,
    )


def force(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="When EC2 hangs while detaching",
        choices=[
            ("never", "Never force; park and tell"),
            ("after", "Force the detachment after a while"),
        ],
        **more,
    )


def force_after_s(**more: Any) -> forms.FloatField:
    return forms.FloatField(
        label="Force after, seconds", min_value=1, max_value=MOST_FORCE_S, **more
    )


def probe_kind(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Probe",
        choices=[("none", "None"), ("tcp", "TCP: it connects"), ("http", "HTTP")],
        **more,
    )


def probe_port(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label="Port", min_value=1, max_value=MOST_PORT, required=False, **more
    )


def probe_path() -> forms.CharField:
    return forms.CharField(label="Path", max_length=1024, required=False)


def probe_expect() -> forms.CharField:
    return forms.CharField(
        label="Answer holds",
        max_length=1024,
        required=False,
        help_text="Empty: any answer below 400.",
    )


def require_path(path: str) -> None:
    """Raises ValidationError unless a web server could be asked for it."""
    if not path.startswith("/") or not path.isprintable():
        raise ValidationError("A path, beginning with a slash.")


def read_route_tables(text: str) -> tuple[str, ...]:
    """The ids in what was typed. Raises ValidationError."""
    try:
        return strategies.read_route_tables(text.replace(",", " ").split())
    except ValueError as error:
        raise ValidationError(str(error)) from error


def find_errors(said: dict[str, Any]) -> dict[str, str]:
    """What is wrong between fields, by the field that says so."""
    wrong: dict[str, str] = {}
    primary = said.get("primary_instance_id")
    if primary and primary == said.get("standby_instance_id"):
        wrong["standby_instance_id"] = "The two instances must differ."
    if said.get("probe_kind") == "tcp" and not said.get("probe_port"):
        wrong["probe_port"] = "A TCP probe needs a port."
    return wrong
