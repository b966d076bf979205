"""Allowed settings about which an operator hears something."""

from pathlib import Path

import pytest
from django.test import override_settings

from controlpanel import advice


@override_settings(SETTLE_LEAST_S=320.0, SETTLE_S=320.0)
def test_a_settle_time_that_covers_a_late_call_is_fine() -> None:
    assert advice.check_settle_covers_a_late_call(None) == []


@override_settings(SETTLE_LEAST_S=320.0, SETTLE_S=319.0)
def test_a_shorter_settle_time_beside_a_simulator_is_warned_about() -> None:
    (warning,) = advice.check_settle_covers_a_late_call(None)

    assert not warning.is_serious()
    assert "320" in str(warning.hint)


@override_settings(IS_HTTPS=True, TRUSTED_PROXIES=0)
def test_https_without_a_trusted_proxy_is_pointed_out() -> None:
    assert len(advice.check_https_has_its_end(None)) == 1


@override_settings(IS_HTTPS=True, TRUSTED_PROXIES=1)
def test_https_behind_a_trusted_proxy_is_fine() -> None:
    assert advice.check_https_has_its_end(None) == []


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /srv tmpfs rw 0 0
server:/export /srv/shared\\040disk nfs4 rw 0 0
/dev/sdb1 /srv/local ext4 rw 0 0
/dev/sdc1 /srv/local xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/swapboard.sqlite3", "ext4"),
        ("/srv/swapboard.sqlite3", "tmpfs"),
        ("/srv/shared disk/a/swapboard.sqlite3", "nfs4"),
        ("/srv/local/swapboard.sqlite3", "xfs"),
    ],
)
def test_the_innermost_mount_tells_the_filesystem(path: str, kind: str) -> None:
    assert advice.find_filesystem(Path(path), mounts=MOUNTS) == kind


def test_sqlite_on_a_network_filesystem_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = tmp_path / "mounts"
    table.write_text("server:/export / nfs4 rw 0 0\n")
    monkeypatch.setattr(advice, "MOUNTS", table)

    (error,) = advice.check_sqlite_is_on_this_host(None)

    assert error.is_serious()
    assert "nfs4" in error.msg


def test_sqlite_on_a_local_disk_is_fine() -> None:
    assert advice.check_sqlite_is_on_this_host(None) == []
