"""Reads src/layers.txt: who may include whom."""

import graphlib

from sources import SOURCE, stem_of


def read_table():
    """Name of a folder or file -> the names it may include."""
    table = {}
    for line in (SOURCE / "layers.txt").read_text().splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            names, _, allowed = line.partition(":")
            for name in names.split():
                table[name] = set(allowed.split())
    return table


def names_for(file):
    """What a rule may call a file, the most particular first: worker/pool_core, worker/pool, worker."""
    stem = stem_of(file)
    while "_" in stem.rsplit("/", 1)[-1]:
        yield stem
        stem = stem.rsplit("_", 1)[0]
    yield stem
    yield stem.split("/", 1)[0]


def layer_of(file, table):
    return next((name for name in names_for(file) if name in table), None)


def may_include(layer, target, table):
    """`target`: a file relative to src/. Naming a folder allows all of it."""
    return {layer_of(target, table), target.parts[0]} & (table[layer] | {layer}) != set()


def all_under(name, table):
    """The layers that a name in the table stands for: a folder stands for all of its own."""
    return {layer for layer in table if layer == name or layer.startswith(f"{name}/")}


def find_cycle(arrows):
    """The layers of one cycle in {layer: layers it reaches}, the first again at the end; or nothing."""
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as cycle:
        return cycle.args[1]
    return None
