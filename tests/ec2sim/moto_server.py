"""moto's EC2 behind a plain HTTP server, to be measured beside ec2sim."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import werkzeug.serving
from werkzeug.wrappers import Request, Response

from ec2sim.world import DEFAULT_ACCOUNT
from tests.ec2sim.contract.doors import REGION

SAID = ("Authorization", "Content-Type", "Host")


class Quiet(werkzeug.serving.WSGIRequestHandler):
    """Connections that stay open, and no line for each request."""

    protocol_version = "HTTP/1.1"

    def log(self, *_line: object) -> None:
        """Say nothing."""


@Request.application
def answer(request: Any) -> Response:
    """One call, answered by moto without its own front of Flask."""
    responses = importlib.import_module("moto.ec2.responses")
    requests = importlib.import_module("moto.core.request")
    headers = {name: request.headers.get(name, "") for name in SAID}
    call = requests.Request.from_primitives(
        "POST", "http://ec2.amazonaws.com/", headers, request.get_data()
    )
    dispatch = responses.EC2Response.dispatch
    status, _, text = dispatch(call, call.raw_url, call.headers)
    return Response(text, status=status, content_type="text/xml")


def plant(count: int) -> None:
    """That many interfaces in one subnet, made by moto's own backend."""
    models = importlib.import_module("moto.ec2.models")
    backend = models.ec2_backends[DEFAULT_ACCOUNT][REGION]
    vpc = backend.create_vpc("10.8.0.0/16")
    subnet = backend.create_subnet(vpc.id, "10.8.0.0/17", f"{REGION}a")
    for number in range(count):
        address = f"10.8.{number // 250}.{number % 250 + 4}"
        backend.create_network_interface(subnet, address)


@contextmanager
def serving(count: int) -> Iterator[int]:
    """moto with so many interfaces; the port that it listens on."""
    plant(count)
    server = werkzeug.serving.make_server(
        "127.0.0.1", 0, answer, threaded=True, request_handler=Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
        models = importlib.import_module("moto.ec2.models")
        models.ec2_backends.reset()
