"""boto3 clients for one region of one account: explicit about retries and time.

boto3's defaults are not relied on: they retry a mutating call whose reply was lost,
which turns our own success into a client error, and wait a minute for each socket.
"""

import functools
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore import credentials, exceptions, loaders, session
from botocore.config import Config
from botocore.utils import parse_timestamp

from failover import redaction
from failover.ec2 import errors

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_sts import STSClient

SESSION_NAME = "swapboard"
# How long an assumed role's keys are good; renewed some minutes before.
SESSION_S = 3600
POOL_CONNECTIONS = 40
CONNECT_TIMEOUT_S = 3
# The reply of a mutating call is worth waiting for: without it the job must look,
# and nobody may say that it is over. SETTLE_S counts on this number (protocol P2).
MUTATING_READ_TIMEOUT_S = 10

MUTATING = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=MUTATING_READ_TIMEOUT_S,
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=POOL_CONNECTIONS,
    tcp_keepalive=True,
)
# A look that fails is looked again by whoever needs it, and a page waits for some.
READING = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=POOL_CONNECTIONS,
    tcp_keepalive=True,
)
# Whole listings have many pages; one lost page must not void them all.
LISTING = Config(
    connect_timeout=2,
    read_timeout=20,
    retries={"total_max_attempts": 4, "mode": "standard"},
    max_pool_connections=10,
    tcp_keepalive=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are in AWS: boto3's own credentials, or a role assumed with them."""

    region: str
    role_arn: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The clients of one region; each is safe to share between threads."""

    mutating: "EC2Client"
    reading: "EC2Client"
    listing: "EC2Client"
    sts: "STSClient"


def open_clients(identity: Identity) -> Clients:
    """Make the clients. Sends nothing; making them is not safe in two threads.

    Raises NotSent where boto3 finds no credentials or no such profile.
    """
    try:
        shared = boto3.Session(botocore_session=_make_session(identity))
        if not identity.role_arn:
            _hide_keys(shared.get_credentials())
        return Clients(
            mutating=shared.client("ec2", config=MUTATING),
            reading=shared.client("ec2", config=READING),
            listing=shared.client("ec2", config=LISTING),
            sts=shared.client("sts", config=READING),
        )
    except errors.ANY as error:
        raise errors.translate(error) from error


def open_own_sts(region: str) -> "STSClient":
    """STS by boto3's own credentials, before any role is assumed. Sends nothing.

    Raises NotSent as above.
    """
    try:
        shared = boto3.Session(botocore_session=_make_session(Identity(region=region)))
        return shared.client("sts", config=READING)
    except errors.ANY as error:
        raise errors.translate(error) from error


@functools.cache
def _loader(search_path: str | None) -> loaders.Loader:
    """EC2's model is 25 MB and 0.2 s: read once, not again for every region."""
    return loaders.create_loader(search_path)


def _read_stamp(said: str) -> datetime:
    """EC2's stamps are ISO; boto3's reader takes any form, and 300 times as long."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return parse_timestamp(said)


def _new_session() -> session.Session:
    core = session.get_session()
    parsers = core.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=_read_stamp)
    loader = _loader(core.get_config_variable("data_path"))
    core.register_component("data_loader", loader)
    return core


def _make_session(identity: Identity) -> session.Session:
    core = _new_session()
    core.set_config_variable("region", identity.region)
    core.register("before-send", _hide_token)
    if identity.role_arn:
        resolver = credentials.CredentialResolver(providers=[AssumedRole(identity)])
        core.register_component("credential_provider", resolver)
    return core


def _hide_token(**sent: Any) -> None:
    """Mask the session's token in whatever AWS may say of this request."""
    token = sent["request"].headers.get("X-Amz-Security-Token", "")
    redaction.hide_lent(token.decode() if isinstance(token, bytes) else token)


def _hide_keys(found: Any) -> None:
    """Mask keys that stay the same. Asking for others would send something."""
    if type(found) is credentials.Credentials:
        redaction.hide(found.secret_key or "", found.token or "")


class AssumedRole(credentials.CredentialProvider):
    """Credentials of the account's role, assumed at the first call and renewed."""

    METHOD = "assume-role"

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self._identity = identity

    def load(self) -> credentials.Credentials:
        own = _new_session()
        source = own.get_credentials()
        if source is None:
            raise exceptions.NoCredentialsError
        _hide_keys(source)
        arguments: dict[str, str | int] = {
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": SESSION_S,
        }
        if self._identity.external_id:
            arguments["ExternalId"] = self._identity.external_id
        fetcher = credentials.AssumeRoleCredentialFetcher(
            client_creator=functools.partial(
                own.create_client, region_name=self._identity.region, config=READING
            ),
            source_credentials=source,
            role_arn=self._identity.role_arn,
            extra_args=arguments,
        )

        def fetch() -> dict[str, str]:
            keys: dict[str, str] = fetcher.fetch_credentials()
            redaction.hide_lent(keys["secret_key"], keys["token"])
            return keys

        return credentials.DeferredRefreshableCredentials(
            refresh_using=fetch, method=self.METHOD
        )
