"""Key pairs: made, imported, found, deleted."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from tests.ec2sim.conftest import Sim


def public_line(private: Any) -> bytes:
    """A public key as OpenSSH writes it."""
    line: bytes = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return line + b" someone@somewhere"


def listed(sim: Sim, **asked: Any) -> list[str]:
    """The names of the key pairs that a call finds."""
    found = sim.ec2.describe_key_pairs(**asked)["KeyPairs"]
    return [each["KeyName"] for each in found]


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_made_key_pair_tells_its_private_half_once(sim: Sim, kind: str) -> None:
    made = sim.ec2.create_key_pair(KeyName="ops", KeyType=kind)

    if kind == "rsa":
        private: Any = serialization.load_pem_private_key(
            made["KeyMaterial"].encode(), password=None
        )
    else:
        private = serialization.load_ssh_private_key(
            made["KeyMaterial"].encode(), password=None
        )
    shown = sim.ec2.describe_key_pairs(IncludePublicKey=True)["KeyPairs"][0]
    assert shown["KeyType"] == kind
    assert shown["KeyPairId"].startswith("key-0")
    assert shown["KeyFingerprint"] == made["KeyFingerprint"]
    assert shown["PublicKey"].split()[:2] == public_line(private).decode().split()[:2]
    assert "KeyMaterial" not in shown


def test_an_imported_key_is_known_by_its_digest(sim: Sim) -> None:
    keys: dict[str, Any] = {
        "one": ed25519.Ed25519PrivateKey.generate(),
        "two": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    }
    for name, key in keys.items():
        sim.ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public_line(key))

    found = {each["KeyName"]: each for each in sim.ec2.describe_key_pairs()["KeyPairs"]}

    assert base64.b64decode(found["one"]["KeyFingerprint"])
    assert len(found["two"]["KeyFingerprint"]) == 47
    assert [found[name]["KeyType"] for name in keys] == ["ed25519", "rsa"]


def test_a_key_pair_is_found_by_name_identifier_and_filter(sim: Sim) -> None:
    tags = [{"Key": "for", "Value": "ops"}]
    made = sim.ec2.create_key_pair(
        KeyName="ops",
        KeyType="ed25519",
        TagSpecifications=[{"ResourceType": "key-pair", "Tags": tags}],
    )
    sim.ec2.create_key_pair(KeyName="dev", KeyType="ed25519")

    assert listed(sim, KeyNames=["ops"]) == ["ops"]
    assert listed(sim, KeyPairIds=[made["KeyPairId"]]) == ["ops"]
    for name, value in (
        ("key-name", "op*"),
        ("fingerprint", made["KeyFingerprint"]),
        ("tag:for", "ops"),
    ):
        assert listed(sim, Filters=[{"Name": name, "Values": [value]}]) == ["ops"]
    describe = sim.ec2.describe_key_pairs
    assert sim.refusal(describe, KeyNames=["nobody"]) == (
        "InvalidKeyPair.NotFound",
        "The key pair 'nobody' does not exist",
    )
    answer = sim.refusal(describe, KeyPairIds=["key-12345678"])
    assert answer[0] == "InvalidKeyPair.NotFound"


def test_a_deleted_key_pair_is_no_longer_for_launches(sim: Sim) -> None:
    sim.ec2.create_key_pair(KeyName="ops", KeyType="ed25519")
    made = sim.ec2.create_key_pair(KeyName="dev", KeyType="ed25519")["KeyPairId"]
    sim.ec2.delete_key_pair(KeyName="ops")
    sim.ec2.delete_key_pair(KeyPairId=made)
    sim.ec2.delete_key_pair(KeyName="ops")

    assert listed(sim) == []
    answer = sim.refusal(
        sim.ec2.run_instances,
        ImageId="ami-0c55b159cbfafe1f0",
        MinCount=1,
        MaxCount=1,
        KeyName="ops",
    )
    assert answer[0] == "InvalidKeyPair.NotFound"


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("create_key_pair", {"KeyName": ""}, "InvalidParameterValue"),
        ("create_key_pair", {"KeyName": "k" * 256}, "InvalidParameterValue"),
        (
            "create_key_pair",
            {"KeyName": "x", "KeyType": "dsa"},
            "InvalidParameterValue",
        ),
        (
            "create_key_pair",
            {"KeyName": "x", "KeyFormat": "ppk"},
            "UnsupportedOperation",
        ),
        ("create_key_pair", {"KeyName": "taken"}, "InvalidKeyPair.Duplicate"),
        (
            "import_key_pair",
            {"KeyName": "x", "PublicKeyMaterial": b"ssh-rsa nonsense"},
            "InvalidKey.Format",
        ),
        ("delete_key_pair", {}, "MissingParameter"),
    ],
)
def test_a_wrong_key_pair_is_refused(
    sim: Sim, call: str, given: dict[str, Any], code: str
) -> None:
    sim.ec2.create_key_pair(KeyName="taken", KeyType="ed25519")

    assert sim.refusal(getattr(sim.ec2, call), **given)[0] == code
    assert listed(sim) == ["taken"]
