#!/usr/bin/env python3
"""Checks the arrows inside each crate: modules import each other without circles, and floors only import downwards.

Reads every `use` and every path that begins with `crate::`, `super::` or `self::`, tests left out. A module may name its
own submodules and they may name it: a folder is one idea.
"""

import re
import sys
from pathlib import Path

# Inside a crate, a module of the first floor may not import one of the others.
FLOORS = {
    "vertex-core/src": [("domain", ["ports", "usecases"]), ("ports", ["usecases"])],
}


def modules(source: Path) -> dict[tuple[str, ...], Path]:
    found = {}
    for file in source.rglob("*.rs"):
        name = file.relative_to(source).with_suffix("").parts
        if name[-1] == "tests" or name[-1].endswith("_tests"):
            continue
        if name[-1] in ("mod", "lib", "main"):
            name = name[:-1]
        found[name] = file
    return found


def leaves(tree: str, prefix: str = ""):
    """The paths of a use tree such as `a::{b, c::{d, e}}`."""
    depth = start = 0
    parts = []
    for index, letter in enumerate(tree):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append(tree[start:index])
            start = index + 1
    parts.append(tree[start:])
    for part in filter(None, map(str.strip, parts)):
        if part.endswith("}"):
            head, _, inner = part.partition("{")
            yield from leaves(inner[:-1], prefix + head)
        else:
            yield prefix + part.split(" as ")[0].strip()


def paths(file: Path):
    text = re.sub(r"//.*", "", file.read_text())
    text = re.sub(r"#\[cfg\(test\)\]\s*mod \w+ \{.*", "", text, flags=re.DOTALL)
    for tree in re.findall(r"\buse ((?:crate|super|self)::[^;]+);", text):
        yield from leaves(" ".join(tree.split()))
    yield from re.findall(r"\b(?:crate|super)(?:::\w+)+", re.sub(r"\buse [^;]+;", "", text))


def reexports(known: dict[tuple[str, ...], Path]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Modules that a folder names as if they were its own: `pub use shared::{error, ids};` in `domain/mod.rs`."""
    said = {}
    for name, file in known.items():
        for tree in re.findall(r"\bpub use ((?!crate|super)[^;]+);", file.read_text()):
            for path in leaves(" ".join(tree.split())):
                target = name + tuple(path.split("::"))
                said[name + target[-1:]] = target
    named = {}
    for name, target in said.items():
        for _ in said:
            if target in known or target not in said:
                break
            target = said[target]
        if target in known:
            named[name] = target
    return named


def resolve(path: str, importer: tuple[str, ...], known, named) -> tuple[str, ...]:
    """The known module that a path leads into; empty for the crate's root."""
    base, steps = importer, path.split("::")
    if steps[0] == "crate":
        base, steps = (), steps[1:]
    elif steps[0] == "self":
        steps = steps[1:]
    while steps and steps[0] == "super":
        base, steps = base[:-1], steps[1:]
    target = base + tuple(steps)
    for end in range(len(target), 0, -1):
        if target[:end] in named:
            target = named[target[:end]] + target[end:]
            break
    while target and target not in known:
        target = target[:-1]
    return target


def imports(source: Path):
    known = modules(source)
    named = reexports(known)
    graph = {name: set() for name in known}
    for name, file in known.items():
        for path in paths(file):
            target = resolve(path, name, known, named)
            shared = min(len(name), len(target))
            if name and target and name[:shared] != target[:shared]:
                graph[name].add(target)
    return graph


def circles(graph):
    """Strongly connected components of more than one module (Tarjan, 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            component = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def main() -> int:
    complaints = []
    for source in sorted([*Path().glob("vertex-*/src"), *Path().glob("vertex-*/*/src")]):
        graph = imports(source)
        for component in circles(graph):
            names = ", ".join("::".join(name) for name in component)
            complaints.append(f"{source}: modules import each other in a circle: {names}")
        for floor, above in FLOORS.get(str(source), []):
            for name, targets in graph.items():
                for target in targets:
                    if name[0] == floor and target[0] in above:
                        complaints.append(f"{source}: {'::'.join(name)} imports {'::'.join(target)}, which lies above it")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
