"""Who calls: the account behind an access key, and the calls of STS."""

import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.faults import refusals
from ec2sim.world import DEFAULT_ACCOUNT

CREDENTIAL = re.compile(
    r"(?P<key>[^/,\s=]+)/(?P<day>\d+)/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
ROLE = re.compile(
    r"^arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/(?P<name>[\w+=,.@/-]+)$"
)
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}")
SESSION_S = 3600.0
LEAST_S, MOST_S = 900.0, 43_200.0
# An expired session is remembered so long, so that its keys go on being refused.
REMEMBERED_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An assumed role, until `ends_at`, seconds since 1970 of the simulated clock."""

    access_key: str
    account_id: str
    role: str
    name: str
    ends_at: float

    @property
    def arn(self) -> str:
        """The session as AWS names it."""
        role = self.role.rpartition("/")[2]
        return f"arn:aws:sts::{self.account_id}:assumed-role/{role}/{self.name}"


class Sessions:
    """Role sessions by access key. Any key without a session is the default account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def account(self, access_key: str, *, now: float) -> tuple[str, str | None]:
        """The account of a key, and its session's name if it has one.

        The account is written into a session's key, so that it outlives a restart.
        Raises Ec2Error when the session has ended.
        """
        session = self._live(access_key, now=now, code="RequestExpired")
        if session is not None:
            return session.account_id, session.name
        found = re.fullmatch(r"ASIA(\d{12})\w{4,16}", access_key)
        return (found[1] if found else DEFAULT_ACCOUNT), None

    def assume_role(
        self,
        params: Mapping[str, Any],
        *,
        caller: str,
        roles: Mapping[str, str],
        now: float,
    ) -> dict[str, Any]:
        """AssumeRole: keys for the account of the role's name.

        `roles` has the external id that a role insists on. Raises Ec2Error.
        """
        who = self.caller(caller, now=now)["Arn"]
        arn, name = params["RoleArn"], params["RoleSessionName"]
        role = ROLE.match(arn)
        if role is None:
            raise Ec2Error("ValidationError", f"{arn} is invalid")
        if not re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII):
            raise _invalid(name, "roleSessionName")
        external_id = params.get("ExternalId")
        if external_id is not None and not EXTERNAL_ID.fullmatch(external_id):
            raise _invalid(external_id, "externalId")
        lasts_s = _duration(params.get("DurationSeconds"))
        if arn in roles and roles[arn] != external_id:
            raise Ec2Error(
                "AccessDenied",
                f"User: {who} is not authorized to perform: sts:AssumeRole on "
                f"resource: {arn}",
            )
        account = role["account"]
        session = Session(
            access_key=f"ASIA{account}{secrets.token_hex(4).upper()}",
            account_id=account,
            role=role["name"],
            name=name,
            ends_at=now + lasts_s,
        )
        with self._lock:
            self._forget(now - REMEMBERED_S)
            self._sessions[session.access_key] = session
        return {
            "Credentials": {
                "AccessKeyId": session.access_key,
                "SecretAccessKey": secrets.token_urlsafe(30),
                "SessionToken": secrets.token_urlsafe(60),
                "Expiration": session.ends_at,
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"AROA{account}EXAMP:{name}",
                "Arn": session.arn,
            },
            "PackedPolicySize": 0,
        }

    def caller(self, access_key: str, *, now: float) -> dict[str, Any]:
        """GetCallerIdentity. Raises Ec2Error when the session has ended."""
        session = self._live(access_key, now=now, code="ExpiredToken")
        account, _ = self.account(access_key, now=now)
        if session is not None:
            user = f"AROA{account}EXAMP:{session.name}"
            return {"Account": account, "UserId": user, "Arn": session.arn}
        arn = f"arn:aws:iam::{account}:user/ec2sim"
        return {"Account": account, "UserId": "AIDAEXAMPLE", "Arn": arn}

    def expire(
        self, *, session: str | None, access_key: str | None, now: float
    ) -> list[str]:
        """End the sessions of a name, of a key, or all; their access keys."""
        with self._lock:
            ended = [
                each
                for each in self._sessions.values()
                if each.ends_at > now
                and session in (None, each.name)
                and access_key in (None, each.access_key)
            ]
            for each in ended:
                self._sessions[each.access_key] = Session(
                    access_key=each.access_key,
                    account_id=each.account_id,
                    role=each.role,
                    name=each.name,
                    ends_at=now,
                )
            return [each.access_key for each in ended]

    def shown(self) -> list[dict[str, Any]]:
        """Every session that is remembered."""
        with self._lock:
            return [
                {
                    "access_key_id": each.access_key,
                    "account": each.account_id,
                    "role": each.role,
                    "session": each.name,
                    "ends_at": each.ends_at,
                }
                for each in self._sessions.values()
            ]

    def _live(self, access_key: str, *, now: float, code: str) -> Session | None:
        with self._lock:
            session = self._sessions.get(access_key)
        if session is None or session.ends_at > now:
            return session
        said = {
            "RequestExpired": "Request has expired.",
            "ExpiredToken": "The security token included in the request is expired",
        }
        raise Ec2Error(code, said[code])

    def _forget(self, before: float) -> None:
        for key, session in list(self._sessions.items()):
            if session.ends_at < before:
                del self._sessions[key]


def decode_authorization_message(params: Mapping[str, Any]) -> dict[str, Any]:
    """DecodeAuthorizationMessage: what an UnauthorizedOperation was about."""
    told = refusals.decoded(params["EncodedMessage"])
    if told is None:
        raise Ec2Error(
            "InvalidAuthorizationMessageException",
            "EncodedMessage can not be decoded",
        )
    return {"DecodedMessage": told}


def _duration(given: str | None) -> float:
    if given is None:
        return SESSION_S
    if not (given.isascii() and given.isdecimal() and len(given) < 9):
        raise _invalid(given, "durationSeconds")
    seconds = float(given)
    if not LEAST_S <= seconds <= MOST_S:
        raise _invalid(given, "durationSeconds")
    return seconds


def _invalid(value: str, name: str) -> Ec2Error:
    return Ec2Error(
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy "
        "constraint",
    )
