"""What leads from names to code by ways that only running it shows."""

from __future__ import annotations

from gridproof.plan.reach.name_uses import Arguments
from gridproof.plan.reach.reach_modules import Module
from gridproof.plan.reach.reach_uses import OWN_PACKAGE

IMPORTERS = frozenset({"importlib.import_module", "importlib.__import__", "__import__"})
OF_A_MODULE = frozenset({"getattr", "setattr", "delattr", "hasattr", "locals", "vars", "dir"})
"""Functions that find or change by name what a module holds."""
OF_HERE = frozenset({"locals", "vars", "dir"})
"""Functions that, called without an argument, show the names around the call."""
UNSEEN = frozenset(
    {
        "eval",
        "exec",
        "globals",
        "__builtins__",
        "builtins.eval",
        "builtins.exec",
        "builtins.globals",
        "builtins.__import__",
        "importlib.reload",
        "importlib.util.module_from_spec",
        "importlib.util.spec_from_file_location",
        "inspect.currentframe",
        "inspect.stack",
        "pkgutil.resolve_name",
        "pydoc.locate",
        "runpy.run_module",
        "runpy.run_path",
        "sys._getframe",
    }
)
"""Names of the standard library that lead to code which no name leads to."""


def imported_name(module: Module, arguments: Arguments) -> str | None:
    """Return the module that `import_module` is called with; None where it is computed."""
    text, package = arguments.text, arguments.package
    if text is None or text in OWN_PACKAGE or arguments.count > 2:
        return None
    if not text.startswith("."):
        return text
    if package is None:
        return None
    own = {"__name__": module.name, "__package__": ".".join(module.package)}
    level = len(text) - len(text.lstrip("."))
    parts = own.get(package, package).split(".")
    return ".".join((*parts[: len(parts) - level + 1], *text.lstrip(".").split(".")))
