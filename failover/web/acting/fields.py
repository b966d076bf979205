"""Fields that several of the actions' forms have: tags as rows, groups, lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from failover import columns
from failover.services.acts import checking

# Empty rows after those with tags in them: on the page, and of each "Add rows".
SPARE_ROWS = 3
MOST_ROWS = checking.MOST_TAGS + 10
Row = tuple[str, str]


class TagRows(forms.Widget):
    """Keys and values beside each other; `parts/act_field.html` draws them."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        del files
        if not isinstance(data, QueryDict):
            return list(data.get(name) or ())
        keys, values = data.getlist(f"{name}_key"), data.getlist(f"{name}_value")
        values += [""] * (len(keys) - len(values))
        return list(zip(keys, values, strict=False))[:MOST_ROWS]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        del id_, index
        return ""


class TagsField(forms.Field):
    """Tags by their keys; a row whose key is empty is no tag."""

    widget = TagRows

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Tags")
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        rows: Sequence[Row] = value or ()
        said: dict[str, str] = {}
        for raw, text in rows:
            key = raw.strip()
            if not key and text:
                short = text[:20]
                raise ValidationError(f"The value {short} has no key beside it.")
            if key in said:
                raise ValidationError(f"The key {key[:40]} is there twice.")
            if key:
                said[key] = text
        return said


def rows_of(tags: Mapping[str, str]) -> list[Row]:
    """The tags that people may change, as the field shows them."""
    prefix = columns.AWS_OWN
    own = [(k, v) for k, v in tags.items() if not k.lower().startswith(prefix)]
    return sorted(own)


def with_spares(rows: Sequence[Row], *, more: bool) -> list[Row]:
    """The rows that have something in them, and some that have not."""
    kept = [row for row in rows if any(row)]
    spare = SPARE_ROWS * (2 if more else 1)
    return [*kept, *([("", "")] * max(1, min(spare, MOST_ROWS - len(kept))))]


class GroupsField(forms.MultipleChoiceField):
    """Security groups of one VPC, to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, groups: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("label", "Security groups")
        super().__init__(choices=list(groups), **kwargs)


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4096, **kwargs)
        self.widget.attrs.update({"rows": 4, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(text.replace(",", " ").split()))


def text(label: str, **kwargs: Any) -> forms.CharField:
    """One line, not needed unless said."""
    kwargs.setdefault("required", False)
    kwargs.setdefault("max_length", 256)
    return forms.CharField(label=label, **kwargs)
