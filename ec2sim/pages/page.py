"""What a browser gets from an instance: nginx's welcome, with its name on it."""

from html import escape

from ec2sim.state.instance import Instance
from ec2sim.state.interface import NetworkInterface
from ec2sim.state.region import Region


def html(name: str, private_ip: str) -> str:
    """The page of a server."""
    said, address = escape(name), escape(private_ip)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Welcome to nginx on {said}</title>
<style>body {{ width: 35em; margin: 4em auto; font-family: sans-serif; }}</style>
</head>
<body>
<h1>Welcome to nginx on {said}</h1>
<p>If you see this page, the nginx web server is installed and working on
{said}, and listens on {address}.</p>
<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""


def response(name: str, private_ip: str) -> bytes:
    """The page as nginx would send it, closing the connection."""
    body = html(name, private_ip).encode()
    head = (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


def holder(
    region: Region, interface: NetworkInterface
) -> tuple[Instance, str] | tuple[None, str]:
    """The instance that answers on an interface and its manner: ok, hung, or none.

    `none` is nobody: no attached interface, one that the guest has not configured yet,
    no running instance, or a dead guest.
    """
    bond = interface.attachment
    if bond is None or bond.status != "attached" or bond.instance_id is None:
        return None, "none"
    if bond.guest_at > region.now:
        return None, "none"
    instance = region.instances.get(bond.instance_id)
    if instance is None or instance.state != "running" or instance.guest == "dead":
        return None, "none"
    if instance.guest == "hung" or instance.zone in region.outages:
        return instance, "hung"
    return instance, "ok"
