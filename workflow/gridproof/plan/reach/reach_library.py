"""The modules of root packages, found by name, and read again where their files changed."""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISDIR

from gridproof.plan.reach.module_scopes import Target
from gridproof.plan.reach.reach_modules import Module

Roots = Mapping[str, Path]
"""Top-level packages by name, each with its folder."""
YOUNG_NS = 2_000_000_000
"""A file that is younger may change again and keep its time: clocks of files are coarse."""
Fingerprint = tuple[int, int]
"""Time of the last change in nanoseconds, and size, of a file."""
_parsed: dict[tuple[str, Path], tuple[Fingerprint, Module]] = {}


def clear_parsed() -> None:
    """Forget all modules that were read."""
    _parsed.clear()


def fingerprint(path: Path) -> Fingerprint | None:
    """Return what tells a changed file from the one that was read; None where there is none.

    All folders have the same one: whether there is one is all that counts.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    return (0, 0) if S_ISDIR(status.st_mode) else (status.st_mtime_ns, status.st_size)


def is_young(found: Fingerprint | None) -> bool:
    """Return whether a file is too new for its fingerprint to tell it from one changed now."""
    return found is not None and time.time_ns() - found[0] < YOUNG_NS


class Library:
    """The modules of root packages, read when they are asked for.

    Attributes
    ----------
    seen : the files that decided what was found, also those that were looked for in vain.
    """

    def __init__(self, roots: Roots) -> None:
        self.roots = {name: Path(folder).absolute() for name, folder in roots.items()}
        self.seen: dict[Path, Fingerprint | None] = {}
        self._modules: dict[str, Module | None] = {}

    def holds(self, name: str) -> bool:
        """Return whether a module of this name would lie in a root package."""
        return name.partition(".")[0] in self.roots

    def module(self, name: str) -> Module | None:
        """Return a module of a root package, None where there is no such module."""
        if name not in self._modules:
            self._modules[name] = self._find(name)
        return self._modules[name]

    def child(self, module: Module, name: str) -> Module | None:
        """Return a submodule, None where there is none."""
        return self.module(f"{module.name}.{name}") if module.is_package else None

    def _find(self, name: str) -> Module | None:
        parts = tuple(name.split("."))
        if parts[0] not in self.roots or not all(part.isidentifier() for part in parts):
            return None
        folder = self.roots[parts[0]].joinpath(*parts[1:])
        if self._see(folder / "__init__.py"):
            return self._read(name, folder / "__init__.py", parts)
        file = folder.with_name(f"{folder.name}.py")
        if parts[1:] and self._see(file):
            return self._read(name, file, parts[:-1])
        return Module(name=name, path=None, package=parts) if self._see(folder) else None

    def _see(self, path: Path) -> bool:
        self.seen[path] = fingerprint(path)
        return self.seen[path] is not None

    def _read(self, name: str, path: Path, package: tuple[str, ...]) -> Module:
        found = self.seen[path]
        known = _parsed.get((name, path))
        if known and known[0] == found:
            return known[1]
        module = Module(name=name, path=path, package=package)
        with warnings.catch_warnings():
            # What Python thinks of odd escapes is said where the module is run.
            warnings.simplefilter("ignore")
            module.fill(ast.parse(path.read_bytes(), filename=str(path)))
        if found and not is_young(found):
            _parsed[name, path] = (found, module)
        return module

    def chain(self, name: str) -> Iterator[Module]:
        """Yield the packages around a module and the module, as far as there are such."""
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = self.module(".".join(parts[:end]))
            if module is None:
                return
            yield module

    def imported_by(self, target: Target) -> Iterator[str]:
        """Yield the modules of root packages that importing a target imports."""
        if self.holds(target.module):
            yield target.module
        module = self.module(target.module)
        child = self.child(module, target.name) if module and target.name else None
        if child:
            yield child.name
