"""What the tests of actions share: tags, and EC2's time."""

from typing import Any

from tests.web.conftest import SPARE, Home

SUBNET = "subnet-40043409"
GROUP = "sg-cf2a82b4"
TAGS = {"tags_key": ["Name", "team"], "tags_value": ["web", "ops"]}
SPARES = f"/interfaces/{SPARE}"


def place(home: Home) -> dict[str, str]:
    """What the page's hidden field says where there is one region only."""
    return {"region": str(home.region.pk)}


def content(answer: Any) -> str:
    return str(answer.content.decode())


def let_pass(home: Home, seconds: float = 8.0) -> None:
    """Let what EC2 has begun come to its end."""
    home.sim.world.clock.set(advance_s=seconds)
    home.sim.world.settle()
