"""Changes found in EC2: the table, and the section on an interface's page."""

from datetime import UTC, datetime, timedelta

from failover import models, wiring
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home

HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }} \u202e\u05d0\u05d1\u05d2"


def changed(home: Home, *, change: str = "attachment") -> models.DriftEvent:
    now = wiring.now()
    sides = {
        "attachment": (
            {"attachment_id": "a-1", "instance_id": PRIMARY, "device_index": 1},
            None,
        ),
        "description": ("", HOSTILE),
        "tags": ({"Name": "web-1", HOSTILE: "a"}, {"Name": "web-2", HOSTILE: None}),
    }
    before, after = sides[change]
    return models.DriftEvent.objects.create(
        region=home.region,
        seen_at=now,
        before_at=now - timedelta(seconds=30),
        resource_type="network-interface",
        resource_id=FLOATING,
        name=HOSTILE,
        change=change,
        before=before,
        after=after,
        related=f" {PRIMARY} ",
        is_judged=True,
    )


def text_of(home: Home, path: str) -> str:
    answer = home.client("vera").get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_change_stands_in_the_table_with_before_and_now(home: Home) -> None:
    changed(home)
    changed(home, change="description")

    text = text_of(home, "/drift/")

    assert f"attached to {PRIMARY} at device index 1" in text
    assert "not attached" in text
    assert f'href="/interfaces/{FLOATING}/"' in text
    assert "<script>alert(1)" not in text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in text.partition("{{ 7 * 7 }}")[2][:20]


def test_changes_are_found_by_the_ids_they_name_and_by_what_changed(home: Home) -> None:
    changed(home)

    assert FLOATING in text_of(home, f"/drift/?q={PRIMARY}")
    assert FLOATING in text_of(home, "/drift/?change=attachment")
    for nothing in (f"q={STANDBY}", "change=description", "resource_type=instance"):
        assert "No matches" in text_of(home, f"/drift/?{nothing}")


def test_changed_tags_stand_in_words_in_the_table_and_on_the_page_of_each(
    home: Home,
) -> None:
    event = changed(home, change="tags")

    for path in ("/drift/?change=tags", f"/interfaces/{FLOATING}/"):
        text = text_of(home, path)
        assert "Name = web-2, no &lt;script&gt;" in text
        assert "Name = web-1, &lt;script&gt;" in text
        assert "<script>alert(1)" not in text
    assert "No matches" in text_of(home, "/drift/?change=description")
    models.DriftEvent.objects.filter(pk=event.pk).update(
        resource_type="instance", resource_id=PRIMARY
    )
    assert "Name = web-2" in text_of(home, f"/instances/{PRIMARY}/")


def test_a_day_in_a_filter_is_of_the_zone_that_the_page_shows(home: Home) -> None:
    event = changed(home)
    # The 29th in Kathmandu, the 28th in UTC.
    night = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    models.DriftEvent.objects.filter(pk=event.pk).update(seen_at=night)
    client = home.client("vera")
    models.User.objects.filter(username="vera").update(time_zone="Asia/Kathmandu")

    def finds(path: str) -> bool:
        answer = client.get(path)
        assert answer.status_code == 200
        return FLOATING in (
            b"".join(answer) if answer.streaming else answer.content
        ).decode().replace("?q=", "")

    for there in ("=2026-11-29", ">=2026-11-29", "=2026-11-29T01:45:00"):
        assert finds(f"/drift/?f=seen_at{there}"), there
        assert finds(f"/drift/?f=seen_at{there}&export=csv"), there
        assert not finds(f"/api/v1/drift-events/?f=seen_at{there}"), there
    for there in ("=2026-11-28", "<=2026-11-28", "=2026-11-28T20:00:00"):
        assert not finds(f"/drift/?f=seen_at{there}"), there
        assert finds(f"/api/v1/drift-events/?f=seen_at{there}"), there
    assert finds("/drift/?f=seen_at=2026-11-28T20:00:00Z")
    assert "a time without a zone is of Asia/Kathmandu" in text_of(home, "/drift/")


def test_before_anything_has_changed_the_table_says_what_it_is_for(home: Home) -> None:
    text = text_of(home, "/drift/")

    assert "No changes found" in text
    assert "without Swapboard" in text


def test_the_page_of_an_interface_shows_what_others_changed(home: Home) -> None:
    before = text_of(home, f"/interfaces/{FLOATING}/")
    changed(home)

    after = text_of(home, f"/interfaces/{FLOATING}/")

    assert "None that Swapboard had not made itself" in before
    assert f"attached to {PRIMARY} at device index 1" in after
    assert f'href="/drift/?q={FLOATING}"' in after


def test_a_region_that_cannot_be_read_says_why_and_when_it_is_tried_again(
    home: Home,
) -> None:
    models.Region.objects.update(
        sync_error="Instances: UnauthorizedOperation: no",
        sync_retry_at=wiring.now() + timedelta(seconds=36),
    )

    text = text_of(home, "/drift/")

    assert "The last read failed: Instances: UnauthorizedOperation: no." in text
    assert "Next try in 3" in text
