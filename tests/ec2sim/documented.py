"""What botocore's copy of EC2's reference says, for tests to hold ec2sim to."""

import re

from ec2sim.wire import model

ENTRY = re.compile(r"<li>\s*<p>\s*<code>([^<&:]+)")


def filters(action: str) -> list[str]:
    """The names of a call's documented filters, with a tag's key made up."""
    shape = model.operation("ec2", action).input_shape
    found = ENTRY.findall(shape.members["Filters"].documentation)
    return ["tag:Name" if name == "tag" else name for name in found]
