"""Finds the types that a C++ file defines for all of the program to see."""

import re

from sources import blank_out

NAMESPACE = re.compile(r"\b(?:inline\s+)?namespace(?:\s+(?P<name>[\w:]+))?\s*$")
TYPE = re.compile(r"(?<!\w)(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?P<name>\w+)(?:\s+final)?\s*(?::[^:(){}].*)?$", re.DOTALL)
ANONYMOUS, OTHER = object(), object()


def types_of(text):
    """Full names of the types defined in named namespaces, with no others around them. A specialization is none of them."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", blank_out(text), flags=re.MULTILINE)
    found, scopes, head = [], [], 0
    for position, character in enumerate(code):
        if character == "{":
            before = code[head:position]
            scopes.append(scope_of(before))
            type_name = TYPE.search(before) if scopes[-1] is OTHER else None
            if type_name and all(isinstance(scope, str) for scope in scopes[:-1]):
                found.append("::".join([*scopes[:-1], type_name["name"]]))
        elif character == "}" and scopes:
            scopes.pop()
        if character in "{};":
            head = position + 1
    return found


def scope_of(before):
    namespace = NAMESPACE.search(before)
    if namespace is None:
        return OTHER
    return namespace["name"] or ANONYMOUS
