"""Our own standing with AWS: as whom it knows us, and which roles let us in."""

from typing import Any

from failover.ec2 import errors, looks, session

TRIAL_NAME = "swapboard-test"
# STS gives no keys for less.
TRIAL_S = 900


class Standing:
    """Asks STS by boto3's own credentials. Keeps none of the keys that it is given."""

    def __init__(self, *, region: str) -> None:
        """`region` is whose STS is asked. Raises NotSent without credentials."""
        self._sts = session.open_own_sts(region)

    def arn(self) -> str:
        """Who we are: a user, or a session of a role. Raises Ec2Error."""
        try:
            return str(self._sts.get_caller_identity()["Arn"])
        except errors.ANY as error:
            raise looks.as_read_error(error) from error

    def enter(self, *, role_arn: str, external_id: str = "") -> str:
        """Assume the role, once, and forget its keys; the ARN that we had by it.

        Without `external_id` none is sent. Raises Ec2Refused where the role does not
        let us in, any other Ec2Error where nobody answered.
        """
        more: dict[str, Any] = {"ExternalId": external_id} if external_id else {}
        try:
            reply = self._sts.assume_role(
                RoleArn=role_arn,
                RoleSessionName=TRIAL_NAME,
                DurationSeconds=TRIAL_S,
                **more,
            )
        except errors.ANY as error:
            raise looks.as_read_error(error) from error
        return str(reply["AssumedRoleUser"]["Arn"])
