"""The doors of ec2sim: boto3 over HTTP, inside the process, the AWS command line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import boto3
import botocore.config
from botocore import xform_name
from botocore.exceptions import ClientError

from ec2sim import inprocess
from ec2sim.errors import Ec2Error
from ec2sim.world import World

REGION = "eu-west-1"
REFUSAL = re.compile(
    r"An error occurred \((?P<code>[^)]+)\) when calling the \w+ operation"
    r"(?: \([^)]*\))?: (?P<message>.*)",
    re.DOTALL,
)


class Refused(Exception):
    """EC2 has answered with an error; the command line does not tell the status."""

    def __init__(self, code: str, message: str, status: int | None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class Door(Protocol):
    """One way in. Parameters and replies have botocore's names."""

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply. Raises Refused."""


class Http:
    """boto3, trying once, and leaving every judgement of parameters to EC2."""

    def __init__(self, url: str, *, read_timeout_s: float = 20) -> None:
        make: Any = boto3.client
        self.client = make(
            "ec2",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id="any",
            aws_secret_access_key="key",
            config=botocore.config.Config(
                retries={"total_max_attempts": 1},
                connect_timeout=2,
                read_timeout=read_timeout_s,
                parameter_validation=False,
            ),
        )

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply, parsed by botocore."""
        try:
            reply: dict[str, Any] = getattr(self.client, xform_name(action))(**params)
        except ClientError as refusal:
            error = refusal.response["Error"]
            status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Refused(error["Code"], error["Message"], status) from refusal
        return reply

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()


class Inside:
    """The client of the same process."""

    def __init__(self, world: World) -> None:
        self.client = inprocess.Client(world, region=REGION)

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply, made without XML."""
        try:
            return self.client.call(action, **params)
        except Ec2Error as refusal:
            raise Refused(refusal.code, refusal.message, refusal.status) from refusal


class CommandLine:
    """The AWS command line as it is installed: a process for each call."""

    def __init__(self, url: str) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_EC2": url,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
        }

    def call(self, action: str, /, **params: Any) -> dict[str, Any]:
        """The reply, as the command prints it."""
        said = self.run(
            xform_name(action, "-"),
            "--no-paginate",
            "--cli-input-json",
            json.dumps(params),
        )
        reply: dict[str, Any] = json.loads(said) if said.strip() else {}
        return reply

    def run(self, *words: str) -> str:
        """What `aws ec2 WORDS` prints. Raises Refused."""
        aws = Path(sys.executable).parent / "aws"
        done = subprocess.run(
            [sys.executable, str(aws), "ec2", *words, "--output", "json"],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            told = REFUSAL.search(done.stderr)
            assert told is not None, done.stderr
            raise Refused(told["code"], told["message"].strip(), None)
        return done.stdout
