"""Tables: filters, order, pages, polls, and the two ways of being empty."""

import re
from datetime import timedelta

from failover import models, wiring
from failover.services.paging import LISTED
from tests.web.conftest import FLOATING, SPARE, Home


def text_of(home: Home, path: str, *, htmx: bool = False) -> str:
    answer = home.client("vera", htmx=htmx).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_table_has_the_consoles_columns(home: Home) -> None:
    text = text_of(home, "/interfaces/")

    for column in (
        *("Name", "Network interface ID", "Subnet ID", "VPC ID", "Zone"),
        *("Security groups", "Description", "Instance ID", "Status"),
        *("Public IPv4", "Private IPv4", "Pair", "Swap"),
    ):
        assert re.search(rf'<th scope="col"[^>]*>\s*(<a [^>]*>)?{column}', text)
    assert "127.31.58.118" in text
    assert "<caption" in text


def test_words_and_choices_narrow_the_table(home: Home) -> None:
    text = text_of(home, "/interfaces/?q=Secondary&status=in-use")

    assert f'id="row-{FLOATING}"' in text
    assert text.count("<tr role") == 2
    assert "Clear filters" in text


def test_no_match_offers_to_clear_the_filters(home: Home) -> None:
    text = text_of(home, "/interfaces/?q=nothing-has-this")

    assert "No matches" in text
    assert "No network interfaces" not in text


def test_an_empty_region_says_that_there_is_nothing(home: Home) -> None:
    models.NetworkInterface.objects.all().delete()

    text = text_of(home, "/interfaces/")

    assert "No network interfaces" in text
    assert "No matches" not in text


def test_a_head_sorts_and_says_how(home: Home) -> None:
    text = text_of(home, "/interfaces/?ordering=-private_ip")

    assert 'aria-sort="descending"' in text
    assert 'href="?ordering=private_ip"' in text
    rows = [line for line in text.splitlines() if 'id="row-' in line]
    assert len(rows) > 3


def test_an_unknown_order_or_page_is_no_error(home: Home) -> None:
    text_of(home, "/interfaces/?ordering=password&page=999")
    text_of(home, "/jobs/?ordering=--x&page=-1")


def test_htmx_gets_the_rows_alone(home: Home) -> None:
    text = text_of(home, f"/interfaces/?q={FLOATING}", htmx=True)

    assert text.lstrip().startswith('<div id="rows"')
    assert f'hx-get="/interfaces/?q={FLOATING}"' in text
    assert "<html" not in text


def test_going_back_in_history_gets_the_whole_page(home: Home) -> None:
    client = home.client("vera", htmx=True)

    answer = client.get("/jobs/", headers={"HX-History-Restore-Request": "true"})

    assert "<html" in answer.content.decode()


def test_a_table_asks_more_often_while_a_job_is_at_work(home: Home) -> None:
    assert 'hx-trigger="every 10s,' in text_of(home, "/interfaces/")

    home.job()

    assert 'hx-trigger="every 2s,' in text_of(home, "/interfaces/")


def test_a_viewer_sees_why_swap_is_disabled(home: Home) -> None:
    text = text_of(home, "/interfaces/")

    assert "Needs the role operator" in text
    assert "disabled aria-describedby" in text
    assert 'href="/pairs/article/swap/"' not in text


def test_a_running_job_takes_the_place_of_swap(home: Home) -> None:
    job = home.job()

    text = home.client("olaf").get("/interfaces/").content.decode()

    assert f'href="/jobs/{job.id}/"' in text
    assert 'href="/pairs/article/swap/"' not in text


def test_the_age_of_what_is_shown_is_said(home: Home) -> None:
    text = text_of(home, "/interfaces/")

    assert "eu-west-1 read" in text


def test_a_look_at_a_pair_makes_the_other_rows_no_younger(home: Home) -> None:
    began_at = wiring.now() - timedelta(minutes=5)
    read = dict.fromkeys(("networkinterface", "instance"), began_at.timestamp())
    models.Region.objects.update(whole_reads=read, observed_at=wiring.now())

    assert "eu-west-1 read 5 min ago" in text_of(home, "/interfaces/")
    assert "eu-west-1 has not been read yet" in text_of(home, "/elastic-ips/")
    assert "eu-west-1 read just now" in text_of(home, "/pairs/")


def test_of_many_regions_the_oldest_is_told_and_which_cannot_be_read(
    home: Home,
) -> None:
    other = models.Account.objects.create(name="other")
    for minutes, name in enumerate(("eu-a", "eu-b", "eu-c"), start=3):
        at = (wiring.now() - timedelta(minutes=minutes)).timestamp()
        models.Region.objects.create(
            account=other,
            name=name,
            whole_reads={"networkinterface": at},
            sync_error="AuthFailure: no" if name == "eu-a" else "",
        )

    text = text_of(home, "/interfaces/")

    assert "4 regions, the oldest read 5 min ago (other/eu-c)" in text
    assert "other/eu-a read 3 min ago" in text
    assert "other/eu-b read" not in text


def test_a_failed_read_is_said_with_the_old_rows(home: Home) -> None:
    models.Region.objects.update(sync_error="RequestLimitExceeded")

    text = text_of(home, "/interfaces/")

    assert "RequestLimitExceeded" in text
    assert SPARE in text


def test_more_finds_than_a_reader_gets_are_told_as_at_least_so_many(
    home: Home,
) -> None:
    region, now = models.Region.objects.get(), wiring.now()
    models.Job.objects.bulk_create(
        models.Job(
            region=region, kind="attach", state="succeeded", trigger="ui",
            requested_by="anna", requested_at=now, finished_at=now,
        )
        for _ in range(LISTED + 1)
    )  # fmt: skip

    first = text_of(home, "/jobs/?kind=attach")
    # From beyond the last page that there is, one is brought back to it.
    last = text_of(home, "/jobs/?kind=attach&page=99")

    assert re.search(r"2000\+\s+jobs\s+found", first)
    assert "1–50 of 2000+" in first
    assert "of 40+" in first
    assert "More than 2000 match" not in first
    assert "1951–2000 of 2000+" in last
    assert "More than 2000 match" in last
    assert "a file has them all" in last
    # Without a filter the count is whole, and so are the pages.
    assert re.search(r"1–50 of 2\d{3}<", text_of(home, "/jobs/"))
