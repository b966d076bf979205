"""Columns, views, exports, the panel, the way to a page: what people keep and take."""

import csv
import json
import re
from typing import Any

import pytest
from django.test import Client

from failover import models
from tests.web.conftest import FLOATING, PRIMARY, SPARE, Home


def content(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode()
    return str(answer.content.decode())


def heads(text: str) -> list[str]:
    found = re.findall(r'<th scope="col"[^>]*>\s*(?:<a [^>]*>)?([^<]*)', text)
    return [head.strip() for head in found if head.strip()]


def key_order(text: str) -> list[str]:
    return re.findall(r'id="row-([^"]+)"', text)


def olaf(home: Home) -> Client:
    return home.client("olaf")


def test_columns_are_chosen_and_moved_for_oneself_alone(home: Home) -> None:
    client = olaf(home)
    wish = {
        "order": ["mac_address", "id", "status", "no-such-column"],
        "columns": ["mac_address", "status"],
        "page_size": "20",
        "density": "compact",
    }

    moved = client.post("/tables/interfaces/settings/", {**wish, "move": "down:id"})
    saved = client.post("/tables/interfaces/settings/", {**wish, "save": "1"})

    order = re.findall(r'name="order" value="([^"]+)"', content(moved))
    assert order[:3] == ["mac_address", "status", "id"]
    assert saved["Location"] == "/interfaces/"
    text = content(client.get("/interfaces/"))
    assert heads(text) == ["MAC address", "Network interface ID", "Status"]
    assert "compact" in text
    assert "Subnet ID" in heads(content(home.client("vera").get("/interfaces/")))
    client.post("/tables/interfaces/settings/", {"reset": "1"})
    assert "Subnet ID" in heads(content(client.get("/interfaces/")))


def test_what_acts_is_the_last_column_wherever_somebody_puts_it(home: Home) -> None:
    wish = {"order": ["swap", "id", "name"], "columns": ["swap", "name"], "save": "1"}

    chosen = content(olaf(home).get("/interfaces/?cols=swap,id,name"))
    olaf(home).post("/tables/interfaces/settings/", wish)
    kept = content(olaf(home).get("/interfaces/"))

    for text in (chosen, kept):
        assert heads(text) == ["Network interface ID", "Name", "Swap"]
        assert text.index('role="columnheader" class="acts"') < text.index("<tbody")


def test_a_column_that_is_gone_breaks_no_table(home: Home) -> None:
    user = models.User.objects.get(username="olaf")
    models.TableSettings.objects.create(
        user=user, table="pairs", columns=["gone", "sync"]
    )

    assert heads(content(olaf(home).get("/pairs/"))) == ["Name", "Sync"]
    address = "/pairs/?cols=region,gone,name"
    assert heads(content(olaf(home).get(address))) == ["Region", "Name"]


def test_a_shared_view_is_everybodys_and_its_owners_to_change(home: Home) -> None:
    query = "status=in-use&q=secondary&ordering=-id&cols=id,status&page=4&sel=x"
    said = {"name": "In use!", "query": query, "is_shared": "1"}

    saved = olaf(home).post("/tables/interfaces/views/", said)

    assert saved["Location"] == "/interfaces/?view=in-use"
    view = models.SavedView.objects.get()
    assert "page" not in view.query
    assert "sel" not in view.query
    vera = home.client("vera")
    text = content(vera.get("/interfaces/?view=in-use"))
    assert heads(text) == ["Network interface ID", "Status"]
    assert key_order(text) == [FLOATING]
    assert 'aria-sort="descending"' in text
    narrowed = content(vera.get("/interfaces/?view=in-use&f=status=available"))
    assert key_order(narrowed) == [FLOATING]
    refused = vera.post("/tables/interfaces/views/in-use/", {"do": "delete"})
    assert refused.status_code == 403
    olaf(home).post(
        "/tables/interfaces/views/in-use/", {"name": "Ours", "do": "rename"}
    )
    view.refresh_from_db()
    assert (view.name, view.slug, view.is_shared) == ("Ours", "in-use", False)
    assert vera.get("/interfaces/?view=in-use").status_code == 404
    overwrite = {"do": "overwrite", "query": "status=available"}
    olaf(home).post("/tables/interfaces/views/in-use/", overwrite)
    view.refresh_from_db()
    assert view.query == "status=available"
    olaf(home).post("/tables/interfaces/views/in-use/", {"do": "delete"})
    assert not models.SavedView.objects.exists()


def test_two_views_of_one_name_have_two_slugs(home: Home) -> None:
    for _ in range(2):
        olaf(home).post(
            "/tables/jobs/views/", {"name": "Mine", "query": "state=parked"}
        )

    assert set(models.SavedView.objects.values_list("slug", flat=True)) == {
        "mine",
        "mine-2",
    }
    refused = olaf(home).post("/tables/jobs/views/", {"name": " ", "query": ""})
    assert refused.status_code == 400
    assert "A name of 1 to 80 characters" in refused.content.decode()


def test_a_viewer_saves_for_himself_and_shares_nothing(home: Home) -> None:
    vera = home.client("vera")

    alone = vera.post("/tables/jobs/views/", {"name": "Mine", "query": ""})
    shared = vera.post("/tables/jobs/views/", {"name": "Ours", "is_shared": "1"})

    assert alone.status_code == 302
    assert shared.status_code == 403


def test_an_export_is_what_the_page_shows(home: Home) -> None:
    address = "/interfaces/?f=tag:Name!=(not tagged)&ordering=-id&cols=id,status,tags"
    page = content(olaf(home).get(address))
    shown = key_order(page)

    assert ">Name=Secondary<" in page
    table = content(olaf(home).get(f"{address}&export=csv"))
    lines = content(olaf(home).get(f"{address}&export=jsonl")).splitlines()

    rows = list(csv.DictReader(table.splitlines()))
    assert [row["id"] for row in rows] == shown
    assert list(rows[0]) == ["id", "status", "tags"]
    assert [json.loads(line)["id"] for line in lines] == shown
    assert isinstance(json.loads(lines[0])["tags"], dict)
    assert olaf(home).get(f"{address}&export=exe").status_code == 404


@pytest.mark.parametrize(
    "evil", ["=1+1", "  =1", "＝1", "@x", "-2", "\u3000+1", "\u200b=1"]
)
def test_no_spreadsheet_runs_an_exported_name(home: Home, evil: str) -> None:
    models.NetworkInterface.objects.filter(interface_id=FLOATING).update(name=evil)

    answer = olaf(home).get("/interfaces/?id=" + FLOATING + "&export=csv&cols=id,name")

    row = next(iter(csv.DictReader(content(answer).splitlines())))
    assert row["name"] == f"'{evil}"


def test_ticked_rows_are_exported_alone(home: Home) -> None:
    said = {"only": [SPARE], "export": "csv", "cols": "id"}

    answer = olaf(home).post("/tables/interfaces/selection/", said)

    assert content(answer).splitlines() == ['"id"', f'"{SPARE}"']
    nothing = olaf(home).post("/tables/interfaces/selection/", {"export": "csv"})
    assert nothing["Location"] == "/interfaces/"


@pytest.mark.parametrize(
    ("path", "key", "tab", "said"),
    [
        ("/interfaces/", FLOATING, "addresses", "127.31.58.118"),
        ("/interfaces/", FLOATING, "tags", "Name"),
        ("/instances/", PRIMARY, "interfaces", FLOATING),
        ("/pairs/", "article", "readiness", "Check"),
        ("/pairs/", "article", "history", "No job has moved it yet."),
        ("/audit/", "1", "change", "After"),
    ],
)
def test_the_panel_shows_a_row_in_full(
    home: Home, path: str, key: str, tab: str, said: str
) -> None:
    part = home.client("vera", htmx=True)
    address = f"{path}?sel={key}&tab={tab}"

    whole = content(home.client("vera").get(address))
    alone = content(part.get(address, headers={"HX-Target": "panel"}))

    for text in (whole, alone):
        panel = text[text.index('id="panel"') :]
        assert said in panel
        assert f'data-key="{key}"' in panel
    assert "<html" not in alone
    assert 'aria-current="true"' in whole


@pytest.mark.parametrize("key", ["eni-none", "x" * 80, "%00", "' OR 1=1"])
def test_a_panel_of_what_is_not_there_says_so(home: Home, key: str) -> None:
    for path in ("/interfaces/", "/jobs/", "/audit/"):
        text = content(home.client("vera").get(f"{path}?sel={key}"))
        assert "It is not there any more" in text


def test_a_filter_is_made_and_changed_without_a_script(home: Home) -> None:
    vera = home.client("vera")

    made = vera.get("/interfaces/?q=web&fp=status&fo=!%3D&fv=in-use")
    tag = vera.get("/interfaces/?fp=tag&fk=a%3Db&fo=%3D&fv=c")
    changed = vera.get("/interfaces/?f=status!=in-use&edit=status!=in-use&fp=name&fo=:")

    assert made["Location"] == "/interfaces/?q=web&f=status!=in-use"
    assert tag["Location"] == "/interfaces/?f=tag:%22a=b%22=c"
    assert changed["Location"] == "/interfaces/?f=name:(empty)".replace(
        "(empty)", "%28empty%29"
    )
    editor = content(vera.get("/interfaces/?f=status=in-use&edit=status=in-use"))
    assert 'id="filter-editor" open' in editor
    assert 'value="status" data-operators="= !=" selected' in editor


def test_the_values_of_a_property_are_offered(home: Home) -> None:
    vera = home.client("vera")

    assert 'value="in-use"' in content(vera.get("/interfaces/?suggest=status"))
    assert "vpc-" in content(vera.get("/interfaces/?suggest=vpc_id"))
    assert content(vera.get("/interfaces/?suggest=name")).strip() == ""


def test_a_filter_that_cannot_be_is_said_and_loses_nothing(home: Home) -> None:
    text = content(home.client("vera").get("/interfaces/?f=colour=red&q=secondary"))

    assert "There is no property colour here." in text
    assert key_order(text) == [FLOATING]


def test_what_is_pasted_leads_to_its_page(home: Home) -> None:
    row = models.NetworkInterface.objects.get(interface_id=FLOATING)
    job = home.job(state="succeeded", finished_at=home.region.observed_at)
    address = models.ElasticIp.objects.get(network_interface_id=FLOATING)
    places = {
        FLOATING: f"/interfaces/{FLOATING}/",
        f" {FLOATING.upper()} ": f"/interfaces/{FLOATING}/",
        f"arn:aws:ec2:eu-west-1:123456789012:network-interface/{FLOATING}": (
            f"/interfaces/{FLOATING}/"
        ),
        row.attachment_id: f"/interfaces/{FLOATING}/",
        PRIMARY: f"/instances/{PRIMARY}/",
        "127.31.58.118": f"/interfaces/{FLOATING}/",
        row.private_ip: f"/interfaces/{FLOATING}/",
        address.allocation_id: f"/elastic-ips/{address.allocation_id}/",
        row.mac_address.upper().replace(":", "-"): f"/interfaces/{FLOATING}/",
        row.subnet_id: f"/subnets/{row.subnet_id}/",
        row.vpc_id: f"/vpcs/{row.vpc_id}/",
        row.security_groups[0]["id"]: (
            f"/security-groups/{row.security_groups[0]['id']}/"
        ),
        address.association_id: f"/elastic-ips/{address.allocation_id}/",
        "article": "/pairs/article/",
        str(job.id): f"/jobs/{job.id}/",
    }
    vera, part = home.client("vera"), home.client("vera", htmx=True)

    for text, place in places.items():
        assert vera.get("/go/", {"q": text})["Location"] == place
        asked = {"q": text, "go": "1"}
        assert vera.get("/interfaces/", asked)["Location"] == place
        assert part.get("/interfaces/", asked)["HX-Redirect"] == place
    assert "No matches" in content(vera.get("/go/?q=i-nothing"))
    unkept = content(vera.get("/go/?q=ami-0abcdef1234567890"))
    assert "<strong>an image</strong>, which Swapboard does not keep" in unkept
    assert "No matches" not in unkept
    assert "/interfaces/?q=secondary" in content(vera.get("/go/?q=secondary"))
    assert key_order(content(vera.get("/interfaces/?go=1&q=secondary"))) == [FLOATING]


def test_a_page_beyond_the_last_is_the_last(home: Home) -> None:
    text = content(home.client("vera").get("/interfaces/?page=99999&size=20"))

    assert f'id="row-{FLOATING}"' in text
    assert "1–" in text
