"""From Snakemake's arguments to a study, and the environment that its jobs find."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from gridproof.catalogue import Catalogue
from gridproof.errors import GridproofError
from gridproof.files.atomic import write_text
from gridproof.parts_folder import PACKAGE_FOLDER
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study
from gridproof.run.finished import finished_part

DEFAULT_CONFIG = Path("config.yaml")
GIVEN_STUDIES = Path(".snakemake")
"""Where a study that another workflow says under `config:` is kept as a file, to be named."""


def plan_study(config_files: list[Path], overrides: Mapping[str, object]) -> Study:
    """Return the study in the one file that was named, or in config.yaml.

    With the override `partial=true` it is the part of the study that is trained.
    """
    if len(config_files) > 1:
        names = ", ".join(map(str, config_files))
        raise GridproofError(f"one study at a time: --configfile was given {names}")
    path = Path(config_files[0]) if config_files else DEFAULT_CONFIG
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    kept = {key: value for key, value in overrides.items() if key != "partial"}
    study = read_study(path, kept)
    if (partial := overrides.get("partial", False)) not in (True, False):
        raise GridproofError(f"--config: partial: found {partial!r}, expected true or false")
    return finished_part(study) if partial else study


def study_of_mapping(config: Mapping[str, Any]) -> Study:
    """Return the study that another workflow says under `config:`.

    With `experiments` it is a whole study; else its keys replace those of the file named by its
    key `configfile`, by default config.yaml, as those of `--config` do.
    """
    if "experiments" in config:
        return plan_study([written_study(config)], {})
    rest = {key: value for key, value in config.items() if key != "configfile"}
    return plan_study([Path(config["configfile"])] if "configfile" in config else [], rest)


def written_study(config: Mapping[str, Any]) -> Path:
    """Write a study as a file that commands can name; return its path, which tells its content.

    In YAML a text such as 1e-3, which Snakemake's reader makes of a number, is a number again.
    """
    plain = json.loads(json.dumps(config, default=str))
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    path = GIVEN_STUDIES / f"study-{sha256(text.encode()).hexdigest()[:12]}.yaml"
    if not path.exists():
        write_text(path, text)
    return path


def use_this_interpreter(parts: Catalogue) -> None:
    """Let jobs find the Python that runs Snakemake, the package and a study's own parts."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    os.environ["PATH"] = os.pathsep.join(folders)
    found = [str(PACKAGE_FOLDER.parent), *(str(part.path.parent) for part in parts.folders[1:])]
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, [*found, *known])))
