"""The demo's inside: a simulated EC2, a fresh database, the pair of the article."""

import http.client
import json
import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Mapping
from io import TextIOBase
from pathlib import Path

from django.conf import settings

from controlpanel import parts, supervisor
from controlpanel.supervisor import Part, Supervisor
from failover import wiring
from failover.management import door, house
from failover.services import inventory, pairs, regions
from failover.services.creation import NewPair
from failover.services.people import tokens, users

HOST = "127.0.0.1"
USER = "admin"
REGION = "eu-west-1"
# The names of the article's own console.
ARTICLE = NewPair(
    name="article",
    primary_instance_id="i-09a505d623e75d4d2",
    standby_instance_id="i-0190e152559b4866c",
    network_interface_id="eni-415e9270",
)
SIMULATOR_START_S = 30.0
ASK_EVERY_S = 0.2
ASK_TIMEOUT_S = 2.0

# What the operator's own environment must not bring into the demo.
FOREIGN = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "MIGRATION_DATABASE_URL",
    "PUBLIC_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "TRUSTED_PROXIES",
)


class CannotStart(RuntimeError):
    """A sentence that says why the demo cannot run here."""


def environment(
    before: Mapping[str, str], *, folder: Path, port: int
) -> dict[str, str]:
    """The environment of every process of the demo; no real AWS is in reach."""
    kept = {
        name: value
        for name, value in before.items()
        if name not in FOREIGN and not name.startswith("AWS_")
    }
    bypass = [before.get("NO_PROXY") or before.get("no_proxy", ""), HOST, "localhost"]
    no_proxy = ",".join(part for part in bypass if part)
    return {
        **kept,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "PROBE_ALLOW_NETS": "127.31.0.0/16",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def run(*, port: int, stdout: TextIOBase) -> None:
    """Build the demo's world and run it until a signal. Raises CannotStart."""
    try:
        listener = parts.listen(host=HOST, port=port)
    except parts.PortTaken as taken:
        raise CannotStart(
            f"Cannot listen on {taken}. Choose another port with PORT=…."
        ) from taken
    folder = Path(settings.DATA_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    simulator = _start_simulator(folder)
    try:
        house.migrate(answers_to=sys.stderr)
        endpoint = _find_endpoint(simulator, folder)
        os.environ["AWS_ENDPOINT_URL_EC2"] = endpoint
        os.environ["AWS_ENDPOINT_URL_STS"] = endpoint
        lines = _furnish(url=f"http://{HOST}:{port}", endpoint=endpoint)
        _write_env(folder / "env", lines)
        announcer = Announcer(
            simulator=simulator, port=port, lines=lines, stdout=stdout
        )
        built = house.build_parts(listener=listener, port=port)
        Supervisor(built).run(watch=announcer)
    finally:
        simulator.terminate()
        try:
            simulator.wait(timeout=1.5)
        except subprocess.TimeoutExpired:
            simulator.kill()


def _start_simulator(folder: Path) -> subprocess.Popen[bytes]:
    part = Part(
        name="ec2sim",
        command=[
            *(sys.executable, "-m", "ec2sim", "--seed-article", "--port", "0"),
            *("--log", str(folder / "ec2sim.jsonl")),
        ],
    )
    with _said(folder).open("wb") as answers:
        return supervisor.spawn(part, stdout=answers)


def _said(folder: Path) -> Path:
    return folder / "ec2sim.out"


def _find_endpoint(simulator: subprocess.Popen[bytes], folder: Path) -> str:
    """The URL that the simulator prints once it listens. Raises CannotStart."""
    deadline = wiring.monotonic() + SIMULATOR_START_S
    while wiring.monotonic() < deadline:
        line, newline, _ = _said(folder).read_text().partition("\n")
        if newline:
            return str(json.loads(line)["url"])
        if simulator.poll() is not None:
            raise CannotStart("The simulated EC2 did not start; its words are above.")
        wiring.sleep(0.05)
    raise CannotStart(f"The simulated EC2 said nothing for {SIMULATOR_START_S:.0f} s.")


def _furnish(*, url: str, endpoint: str) -> dict[str, str]:
    """Users, the region, its first inventory and the pair; the lines to print."""
    actor = door.operator()
    password = users.create_user(
        name=USER, role="admin", password=secrets.token_urlsafe(12), actor=actor
    )
    token = tokens.make(user_name=USER, name="demo", role="admin", days=90, actor=actor)
    region = regions.add(
        region=REGION, account="default", role_arn="", external_id="", actor=actor
    )
    inventory.sync(region)
    pairs.create(new=ARTICLE, region=region, actor=actor)
    return {
        "url": url,
        "user": USER,
        "password": password,
        "token": token,
        "ec2": endpoint,
        "pair": ARTICLE.name,
    }


def _write_env(path: Path, lines: Mapping[str, str]) -> None:
    """What a shell needs to talk to the demo: AWS's clients, swapctl, manage.py."""
    names = sorted(n for n in os.environ if n.startswith("AWS_"))
    values = {name: os.environ[name] for name in names}
    values |= {
        "SWAPCTL_URL": lines["url"],
        "SWAPCTL_TOKEN": lines["token"],
        "DATA_DIR": os.environ["DATA_DIR"],
        "PORT": os.environ["PORT"],
        "PROBE_ALLOW_NETS": os.environ["PROBE_ALLOW_NETS"],
    }
    text = "".join(f"export {n}={shlex.quote(v)}\n" for n, v in values.items())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


class Announcer:
    """Prints the lines once Swapboard is ready; watches the simulator for ever."""

    def __init__(
        self,
        *,
        simulator: subprocess.Popen[bytes],
        port: int,
        lines: Mapping[str, str],
        stdout: TextIOBase,
    ) -> None:
        self._simulator = simulator
        self._port = port
        self._lines = lines
        self._stdout = stdout
        self._ask_at = 0.0
        self._is_announced = False

    def __call__(self) -> bool:
        if self._simulator.poll() is not None:
            raise CannotStart("The simulated EC2 has ended, and its world with it.")
        if not self._is_announced and wiring.monotonic() >= self._ask_at:
            self._ask_at = wiring.monotonic() + ASK_EVERY_S
            self._announce_if_ready()
        return False

    def _announce_if_ready(self) -> None:
        if not is_ready(port=self._port):
            return
        self._is_announced = True
        for name, value in self._lines.items():
            self._stdout.write(f"{name}: {value}\n")
        self._stdout.flush()


def is_ready(*, port: int) -> bool:
    """Whether /readyz on this machine answers 200."""
    asked = http.client.HTTPConnection(HOST, port, timeout=ASK_TIMEOUT_S)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
