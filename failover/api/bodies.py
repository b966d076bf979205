"""The bodies that calls take. Types are strict: a number is not a text."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from failover.services import strategies

INSTANCE = re.compile(r"\Ai-[0-9a-f]{8,17}\Z")
INTERFACE = re.compile(r"\Aeni-[0-9a-f]{8,17}\Z")
PAIR_NAME = re.compile(r"\A(?!new\Z)[a-z0-9][a-z0-9-]{0,62}\Z")
MOST_REASON = 1000
MOST_INDEX = 31

Body = serializers.Serializer[Any]


class Text(serializers.CharField):
    """A string, and nothing that could become one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number, and nothing that could become one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Seconds(serializers.FloatField):
    """A number of seconds."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return float(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Pattern(Text):
    """A string of a given form."""

    def __init__(self, pattern: re.Pattern[str], said: str, **kwargs: Any) -> None:
        self._pattern = pattern
        self._said = said
        super().__init__(**kwargs)
        # How the schema tells of it.
        told = pattern.pattern.replace(r"\A", "^").replace(r"\Z", "$")
        if kwargs.get("allow_blank"):
            told = f"^$|{told}"
        schema: dict[str, Any] = {"type": "string", "pattern": told}
        set_override(self, "field", schema)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not self._pattern.match(text):
            raise serializers.ValidationError(self._said)
        return text


def instance_id(**kwargs: Any) -> Pattern:
    return Pattern(INSTANCE, "An instance id, such as i-0123456789abcdef0.", **kwargs)


def interface_id(**kwargs: Any) -> Pattern:
    return Pattern(INTERFACE, "A network interface id, such as eni-01234567.", **kwargs)


def reason(**kwargs: Any) -> Text:
    return Text(max_length=MOST_REASON, **kwargs)


class Empty(Body):
    """No fields."""


class RegionBody(Body):
    region = Text(max_length=32)
    account = Text(max_length=64, required=False)
    role_arn = Text(max_length=2048, required=False, allow_blank=True)
    external_id = Text(max_length=1224, required=False, allow_blank=True)


class AttachBody(Body):
    instance_id = instance_id()
    device_index = Whole(
        min_value=1, max_value=MOST_INDEX, required=False, allow_null=True
    )


class DetachBody(Body):
    force = Flag(required=False)


class SwapBody(Body):
    to = instance_id(required=False, allow_null=True)
    # An empty string expects that nobody holds the resource.
    expected_active = instance_id(required=False, allow_null=True, allow_blank=True)
    plan_hash = Text(max_length=64, required=False, allow_null=True)
    reason = reason(required=False, allow_blank=True)
    force = Flag(required=False)
    # Swap without the second person that the pair asks for: administrators, no tokens.
    break_glass = Flag(required=False)


class SwapsBody(Body):
    pairs = serializers.ListField(
        child=Text(max_length=63), allow_empty=False, max_length=1000
    )
    reason = reason(required=False, allow_blank=True)
    force = Flag(required=False)


class FreezeBody(Body):
    reason = reason()
    until = serializers.DateTimeField(required=False, allow_null=True)


class AcknowledgeBody(Body):
    comment = Text(max_length=MOST_REASON)


class PutBackBody(Body):
    reason = reason(required=False, allow_blank=True)


class ProbeBody(Body):
    kind = serializers.ChoiceField(choices=["none", "tcp", "http"], required=False)
    port = Whole(min_value=1, max_value=65535, required=False, allow_null=True)
    path = Text(max_length=1024, required=False, allow_blank=True)
    expect = Text(max_length=1024, required=False, allow_blank=True)

    def validate_path(self, path: str) -> str:
        if path and (not path.startswith("/") or not path.isprintable()):
            raise serializers.ValidationError("A path, beginning with a slash.")
        return path


class PolicyBody(Body):
    force = serializers.ChoiceField(choices=["never", "after"], required=False)
    force_after_s = Seconds(min_value=1, max_value=86400, required=False)
    confirm = serializers.ChoiceField(
        choices=["none", "reason", "name"], required=False
    )
    approval = Flag(required=False)
    automation = serializers.ChoiceField(choices=["off", "on"], required=False)


class Checked(Text):
    """A string that `read` gives back as EC2 writes it, or refuses in a sentence."""

    def __init__(self, read: Callable[[str], str], **kwargs: Any) -> None:
        self._read = read
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return text
        try:
            return self._read(text)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class RouteTables(serializers.ListField):
    """Ids of route tables, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=32), **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            found = strategies.read_route_tables(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return list(found)


# A field of another strategy may be sent along empty, as GET shows it.
EMPTY: dict[str, Any] = {"required": False, "allow_null": True, "allow_blank": True}


class PairTags(serializers.DictField):
    """Tags that grants go by: texts by their keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(allow_blank=True), required=False, **kwargs)


class PairBody(Body):
    name = Pattern(
        PAIR_NAME, "Lower-case letters, digits and -, at most 63; not `new`."
    )
    account = Text(max_length=64, required=False, allow_null=True)
    region = Text(max_length=32)
    strategy = serializers.ChoiceField(choices=list(strategies.MOVED), default="eni")
    primary_instance_id = instance_id()
    standby_instance_id = instance_id()
    network_interface_id = interface_id(**EMPTY)
    allocation_id = Pattern(
        strategies.ALLOCATION, "An allocation id, such as eipalloc-01234567.", **EMPTY
    )
    private_ip = Checked(strategies.read_address, **EMPTY)
    route_table_ids = RouteTables(required=False, allow_null=True)
    destination_cidr = Checked(strategies.read_cidr, **EMPTY)
    device_index = Whole(min_value=0, max_value=MOST_INDEX, required=False)
    probe = ProbeBody(required=False)
    policy = PolicyBody(required=False)
    tags = PairTags()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        errors = strategies.field_errors(attrs["strategy"], attrs)
        if attrs["primary_instance_id"] == attrs["standby_instance_id"]:
            said = "It must be another instance than the primary."
            errors["standby_instance_id"] = [said]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class PairChangeBody(Body):
    name = Text(required=False)
    account = Text(required=False)
    region = Text(required=False)
    strategy = Text(required=False)
    network_interface_id = Text(**EMPTY)
    allocation_id = Text(**EMPTY)
    private_ip = Text(**EMPTY)
    destination_cidr = Text(**EMPTY)
    route_table_ids = RouteTables(required=False)
    primary_instance_id = instance_id(required=False)
    standby_instance_id = instance_id(required=False)
    device_index = Whole(min_value=0, max_value=MOST_INDEX, required=False)
    probe = ProbeBody(required=False)
    policy = PolicyBody(required=False)
    tags = PairTags()

    # What GET shows beside these may be sent back, and changes nothing.
    ignored: ClassVar[tuple[str, ...]] = (
        "active_instance_id",
        "desired_instance_id",
        "frozen",
        "readiness",
        "sync",
        "job",
        "version",
    )
