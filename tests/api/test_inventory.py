"""A region is read anew when it is asked."""

import uuid

from failover import models
from tests.api.asking import Ask
from tests.services.world import REGION


def test_a_sync_is_asked_for_and_seen_by_the_reconciler(
    olga: Ask, region: models.Region
) -> None:
    shown = olga("GET", "regions/").json()["results"][0]
    assert str(uuid.UUID(shown["id"])) == shown["id"]
    assert olga("GET", f"regions/{shown['id']}").json()["region"] == REGION
    assert olga("GET", f"regions/{region.pk}").status_code == 404

    reply = olga("POST", f"regions/{shown['id']}/sync")

    assert reply.status_code == 202
    assert reply.json()["sync_requested_at"]
    region.refresh_from_db()
    assert region.sync_requested_at is not None
