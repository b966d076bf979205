"""Ask whether something that a lock pins has a known weakness: pip-audit and OSV.

Usage: audit.py [LOCK]. Exits 1 where there is one, and 75 (EX_TEMPFAIL), with the
reason as its last line, where the service cannot be reached or does not answer in time:
then nothing was checked. OSV_URL names another service than OSV's own.
"""

import os
import subprocess
import sys

import check

SERVICE = os.environ.get("OSV_URL", "https://api.osv.dev/v1/query")
REACH_S, MOST_S = 5, 60
UNCHECKED = 75
# A refusal is an answer too. In a process of its own, which a lost name cannot hang.
REACH = """
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=3)
except urllib.error.HTTPError:
    pass
"""
# What pip-audit says when it is the service that failed, and not a package.
FAILED = ("ConnectionError", "ServiceError", "Timeout", "Max retries", "HTTPError")


def is_reachable() -> bool:
    asked = [sys.executable, "-c", REACH, SERVICE]
    try:
        done = subprocess.run(asked, capture_output=True, check=False, timeout=REACH_S)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def not_checked(why: str) -> int:
    print(f"not checked: {why}")
    return UNCHECKED


def main(lock: str = "requirements/base.lock") -> int:
    if not is_reachable():
        return not_checked(f"{SERVICE} is unreachable")
    command = [
        *(str(check.BIN / "pip-audit"), "--vulnerability-service", "osv"),
        *("--osv-url", SERVICE, "--progress-spinner", "off", "--timeout", "5"),
        *("--disable-pip", "--require-hashes", "-r", lock),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=check.ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=MOST_S,
        )
    except subprocess.TimeoutExpired:
        return not_checked(f"{SERVICE} gave no answer in {MOST_S} s")
    said = done.stdout + done.stderr
    print(said)
    if done.returncode and any(word in said for word in FAILED):
        return not_checked(f"{SERVICE} failed")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
