"""Secrets of every kind, sent everywhere: none comes back in a log, a row or a page."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from controlpanel import logs, urls
from failover import models, wiring
from failover.models import AuditEntry, Pair
from failover.services import inventory
from failover.services.people import users
from failover.web import access
from tests.ec2 import endpoint
from tests.project.files import ROOT
from tests.services.world import SHELL, Sim, finish, make_token

PASSWORD = "c4n4ry-password-of-ada"
WRONG = "c4n4ry-wrong-password"
NEW = "c4n4ry-new-password-of-olga"
USER_DATA = "#!/bin/sh\necho c4n4ry-in-user-data"
FOREIGN = "sb_0123456789ab_" + "c4n4ry" * 8
AWS_KEY = "AKIA" + "C4N4RYC4N4RYC4N4"
AWS_SECRET = "c4n4ry/aws/secret/access/key/0123456789+"
AWS_TOKEN = "IQoJb3JpZ2luX2VjEc4n4ryc4n4ryc4n4ryc4n4ryc4n4ry=="
SENT = {
    "c4n4ry-password-of-ada",
    "c4n4ry-wrong-password",
    "c4n4ry-new-password-of-olga",
    "c4n4ry-in-user-data",
    "c4n4ry" * 8,
    AWS_KEY,
    AWS_SECRET,
    AWS_TOKEN,
}


@access.open_to_anyone
def boom(request: HttpRequest) -> HttpResponse:
    """A defect whose text repeats all that it was sent."""
    if request.content_type == "application/json":
        assert request.body
    everything = f"{request.META} {request.COOKIES} {request.POST}"
    everything += f" {vars(request).get('_body')!r}"
    raise RuntimeError(everything)


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
urlpatterns = [path("boom/", boom), path("api/v1/boom/", boom), *urls.urlpatterns]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our process has keys of AWS, of a session."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", AWS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", AWS_SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", AWS_TOKEN)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, at every level, as it would stand in the log."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    handler.setFormatter(logs.make_formatter())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


class Crowd:
    """People who send secrets, and what was answered."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.secrets = set(SENT)

    def hear(self, answer: Any) -> Any:
        content = (
            b"".join(answer.streaming_content) if answer.streaming else answer.content
        )
        self.pages.append(f"{content.decode()} {answer.headers}")
        return answer

    def sign_in(self) -> Client:
        client = Client(raise_request_exception=False)
        form = {"username": "ada", "password": WRONG}
        self.hear(client.post("/accounts/login/", form))
        self.hear(client.post("/accounts/login/", {**form, "password": PASSWORD}))
        assert client.get("/").status_code == 200
        for name in ("sessionid", "csrftoken"):
            self.secrets.add(client.cookies[name].value)
        return client

    def begin_a_second_factor(self, client: Client) -> None:
        """Its page says the secret once, to its owner; so that page is not heard."""
        url = "/accounts/2fa/totp/activate/"
        secret = re.search(r"\b[A-Z2-7]{32}\b", client.get(url).content.decode())
        assert secret is not None
        self.secrets.add(secret.group())
        client.post(url, {"code": "000000"})

    def use_pages(self, client: Client) -> None:
        self.hear(client.post("/boom/", {"password": WRONG, "user_data": USER_DATA}))
        self.hear(client.post("/settings/users/new/", {"username": "x", "pw": WRONG}))
        form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": "x"}
        self.hear(client.post("/settings/security/password/", form))
        launch = {"name": "web", "user_data": USER_DATA, "region": "default/eu-west-1"}
        # Not heard: a form that lacks something comes back with all that was typed.
        client.post("/instances/new/", {**launch, "image_id": "ami-1"})
        for url in ("/", "/audit/", "/actions/", "/interfaces/", "/settings/accounts/"):
            self.hear(client.get(url))

    def use_api(self, token: str) -> None:
        client = Client(
            headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False
        )
        self.secrets.add(token.rpartition("_")[2])
        launch = {
            "region": "eu-west-1",
            "name": "web",
            "image_id": "ami-1",
            "type": "t3.micro",
            "subnet_id": "subnet-1",
            "user_data": USER_DATA,
        }
        for url, body in (
            ("boom/", launch),
            ("instances/", launch),
            ("pairs/", {"password": WRONG, "name": "other", "secret": FOREIGN}),
        ):
            self.hear(client.post(f"/api/v1/{url}", json.dumps(body), "text/json"))
            self.hear(
                client.post(f"/api/v1/{url}", json.dumps(body), "application/json")
            )
        self.hear(client.post("/api/v1/pairs/", f'{{"x": "{WRONG}', "application/json"))
        for url in ("accounts/", "regions/", "jobs/", "actions/", "pairs/article/"):
            self.hear(client.get(f"/api/v1/{url}"))
        for form in ("csv", "jsonl"):
            self.hear(client.get(f"/api/v1/audit/?format={form}"))
        self.hear(client.get(f"/api/v1/pairs/?token={FOREIGN}"))
        stranger = Client(headers={"Authorization": f"Bearer {FOREIGN}"})
        self.hear(stranger.get("/api/v1/pairs/"))
        for url in ("/healthz", "/readyz", "/metrics"):
            self.hear(Client().get(url))


@override_settings(ROOT_URLCONF=__name__)
def test_no_secret_comes_back_from_anywhere(
    keys: None,
    lines: io.StringIO,
    article: Pair,
    sim: Sim,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    users.create_user(name="ada", role="admin", password=PASSWORD, actor=SHELL)
    crowd = Crowd()

    client = crowd.sign_in()
    crowd.begin_a_second_factor(client)
    crowd.use_pages(client)
    crowd.use_api(make_token("olga", "admin"))
    fail_with_an_echo(article, monkeypatch, crowd, client)

    logged = lines.getvalue()
    out, err = capfd.readouterr()
    kept = [str(row) for table in KEPT for row in table.objects.values()]
    told = {"log": logged, "stdout": out, "stderr": err, "rows": "".join(kept)}
    told |= {"pages": "".join(crowd.pages)}
    found = {
        (where, s) for where, text in told.items() for s in crowd.secrets if s in text
    }
    assert found == set()
    # The canaries did come by: what broke was told, with a mask in their place.
    assert "[redacted]" in logged
    assert "RuntimeError" in logged
    assert "SignatureDoesNotMatch" in told["rows"]


KEPT = (
    *(AuditEntry, models.Job, models.Intent, models.Action, models.Region),
    *(models.Account, models.ApiToken, models.IdempotencyRecord, models.AuditAnchor),
)


def fail_with_an_echo(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, crowd: Crowd, client: Client
) -> None:
    """AWS refuses each call, and repeats the request with its keys, as it does."""
    said = (
        "The Canonical String for this request should have been 'POST / host:ec2"
        f" x-amz-security-token:{AWS_TOKEN} {AWS_KEY} {AWS_SECRET}'"
    )

    def refuse(_: endpoint.Parameters) -> endpoint.Say:
        return endpoint.refusal(
            "SignatureDoesNotMatch", status=403, message=escape(said)
        )

    job = models.Job.objects.create(
        region=pair.region,
        pair=pair,
        pair_name=pair.name,
        kind="swap",
        network_interface_id=pair.network_interface_id,
        from_instance_id=pair.primary_instance_id,
        to_instance_id=pair.standby_instance_id,
        trigger="ui",
        requested_by="ada",
        requested_at=wiring.now(),
    )
    with ExitStack() as stack:
        served = stack.enter_context(endpoint.serve(refuse))
        monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", served.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        wiring.start_anew()
        with pytest.raises(Exception, match="SignatureDoesNotMatch"):
            inventory.sync(pair.region)
        finish(job, run_for_s=0.3)
        crowd.hear(client.post("/settings/accounts/default/test/", follow=True))
        for url in ("/", "/interfaces/", "/pairs/article/swap/", f"/jobs/{job.id}/"):
            crowd.hear(client.get(url))
        crowd.hear(client.get("/api/v1/pairs/article/plan/"))
        assert served.asked


SCRIPT = """
import logging, os, threading, sys
import django; django.setup()
from django.conf import settings
import structlog
from failover import tasks
from controlpanel.celery import app
everything = f"{settings.DATABASES} {settings.REDIS_URL} {dict(os.environ)}"
everything += f" {app.conf.broker_url} {settings.OIDC_CLIENT_SECRET}"
log = structlog.get_logger("x")
log.error("failed", error=everything, settings=vars(settings), given=everything)
logging.getLogger("y").error("%s", everything)
def fail():
    secret = settings.SECRET_KEY
    raise RuntimeError(everything)
thread = threading.Thread(target=fail); thread.start(); thread.join()
from django.core.management import call_command
try:
    call_command("verify_audit")
except Exception:
    log.exception("no database")
tasks.wake(7)
fail()
"""
OURS = {
    "SECRET_KEY": "c4n4ry-secret-key-of-django-0123456789",
    "SECRET_KEY_FALLBACKS": "c4n4ry-former-secret-key-of-django-01",
    "OIDC_CLIENT_SECRET": "c4n4ry-client-secret",
    "DATABASE_URL": "postgres://app:c4n4ry-database@127.0.0.1:9/swapboard",
    "MIGRATION_DATABASE_URL": "postgres://owner:c4n4ry-owner@127.0.0.1:9/swapboard",
    "REDIS_URL": "redis://:c4n4ry-broker@127.0.0.1:9/0",
}


def test_our_own_secrets_are_in_no_line_of_a_process_that_fails(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **OURS}
    environment |= {"OIDC_ISSUER": "https://id.example.com", "OIDC_CLIENT_ID": "us"}
    environment |= {"DJANGO_SETTINGS_MODULE": "controlpanel.settings"}

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    told = done.stdout + done.stderr
    assert done.returncode == 1
    assert told.count("RuntimeError") >= 2
    assert "no database" in told
    assert [line for line in told.splitlines() if "c4n4ry" in line] == []


def test_a_message_to_a_worker_says_a_regions_number_and_nothing_else() -> None:
    from failover import tasks  # noqa: PLC0415

    arguments: Callable[..., Any] = tasks.drive.run

    assert arguments.__annotations__ == {"region_id": int, "return": None}
