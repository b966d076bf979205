"""What a browser may post: fields listed one by one, errors in sentences."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from failover import wiring


class PageForm(forms.Form):
    """A form whose widgets say what is wrong with them to assistive technology."""

    template_name = "failover/parts/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _text(label: str, *, required: bool = True, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 500)
    return forms.CharField(label=label, required=required, **kwargs)


class SwapForm(PageForm):
    """What the operator saw and wants; the hidden fields are the plan they saw."""

    to = _text("Swap to", max_length=32)
    expected_active = _text("Active when shown", required=False, max_length=32)
    plan_hash = _text("Plan", max_length=64)
    idempotency_key = forms.UUIDField(label="Idempotency key")
    reason = _text("Reason", required=False)
    typed_name = _text("Name of the pair", required=False, max_length=63)
    force = forms.BooleanField(label="Force", required=False)
    break_glass = forms.BooleanField(label="Without approval", required=False)

    def __init__(
        self, *args: Any, pair: str = "", confirm: str = "none", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pair, self.confirm = pair, confirm

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.confirm in ("reason", "name") and not cleaned.get("reason"):
            self.add_error("reason", "Say why: this pair asks for a reason.")
        if self.confirm == "name" and cleaned.get("typed_name") != self.pair:
            self.add_error("typed_name", f"Type {self.pair} to confirm.")
        return cleaned

    @property
    def key(self) -> UUID:
        key: UUID = self.cleaned_data["idempotency_key"]
        return key


class FreezeForm(PageForm):
    """Stop swaps of a pair for a while. Its time is in the zone of the page."""

    reason = _text("Reason")
    until = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Empty: until somebody unfreezes it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = f"Until ({timezone.get_current_timezone_name()})"

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= wiring.now():
            raise forms.ValidationError("That time has passed already.")
        return until


class AcknowledgeForm(PageForm):
    """That somebody has seen how a job ended."""

    comment = _text("What was found")
