"""The script of a new server runs with whichever package tool is there."""

import os
import subprocess
from pathlib import Path

import pytest

from failover.web.acting import user_data

ADDRESS = "20.0.1.25"
APT = "-o DPkg::Lock::Timeout=300 -y"
REAL = ("mkdir", "cat")
# The tools of a system, those that fail there, and where its nginx has its pages.
SYSTEMS = {
    "debian": (("apt-get",), (), "var/www/html", f"apt-get {APT} install nginx"),
    "amazon-2023": (
        ("dnf", "yum"),
        (),
        "usr/share/nginx/html",
        "dnf -y install nginx",
    ),
    "amazon-2": (
        ("yum", "amazon-linux-extras"),
        ("yum -y install nginx",),
        "usr/share/nginx/html",
        "amazon-linux-extras install -y nginx1",
    ),
}


def run(
    tmp_path: Path, script: str, tools: tuple[str, ...], bad: tuple[str, ...]
) -> list[str]:
    """Run it with tools that only write down how they were called; return that."""
    bin_, said = tmp_path / "bin", tmp_path / "said"
    bin_.mkdir()
    refuses = "\n".join(f'[ "$me $*" = "{call}" ] && exit 1' for call in bad)
    for tool in (*tools, "systemctl", "sysctl"):
        text = f'#!/bin/sh\nme={tool}\necho "$me $*" >> {said}\n{refuses}\nexit 0\n'
        (bin_ / tool).write_text(text)
        (bin_ / tool).chmod(0o755)
    for tool in REAL:
        found = next(d for d in ("/bin", "/usr/bin") if Path(d, tool).exists())
        (bin_ / tool).symlink_to(Path(found, tool))
    for folder in ("etc/sysctl.d", "etc/nginx/conf.d"):
        (tmp_path / folder).mkdir(parents=True)
    for top in ("/etc/", "/var/www/", "/usr/share/"):
        script = script.replace(top, f"{tmp_path}{top}")
    (tmp_path / "script").write_text(script)
    subprocess.run(
        ["/bin/sh", str(tmp_path / "script")],
        env={**os.environ, "PATH": str(bin_)},
        check=True,
    )
    return said.read_text().splitlines()


@pytest.mark.parametrize("system", SYSTEMS)
def test_nginx_is_installed_and_serves_the_servers_name(
    tmp_path: Path, system: str
) -> None:
    tools, bad, pages, install = SYSTEMS[system]
    script = user_data.write(name="Web <1> 'a'", address=ADDRESS)

    said = run(tmp_path, script, tools, bad)

    assert install in said
    assert said[-2:] == ["systemctl enable nginx", "systemctl restart nginx"]
    page = (tmp_path / pages / "index.html").read_text()
    assert page == "<h1>Welcome to nginx on Web 1 a</h1>\n"
    conf = (tmp_path / "etc/nginx/conf.d/floating.conf").read_text()
    assert f"listen {ADDRESS}:80;" in conf
    assert f"root {tmp_path}/{pages};" in conf
    bind = (tmp_path / "etc/sysctl.d/90-floating.conf").read_text()
    assert bind == "net.ipv4.ip_nonlocal_bind = 1\n"
    assert "sysctl --system" in said


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_the_script_is_valid_for_any_shell(address: str) -> None:
    script = user_data.write(name="$(reboot) `x`", address=address)

    subprocess.run(["/bin/sh", "-n"], input=script, text=True, check=True)
    assert script.startswith("#!/bin/sh\n")
    assert "$(reboot)" not in script
    assert ("listen" in script) == bool(address)
