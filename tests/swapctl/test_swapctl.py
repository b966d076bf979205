"""What is typed, what is answered, and the exit codes that scripts rely on."""

import contextlib
import json
import os
import pty
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from failover import models
from tests.services.world import FLOATING, PRIMARY, REGION, STANDBY, Sim
from tests.swapctl.conftest import SWAPCTL, Shell

HOSTILE = "a\x1b[2J\u202eb\rc\u2028"


def last_json(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout.splitlines()[-1])


def test_a_swap_is_planned_begun_followed_and_told(shell: Shell, worker: None) -> None:
    dry = shell.type("swap", "article", "--dry-run")
    done = shell.type("swap", "article", "--reason", "drill", "--wait")

    assert dry.returncode == 0, dry.stderr
    assert last_json(dry)["to"] == STANDBY
    assert done.returncode == 0, done.stderr
    job = last_json(done)
    assert (job["state"], job["to_instance_id"]) == ("succeeded", STANDBY)
    assert "attach" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    record = models.IdempotencyRecord.objects.get()
    assert record.path.endswith("pairs/article/swap")
    told = shell.type("job", job["id"], "--json")
    assert json.loads(told.stdout) == job
    listed = shell.type("jobs", "--pair", "article")
    assert job["id"] in listed.stdout
    assert "succeeded" in listed.stdout


def test_exit_codes_say_how_it_ended(
    shell: Shell, as_role: Callable[[str], Shell], sim: Sim
) -> None:
    viewer = as_role("viewer")
    there = shell.type("swap", "article", "--to", PRIMARY)
    unknown = shell.type("swap", "nobody")
    wrong = shell.type("swap")
    forbidden = viewer.type("swap", "article")
    bad_token = shell.type("pairs", SWAPCTL_TOKEN="sb_no_body")
    nowhere = shell.type("pairs", SWAPCTL_TOKEN="", SWAPCTL_URL="")
    begun = shell.type("swap", "article")
    busy = shell.type("swap", "article", "--json")
    cancelled = shell.type("cancel", last_json(begun)["id"], "--wait")
    final = shell.type("cancel", last_json(begun)["id"])

    codes = [d.returncode for d in (there, unknown, wrong, forbidden, bad_token)]
    assert codes == [2, 64, 64, 2, 2], [there.stderr, unknown.stderr, forbidden.stderr]
    assert nowhere.returncode == 64
    assert "SWAPCTL_URL" in nowhere.stderr
    assert (begun.returncode, busy.returncode) == (0, 2)
    assert last_json(busy)["job"] == last_json(begun)["id"]
    assert (cancelled.returncode, last_json(cancelled)["state"]) == (5, "cancelled")
    assert final.returncode == 2
    assert "It is already there" in there.stderr
    assert sim.mutating_calls() == []


def test_pairs_are_frozen_adopted_and_acknowledged(shell: Shell) -> None:
    frozen = shell.type("freeze", "article", "--reason", "window", "--for", "2h30m")
    refused = shell.type("swap", "article", "--dry-run")
    bad = shell.type("freeze", "article", "--reason", "r", "--for", "soon")
    lifted = shell.type("unfreeze", "article")
    adopted = shell.type("adopt", "article")
    there = shell.type("put-back", "article")
    seen = shell.type("acknowledge", "article", "--comment", "seen")
    shown = shell.type("pair", "article", "--json")

    assert last_json(frozen)["frozen"]["reason"] == "window"
    assert last_json(frozen)["frozen"]["until"]
    assert (refused.returncode, bad.returncode) == (2, 64)
    assert last_json(lifted)["frozen"] is None
    assert (adopted.returncode, there.returncode, seen.returncode) == (0, 2, 0)
    assert json.loads(shown.stdout)["active_instance_id"] == PRIMARY


def test_the_inventory_and_the_audit_are_listed(shell: Shell) -> None:
    for verb, known in (
        ("pairs", "article"),
        ("interfaces", FLOATING),
        ("elastic-ips", "127.31.58.118"),
        ("instances", STANDBY),
        ("regions", REGION),
        ("audit", "pair.create"),
    ):
        table, raw = shell.type(verb), shell.type("--json", verb, "--all")
        assert known in table.stdout, verb
        assert known in json.dumps(json.loads(raw.stdout)), verb
    few = shell.type("interfaces", "--limit", "1")
    assert len(few.stdout.splitlines()) == 2
    assert "--all" in few.stderr
    lines = shell.type("audit", "--format", "jsonl").stdout.splitlines()
    assert json.loads(lines[-1])["seq"] == 1
    assert shell.type("audit", "--format", "csv").stdout.startswith('"seq"')
    assert shell.type("interfaces", "--limit", "0").returncode == 64
    many = shell.type("swap-many", "article", "nobody")
    assert many.returncode == 2
    assert [p["pair"] for p in last_json(many)["refused"]] == ["nobody"]


def test_a_login_is_kept_for_its_owner_and_its_server(
    shell: Shell, tmp_path: Path
) -> None:
    bare = {"SWAPCTL_TOKEN": "", "SWAPCTL_URL": ""}
    wrong = shell.type("login", "--url", shell.url, typed="sb_no_body\n", **bare)
    done = shell.type("login", "--url", f"{shell.url}/", typed=shell.token, **bare)
    kept = tmp_path / ".config" / "swapctl" / "config.json"

    assert (wrong.returncode, done.returncode) == (2, 0), done.stderr
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert shell.type("pairs", **bare).returncode == 0
    elsewhere = shell.type("pairs", "--url", "http://127.0.0.1:9", **bare)
    assert elsewhere.returncode == 64
    assert "No token" in elsewhere.stderr
    plain = shell.type("pairs", "--url", "http://swapboard.example.com")
    assert (plain.returncode, "https://" in plain.stderr) == (64, True)
    kept.chmod(0o644)
    assert "chmod 600" in shell.type("pairs", **bare).stderr
    assert shell.type("logout", **bare).returncode == 0
    assert not kept.exists()


def on_a_terminal(shell: Shell, *words: str, columns: int, **environ: str) -> str:
    """What somebody with a terminal of so many columns would see."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [SWAPCTL, *words],
        env={**shell.environ, "COLUMNS": str(columns), "TERM": "xterm", **environ},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    seen = b""
    # Linux tells the end of a terminal as an error.
    with contextlib.suppress(OSError):
        while piece := os.read(ours, 65536):
            seen += piece
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return seen.decode()


def test_a_terminal_gets_colours_fitting_tables_and_no_tricks(shell: Shell) -> None:
    models.NetworkInterface.objects.update(name=HOSTILE, description="x" * 200)

    plain = on_a_terminal(shell, "interfaces", columns=70, NO_COLOR="1")
    narrow = on_a_terminal(shell, "pairs", columns=60)
    sheet = on_a_terminal(shell, "pair", "article", columns=80)

    assert FLOATING in plain
    assert r"a\x1b" in plain
    assert max(len(line) for line in plain.splitlines()) <= 70
    assert not set(plain) & set("\x1b\u202e\u2028")
    assert "\x1b[32mready" in narrow
    assert "Active" in sheet


def test_words_are_completed_by_the_shell(shell: Shell) -> None:
    def complete(*words: str) -> list[str]:
        return shell.type("__complete", *words).stdout.split()

    assert complete("sw") == ["swap", "swap-many"]
    assert complete("swap", "art") == ["article"]
    assert complete("swap", "article", "--to", "i-01") == [STANDBY]
    assert "--dry-run" in complete("swap", "article", "--")
    assert complete("audit", "--format", "") == ["csv", "jsonl"]
    assert complete("completion", "") == ["bash", "fish", "zsh"]
    offline = shell.type("__complete", "swap", "", SWAPCTL_URL="http://[")
    assert {"--dry-run", "--wait"} <= set(offline.stdout.split())
    script = shell.type("completion", "bash").stdout
    words = "COMP_WORDS=(swapctl pl); COMP_CWORD=1"
    asked = f'{script}\n{words}; _swapctl; echo "${{COMPREPLY[@]}}"'
    path = f"{SWAPCTL.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", asked],
        env={**shell.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["plan"]


@pytest.mark.parametrize("shell_name", ["zsh", "fish"])
def test_each_shell_has_its_script(shell: Shell, shell_name: str) -> None:
    assert "swapctl __complete" in shell.type("completion", shell_name).stdout
