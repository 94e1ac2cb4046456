#!/bin/sh
# Creates .venv from requirements.lock and installs this project into it. Called by make; a second call is instant.
#   PYTHON=python3.12            the Python to build on; default: the first suitable one on PATH
#   TORCH=FILE.whl or FOLDER     the torch wheel to install instead of the locked torch; TORCH=locked goes back
#   GRIDPROOF_INSTALLER=pip      pip alone, without uv
set -eu

stamp=.venv/.gridproof-installed
unfinished=.venv/.gridproof-unfinished
torch_choice=.venv/.gridproof-torch

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

say() {
    printf 'setup: %s\n' "$@"
}

absolute() {
    case $1 in
    "" | locked | /*) echo "$1" ;;
    *) echo "$PWD/$1" ;;
    esac
}

is_suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# The executable behind links, wrappers and virtual environments: .venv itself may have to be created again.
executable_of() {
    "$1" -c 'import os, sys; print(os.path.realpath(sys.executable))'
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_suitable "$PYTHON" || fail "PYTHON must be a Python from 3.11 to 3.13. Got '$PYTHON' instead."
        executable_of "$PYTHON"
        return
    fi
    for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11; do
        if is_suitable "$candidate"; then
            executable_of "$candidate"
            return
        fi
    done
    fail "no Python from 3.11 to 3.13 was found on PATH." \
        "Install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make setup PYTHON=/path/to/python3"
}

check_torch() {
    case $torch in
    locked) ;;
    *.whl) [ -f "$torch" ] || fail "TORCH must be a torch wheel, a folder with one, or 'locked'. There is no file '$torch'." ;;
    *)
        set -- "$torch"/torch-*.whl
        [ -f "$1" ] || fail "TORCH must be a torch wheel, a folder with one, or 'locked'. There is no torch-*.whl in '$torch'."
        ;;
    esac
}

fingerprint() {
    find requirements.lock pyproject.toml setup.sh workflow -type f \( -path 'workflow/*.cpp' -o ! -path 'workflow/*' \) | LC_ALL=C sort | xargs cat | cksum
    echo "$PWD $torch"
}

is_installed() {
    [ -f "$stamp" ] && [ -x .venv/bin/python ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] &&
        { [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of .venv/bin/python)" ]; }
}

is_reusable() {
    [ ! -e "$unfinished" ] && is_suitable .venv/bin/python && grep -qF "$PWD/.venv" .venv/bin/activate &&
        [ "$(version_of .venv/bin/python)" = "$(version_of "$python")" ] &&
        [ "$(cat "$torch_choice" 2>/dev/null || echo locked)" = "$torch" ] &&
        { [ "$installer" = uv ] || [ -x .venv/bin/pip ]; }
}

check_can_create_environments() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    version=$(version_of "$python")
    fail "$python cannot create virtual environments: its module venv or ensurepip is missing." \
        "Debian and Ubuntu have it in a package of its own: apt install python3-venv (or python$version-venv)"
}

# Print the entries of the lock, with their hashes, whose names match ("~") or do not match ("!~") a pattern.
locked() {
    awk -v wanted="$1" -v names="^($2)==" '
        /^[A-Za-z0-9]/ { keep = ($0 ~ names) == (wanted == "~") }
        keep' requirements.lock
}

find_uv() {
    uv=uv
    "$uv" --version >/dev/null 2>&1 && return
    uv=$PWD/.uv/env/bin/uv
    "$uv" --version >/dev/null 2>&1 && return
    check_can_create_environments
    say "uv was not found; installing it into .uv/ (17 MB)"
    rm -rf .uv/env
    locked '~' uv >.uv/requirements
    { "$python" -m venv .uv/env &&
        .uv/env/bin/python -m pip install --quiet --require-hashes --no-deps -r .uv/requirements; } ||
        fail "uv could not be installed, see above. To do without it: make setup GRIDPROOF_INSTALLER=pip"
}

create_environment() {
    rm -rf .venv &&
        case $installer in
        uv) "$uv" venv --quiet --no-python-downloads --python "$python" .venv ;;
        pip) "$python" -m venv .venv ;;
        esac &&
        echo "$torch" >"$torch_choice"
}

install_requirements() {
    case $installer in
    uv) "$uv" pip sync --compile-bytecode --python .venv/bin/python --require-hashes "$1" ;;
    pip) .venv/bin/python -m pip install --require-hashes --no-deps -r "$1" ;;
    esac
}

install_without_dependencies() {
    case $installer in
    uv) "$uv" pip install --compile-bytecode --python .venv/bin/python --no-deps "$@" ;;
    pip) .venv/bin/python -m pip install --no-deps "$@" ;;
    esac
}

install_torch() {
    case $torch in
    locked) ;;
    *.whl) install_without_dependencies "$torch" ;;
    *) install_without_dependencies --no-index --find-links "$torch" torch ;;
    esac || fail "torch could not be installed from $torch, see above; the wheel must be made for $(.venv/bin/python --version)." \
        "To install the locked torch instead: make setup TORCH=locked"
}

install_all() {
    case $torch in
    locked) cat requirements.lock ;;
    *) locked '!~' 'torch|triton|(nvidia-[^m=]|cuda-)[^=]*' ;; # nvidia-ml-py asks the driver: it is not part of CUDA
    esac >.uv/requirements &&
        install_requirements .uv/requirements &&
        install_torch &&
        install_without_dependencies --no-build-isolation --editable .
}

build_kernels() {
    if ! .venv/bin/gridproof compile; then
        say "note: what is to be compiled could not be, see above; training runs, but slower"
    fi
}

TORCH=$(absolute "${TORCH:-}")
cd -P "$(dirname "$0")"
torch=${TORCH:-$(cat "$torch_choice" 2>/dev/null || echo locked)}
installer=${GRIDPROOF_INSTALLER:-uv}
is_installed && exit

case $installer in
uv | pip) ;;
*) fail "GRIDPROOF_INSTALLER must be 'uv' or 'pip'. Got '$installer' instead." ;;
esac
python=$(find_python)
check_torch
mkdir -p .uv
exec 9>.uv/setup-running
if command -v flock >/dev/null && ! flock -n 9; then
    say "waiting for another setup in this folder"
    flock 9
    is_installed && exit
fi

case $installer in
uv) find_uv ;;
pip) check_can_create_environments ;;
esac
rm -f "$stamp"
is_reusable || create_environment || fail "the environment .venv could not be created, see above."
: >"$unfinished"
if [ "$torch" = locked ]; then
    say "installing the packages of requirements.lock for $(.venv/bin/python --version); the first time this downloads about 3 GB (torch with its CUDA libraries)"
else
    say "installing the packages of requirements.lock for $(.venv/bin/python --version), and torch from $torch"
fi
install_all || fail "the installation failed, see above; it needs about 8 GB of free disk. The next call starts afresh."
build_kernels
fingerprint >"$stamp"
rm "$unfinished"
say "done. For the commands gridproof and snakemake in this shell: . .venv/bin/activate"
