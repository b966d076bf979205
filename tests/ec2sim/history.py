"""A small EC2 of its own, that only knows what ec2sim's log tells it."""

from typing import Any

# From which states of an interface another can be entered.
BEFORE = {
    "attaching": {"available"},
    "attached": {"attaching"},
    "detaching": {"attaching", "attached"},
    "available": {"detaching"},
}


class History:
    """Begins with a state dump; then one line of the log after the other happens.

    A line that could not have happened is an AssertionError.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        interfaces, addresses = state["interfaces"], state["addresses"]
        self.holders = {key: row["instance_id"] for key, row in interfaces.items()}
        self.states = {
            key: row["attachment_status"] or "available"
            for key, row in interfaces.items()
        }
        self.bound = {
            key: row["network_interface_id"] for key, row in addresses.items()
        }

    def shown(self) -> dict[str, Any]:
        """Who holds what, in which state, and what each address is bound to."""
        return {"holders": self.holders, "states": self.states, "bound": self.bound}

    def tell(self, line: dict[str, Any]) -> None:
        """Let one thing happen."""
        if line["event"] == "transition":
            if line["to"] != "associated":
                self.enter(line["resource"], line["to"], line["instance_id"])
            return
        done = {
            "CreateNetworkInterface": self._create,
            "DeleteNetworkInterface": self._delete,
            "AssociateAddress": self._associate,
        }
        if line["action"] in done:
            done[line["action"]](line["resources"])

    def enter(self, resource: str, to: str, instance_id: str | None) -> None:
        """An interface enters a state that follows from the one it is in."""
        assert self.states[resource] in BEFORE[to]
        self.states[resource] = to
        self.holders[resource] = None if to == "available" else instance_id

    def _create(self, resources: list[str]) -> None:
        (made,) = _interfaces(resources)
        assert made not in self.states
        self.states[made], self.holders[made] = "available", None

    def _delete(self, resources: list[str]) -> None:
        (gone,) = _interfaces(resources)
        assert self.states.pop(gone) == "available"
        assert self.holders.pop(gone) is None
        self._unbind(gone)

    def _associate(self, resources: list[str]) -> None:
        (interface_id,) = _interfaces(resources)
        (address,) = [each for each in resources if each.startswith("eipalloc-")]
        assert interface_id in self.states
        self._unbind(interface_id)
        self.bound[address] = interface_id

    def _unbind(self, interface_id: str) -> None:
        for address, bound in self.bound.items():
            if bound == interface_id:
                self.bound[address] = None


def _interfaces(resources: list[str]) -> list[str]:
    return [
        each
        for each in resources
        if each.startswith("eni-") and not each.startswith("eni-attach-")
    ]
