"""The lock, the conda environments and the version are each other's equals."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
ENTRIES = re.split(r"\n(?=[A-Za-z0-9])", LOCK.partition("\n")[2])[1:]
PINS = [entry.partition(" \\\n")[0] for entry in ENTRIES]
ENVIRONMENTS = ["train", "report"]


def pins_for(python: str) -> list[Requirement]:
    """Return the pins of the lock that hold for a Python version on Linux."""
    target = {"python_full_version": f"{python}.0", "python_version": python}
    target |= {"sys_platform": "linux", "platform_machine": "x86_64"}
    pins = [Requirement(pin) for pin in PINS]
    return [pin for pin in pins if pin.marker is None or pin.marker.evaluate(target)]


def environment_pins(environment: str) -> list[str]:
    """Return the pip requirements of a conda environment."""
    dependencies = yaml.safe_load((ROOT / f"envs/{environment}.yaml").read_text())["dependencies"]
    return dependencies[-1]["pip"]


def test_lock_has_hashes():
    """Every requirement of the lock is one exact version with at least one SHA-256."""
    assert len(ENTRIES) > 100
    for entry in ENTRIES:
        assert re.match(r"[A-Za-z0-9._-]+==[^ ]+ (; .+ )?\\\n    --hash=sha256:[0-9a-f]{64}", entry)


def test_lock_names_no_host():
    """The lock and the environments work with any package index."""
    texts = [LOCK, *((ROOT / f"envs/{name}.yaml").read_text() for name in ENVIRONMENTS)]
    for text in texts:
        assert not re.search(r"://|--(extra-)?index|--find-links|@ ", text)


def test_lock_is_equal_on_all_pythons():
    """Python 3.11, 3.12 and 3.13 get the same packages in the same single version."""
    versions = {
        python: sorted(f"{pin.name}{pin.specifier}" for pin in pins_for(python))
        for python in ("3.11", "3.12", "3.13")
    }
    assert versions["3.11"] == versions["3.12"] == versions["3.13"]
    names = [pin.name for pin in pins_for("3.11")]
    assert len(names) == len(set(names))


def test_lock_satisfies_project():
    """Every requirement of pyproject.toml is in the lock, in a version that it allows."""
    locked = {pin.name: str(pin.specifier).removeprefix("==") for pin in pins_for("3.11")}
    for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), text


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environment_pins_are_locked(environment: str):
    """Each requirement of a conda environment stands in the lock, with the same version."""
    assert set(environment_pins(environment)) <= set(PINS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environment_is_complete(environment: str):
    """What a package of a conda environment needs is in that environment, too."""
    pins = {Requirement(pin).name for pin in environment_pins(environment)}
    assert {"torch", "pyarrow", "pydantic"} <= pins
    for name in pins:
        for text in installed_requirements(name):
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert canonicalize_name(requirement.name) in pins, f"{name} needs {text}"


def installed_requirements(name: str) -> list[str]:
    """Return what an installed package requires; nothing for one that this platform lacks."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def test_report_environment_has_all_dependencies():
    """The environment of the report has everything that the package needs, but what runs jobs."""
    pins = {Requirement(pin).name for pin in environment_pins("report")}
    needed = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert needed - pins == {
        "snakemake",
        "snakemake-executor-plugin-cluster-generic",
        "snakemake-executor-plugin-slurm",
    }


def test_versions_agree():
    """The installed package, pyproject.toml, CITATION.cff and the changelog name one version."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert metadata.version("gridproof") == PROJECT["version"] == citation["version"]
    assert f"## [{PROJECT['version']}]" in (ROOT / "CHANGELOG.md").read_text()
    assert citation["license"] == PROJECT["license"]
