"""How one variable of the environment is read, and how a bad one is refused.

An empty variable counts as unset, as compose files write it. The refusal names the
variable and what was expected, never the value: it may hold a password.
"""

import ipaddress
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ENV = Env()
WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
DATABASES = ("sqlite", "postgres", "postgresql")


def read(name: str, *, parse: Callable[[str], T], default: T, expected: str) -> T:
    """The variable's value, or `default` when it is unset or empty.

    Raises ImproperlyConfigured, naming the variable, when `parse` raises ValueError.
    """
    text = ENV.str(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        raise refusal(name, expected) from error


def refusal(name: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: expected {expected}.")


def text(name: str, *, default: str = "") -> str:
    return read(name, parse=str, default=default, expected="text")


def boolean(name: str, *, default: bool) -> bool:
    def parse(value: str) -> bool:
        if value.lower() not in WORDS:
            raise ValueError
        return WORDS[value.lower()]

    return read(name, parse=parse, default=default, expected="true or false")


def seconds(name: str, *, default: float, least: float = 0.01) -> float:
    def parse(value: str) -> float:
        number = float(value)
        if not math.isfinite(number) or number < least:
            raise ValueError
        return number

    expected = f"a number of seconds, at least {least:g}"
    return read(name, parse=parse, default=default, expected=expected)


def count(name: str, *, default: int, most: int) -> int:
    def parse(value: str) -> int:
        number = int(value)
        if not 0 <= number <= most:
            raise ValueError
        return number

    expected = f"a whole number from 0 to {most}"
    return read(name, parse=parse, default=default, expected=expected)


def words(name: str, *, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    return read(name, parse=split, default=default, expected="names with commas")


def split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def roles_of_groups(name: str, *, roles: tuple[str, ...]) -> dict[str, str]:
    """`group=role` pairs with commas; a group's own name may hold an equals sign."""

    def parse(value: str) -> dict[str, str]:
        found = {}
        for pair in split(value):
            group, _, role = pair.rpartition("=")
            if not group or role not in roles:
                raise ValueError
            found[group] = role
        return found

    expected = f"group=role with commas, each role one of {', '.join(roles)}"
    return read(name, parse=parse, default={}, expected=expected)


def folder(name: str, *, default: str, root: Path) -> Path:
    """A folder, made if missing, that nobody but us may enter."""
    path = root / text(name, default=default)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(name, "a folder that can be written") from error
    return path


def url(name: str, *, default: str, schemes: tuple[str, ...]) -> str:
    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            raise ValueError
        return value

    expected = "a URL that begins with " + " or ".join(f"{s}://" for s in schemes)
    return read(name, parse=parse, default=default, expected=expected)


def origins(name: str) -> list[str]:
    def parse(value: str) -> tuple[str, ...]:
        return tuple(origin(part) for part in split(value))

    expected = "origins such as https://swapboard.example.com, with commas"
    none: tuple[str, ...] = ()
    return list(read(name, parse=parse, default=none, expected=expected))


def origin(value: str) -> str:
    parts = split_origin(value)
    return f"{parts.scheme}://{parts.netloc}"


def split_origin(value: str) -> SplitResult:
    """Scheme, host and port of an http(s) URL without a path. Raises ValueError."""
    parts = urlsplit(value)
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_bare:
        raise ValueError(value)
    if parts.username is not None or parts.port == 0:
        raise ValueError(value)
    return parts


def public_url(name: str, *, port: int) -> SplitResult:
    expected = "an http:// or https:// URL without a path"
    default = split_origin(f"http://127.0.0.1:{port}")
    return read(name, parse=split_origin, default=default, expected=expected)


def networks(name: str) -> tuple[Network, ...]:
    def parse(value: str) -> tuple[Network, ...]:
        return tuple(ipaddress.ip_network(part) for part in split(value))

    expected = "networks such as 10.0.0.0/8, with commas"
    return read(name, parse=parse, default=(), expected=expected)


def port_ranges(name: str, *, default: str) -> tuple[tuple[int, int], ...]:
    def parse(value: str) -> tuple[tuple[int, int], ...]:
        return tuple(port_range(part) for part in split(value))

    expected = "ports and ranges from 1 to 65535, such as 80,443,8000-8999"
    return read(name, parse=parse, default=parse(default), expected=expected)


def port_range(value: str) -> tuple[int, int]:
    first, _, last = value.partition("-")
    low, high = int(first), int(last or first)
    if not 1 <= low <= high <= 65535:
        raise ValueError(value)
    return low, high


def database(name: str, *, default: str, root: Path) -> dj_database_url.DBConfig:
    """A database's settings from its URL; a relative SQLite path is from `root`."""

    def parse(value: str) -> dj_database_url.DBConfig:
        if urlsplit(value).scheme not in DATABASES:
            raise ValueError
        config = dj_database_url.parse(value)
        if not config["NAME"]:
            raise ValueError
        return config

    expected = "sqlite:///path or postgres://user:password@host:5432/name"
    config = read(name, parse=parse, default=parse(default), expected=expected)
    if is_sqlite(config) and config["NAME"] != ":memory:":
        config["NAME"] = str(root / str(config["NAME"]))
    return config


def is_sqlite(config: dj_database_url.DBConfig) -> bool:
    return config.get("ENGINE") == "django.db.backends.sqlite3"


def has_ec2_on_this_machine() -> bool:
    """Whether boto3 is pointed at a simulator of ours: no signature of AWS's there."""
    names = ("AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL")
    urls = [ENV.str(name, "").strip() for name in names]
    chosen = next((url for url in urls if url), "")
    return is_loopback(urlsplit(chosen).hostname or "")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
