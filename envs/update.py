"""Write the conda environments of the rules, with the versions that requirements.lock pins."""

import re
import subprocess
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
SNAKEMAKE = {
    "snakemake",
    "snakemake-executor-plugin-cluster-generic",
    "snakemake-executor-plugin-slurm",
}
REPORTING = {
    "latex2mathml",
    "markdown-it-py",
    "matplotlib",
    "mdit-py-plugins",
    "pillow",
    "pygments",
}

LEFT_OUT = {"train": SNAKEMAKE | REPORTING, "report": SNAKEMAKE}
FROM_CONDA = {
    "train": ["python =3.11", "pip", "cxx-compiler"],
    "report": ["python =3.11", "pip"],
}


def dependencies() -> list[str]:
    """Return the requirements of the package, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return list(project["dependencies"])


def roots(environment: str) -> list[str]:
    """Return the requirements that `environment` starts from; theirs follow from these."""
    return [
        requirement
        for requirement in dependencies()
        if re.split(r"[<>=!~ \[]", requirement)[0] not in LEFT_OUT[environment]
    ]


def pins(environment: str) -> list[str]:
    """Return `name==version ; marker` of all packages of `environment`, all versions as locked."""
    command = [".venv/bin/uv", "pip", "compile", "-", "--constraint", "requirements.lock"]
    command += ["--quiet", "--universal", "--fork-strategy", "fewest", "--python-version", "3.11"]
    command += ["--no-emit-index-url", "--no-annotate", "--no-header"]
    wanted = "\n".join(roots(environment))
    return subprocess.check_output(command, input=wanted, text=True, cwd=ROOT).splitlines()


def write(environment: str) -> None:
    """Write envs/<environment>.yaml."""
    lines = [
        "# Written by envs/update.py (make lock).",
        *("channels:", "  - conda-forge", "  - nodefaults", "dependencies:"),
        *(f"  - {package}" for package in FROM_CONDA[environment]),
        "  - pip:",
        *(f"      - {pin}" for pin in pins(environment)),
    ]
    (FOLDER / f"{environment}.yaml").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for name in LEFT_OUT:
        write(name)
