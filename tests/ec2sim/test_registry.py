"""The register of calls: what is written as a rule is answered as one."""

from pathlib import Path

from ec2sim import rules
from ec2sim.rules import registry


def test_every_file_of_rules_is_registered() -> None:
    """One that is forgotten would be answered by moto, or not at all."""
    folder = Path(str(rules.__file__)).parent
    written = {
        path.stem
        for path in folder.glob("*.py")
        if "\n@action\n" in path.read_text(encoding="utf-8")
    }

    assert len(written) > 25
    assert written - vars(registry).keys() == set()
