"""What a browser may post about users, roles, tokens and approvals."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group

from failover.models import Account, Role, Scope
from failover.services.people import tokens
from failover.web.forms import PageForm

ROLE_WORDS = {
    "viewer": "Viewer: sees",
    "operator": "Operator: sees and swaps",
    "approver": "Approver: also approves others' swaps",
    "admin": "Administrator: everything",
}
SCOPE_WORDS = {
    Scope.ALL: "Everywhere",
    Scope.ACCOUNT: "In an account",
    Scope.TAG: "For pairs with a tag",
}


def role_choices(roles: list[str]) -> list[tuple[str, str]]:
    return [(role, ROLE_WORDS.get(role, role)) for role in roles]


class TokenForm(PageForm):
    """A new API token of one's own."""

    name = forms.CharField(
        label="Name", max_length=64, help_text="What it is for, such as backup script."
    )
    role = forms.ChoiceField(label="Role", help_text="At most your own.")
    days = forms.IntegerField(
        label="Days",
        min_value=1,
        max_value=tokens.MOST_DAYS,
        initial=30,
        help_text=f"It expires by itself, after {tokens.MOST_DAYS} days at the latest.",
    )
    source_nets = forms.CharField(
        label="Networks it may come from",
        required=False,
        max_length=1000,
        help_text="Such as 10.0.0.0/8 192.0.2.7/32. Empty: from anywhere.",
    )

    def __init__(self, *args: Any, roles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "role", role_choices(roles))


class UserForm(PageForm):
    """A new local user; the password is made and shown once."""

    name = forms.CharField(label="User name", max_length=150)
    role = forms.ChoiceField(label="Role everywhere")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = ("", "None: only what grants give")
        _choose(self, "role", [none, *role_choices(list(Role.values))])
        self.fields["role"].required = False


class GrantForm(PageForm):
    """A role for a part of what there is."""

    role = forms.ChoiceField(label="Role", choices=role_choices(list(Role.values)))
    scope = forms.ChoiceField(
        label="Good for", choices=[(s.value, w) for s, w in SCOPE_WORDS.items()]
    )
    account = forms.ModelChoiceField(
        label="Account",
        queryset=Account.objects.none(),
        empty_label="None chosen",
        required=False,
        help_text="For a role in an account.",
    )
    tag = forms.CharField(
        label="Tag",
        required=False,
        max_length=385,
        help_text="For pairs with a tag, such as team=web: tagged here, not in EC2.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Account.objects.order_by("name")

    def parts(self) -> dict[str, Any]:
        """What `users.grant` takes."""
        said = self.cleaned_data
        key, _, value = said["tag"].partition("=")
        return {
            "role": said["role"],
            "scope": said["scope"],
            "account": said["account"],
            "tag": (key.strip(), value.strip()),
        }


class GroupsForm(PageForm):
    """The groups that a user belongs to."""

    groups = forms.ModelMultipleChoiceField(
        label="Groups",
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["groups"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Group.objects.order_by("name")


class GroupForm(PageForm):
    """A new group."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        help_text="As the identity provider calls it, if it shall follow from there.",
    )


class DecisionForm(PageForm):
    """What an approver says."""

    comment = forms.CharField(label="Comment", required=False, max_length=500)


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
