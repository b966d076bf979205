"""The form of a new pair: one for all strategies, each with its own fields."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from failover.models.pairs import Strategy
from failover.services import strategies, strategy_words
from failover.services.pair_settings import Policy, Probe
from failover.web import pair_fields
from failover.web.forms import PageForm
from failover.web.presenters import texts

NAME = r"[a-z0-9][a-z0-9-]{0,62}"
INDEX_HELP = "Empty: 1 for a network interface, else 0, the instance's own first one."


def first_answers() -> dict[str, Any]:
    """What stands in fields that nobody has answered yet."""
    policy, probe = Policy(), Probe()
    return {
        "strategy": Strategy.ENI.value,
        "confirm": policy.confirm,
        "force": policy.force,
        "force_after_s": texts.number(policy.force_after_s),
        "probe_kind": probe.kind,
        "probe_path": probe.path,
    }


class PairForm(PageForm):
    """A new pair. Fields of the strategies that were not chosen are ignored."""

    name = forms.RegexField(
        label="Name",
        regex=rf"\A(?!new\Z){NAME}\Z",
        help_text="Lower-case letters, digits and hyphens; at most 63.",
        error_messages={
            "invalid": "Lower-case letters, digits and hyphens only, and not “new”."
        },
    )
    region = forms.ChoiceField(label="Region")
    primary_instance_id = pair_fields.ec2_id(
        "Primary instance",
        pair_fields.INSTANCE,
        "i-09a505d623e75d4d2",
        known="known-instances",
    )
    standby_instance_id = pair_fields.ec2_id(
        "Standby instance",
        pair_fields.INSTANCE,
        "i-0190e152559b4866c",
        known="known-instances",
    )
    strategy = forms.ChoiceField(
        label="Strategy",
        choices=[(s, strategy_words.STRATEGIES[s].title) for s in strategies.MOVED],
        initial=Strategy.ENI.value,
        required=False,
    )
    network_interface_id = pair_fields.ec2_id(
        "Network interface",
        pair_fields.INTERFACE,
        "eni-415e9270",
        known="known-interfaces",
        required=False,
        help_text="The secondary interface that moves, with its Elastic IPs.",
    )
    allocation_id = pair_fields.ec2_id(
        "Elastic IP",
        r"eipalloc-[0-9a-f]{8,17}",
        "eipalloc-4f07e372",
        known="known-elastic-ips",
        required=False,
        help_text="The allocation whose address moves.",
    )
    private_ip = forms.CharField(
        label="Private address",
        max_length=15,
        required=False,
        help_text="A secondary address in the subnet of both instances.",
    )
    destination_cidr = forms.CharField(
        label="Destination",
        max_length=18,
        required=False,
        help_text="What is routed, such as 10.9.0.0/16.",
    )
    route_table_ids = pair_fields.route_table_ids(
        widget=forms.TextInput(attrs={"list": "known-route-tables"})
    )
    device_index = pair_fields.device_index(required=False, help_text=INDEX_HELP)
    confirm = forms.ChoiceField(
        label="Before a swap",
        choices=[
            ("none", "Ask nothing more"),
            ("reason", "Ask for a reason"),
            ("name", "Ask for a reason and the pair's name"),
        ],
        initial="none",
    )
    # What the one-page form does not ask: each has a first answer.
    force = pair_fields.force(
        required=False,
        help_text=(
            "Only a network interface can hang. Forcing may block the index until the"
            " instance is restarted."
        ),
    )
    force_after_s = pair_fields.force_after_s(required=False)
    approval = forms.BooleanField(
        label="A second person approves each swap", required=False
    )
    probe_kind = pair_fields.probe_kind(
        required=False,
        help_text=(
            "The Elastic IP is asked where there is one, else the private address."
            " Without a probe a swap ends when EC2 says that it is attached."
        ),
    )
    probe_port = pair_fields.probe_port(
        help_text="The ports that may be probed are this installation's setting."
    )
    probe_path = pair_fields.probe_path()
    probe_expect = pair_fields.probe_expect()

    def __init__(
        self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        if isinstance(field, forms.ChoiceField):
            field.choices = regions

    # The template's groups: who, what for each strategy, and how.

    @property
    def who(self) -> list[forms.BoundField]:
        """The pair and its two instances."""
        names = ("name", "region", "primary_instance_id", "standby_instance_id")
        return [self[name] for name in names]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """What moves, by strategy."""
        shown: Mapping[str, tuple[str, ...]] = {
            **strategies.MOVED,
            Strategy.ROUTE: ("destination_cidr", "route_table_ids"),
        }
        return [(str(s), [self[name] for name in shown[s]]) for s in shown]

    @property
    def how(self) -> list[forms.BoundField]:
        """Where it goes, and what is asked first."""
        return [self["device_index"], self["confirm"]]

    @property
    def chosen(self) -> str:
        """The strategy that is chosen now."""
        return str(self["strategy"].value() or Strategy.ENI.value)

    def clean_private_ip(self) -> str:
        return self._read("private_ip", strategies.read_address)

    def clean_destination_cidr(self) -> str:
        return self._read("destination_cidr", strategies.read_cidr)

    def say(self, name: str) -> str:
        """The answer in words, for a page that only shows it."""
        field, value = self.fields[name], self[name].value()
        if isinstance(field, forms.BooleanField):
            return "Yes" if field.to_python(value) else "No"
        if isinstance(field, forms.ChoiceField):
            shown = (w for w in self[name].subwidgets if w.data["value"] == str(value))
            return next((str(w.data["label"]) for w in shown), str(value or "–"))
        if isinstance(field, forms.FloatField) and value:
            return str(value).removesuffix(".0")
        return str(value or "–")

    def clean_probe_path(self) -> str:
        path = str(self.cleaned_data["probe_path"]) or "/"
        pair_fields.require_path(path)
        return path

    def clean_route_table_ids(self) -> tuple[str, ...]:
        if not self._is_used("route_table_ids"):
            return ()
        return pair_fields.read_route_tables(self.cleaned_data["route_table_ids"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        strategy = str(cleaned.get("strategy") or Strategy.ENI.value)
        cleaned["strategy"] = strategy
        if cleaned.get("device_index") is None and "device_index" not in self.errors:
            cleaned["device_index"] = strategies.DEFAULT_INDEX[strategy]
        for name in strategies.ALL_MOVED:
            if name not in strategies.MOVED[strategy]:
                self.errors.pop(name, None)
                cleaned[name] = () if name == "route_table_ids" else ""
        self._answer_the_rest(cleaned)
        wrong = strategies.field_errors(strategy, cleaned)
        for name, said in (wrong | pair_fields.find_errors(cleaned)).items():
            if name not in self.errors:
                self.add_error(name, said)
        return cleaned

    def _answer_the_rest(self, cleaned: dict[str, Any]) -> None:
        """First answers for what was not answered."""
        for name, first in first_answers().items():
            if name not in self.errors and cleaned.get(name) in ("", None):
                cleaned[name] = first

    def _is_used(self, name: str) -> bool:
        strategy = str(self.data.get("strategy") or Strategy.ENI.value)
        return name in strategies.MOVED.get(strategy, ())

    def _read(self, name: str, read: Callable[[str], str]) -> str:
        text = str(self.cleaned_data[name])
        if not text or not self._is_used(name):
            return ""
        try:
            return read(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
