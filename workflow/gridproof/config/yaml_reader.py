"""YAML to plain data that remembers on which line each key was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from gridproof.errors import GridproofError, nearest

KeyPath = tuple[str | int, ...]

MAX_VALUES = 100_000
TAG = "tag:yaml.org,2002:"
CORE_SCHEMA = {
    "null": (r"~|null|Null|NULL|", [*"~nN", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of one YAML file.

    `data` holds dicts with string keys, lists, str, int, float, bool and None; `lines` maps the
    path of every key and list item, such as ``("experiments", "shape", "rows", 0)``, to its line
    (counted from 1).
    """

    name: str
    data: dict[str, object]
    lines: Mapping[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """Return the line of a key path, or of the nearest key around it; 0 for the whole file."""
        enclosing = (path[:length] for length in range(len(path), 0, -1))
        return next((self.lines[key] for key in enclosing if key in self.lines), 0)

    def location(self, path: KeyPath) -> str:
        """Return ``config.yaml, line 14`` for a key path."""
        line = self.line(path)
        return f"{self.name}, line {line}" if line else self.name


class CoreLoader(yaml.SafeLoader):
    """Composes nodes with the scalars of YAML 1.2: `no` and `1:30` are text, `1e-3` is a number."""


CoreLoader.yaml_implicit_resolvers = {}
for _kind, (_pattern, _first) in CORE_SCHEMA.items():
    CoreLoader.add_implicit_resolver(TAG + _kind, re.compile(rf"(?:{_pattern})\Z"), _first)


def read_yaml(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping.

    Raises
    ------
    GridproofError
        The file is missing, is not UTF-8 or not YAML, is empty, is no mapping at its top level, or
        names a key twice. The message holds the file and the line.
    """
    name = display_name(path)
    text = read_text(path, name)
    try:
        return build(compose(text, name), name)
    except RecursionError:
        raise GridproofError(f"{name}: nested too deeply to be a study") from None


def build(node: yaml.Node | None, name: str) -> Document:
    """Turn the root node of a file into a document."""
    if node is None:
        raise GridproofError(f"{name}: the file is empty, expected a study (see config.yaml)")
    if not isinstance(node, yaml.MappingNode):
        raise GridproofError(
            f"{name}, line {line_of(node)}: expected 'key: value' pairs at the top level"
        )
    builder = Builder(name)
    data = builder.mapping(node, ())
    return Document(name=name, data=data, lines=builder.lines)


def display_name(path: Path) -> str:
    """Return the path as a user would type it: relative if it lies in the working directory."""
    absolute = path.absolute()
    return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path)


def read_text(path: Path, name: str) -> str:
    """Return the text of a UTF-8 file (a byte order mark is dropped)."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise GridproofError(f"{name}: no such file{nearest(name, yaml_files(path))}") from None
    except OSError as error:
        raise GridproofError(f"{name}: cannot be read ({error.strerror})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise GridproofError(
            f"{name}, line {line}: found the byte 0x{byte:02x}, expected text in UTF-8"
        ) from None


def yaml_files(path: Path) -> list[str]:
    """Return the studies that a user may have meant: beside `path`, here, and under config/."""
    folders = (path.parent, Path(), Path("config"))
    return sorted({display_name(file) for folder in folders for file in folder.glob("*.yaml")})


def compose(text: str, name: str) -> yaml.Node | None:
    """Parse text to YAML nodes, which carry their positions."""
    try:
        return yaml.compose(text, CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise GridproofError(f"{name}, line {line}: not YAML: {explain(error)}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise GridproofError(
            f"{name}, line {line}: found {chr(error.character)!r}, expected no control characters"
        ) from None


def explain(error: yaml.MarkedYAMLError) -> str:
    """Return the parser's complaint in one line, plainly where the cause is a tab."""
    mark = error.problem_mark
    if mark is not None and mark.buffer is not None:
        start = mark.buffer.rfind("\n", 0, mark.pointer) + 1
        if "\t" in mark.buffer[start : mark.pointer + 1]:
            return "the line is indented with a tab, expected spaces"
    return ", ".join(text for text in (error.context, error.problem) if text)


def line_of(node: yaml.Node) -> int:
    """Return the line of a node, counted from 1."""
    return int(node.start_mark.line) + 1


class Builder:
    """Turns nodes into plain data and notes the line of each key path on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[KeyPath, int] = {}
        self._open: set[int] = set()

    def fail(self, node: yaml.Node, path: KeyPath, message: str) -> GridproofError:
        """Return the error for a node at a key path."""
        where = f"{format_path(path)}: " if path else ""
        return GridproofError(f"{self.name}, line {line_of(node)}: {where}{message}")

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        """Return the plain value of any node."""
        if len(self.lines) > MAX_VALUES:
            raise self.fail(node, path, f"more than {MAX_VALUES} values, too many for a study")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if id(node) in self._open:
            raise self.fail(node, path, "an alias (*) that contains itself")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, path)
            return self.sequence(node, path)
        finally:
            self._open.discard(id(node))

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        """Return a dict; keys are text as written, so an experiment may be called `no` or `100`."""
        data: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.fail(key_node, path, "found a list or mapping as a key, expected a name")
            key = str(key_node.value)
            key_path = (*path, key)
            if key == "<<" and key_node.style is None:
                raise self.fail(
                    key_node, path, "merge keys (<<) are not supported, write the keys out"
                )
            if key in data:
                first = self.lines[key_path]
                raise self.fail(
                    key_node, key_path, f"{key!r} is given twice, first on line {first}"
                )
            self.lines[key_path] = line_of(key_node)
            data[key] = self.value(value_node, key_path)
        return data

    def sequence(self, node: yaml.Node, path: KeyPath) -> list[object]:
        """Return a list."""
        items = []
        for index, item in enumerate(node.value):
            self.lines[(*path, index)] = line_of(item)
            items.append(self.value(item, (*path, index)))
        return items

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> object:
        """Return a str, int, float, bool or None."""
        text = str(node.value)
        try:
            match node.tag.removeprefix(TAG):
                case "str":
                    return text
                case "null":
                    return None
                case "bool":
                    return text.lower() == "true"
                case "int":
                    return int(text, 0 if text[:2] in ("0o", "0x") else 10)
                case "float":
                    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            raise self.fail(node, path, f"found {text[:40]!r}, expected a number") from None
        raise self.fail(node, path, f"the tag {node.tag!r} is not supported")


def format_path(path: KeyPath) -> str:
    """Return ``experiments.shape.rows[0].depth`` for a key path."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")
