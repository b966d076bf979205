#!/bin/sh
# Make .venv hold exactly one of the hashed locks: `environment.sh base` or `dev`.
#
# Needs a Python 3.11+ with pip or venv, and the package index; nothing else. It
# writes only .tools/ and .venv/ in the repository, so it asks for no root and leaves
# the system's Python alone. A run whose lock is already installed does nothing.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
tools=.tools
uv=$tools/uv/bin/uv

say() { printf '%s\n' "$*" >&2; }

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        if is_recent "$PYTHON"; then
            command -v "$PYTHON"
            return
        fi
        say "PYTHON=$PYTHON is not a Python 3.11 or newer."
        return 1
    fi
    # A version manager may answer to names it cannot run, so each is tried.
    for name in python3 python3.13 python3.12 python3.11 python3.14 python \
        /usr/bin/python3 /usr/local/bin/python3; do
        if is_recent "$name"; then
            command -v "$name"
            return
        fi
    done
    say "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path"
    return 1
}

bring_uv() {
    if cmp -s requirements/uv-bootstrap.lock $tools/uv.lock-installed &&
        "$uv" --version >/dev/null 2>&1; then
        return
    fi
    rm -rf $tools/uv $tools/bootstrap $tools/uv.lock-installed
    mkdir -p $tools
    # With --target pip installs beside the system, which an externally managed
    # Python allows; the variables undo personal settings that would forbid it.
    if "$python" -m pip --version >/dev/null 2>&1; then
        installer=$python
    elif "$python" -m venv $tools/bootstrap >/dev/null 2>&1; then
        installer=$tools/bootstrap/bin/python
    else
        say "$python has neither pip nor a working venv." \
            "On Debian: apt-get install python3-venv"
        return 1
    fi
    PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 \
        PIP_ROOT_USER_ACTION=ignore \
        "$installer" -m pip install --quiet --no-deps --require-hashes \
        --only-binary :all: --target $tools/uv -r requirements/uv-bootstrap.lock >&2
    rm -rf $tools/bootstrap
    cp requirements/uv-bootstrap.lock $tools/uv.lock-installed
}

is_installed() {
    # The dev lock is the base lock and more, so it serves both.
    for lock in "$wanted" dev; do
        if cmp -s "requirements/$lock.lock" ".venv/.$lock.lock-installed"; then
            return 0
        fi
    done
    return 1
}

is_usable() {
    is_recent .venv/bin/python || return 1
    # A Python that was asked for by name replaces another one's environment.
    [ -z "${PYTHON:-}" ] ||
        [ "$("$PYTHON" -c "$base_prefix")" = "$(.venv/bin/python -c "$base_prefix")" ]
}
base_prefix='import os, sys; print(os.path.realpath(sys.base_prefix), sys.version)'

if [ "$wanted" != uv ] && is_usable && is_installed && [ -x .venv/bin/swapctl ]; then
    exit 0
fi

# Where pip was taught a mirror or a company's certificate, uv follows it.
pip_setting() {
    "$python" -m pip config get "global.$1" 2>/dev/null || true
}

export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_LINK_MODE="${UV_LINK_MODE:-copy}"
# Compiled once, here: a process that may keep no bytecode compiles all that it imports.
export UV_COMPILE_BYTECODE="${UV_COMPILE_BYTECODE:-true}"
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
cache=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}
if ! mkdir -p "$cache" 2>/dev/null || ! [ -w "$cache" ]; then
    cache=$tools/cache
fi
export UV_CACHE_DIR="$cache"

python=$(find_python)
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(pip_setting index-url)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
cert=${SSL_CERT_FILE:-${PIP_CERT:-$(pip_setting cert)}}
[ -z "$cert" ] || export SSL_CERT_FILE="$cert"
bring_uv
if [ "$wanted" = uv ]; then
    exit 0
fi

if ! is_usable; then
    "$uv" venv --quiet --clear --no-project --python "$python" .venv
fi
if ! is_installed; then
    rm -f .venv/.*.lock-installed
    say "Installing requirements/$wanted.lock into .venv"
    "$uv" pip sync --quiet --require-hashes --only-binary :all: \
        --python .venv/bin/python "requirements/$wanted.lock"
fi
# swapctl, from where it lies; uv builds it itself, so nothing is fetched for it.
"$uv" pip install --quiet --no-deps --offline --python .venv/bin/python --editable .
# The repository's root is importable from wherever a tool of .venv/bin is started, also
# after the folder was moved.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '../../../..\n' >"$site/swapboard.pth"
is_installed || cp "requirements/$wanted.lock" ".venv/.$wanted.lock-installed"
