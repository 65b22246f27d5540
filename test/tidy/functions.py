"""Finds the functions of a C++ file and their lengths, well enough for this project's own style."""

import re
from typing import NamedTuple

from sources import blank_out

SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$")
VALUE = -1  # a brace right behind a name, as in `members_{value}`, begins no block
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


class Function(NamedTuple):
    name: str
    first_line: int
    lines: int


def functions_of(text):
    """Outermost blocks that are not a namespace, a type or an initialiser; lambdas count to the function they are in."""
    code = PREPROCESSOR.sub(lambda found: "\n" * found.group().count("\n"), blank_out(text))
    functions, inside = [], []  # `inside`: for each open brace, where its function began, None for a scope, or VALUE
    head = 0  # where the text before the next brace begins
    for position, character in enumerate(code):
        if character == "{" and re.match(r"[\w>]", code[position - 1 : position]):
            inside.append(VALUE)
        elif character == "}" and inside and inside[-1] == VALUE:
            inside.pop()
        elif character == "{":
            inside.append(beginning_of_function(code, head, position, inside))
            head = position + 1
        elif character == "}" and inside:
            begun = inside.pop()
            if begun is not None and all(outer is None for outer in inside):
                functions.append(make_function(code, begun, position))
            head = position + 1
        elif character == ";":
            head = position + 1
    return functions


def beginning_of_function(code, head, brace, inside):
    if inside and inside[-1] is not None:
        return inside[-1]
    before = re.sub(r"\b(public|protected|private)\s*:", lambda found: " " * len(found.group()), code[head:brace])
    if SCOPE.search(before) or before.rstrip().endswith("=") or "(" not in before:
        return None
    return head + len(before) - len(before.lstrip())


def make_function(code, begun, end):
    name = re.search(r"([\w:~]+)\s*\(", code[begun:end])
    first = code.count("\n", 0, begun) + 1
    return Function(name.group(1) if name else "?", first, code.count("\n", 0, end) + 2 - first)
