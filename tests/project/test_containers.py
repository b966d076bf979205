"""Dockerfile and docker-compose.yml, held against what they start."""

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from celery import Celery
from django.core.management import get_commands

from controlpanel import parts
from tests.project.files import ROOT, compose, dockerfile

OURS = ("migrate", "web", "worker", "reconciler")
SECRETS = re.compile(r"SECRET|PASSWORD|TOKEN|DATABASE_URL")
REQUIRED = re.compile(r"\$\{(SECRET_KEY|POSTGRES_PASSWORD):\?[^}]+\}")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return cast(dict[str, Any], compose()["services"])


def copied() -> list[str]:
    """Return what .dockerignore lets into the image."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return [line[1:] for line in lines if line.startswith("!")]


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def test_compose_starts_the_three_parts_and_their_two_servers(
    services: dict[str, Any],
) -> None:
    assert set(services) == {*OURS, "valkey", "postgres"}


def test_our_services_share_one_image(services: dict[str, Any]) -> None:
    assert len({services[name]["image"] for name in OURS}) == 1


def test_each_manage_command_exists(services: dict[str, Any]) -> None:
    commands = [services[name].get("command", []) for name in OURS]
    commands += [services[n].get("healthcheck", {}).get("test", [])[1:] for n in OURS]
    commands += [shlex.split(line) for line in dockerfile() if "manage.py" in line]
    named = [
        command[command.index("manage.py") + 1]
        for command in commands
        if "manage.py" in command
    ]

    assert {"migrate", "reconcile", "check", "collectstatic"} == set(named)
    assert set(named) <= set(get_commands())


def test_the_worker_is_started_as_up_starts_it(services: dict[str, Any]) -> None:
    ours = services["worker"]["command"]
    concurrency = int(option(ours, "--concurrency"))

    real = parts.worker(concurrency=concurrency, port=8000).command

    assert ours == ["celery", *real[real.index("celery") + 1 :]]


def test_the_worker_names_an_application_that_loads_our_task(
    services: dict[str, Any],
) -> None:
    module = importlib.import_module(option(services["worker"]["command"], "--app"))

    assert isinstance(module.app, Celery)
    module.app.loader.import_default_modules()
    assert any(name.startswith("failover.") for name in module.app.tasks)


def test_the_web_service_runs_gunicorn_with_our_configuration(
    services: dict[str, Any],
) -> None:
    image = shlex.split(next(x for x in dockerfile() if x.startswith("CMD"))[4:])
    for command in (services["web"]["command"], [word.strip("[],") for word in image]):
        assert command[0] == "gunicorn"
        name = option(command, "--config").removeprefix("python:")
        configuration = importlib.import_module(name)
        module, _, attribute = configuration.wsgi_app.partition(":")
        assert callable(getattr(importlib.import_module(module), attribute))
        assert option(command, "--bind") == "0.0.0.0:8000"


def test_the_reconciler_is_started_as_up_starts_it(services: dict[str, Any]) -> None:
    real = parts.reconciler(port=8000).command

    assert services["reconciler"]["command"][-1] == real[-1]


def test_our_parts_wait_for_the_migrations(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "reconciler"):
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert services["migrate"]["depends_on"]["postgres"] == {
        "condition": "service_healthy"
    }


def test_every_part_is_healthy_or_restarted(services: dict[str, Any]) -> None:
    for name in set(services) - {"migrate"}:
        assert services[name]["healthcheck"]["test"]
        assert services[name]["restart"] == "unless-stopped"


def test_every_secret_is_required_from_outside(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if SECRETS.search(name):
                assert REQUIRED.search(value), name
    for line in dockerfile():
        assert not re.match(r"(ENV|ARG)\b.*(SECRET|PASSWORD|TOKEN)", line)


def test_our_containers_may_do_little(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    users = [line.split()[1] for line in dockerfile() if line.startswith("USER")]
    assert users == ["swapboard"]


def test_pages_are_published_on_loopback_only(services: dict[str, Any]) -> None:
    published = {name: s["ports"] for name, s in services.items() if "ports" in s}

    assert published == {"web": ["${PUBLISH:-127.0.0.1:8000}:8000"]}


def test_what_the_image_copies_exists() -> None:
    for name in copied():
        assert (ROOT / name).exists(), name
    named = [line for line in dockerfile() if re.match(r"COPY requirements", line)]
    for name in shlex.split(named[0])[1:-1]:
        assert (ROOT / name).is_file()
        assert name in copied()


def test_the_image_holds_every_package_that_is_started() -> None:
    assert {"controlpanel", "failover", "manage.py", "static", "templates"} <= set(
        copied()
    )


def test_the_image_serves_its_static_files_under_hashed_names(tmp_path: Path) -> None:
    app = tmp_path / "app"
    for name in copied():
        source, target = ROOT / name, app / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    step = next(line[4:] for line in dockerfile() if "collectstatic" in line)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    subprocess.run(
        ["sh", "-c", step.replace("/tmp/build", str(tmp_path / "build"))],
        cwd=app,
        env={"PATH": path},
        check=True,
        stdout=subprocess.DEVNULL,
    )

    names = json.loads((app / "staticfiles" / "staticfiles.json").read_text())["paths"]
    ours = {name: hashed for name, hashed in names.items() if name.endswith(".css")}
    assert any(name.startswith("failover/") for name in ours)
    assert all((app / "staticfiles" / hashed).is_file() for hashed in ours.values())
    assert all(name != hashed for name, hashed in ours.items())
    assert not (tmp_path / "build").exists()


def test_the_image_installs_the_hashed_lock_only() -> None:
    installs = [line for line in dockerfile() if re.search(r"pip (install|sync)", line)]

    assert installs
    for line in installs:
        # Our own client is built offline, and brings nothing along.
        pinned = line.count("--require-hashes") + line.count("--no-deps --offline")
        assert pinned == len(re.findall(r"pip (?:install|sync)", line))


def test_compose_sets_only_variables_that_the_settings_read(
    services: dict[str, Any],
) -> None:
    example = (ROOT / ".env.example").read_text()
    for name in OURS:
        for variable in services[name]["environment"]:
            assert re.search(rf"^{variable}=", example, re.M), variable
