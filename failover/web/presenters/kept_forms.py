"""A form that was kept while its person showed who they are, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import Resolver404, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a form does, and what its fields are called.

    A tick that is not set is not posted: `ticks` are told as no where they are missing.
    """

    title: str
    labels: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field that a person filled in."""

    label: str
    value: str


GRANTS = {
    "what": "What",
    "role": "Role",
    "scope": "Good for",
    "account": "Account, by number",
    "tag": "Tag",
    "groups": "Groups, by number",
    "grant": "Grant, by number",
}
# By the name of the address that it is sent to.
FORMS = {
    "account-look": Words(
        title="Change how account {account} looks",
        labels={"colour": "Colour"},
        ticks={"is_production": "Production"},
    ),
    "account-role": Words(
        title="Change the role of account {account}", labels={"role_arn": "Role ARN"}
    ),
    "account-external-id": Words(title="Make another external ID for {account}"),
    "approval-decide": Words(
        title="{verb} a swap that waits for consent", labels={"comment": "Comment"}
    ),
    "pair-swap": Words(
        title="Swap {name}",
        labels={"to": "Swap to", "reason": "Reason", "typed_name": "Name typed"},
        ticks={"force": "Force"},
    ),
    "pair-put-back": Words(title="Put {name} back"),
    "pair-delete": Words(title="Delete the pair {name}"),
    "pair-settings": Words(
        title="Change the settings of {name}",
        ticks={"approval": "A second person consents"},
    ),
    "swaps": Words(
        title="Swap many pairs",
        labels={"pair": "Pairs", "only": "Pairs", "reason": "Reason"},
    ),
    "token-new": Words(
        title="Make an API token",
        labels={
            "name": "Name",
            "role": "Role",
            "days": "Days",
            "source_nets": "Networks it may come from",
        },
    ),
    "user-new": Words(
        title="Add a user", labels={"name": "User name", "role": "Role everywhere"}
    ),
    "user": Words(title="Change what user {user_id} may do", labels=GRANTS),
    "user-act": Words(title="User {user_id}: {verb}"),
    "groups": Words(title="Add a group", labels={"name": "Name"}),
    "group": Words(title="Change what group {group_id} may do", labels=GRANTS),
    "settings-sessions": Words(
        title="End sessions of yours", labels={"sitting": "Session, by number"}
    ),
}


def title(path: str) -> str:
    """What sending it does."""
    words, arguments = _find(path)
    if words is None:
        return f"Send what was filled in to {path}"
    verb = _plain(str(arguments.get("verb", "")))
    return words.title.format_map({**arguments, "verb": verb})


def lines(path: str, fields: Sequence[tuple[str, Sequence[str]]]) -> list[Line]:
    """What a person typed or chose; of forms that are not known here every field."""
    words, _ = _find(path)
    sent = dict(fields)
    if words is None or not (words.labels or words.ticks):
        return [_line(_plain(name), values) for name, values in fields]
    told = [
        _line(label, sent[name]) for name, label in words.labels.items() if name in sent
    ]
    ticks = [
        Line(label=label, value="yes" if name in sent else "no")
        for name, label in words.ticks.items()
    ]
    return told + ticks


def _find(path: str) -> tuple[Words | None, Mapping[str, object]]:
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return None, {}
    return FORMS.get(match.url_name or ""), match.kwargs


def _line(label: str, values: Sequence[str]) -> Line:
    return Line(label=label, value=", ".join(values) or "empty")


def _plain(name: str) -> str:
    said = name.replace("_", " ").replace("-", " ")
    return said[:1].upper() + said[1:]
