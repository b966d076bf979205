"""What each way a call to EC2 can fail means: one table, read by code.

Sources: the EC2 API's error reference, and the field reports in which client
libraries handle the same codes. A code that is not listed is judged by its HTTP
status, because only that says whether EC2 may have acted.
"""

from collections.abc import Mapping

from botocore import exceptions
from botocore.parsers import ResponseParserError

from failover.engine import ports
from failover.engine.job import Outcome
from failover.redaction import mask

#: The answer to DryRun when the call would have been allowed (HTTP 412).
DRY_RUN_OK = "DryRunOperation"
UNAUTHORIZED = "UnauthorizedOperation"
# Refused before EC2 knew who asks, or for whom: it has weighed no permission yet.
# AuthFailure is also its word for what another account owns.
NOT_WEIGHED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "Blocked",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "OptInRequired",
        "PendingVerification",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
INTERFACE_NOT_FOUND = "InvalidNetworkInterfaceID.NotFound"
INSTANCE_NOT_FOUND = "InvalidInstanceID.NotFound"
# Both are in the field for an allocation that does not exist (any more).
ADDRESS_NOT_FOUND = ("InvalidAllocationID.NotFound", "InvalidAddressID.NotFound")
ROUTE_TABLE_NOT_FOUND = "InvalidRouteTableID.NotFound"

# Codes whose meaning their HTTP status does not tell.
OUTCOMES: Mapping[str, Outcome] = {
    # Over the quota: not executed. Most come as 503, which would mean "unknown".
    "RequestLimitExceeded": Outcome.THROTTLED,
    "EC2ThrottledException": Outcome.THROTTLED,
    "Throttling": Outcome.THROTTLED,
    "ThrottlingException": Outcome.THROTTLED,
    "ThrottledException": Outcome.THROTTLED,
    "TooManyRequestsException": Outcome.THROTTLED,
    "BandwidthLimitExceeded": Outcome.THROTTLED,
    "SlowDown": Outcome.THROTTLED,
    "429": Outcome.THROTTLED,
    # EC2 does not know itself whether it acted.
    "InternalError": Outcome.UNKNOWN,
    "InternalFailure": Outcome.UNKNOWN,
    "InternalServerError": Outcome.UNKNOWN,
    "ServerInternal": Outcome.UNKNOWN,
    "Unavailable": Outcome.UNKNOWN,
    "ServiceUnavailable": Outcome.UNKNOWN,
    "RequestTimeout": Outcome.UNKNOWN,
    "RequestTimeoutException": Outcome.UNKNOWN,
    "408": Outcome.UNKNOWN,
}

# Proof that no byte of the request reached EC2: it was never signed, or there was no
# connection. Whatever is not listed may have arrived before it broke.
NEVER_SENT = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyConnectionError,
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.NoRegionError,
    exceptions.ParamValidationError,
)

# What a caller of boto3 must expect. ResponseParserError, which an HTML page from a
# proxy raises, is neither a ClientError nor a BotoCoreError.
ANY = (
    exceptions.ClientError,
    exceptions.BotoCoreError,
    exceptions.HTTPClientError,
    ResponseParserError,
)

FAMILIES: Mapping[Outcome, type[ports.Ec2Error]] = {
    Outcome.REFUSED: ports.Ec2Refused,
    Outcome.THROTTLED: ports.Ec2Busy,
    Outcome.UNKNOWN: ports.Ec2OutcomeUnknown,
    Outcome.NOT_SENT: ports.NotSent,
}


def judge(*, code: str, status: int) -> Outcome:
    """What EC2 says it did with a call that it answered with an error."""
    if code in OUTCOMES:
        return OUTCOMES[code]
    if status == 429:
        return Outcome.THROTTLED
    if 400 <= status < 500:
        return Outcome.REFUSED
    return Outcome.UNKNOWN


def translate(error: Exception) -> ports.Ec2Error:
    """The same failure as a member of the three families, or NotSent."""
    if isinstance(error, ports.Ec2Error):
        return error
    if isinstance(error, exceptions.ClientError):
        return _translate_answer(error)
    code = type(error).__name__
    if isinstance(error, NEVER_SENT):
        return ports.NotSent(code=code, message=mask(str(error)))
    return ports.Ec2OutcomeUnknown(code=code, message=mask(str(error)))


def outcome_of(error: ports.Ec2Error) -> Outcome:
    """The outcome that an intent records for a translated error."""
    for outcome, family in FAMILIES.items():
        if isinstance(error, family):
            return outcome
    return Outcome.UNKNOWN


def _translate_answer(error: exceptions.ClientError) -> ports.Ec2Error:
    said = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    code = str(said.get("Code", ""))
    # An answer without a status is no answer: judge it as one that says nothing.
    status = int(metadata.get("HTTPStatusCode", 0))
    return FAMILIES[judge(code=code, status=status)](
        code=code,
        # Kept with the job and shown: AWS repeats what was sent, its keys too.
        message=mask(str(said.get("Message", ""))),
        aws_request_id=request_id(error.response),
    )


def request_id(response: Mapping[str, object]) -> str:
    """AWS's id of the request that this reply, good or bad, answers; or ''."""
    metadata = response.get("ResponseMetadata")
    if not isinstance(metadata, Mapping):
        return ""
    return str(metadata.get("RequestId", ""))
