"""docs/verification.md tells of what there is, and of nothing else."""

import re

from tests.project.files import ROOT
from tests.simulation.mutants import MUTANTS

PAGE = (ROOT / "docs" / "verification.md").read_text()


def test_every_mutant_stands_on_the_page_with_the_rule_it_drops_and_its_killer() -> (
    None
):
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)

    assert [(name, rule) for name, rule, _ in rows] == [
        (mutant.name, mutant.drops) for mutant in MUTANTS
    ]
    assert all("schedule" in killer for _, _, killer in rows)
