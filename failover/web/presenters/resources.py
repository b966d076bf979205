"""What a pair or a job moves, as pages name it, whatever its strategy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.urls import reverse
from django.utils.http import urlencode

from failover.services import strategy_words
from failover.web.presenters.hrefs import page_of


class Moved(Protocol):
    """The fields that pair and job share."""

    @property
    def strategy(self) -> str: ...
    @property
    def network_interface_id(self) -> str | None: ...
    @property
    def allocation_id(self) -> str | None: ...
    @property
    def private_ip(self) -> str | None: ...
    @property
    def route_table_ids(self) -> Sequence[str]: ...
    @property
    def destination_cidr(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What moves: its kind, EC2's name for it, the page of it if there is one."""

    kind: str
    id: str
    href: str = ""
    # What belongs to it: the route tables of a destination.
    beside: tuple[str, ...] = ()

    @property
    def noun(self) -> str:
        """The kind inside a sentence: only names keep their capitals."""
        return self.kind if self.kind.startswith("Elastic") else self.kind.lower()


def resource(moved: Moved) -> Resource:
    """The thing that moves."""
    kind = strategy_words.STRATEGIES[moved.strategy].title
    match moved.strategy:
        case "eip":
            allocation = moved.allocation_id or ""
            query = urlencode({"q": allocation})
            href = f"{reverse('elastic-ips')}?{query}" if allocation else ""
            return Resource(kind=kind, id=allocation, href=href)
        case "private-ip":
            return Resource(kind=kind, id=moved.private_ip or "")
        case "route":
            tables = tuple(moved.route_table_ids)
            return Resource(
                kind="Route" if len(tables) == 1 else kind,
                id=moved.destination_cidr or "",
                beside=tables,
            )
        case _:
            interface_id = moved.network_interface_id or ""
            return Resource(
                kind=kind, id=interface_id, href=interface_href(interface_id)
            )


def interface_href(interface_id: str) -> str:
    """The page of a network interface."""
    return page_of("interface", interface_id) if interface_id else ""


def tables_in_words(tables: Sequence[str]) -> str:
    """One table by its id, several by their number."""
    if len(tables) == 1:
        return tables[0]
    return f"{len(tables)} route tables"
