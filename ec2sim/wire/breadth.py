"""Everything that ec2sim does not keep itself is answered by moto.

moto is loaded when it is first needed, because that takes a second.
"""

import importlib
import threading
from collections.abc import Mapping

from ec2sim.errors import Ec2Error


class Breadth:
    """moto's EC2 behind one lock, since moto takes none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def answer(
        self, body: str, headers: Mapping[str, str], *, account_id: str, action: str
    ) -> tuple[int, str]:
        """Status and XML of moto's reply. Raises Ec2Error where moto has none."""
        with self._lock:
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
                raise Ec2Error(
                    "UnsupportedOperation", f"{action} is not simulated."
                ) from error
        return int(status), text if isinstance(text, str) else text.decode()
