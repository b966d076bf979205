"""The form of a pair's settings; what moves is not among them."""

from typing import Any

from django import forms

from failover.models import Pair
from failover.models.pairs import Strategy
from failover.services import pair_settings
from failover.services import pairs as verbs
from failover.web import pair_fields
from failover.web.forms import PageForm
from failover.web.presenters import texts

EXAMPLE = "i-09a505d623e75d4d2"
CONFIRM = (
    ("none", "Ask nothing more (in a production account: reason and name)"),
    ("reason", "Ask for a reason"),
    ("name", "Ask for a reason and the pair's name"),
)


class SettingsForm(PageForm):
    """Filled with the pair as it is; `version` is the one that was shown."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=32)
    primary_instance_id = pair_fields.ec2_id(
        "Primary instance", pair_fields.INSTANCE, EXAMPLE
    )
    standby_instance_id = pair_fields.ec2_id(
        "Standby instance", pair_fields.INSTANCE, EXAMPLE
    )
    device_index = pair_fields.device_index(
        help_text="At which place of each instance it is, or leads to."
    )
    route_table_ids = pair_fields.route_table_ids()
    probe_kind = pair_fields.probe_kind(
        help_text="How the service behind it is asked whether it is well."
    )
    probe_port = pair_fields.probe_port()
    probe_path = pair_fields.probe_path()
    probe_expect = pair_fields.probe_expect()
    confirm = forms.ChoiceField(label="Before a swap", choices=CONFIRM)
    approval = forms.ChoiceField(
        label="Second person",
        choices=[("", "Not needed"), ("yes", "Another person must approve each swap")],
        required=False,
        help_text="An approver or administrator, and never who asks.",
    )
    force = pair_fields.force(
        help_text="Forcing may block the index until the instance is restarted."
    )
    force_after_s = pair_fields.force_after_s()

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
        initial["force_after_s"] = texts.number(policy["force_after_s"])
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
        if self.strategy != Strategy.ROUTE:
            return ()
        return pair_fields.read_route_tables(self.cleaned_data["route_table_ids"])

    def clean_probe_path(self) -> str:
        path = str(self.cleaned_data["probe_path"])
        if path:
            pair_fields.require_path(path)
        return path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, said in pair_fields.find_errors(cleaned).items():
            if name not in self.errors:
                self.add_error(name, said)
        if self.strategy == Strategy.ENI and cleaned.get("device_index") == 0:
            said = "EC2 never moves a primary interface: 1 or higher."
            self.add_error("device_index", said)
        return cleaned
