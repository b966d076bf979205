"""What a new server does first: the article's steps with nginx, as a script.

Without a floating address nginx listens on every address that the server has or gets.
With one it listens on that alone; the standby does not have it yet, and may listen all
the same because the kernel is told to allow it.
"""

PLAIN = """\
#!/bin/bash
yum -y update
yum -y install nginx || amazon-linux-extras install -y nginx1
echo '<h1>Welcome to nginx on {name}</h1>' > /usr/share/nginx/html/index.html
systemctl enable nginx
systemctl start nginx
"""
FLOATING = """\
#!/bin/bash
yum -y update
yum -y install nginx || amazon-linux-extras install -y nginx1
echo '<h1>Welcome to nginx on {name}</h1>' > /usr/share/nginx/html/index.html
# The floating address {address} is here only while the interface is.
echo 'net.ipv4.ip_nonlocal_bind = 1' > /etc/sysctl.d/90-floating.conf
sysctl --system
cat > /etc/nginx/conf.d/floating.conf <<'END'
server {{
    listen {address}:80;
    server_name {address};
    root /usr/share/nginx/html;
}}
END
systemctl enable nginx
systemctl start nginx
"""


def write(*, name: str, address: str) -> str:
    """The script of the server of this name; `address` is the floating one or empty."""
    # It stands in quotes of the shell, and in HTML.
    plain = "".join(c for c in name if c.isalnum() or c in " ._-") or "this server"
    return (FLOATING if address else PLAIN).format(name=plain, address=address)
