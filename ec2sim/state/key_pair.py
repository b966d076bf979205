"""A key pair: what EC2 keeps of it is the public half."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A public key by name; `created_at` in seconds since 1970."""

    id: str
    name: str
    kind: str
    fingerprint: str
    public_key: str
    created_at: float
    tags: Mapping[str, str] = field(default_factory=dict)
