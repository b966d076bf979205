"""Which server, and by which token: flags, then the environment, then `login`."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from swapctl import exits
from swapctl.exits import Ending

WHERE = (
    "Which Swapboard? Say it with --url and --token, with SWAPCTL_URL and"
    " SWAPCTL_TOKEN, or once with `swapctl login`."
)

NO_URL = "The URL must be like https://swapboard.example.com."


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A server's address without a slash at its end, and the token it knows."""

    url: str
    token: str


def find(
    *, url: str | None, token: str | None, environ: Mapping[str, str]
) -> Connection:
    """The connection to use. Raises Ending where there is none."""
    kept = _read_kept(config_path(environ))
    wanted = url or environ.get("SWAPCTL_URL") or (kept.url if kept else "")
    if not wanted:
        raise Ending(exits.USAGE, WHERE)
    server = read_url(wanted, environ=environ)
    found = token or environ.get("SWAPCTL_TOKEN") or ""
    # The token that was kept is for the server that it was kept with, and no other.
    if not found and kept and kept.url == server:
        found = kept.token
    if not found:
        raise Ending(exits.USAGE, f"No token for {server}. {WHERE}")
    return Connection(url=server, token=found)


def read_url(text: str, *, environ: Mapping[str, str]) -> str:
    """The address as it is used. Raises Ending for one that a token must not go to."""
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise Ending(exits.USAGE, NO_URL) from error
    is_web = parts.scheme in ("http", "https") and not (parts.username or parts.query)
    if not host or not is_web:
        raise Ending(exits.USAGE, NO_URL)
    is_plain = parts.scheme == "http" and not _is_loopback(host)
    if is_plain and environ.get("INSECURE_HTTP") != "1":
        said = (
            f"{host} is not this machine: over http:// anybody on the way reads the"
            " token. Use https://, or set INSECURE_HTTP=1."
        )
        raise Ending(exits.USAGE, said)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def keep(connection: Connection, *, environ: Mapping[str, str]) -> Path:
    """Keep it for the next time, readable by its owner alone. Raises Ending."""
    path = config_path(environ)
    text = json.dumps({"url": connection.url, "token": connection.token}, indent=2)
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(beside, flags, 0o600), "w") as file:
            file.write(f"{text}\n")
        beside.replace(path)
    except OSError as error:
        raise Ending(exits.USAGE, f"Cannot write {path}: {error.strerror}.") from error
    return path


def forget(*, environ: Mapping[str, str]) -> bool:
    """Forget what was kept; whether there was anything."""
    path = config_path(environ)
    is_kept = path.exists()
    path.unlink(missing_ok=True)
    return is_kept


def config_path(environ: Mapping[str, str]) -> Path:
    """Where `login` keeps the connection."""
    if chosen := environ.get("SWAPCTL_CONFIG"):
        return Path(chosen)
    home = environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "swapctl" / "config.json"


def _read_kept(path: Path) -> Connection | None:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            said = f"{path} can be read by others. Run: chmod 600 {path}"
            raise Ending(exits.USAGE, said)
        kept = json.loads(path.read_text())
        return Connection(url=str(kept["url"]), token=str(kept["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"{path} cannot be read. Run `swapctl login` again."
        raise Ending(exits.USAGE, said) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
