"""Gunicorn's configuration, given to it as `python:controlpanel.webserver`."""

import threading
from typing import Any

from controlpanel import leash

wsgi_app = "controlpanel.wsgi:application"
worker_class = "controlpanel.worker.Worker"
logger_class = "controlpanel.worker.Log"
# Two processes, because a page rendered in one holds its interpreter; many threads,
# because a client that waits for a job holds one while it sleeps.
workers = 2
threads = 24
# Read once and forked, not by each process for itself: half the start's work, and one
# that ends is replaced at once. Nothing is connected before the fork.
preload_app = True
keepalive = 5
# The longest that it allows: what is too long is said by us, in our words.
limit_request_line = 8190
# Together under the ten seconds in which `up` must be gone.
graceful_timeout = 3
timeout = 60
control_socket_disable = True
# Log lines are ours: Django's settings configure them.
loglevel = "warning"


def on_starting(_server: Any) -> None:
    """Read all pages, too, which Django leaves to the first request."""
    # Not before: the application was loaded only now.
    from django.urls import get_resolver  # noqa: PLC0415

    _ = get_resolver().url_patterns


def post_fork(_server: Any, worker: Any) -> None:
    """Tie a worker process to gunicorn's own, which is tied to the supervisor."""
    leash.tie(worker.ppid)


def post_worker_init(_worker: Any) -> None:
    """Make what the first request would wait for, beside the requests."""
    # Not before: settings and models are ready only now.
    from failover import wiring  # noqa: PLC0415

    threading.Thread(target=wiring.warm_up, daemon=True).start()
