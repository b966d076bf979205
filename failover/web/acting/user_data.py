"""What a new server does first: the article's steps with nginx, as a script.

It asks which package tool is there: dnf or yum on Amazon Linux, apt-get on Debian and
Ubuntu, whose nginx keeps its pages elsewhere and runs as soon as it is installed.

Without a floating address nginx listens on every address that the server has or gets.
With one it listens on that too; the standby does not have it yet, and may listen all
the same because the kernel is told to allow it.
"""

INSTALL = """\
#!/bin/sh
if command -v apt-get >/dev/null; then
    # Debian and Ubuntu
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -y update
    apt-get -o DPkg::Lock::Timeout=300 -y upgrade
    apt-get -o DPkg::Lock::Timeout=300 -y install nginx
    pages=/var/www/html
else
    # Amazon Linux and its relatives
    tool=yum
    if command -v dnf >/dev/null; then tool=dnf; fi
    $tool -y update
    $tool -y install nginx || amazon-linux-extras install -y nginx1
    pages=/usr/share/nginx/html
fi
mkdir -p $pages
echo '<h1>Welcome to nginx on {name}</h1>' > $pages/index.html
"""
LISTEN = """\
# The floating address {address} is here only while the interface is.
echo 'net.ipv4.ip_nonlocal_bind = 1' > /etc/sysctl.d/90-floating.conf
sysctl --system
cat > /etc/nginx/conf.d/floating.conf <<END
server {{
    listen {address}:80;
    server_name {address};
    root $pages;
}}
END
"""
START = """\
systemctl enable nginx
systemctl restart nginx
"""


def write(*, name: str, address: str) -> str:
    """The script of the server of this name; `address` is the floating one or empty."""
    # It stands in quotes of the shell, and in HTML.
    plain = "".join(c for c in name if c.isalnum() or c in " ._-") or "this server"
    steps = (INSTALL, LISTEN, START) if address else (INSTALL, START)
    return "".join(steps).format(name=plain, address=address)
