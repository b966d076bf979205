"""The bodies of calls about tokens and approvals."""

from rest_framework import serializers

from failover.api.bodies import MOST_REASON, Body, Text, Whole
from failover.models import Role
from failover.services.people import tokens


class DecisionBody(Body):
    comment = Text(max_length=MOST_REASON, required=False, allow_blank=True)


class TokenBody(Body):
    name = Text(max_length=64)
    role = serializers.ChoiceField(choices=Role.values, required=False)
    days = Whole(min_value=1, max_value=tokens.MOST_DAYS, required=False)
    source_nets = serializers.ListField(
        child=Text(max_length=50), max_length=tokens.MOST_NETS, required=False
    )
