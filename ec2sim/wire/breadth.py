"""Everything that ec2sim does not keep itself is answered by moto, if that is true.

moto has a world of its own beside ec2sim's. What it says of that world may not pass
for what it says of this one: a call that names a resource of this world, or whose
reply names one that is not here, is UnsupportedOperation.
"""

import importlib
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from ec2sim import calls
from ec2sim.errors import Ec2Error
from ec2sim.faults import buckets
from ec2sim.rules import tags
from ec2sim.state import ids
from ec2sim.state.region import Region

# moto would leave out what every network, or every instance with a profile, has.
UNTOLD = ("DescribeNetworkAcls", "DescribeIamInstanceProfileAssociations")
# These keep identifiers as they would keep any text.
KEEPS_TEXT = re.compile("(Create|Delete|Describe|Modify)LaunchTemplate")
FILTERS = ("Filter", "Filters")
BONDS = {kind.prefix: kind for kind in (ids.ATTACHMENT, ids.ROUTE_ASSOCIATION)}
NAMED = re.compile(r">([a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17})<")


class Breadth:
    """moto's EC2 behind one lock, since moto takes none.

    It is loaded when it is first needed, because that takes a second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def answer(
        self,
        region: Region,
        params: Mapping[str, Any],
        *,
        action: str,
        body: str,
        headers: Mapping[str, str],
    ) -> tuple[int, str]:
        """Status and XML of moto's reply.

        Raises Ec2Error where moto has none, or none that is true of this region.
        """
        _check_question(region, action, params)
        with self._lock:
            status, text = _ask(region.account_id, action, body, headers)
        if status >= 500 or not text.lstrip().startswith("<"):
            raise _unsupported(action)
        if not KEEPS_TEXT.match(action) and _strangers(region, NAMED.findall(text)):
            raise _unsupported(action)
        return status, text


def _ask(
    account_id: str, action: str, body: str, headers: Mapping[str, str]
) -> tuple[int, str]:
    responses = importlib.import_module("moto.ec2.responses")
    requests = importlib.import_module("moto.core.request")
    exceptions = importlib.import_module("werkzeug.exceptions")
    request = requests.Request.from_primitives(
        "POST",
        "http://ec2.amazonaws.com/",
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": headers.get("Authorization", ""),
            "Host": "ec2.amazonaws.com",
            "x-moto-account-id": account_id,
        },
        body.encode(),
    )
    try:
        status, _, text = responses.EC2Response.dispatch(
            request, request.raw_url, request.headers
        )
    except exceptions.HTTPException as error:
        return int(error.code), str(error.get_body())
    except NotImplementedError as error:
        raise _unsupported(action) from error
    except Exception as error:
        # moto breaks at odd parameters in ways of every kind.
        sys.stderr.write(traceback.format_exc())
        raise _unsupported(action) from error
    return int(status), text if isinstance(text, str) else text.decode()


def _check_question(region: Region, action: str, params: Mapping[str, Any]) -> None:
    """Refuse what moto cannot answer truly.

    A filter may name anything: what moto has is never bound to what is here, so that
    it finds nothing, which is the truth.
    """
    if action in UNTOLD or (action == "DescribeNatGateways" and _has_nat(region)):
        raise _unsupported(action)
    if KEEPS_TEXT.match(action):
        return
    asked = dict(params)
    if action.startswith(buckets.READS):
        asked = {name: value for name, value in params.items() if name not in FILTERS}
    for name in calls.named_in(asked):
        kind = _kind(name)
        if kind is None:
            continue
        if _strangers(region, [name]):
            raise kind.missing(name)
        raise Ec2Error("UnsupportedOperation", f"{action} is not simulated for {name}.")


def _has_nat(region: Region) -> bool:
    return any(row.interface_type == "nat_gateway" for row in region.interfaces)


def _strangers(region: Region, names: Iterable[str]) -> list[str]:
    """The names of kinds that ec2sim keeps itself which are not in this region."""
    return [name for name in names if _kind(name) and not _is_here(region, name)]


def _is_here(region: Region, name: str) -> bool:
    if region.interfaces.count("attachment.attachment-id", name):
        return True
    for table in region.route_tables:
        if any(bond.id == name for bond in table.associations):
            return True
    return any(name in table for table in region.tables().values())


def _kind(name: str) -> ids.Kind | None:
    prefix = name.rpartition("-")[0]
    known = {kind.prefix: kind for kind in tags.KINDS.values()} | BONDS
    return known.get(prefix)


def _unsupported(action: str) -> Ec2Error:
    return Ec2Error("UnsupportedOperation", f"{action} is not simulated.")
