"""Who may include whom, and the first line of every file's includes."""

import pathlib

from layers import all_under, find_cycle, layer_of, may_include, read_table
from sources import SOURCE, includes, is_test, project_includes, source_files, stem_of


def test_every_file_has_a_layer():
    table = read_table()
    assert [str(file) for file in source_files() if layer_of(file, table) is None] == []


def test_every_layer_has_a_file():
    table = read_table()
    assert set(table) == {layer_of(file, table) for file in source_files()}


def test_includes_keep_to_the_layer_table():
    table = read_table()
    wrong = [f"{file} includes {name}" for file in source_files() if not is_test(file) for name in project_includes(file)
             if not may_include(layer_of(file, table), pathlib.Path(name), table)]
    assert wrong == []


def test_the_layer_table_has_no_cycle():
    table = read_table()
    arrows = {name: set().union(*(all_under(target, table) for target in allowed)) - {name} for name, allowed in table.items()}
    assert find_cycle(arrows) is None


def test_no_layers_include_each_other_in_a_circle():
    """Folders may include all of themselves, so the table alone does not tell."""
    table, arrows = read_table(), {}
    for file in source_files():
        if not is_test(file):
            layer = layer_of(file, table)
            arrows.setdefault(layer, set()).update({layer_of(pathlib.Path(name), table) for name in project_includes(file)} - {layer})
    assert find_cycle(arrows) is None


def test_a_cycle_would_be_seen():
    assert find_cycle({"queue": {"pool"}, "pool": {"core"}, "core": {"queue"}}) is not None
    assert find_cycle({"queue": {"job"}, "pool": {"core"}, "core": {"queue", "job"}}) is None


def test_tests_reach_no_further_up_than_their_folder():
    """A test may use more than what it tests (an origin's test a server's fake), but no folder above its own."""
    table = read_table()
    folders = list(dict.fromkeys(name.split("/")[0] for name in table))
    wrong = [f"{file} includes {name}" for file in source_files() if is_test(file) for name in project_includes(file)
             if folders.index(name.split("/")[0]) > folders.index(file.parts[0])]
    assert wrong == []


def test_every_quoted_include_is_a_file_rooted_at_src():
    wrong = [f"{file} includes {name}" for file in source_files() for bracket, name in includes(file)
             if bracket == '"' and (".." in pathlib.Path(name).parts or not (SOURCE / name).is_file())]
    assert wrong == []


def test_the_own_header_comes_first():
    wrong = []
    for file in source_files():
        header = f"{stem_of(file)}.h"
        if file.suffix == ".cc" and "fuzz" not in file.stem and (SOURCE / header).is_file() and includes(file)[0] != ('"', header):
            wrong.append(str(file))
    assert wrong == []
