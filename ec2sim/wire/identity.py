"""Who calls: the account behind an access key, and the calls of STS."""

import re
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.world import DEFAULT_ACCOUNT

CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/,\s]+)/(?P<day>\d+)/(?P<region>[^/]+)/(?P<service>[^/]+)/"
)
ROLE = re.compile(
    r"^arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/(?P<name>[\w+=,.@/-]+)$"
)
SESSION_S = 3600.0


class Sessions:
    """Role sessions by access key. Any key without a session is the default account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[str, str, str]] = {}

    def account(self, access_key: str) -> tuple[str, str | None]:
        """The account of a key, and its session's name if it has one.

        The account is written into a session's key, so that it outlives a restart.
        """
        with self._lock:
            session = self._sessions.get(access_key)
        if session is not None:
            return session[0], session[2]
        found = re.fullmatch(r"ASIA(\d{12})\w{4}", access_key)
        return (found[1] if found else DEFAULT_ACCOUNT), None

    def assume_role(self, params: Mapping[str, Any], *, now: float) -> dict[str, Any]:
        """AssumeRole: keys for the account of the role's name."""
        arn, name = params["RoleArn"], params["RoleSessionName"]
        role = ROLE.match(arn)
        if role is None:
            raise Ec2Error("ValidationError", f"{arn} is invalid")
        if not re.fullmatch(r"[\w+=,.@-]{2,64}", name):
            raise Ec2Error("ValidationError", "roleSessionName is invalid")
        account = role["account"]
        key = f"ASIA{account}{secrets.token_hex(2).upper()}"
        with self._lock:
            self._sessions[key] = (account, role["name"], name)
        lasts_s = float(params.get("DurationSeconds") or SESSION_S)
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": secrets.token_urlsafe(30),
                "SessionToken": secrets.token_urlsafe(60),
                "Expiration": now + lasts_s,
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"AROA{account}EXAMP:{name}",
                "Arn": _session_arn(account, role["name"], name),
            },
            "PackedPolicySize": 0,
        }

    def caller(self, access_key: str) -> dict[str, Any]:
        """GetCallerIdentity."""
        account, name = self.account(access_key)
        with self._lock:
            session = self._sessions.get(access_key)
        if session is not None:
            arn = _session_arn(account, session[1], session[2])
            return {"Account": account, "UserId": f"AROA{account}:{name}", "Arn": arn}
        arn = f"arn:aws:iam::{account}:user/ec2sim"
        return {"Account": account, "UserId": "AIDAEXAMPLE", "Arn": arn}


def _session_arn(account: str, role: str, name: str) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{name}"
