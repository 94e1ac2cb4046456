"""Syntax trees without what cannot change a result, and their text, equal on all Pythons.

Left out are comments, docstrings, formatting, annotations, the arguments of `raise`, the messages
of `assert`, and code for type checkers or for a module that is run as a script.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

UNTOLD = frozenset({"ctx", "kind", "type_comment"})
"""Fields that say nothing more, or not on every Python."""
MARKERS = ("ClassVar", "InitVar", "KW_ONLY")
"""Annotations by which a dataclass tells its fields apart."""
HARMLESS_BASES = frozenset(
    {"object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
)
DATACLASS = "dataclasses.dataclass"
BODIES = ("body", "orelse", "finalbody")


def qualified(node: ast.expr, imports: Mapping[str, str]) -> str:
    """Return the dotted name that an expression is or calls, as imports spell it; else nothing."""
    if isinstance(node, ast.Name):
        return imports.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = qualified(node.value, imports)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Call):
        return qualified(node.func, imports)
    return qualified(node.value, imports) if isinstance(node, ast.Subscript) else ""


def top_statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, frozenset[str]]]:
    """Yield a module's stripped statements, each with the names that functions in it write.

    The tree is changed, not copied.
    """
    stripper = _Stripper(imports=_imports(tree))
    for node in tree.body:
        stripper.written = set()
        for kept in stripper.statement(node, _Fields.OUTSIDE):
            yield kept, frozenset(stripper.written)


def _imports(tree: ast.Module) -> dict[str, str]:
    """Return what the names that a module imports are called where they come from."""
    found: dict[str, str] = {}
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names = {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            names = {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Assign):
            names = {target.id: "" for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names = {node.name: ""}
        else:
            waiting.extend(
                part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.expr)
            )
            continue
        # A name with two origins has none, nor has one that is defined here.
        found.update({name: "" if name in found else origin for name, origin in names.items()})
    return found


class _Fields:
    """What is kept of the annotations in a body of statements."""

    OUTSIDE = "nothing: the body is no class's"
    VALUES = "that there is a field, where it has no value: nothing reads the annotations"
    NAMES = "that it is a field, and its marker: a dataclass"
    ALL = "the annotation"


@dataclass(slots=True, kw_only=True)
class _Stripper:
    """Drops from statements what cannot change a result; expressions stay as they are."""

    imports: Mapping[str, str]
    written: set[str] = field(default_factory=set)

    def statements(self, nodes: list[ast.stmt], fields: str) -> list[ast.stmt]:
        return [kept for node in nodes for kept in self.statement(node, fields)]

    def statement(self, node: ast.stmt, fields: str) -> list[ast.stmt]:
        """Return what is kept of a statement: it, what stands in its place, or nothing."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return []
        if isinstance(node, ast.AnnAssign):
            return self._annotated(node, fields)
        if isinstance(node, ast.If) and (never := _is_never_run(node.test)) is not None:
            return self.statements(node.orelse if never else node.body, fields)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _strip_signature(node)
            fields = _Fields.OUTSIDE
        elif isinstance(node, ast.ClassDef):
            fields = self._fields(node)
        elif isinstance(node, ast.Raise):
            node.exc = node.exc and _without_arguments(node.exc)
        elif isinstance(node, ast.Assert):
            node.msg = None
        elif isinstance(node, ast.Global):
            self.written.update(node.names)
        self._bodies(node, fields)
        return [node]

    def _bodies(self, node: ast.AST, fields: str) -> None:
        for name in BODIES:
            body = getattr(node, name, None)
            if body:
                empty: list[ast.stmt] = [ast.Pass()] if name == "body" else []
                setattr(node, name, self.statements(body, fields) or empty)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            self._bodies(part, fields)

    def _annotated(self, node: ast.AnnAssign, fields: str) -> list[ast.stmt]:
        """Return an annotated name as an assignment, or as a field where it may be one."""
        named = isinstance(node.target, ast.Name)
        if node.value is None and (fields == _Fields.OUTSIDE or not named):
            return []
        if node.value is not None and (fields in (_Fields.OUTSIDE, _Fields.VALUES) or not named):
            plain = ast.Assign(targets=[node.target], value=node.value)
            return [ast.copy_location(plain, node)]
        if fields == _Fields.ALL:
            node.annotation = _unquoted(node.annotation)
        else:
            marker = self._marker(node.annotation)
            # A field without an annotation is no valid tree, but one that can be walked and told.
            node.annotation = ast.Constant(marker) if marker else None  # type: ignore[assignment]
        return [node]

    def _marker(self, annotation: ast.expr) -> str:
        """Return which of a dataclass's markers an annotation names."""
        for part in ast.walk(annotation):
            text = part.value if isinstance(part, ast.Constant) else None
            name = qualified(part, self.imports) if isinstance(part, ast.expr) else ""
            for marker in MARKERS:
                if name.rpartition(".")[2] == marker or (isinstance(text, str) and marker in text):
                    return marker
        return ""

    def _fields(self, node: ast.ClassDef) -> str:
        """Return what of the annotations in a class can matter when it runs."""
        bases = {qualified(base, self.imports) for base in node.bases}
        decorators = {qualified(decorator, self.imports) for decorator in node.decorator_list}
        if bases - HARMLESS_BASES or node.keywords or decorators - {DATACLASS}:
            return _Fields.ALL
        return _Fields.NAMES if decorators else _Fields.VALUES


def _strip_signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    node.returns = None
    arguments = node.args
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars):
        argument.annotation = None
    if hasattr(node, "type_params"):
        node.type_params = []


def _is_never_run(test: ast.expr) -> bool | None:
    """Return whether an `if` is for type checkers or scripts alone; None for any other `if`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        never = _is_never_run(test.operand)
        return None if never is None else not never
    if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
        return True
    if isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING":
        return True
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
        sides = (test.left, *test.comparators)
        names = {side.id for side in sides if isinstance(side, ast.Name)}
        texts = {side.value for side in sides if isinstance(side, ast.Constant)}
        return True if (names, texts) == ({"__name__"}, {"__main__"}) else None
    return None


def _without_arguments(node: ast.expr) -> ast.expr:
    """Return what `raise` names, without what it is called with."""
    if isinstance(node, ast.Call):
        return _without_arguments(node.func)
    if isinstance(node, ast.Attribute):
        node.value = _without_arguments(node.value)
    return node


def _unquoted(node: ast.expr) -> ast.expr:
    """Return an annotation whose names are names, also those that were written as text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            return node
    if isinstance(node, ast.Subscript):
        if qualified(node.value, {}).rpartition(".")[2] != "Literal":
            node.slice = _unquoted(node.slice)
    elif isinstance(node, ast.BinOp):
        node.left, node.right = _unquoted(node.left), _unquoted(node.right)
    elif isinstance(node, ast.Tuple | ast.List):
        node.elts = [_unquoted(part) for part in node.elts]
    return node


def syntax_text(nodes: list[ast.stmt]) -> str:
    """Return statements as text.

    The text is the same on Python 3.11 to 3.13. That of `ast.unparse` is not, for f-strings with
    quotes inside, nor that of `ast.dump`, which shows fields that only some versions have.
    """
    pieces: list[str] = []
    for node in nodes:
        _tell(node, pieces)
    return "".join(pieces)


def _tell(node: object, pieces: list[str]) -> None:
    if isinstance(node, ast.Constant):
        # `repr` of a text shows what the version of Unicode knows, `ascii` does not.
        pieces.append(ascii(node.value))
    elif isinstance(node, ast.JoinedStr):
        pieces.append("JoinedStr(")
        for part in _joined(node.values):
            _tell(part, pieces)
            pieces.append(",")
        pieces.append(")")
    elif isinstance(node, ast.AST):
        pieces.append(f"{type(node).__name__}(")
        for name in node._fields:
            value = getattr(node, name, None)
            if value is None or name in UNTOLD or (isinstance(value, list) and not value):
                continue
            pieces.append(f"{name}=")
            _tell(value, pieces)
            pieces.append(",")
        pieces.append(")")
    elif isinstance(node, list):
        pieces.append("[")
        for part in node:
            _tell(part, pieces)
            pieces.append(",")
        pieces.append("]")
    else:
        pieces.append(ascii(node))


def _joined(parts: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield the parts of an f-string, neighbouring texts as one: versions split them otherwise."""
    text = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        if text:
            yield ast.Constant(text)
        yield part
        text = ""
    if text:
        yield ast.Constant(text)
