"""Key pairs: made, imported, described, deleted; a launch names one of them."""

import base64
import binascii
import hashlib
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from ec2sim.errors import Ec2Error
from ec2sim.rules import filters, listing, tags
from ec2sim.rules.actions import Params, Reply, action, required
from ec2sim.state import ids
from ec2sim.state.key_pair import KeyPair
from ec2sim.state.region import Region

LONGEST_NAME = 255
RSA_BITS = 2048
PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey

FIELDS: filters.Fields[KeyPair] = {
    "key-pair-id": lambda row: (row.id,),
    "fingerprint": lambda row: (row.fingerprint,),
    "key-name": lambda row: (row.name,),
}
LISTING = listing.Listing(
    action="DescribeKeyPairs",
    kind=ids.KEY_PAIR,
    ids="KeyPairIds",
    fields=FIELDS,
    id_filter="key-pair-id",
    paged=False,
)


def named(region: Region, name: str) -> KeyPair:
    """The key pair of a name. Raises Ec2Error when there is none."""
    for row in region.key_pairs:
        if row.name == name:
            return row
    raise ids.KEY_PAIR.missing(name)


@action
def create_key_pair(region: Region, params: Params) -> Reply:
    """CreateKeyPair: the only reply that has the private key, in PEM."""
    kind = params.get("KeyType") or "rsa"
    if params.get("KeyFormat") not in (None, "pem"):
        raise Ec2Error("UnsupportedOperation", "The format ppk is not simulated.")
    if kind == "rsa":
        made: Any = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        written = serialization.PrivateFormat.TraditionalOpenSSL
        told = made.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        fingerprint = _colons(hashlib.sha1(told, usedforsecurity=False).hexdigest())
    elif kind == "ed25519":
        made = ed25519.Ed25519PrivateKey.generate()
        written = serialization.PrivateFormat.OpenSSH
        fingerprint = _fingerprint(made.public_key())
    else:
        raise Ec2Error(
            "InvalidParameterValue", f"Value ({kind}) for parameter keyType is invalid."
        )
    private = made.private_bytes(
        serialization.Encoding.PEM, written, serialization.NoEncryption()
    )
    row = _keep(region, params, kind, fingerprint, made.public_key())
    return {**_told(row), "KeyMaterial": private.decode().strip()}


@action
def import_key_pair(region: Region, params: Params) -> Reply:
    """ImportKeyPair: an OpenSSH public key, RSA or ED25519."""
    try:
        raw = base64.b64decode(params["PublicKeyMaterial"], validate=True)
        key = serialization.load_ssh_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise _bad_format() from error
    if isinstance(key, rsa.RSAPublicKey):
        der = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        fingerprint = _colons(hashlib.md5(der, usedforsecurity=False).hexdigest())
        return _told(_keep(region, params, "rsa", fingerprint, key))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _told(_keep(region, params, "ed25519", _fingerprint(key), key))
    raise _bad_format()


@action
def delete_key_pair(region: Region, params: Params) -> Reply:
    """DeleteKeyPair: by name or identifier; one that is not there is no error."""
    name, row_id = params.get("KeyName"), params.get("KeyPairId")
    if not name and not row_id:
        required(params, "KeyName")
    for row in list(region.key_pairs):
        if row_id in (None, "", row.id) and name in (None, "", row.name):
            region.key_pairs.drop(row.id, at=region.now)
            return {"Return": True, "KeyPairId": row.id}
    return {"Return": True}


@action
def describe_key_pairs(region: Region, params: Params) -> Reply:
    """DescribeKeyPairs, by name, identifier or filter."""
    names: list[str] = list(params.get("KeyNames") or ())
    known = {row.name for row in region.key_pairs}
    missing = [name for name in names if name not in known]
    if missing:
        raise ids.KEY_PAIR.missing(*missing)
    found, _ = listing.rows(region, region.key_pairs, LISTING, params)
    shows_key = bool(params.get("IncludePublicKey"))
    return {
        "KeyPairs": [
            _view(row, shows_key=shows_key)
            for row in found
            if not names or row.name in names
        ]
    }


def _view(row: KeyPair, *, shows_key: bool) -> dict[str, Any]:
    shown = {**_told(row), "KeyType": row.kind, "CreateTime": row.created_at}
    return {**shown, "PublicKey": row.public_key} if shows_key else shown


def _told(row: KeyPair) -> dict[str, Any]:
    return {
        "KeyPairId": row.id,
        "KeyName": row.name,
        "KeyFingerprint": row.fingerprint,
        "Tags": listing.tag_set(row.tags),
    }


def _keep(
    region: Region, params: Params, kind: str, fingerprint: str, key: PublicKey
) -> KeyPair:
    name: str = params["KeyName"]
    if not 0 < len(name) <= LONGEST_NAME:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({name}) for parameter keyName is invalid. 1 to {LONGEST_NAME} "
            "characters are expected.",
        )
    if any(row.name == name for row in region.key_pairs):
        raise Ec2Error(
            "InvalidKeyPair.Duplicate", f"The keypair '{name}' already exists."
        )
    row = KeyPair(
        id=ids.KEY_PAIR.make(region.around.chance),
        name=name,
        kind=kind,
        fingerprint=fingerprint,
        public_key=f"{_written(key)} {name}",
        created_at=region.now,
        tags=tags.specified(params, "key-pair"),
    )
    region.key_pairs.put(row, at=region.now)
    return row


def _written(key: PublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()


def _fingerprint(key: PublicKey) -> str:
    """The digest that ED25519 keys are known by."""
    raw = base64.b64decode(_written(key).split()[1])
    return base64.b64encode(hashlib.sha256(raw).digest()).decode()


def _colons(digest: str) -> str:
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def _bad_format() -> Ec2Error:
    return Ec2Error(
        "InvalidKey.Format", "Key is not in valid OpenSSH public key format"
    )
