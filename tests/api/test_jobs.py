"""Who waits for a job is answered when it changes."""

import threading

import pytest
from django.db import connections

from failover import wiring
from tests.api.asking import Ask

pytestmark = pytest.mark.usefixtures("article")


def test_a_waiting_reader_is_answered_when_the_job_changes(olga: Ask) -> None:
    job_id = olga("POST", "pairs/article/swap", {}).json()["id"]

    def cancel() -> None:
        try:
            olga("POST", f"jobs/{job_id}/cancel", {})
        finally:
            connections.close_all()

    timer = threading.Timer(0.3, cancel)
    timer.start()
    began = wiring.monotonic()
    seen = olga("GET", f"jobs/{job_id}?wait=20").json()
    timer.join()

    assert seen["state"] == "cancelled"
    assert wiring.monotonic() - began < 15
