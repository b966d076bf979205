"""What is asked for and not simulated is refused, never quietly left out."""

from collections.abc import Iterable

from ec2sim.errors import Ec2Error
from ec2sim.rules.actions import Params


def refuse(params: Params, names: Iterable[str]) -> None:
    """Raise UnsupportedOperation for the first of these parameters that asks.

    Zero, false and an empty list ask for nothing.
    """
    for name in names:
        if params.get(name):
            raise Ec2Error(
                "UnsupportedOperation", f"The parameter {name} is not simulated."
            )
