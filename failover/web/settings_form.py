"""The form of a pair's settings; what moves is not among them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from failover.models import Pair
from failover.models.pairs import Strategy
from failover.services import pair_settings, strategies
from failover.services import pairs as verbs
from failover.web.forms import PageForm
from failover.web.pair_forms import INSTANCE

MOST_FORCE_S = 86400
CONFIRM = (
    ("none", "Ask nothing more (in a production account: reason and name)"),
    ("reason", "Ask for a reason"),
    ("name", "Ask for a reason and the pair's name"),
)


def _instance(label: str) -> forms.RegexField:
    return forms.RegexField(
        label=label,
        regex=rf"\A{INSTANCE}\Z",
        error_messages={"invalid": "An id such as i-09a505d623e75d4d2."},
    )


class SettingsForm(PageForm):
    """Filled with the pair as it is; `version` is the one that was shown."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=32)
    primary_instance_id = _instance("Primary instance")
    standby_instance_id = _instance("Standby instance")
    device_index = forms.IntegerField(
        label="Device index",
        min_value=0,
        max_value=strategies.MOST_INDEX,
        help_text="At which place of each instance it is, or leads to.",
    )
    route_table_ids = forms.CharField(
        label="Route tables",
        max_length=1000,
        required=False,
        help_text="One or more, with spaces or commas between them.",
    )
    probe_kind = forms.ChoiceField(
        label="Probe",
        choices=[("none", "None"), ("tcp", "TCP: it connects"), ("http", "HTTP")],
        help_text="How the service behind it is asked whether it is well.",
    )
    probe_port = forms.IntegerField(
        label="Port", min_value=1, max_value=65535, required=False
    )
    probe_path = forms.CharField(label="Path", max_length=1024, required=False)
    probe_expect = forms.CharField(
        label="Answer holds",
        max_length=1024,
        required=False,
        help_text="Empty: any answer below 400.",
    )
    confirm = forms.ChoiceField(label="Before a swap", choices=CONFIRM)
    approval = forms.ChoiceField(
        label="Second person",
        choices=[("", "Not needed"), ("yes", "Another person must approve each swap")],
        required=False,
        help_text="An approver or administrator, and never who asks.",
    )
    force = forms.ChoiceField(
        label="When EC2 hangs while detaching",
        choices=[
            ("never", "Never force; park and tell"),
            ("after", "Force the detachment after a while"),
        ],
        help_text="Forcing may block the index until the instance is restarted.",
    )
    force_after_s = forms.FloatField(
        label="Force after, seconds", min_value=1, max_value=MOST_FORCE_S
    )

    def __init__(self, *args: Any, pair: Pair, **kwargs: Any) -> None:
        probe = pair_settings.Probe().as_fields() | pair.probe
        policy = pair_settings.Policy().as_fields() | pair.policy
        initial = {
            "version": verbs.etag(pair),
            "primary_instance_id": pair.primary_instance_id,
            "standby_instance_id": pair.standby_instance_id,
            "device_index": pair.device_index,
            "route_table_ids": ", ".join(pair.route_table_ids),
            **{f"probe_{name}": value for name, value in probe.items()},
            **{name: policy[name] for name in ("confirm", "force", "force_after_s")},
            "approval": "yes" if policy["approval"] else "",
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.strategy = pair.strategy

    # The template's groups.

    @property
    def ends(self) -> list[forms.BoundField]:
        """Between whom."""
        names = ["primary_instance_id", "standby_instance_id", "device_index"]
        if self.strategy == Strategy.ROUTE:
            names.append("route_table_ids")
        return [self[name] for name in names]

    @property
    def probing(self) -> list[forms.BoundField]:
        """How the service is asked."""
        names = ("probe_kind", "probe_port", "probe_path", "probe_expect")
        return [self[name] for name in names]

    @property
    def asking(self) -> list[forms.BoundField]:
        """What is asked of people, and done to EC2, on a swap."""
        names = ["confirm", "approval"]
        if self.strategy == Strategy.ENI:
            names += ["force", "force_after_s"]
        return [self[name] for name in names]

    def clean_route_table_ids(self) -> tuple[str, ...]:
        words = str(self.cleaned_data["route_table_ids"]).replace(",", " ").split()
        if self.strategy != Strategy.ROUTE:
            return ()
        try:
            return strategies.read_route_tables(words)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_probe_path(self) -> str:
        path = str(self.cleaned_data["probe_path"])
        if path and (not path.startswith("/") or not path.isprintable()):
            raise ValidationError("A path, beginning with a slash.")
        return path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        primary = cleaned.get("primary_instance_id")
        if primary and primary == cleaned.get("standby_instance_id"):
            self.add_error("standby_instance_id", "The two instances must differ.")
        if cleaned.get("probe_kind") == "tcp" and not cleaned.get("probe_port"):
            self.add_error("probe_port", "A TCP probe needs a port.")
        if self.strategy == Strategy.ENI and cleaned.get("device_index") == 0:
            said = "EC2 never moves a primary interface: 1 or higher."
            self.add_error("device_index", said)
        return cleaned
