"""Two releases at work on one database, in the middle of a swap."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.chaos.conftest import ATTACH_S, DETACH_S, SETTINGS, SIM
from tests.chaos.ride import ride
from tests.journeys import house
from tests.journeys.house import Ec2Sim, House

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(240)]
MOVE_S = DETACH_S + ATTACH_S
CODE = ("controlpanel", "ec2sim", "failover", "templates", "static", "manage.py")
FIELD = "    memory = models.JSONField(default=dict)\n"
NEW_FIELD = "    next_release = models.CharField(max_length=8, null=True)\n"
MIGRATION = '''"""What the next release adds: a column that this one does not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("failover", "{newest}")]
    operations = [
        migrations.AddField(
            "job", "next_release", models.CharField(max_length=8, null=True)
        )
    ]
'''


def next_release(folder: Path) -> Path:
    """This tree with a column more on the job's row, and the migration for it."""
    tree = folder / "next"
    tree.mkdir()
    for name in CODE:
        source = house.ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, tree / name, ignore=ignored)
        else:
            shutil.copy(source, tree / name)
    migrations = tree / "failover" / "migrations"
    newest = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_next_release.py").write_text(MIGRATION.format(newest=newest))
    jobs = tree / "failover" / "models" / "jobs.py"
    text = jobs.read_text()
    assert FIELD in text
    jobs.write_text(text.replace(FIELD, FIELD + NEW_FIELD))
    return tree


@pytest.fixture
def old(
    postgres_url: str, postgres_template: str, valkey_url: str, tmp_path: Path
) -> Iterator[House]:
    """This release, on servers that the next one will share."""
    migrated = databases.postgres_copy(postgres_url, template=postgres_template)
    with migrated as database_url:
        sim = Ec2Sim(tmp_path, *SIM)
        home = House(
            tmp_path,
            sim,
            database_url=database_url,
            settings={**SETTINGS, "REDIS_URL": valkey_url},
        )
        try:
            home.add_article()
            yield home
        finally:
            home.stop()
            sim.stop()


def test_a_rolling_restart_onto_a_new_release_finishes_the_swap(
    old: House, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    tree = next_release(folder)
    newer: list[House] = []

    def roll(_home: House) -> None:
        newer.append(
            House(
                folder,
                old.sim,
                database_url=old.database_url,
                settings=old.settings,
                root=tree,
            )
        )
        house.end(old.process)

    try:
        # The old release is asked for the swap and the new one tells its end.
        old.sim.control("config", detach_s=12)
        job = old.swap(house.STANDBY)
        house.wait_for(
            lambda: old.sim.holder() is None, within_s=10, saying="the detach has begun"
        )
        roll(old)
        ended = newer[0].wait_for_end(job["id"], within_s=60)
        assert ended["state"] == "succeeded"
        assert old.sim.holder() == house.STANDBY
        old.sim.control("config", detach_s=DETACH_S)

        # A release taken back: the old one works beside rows that the new one wrote.
        old.start()
        back = newer[0].swap(house.PRIMARY)
        house.end(newer[0].process)
        assert old.wait_for_end(back["id"], within_s=60)["state"] == "succeeded"
        ride(old, fault="release taken back", restored_within_s=MOVE_S + 1)
    finally:
        for home in newer:
            home.stop()
