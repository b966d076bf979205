"""The parts that `up` runs, as command lines."""

import os
import socket
import sys
from pathlib import Path

from controlpanel import broker
from controlpanel.supervisor import ROOT, Part

BACKLOG = 512


class PortTaken(RuntimeError):
    """Somebody else listens there, or the address is not this machine's."""


def listen(*, host: str, port: int) -> socket.socket:
    """The listening socket of the web part, held by the supervisor.

    While the web part starts again, connections wait instead of being refused.
    Raises PortTaken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise PortTaken(f"{host}:{port}: {why}") from error


def web(*, listener: socket.socket, port: int) -> Part:
    return Part(
        name="web",
        command=[
            *(sys.executable, "-m", "gunicorn"),
            *("--config", "python:controlpanel.webserver"),
            *("--bind", f"fd://{listener.fileno()}"),
        ],
        environment={"PORT": str(port)},
        fds=[listener.fileno()],
    )


def worker(*, concurrency: int, port: int) -> Part:
    return Part(
        name="worker",
        command=[
            *(sys.executable, "-m", "celery"),
            *("--app", "controlpanel.celery", "--quiet", "worker"),
            *("--pool", "threads", "--concurrency", str(concurrency)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            *("--loglevel", "WARNING"),
        ],
        environment={"PORT": str(port)},
    )


def reconciler(*, port: int) -> Part:
    return Part(
        name="reconciler",
        command=[sys.executable, str(ROOT / "manage.py"), "reconcile"],
        environment={"PORT": str(port)},
    )


def embedded_broker(*, data_dir: Path) -> Part:
    """Valkey; it ends last, so that the others can still say what is left."""
    broker.prepare(data_dir=data_dir)
    return Part(name="broker", command=broker.command(data_dir=data_dir), is_last=True)
