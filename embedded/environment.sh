# Sourced by ./run and ./test: makes .venv and installs what a lock file names, only when it has changed.

complain() {
    echo "amana: $1" >&2
    exit 1
}

is_new_enough() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    found=
    for python in python3.13 python3.12 python3.11 python3.14 python3 python; do
        is_new_enough "$python" || continue
        found=${found:-$python}
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            return
        fi
    done
    [ -n "$found" ] || complain "Python 3.11 or newer is needed and was not found: install it (Debian, Ubuntu: apt-get install python3 python3-venv)."
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    complain "Python $version lacks its venv module: install it (Debian, Ubuntu: apt-get install python$version-venv)."
}

make_venv() {
    if is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null; then
        return
    fi
    find_python
    echo "Making .venv with $("$python" --version)."
    rm -rf .venv/bin .venv/lib .venv/lib64 .venv/include .venv/pyvenv.cfg .venv/requirements*.txt
    "$python" -m venv .venv || complain "The virtual environment .venv could not be made: the reason stands above."
}

install_requirements() {
    if ! cmp -s "$1" ".venv/$1"; then
        echo "Installing $1 (only when it has changed)."
        .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$1" ||
            complain "The packages of $1 could not be installed: the reason stands above."
        cp "$1" ".venv/$1"
    fi
}

# One at a time: ./run and ./test may be started together.
make_environment() {
    mkdir -p .venv || complain "The folder .venv can't be made here."
    if command -v flock >/dev/null 2>&1; then
        exec 9>.venv/.lock
        flock 9
    fi
    make_venv
    for lock_file in "$@"; do
        install_requirements "$lock_file"
    done
    exec 9>&-
}
