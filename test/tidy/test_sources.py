"""Sizes, leftovers, and things that must not stand in a source file."""

import collections
import re

import pytest

from cpp_types import types_of
from functions import functions_of
from sources import (
    PARTS_OF_PROGRAMS, ROOT, cpp_files, includes, is_test, project_files, project_includes, source_files, stem_of, text_files,
    text_of)

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 70

# A third party's header -> the only files that may include it. Tests beside such a file may as well.
WRAPPED = {
    r"(jpeglib|jerror|jmorecfg|turbojpeg)\.h": r"codec/jpeg_.*",
    r"png\.h": r"codec/png_.*",
    r"libdeflate\.h": r"codec/(png_.*|webp_alpha)",
    r"zlib\.h": r"codec/png_.*",
    r"webp/.*": r"codec/webp_.*",
    r"lcms2.*\.h": r"color/.*",
    r"hwy/.*": r"(resample/|jpeg/|codec/(png_|jpeg_.*_test)).*",
    r"seccomp\.h": r"worker/seccomp_filter",
    r"linux/landlock\.h": r"worker/landlock",
    r"curl/.*": r"origin/(curl_.*|http_.*|s3_endpoint)",
    r"openssl/.*": r"(origin/(certificates|content_tag|sigv4)|store/bad_originals|service/entity_tag|url/canonical_path|server/request_id)",
    r"toml.*": r"settings/settings_file",
    r"spdlog/.*": r"observe/log",
    r"prometheus/.*": r"observe/metrics",
    r"nlohmann/.*": r"(observe/log|origin/credentials_document)",
    r"CLI/.*": r"apps/(thimble|settings_flags)",
}


def test_no_file_is_longer_than_600_lines():
    code = [file for file in project_files() if file.suffix in (".h", ".cc", ".py", ".cmake") or file.parts[0] == "script"]
    long = {str(file): len(text_of(file).splitlines()) for file in code}
    assert {file: lines for file, lines in long.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_70_lines():
    long = [f"{file}:{function.first_line}: {function.name} has {function.lines} lines" for file in cpp_files()
            for function in functions_of(text_of(file)) if function.lines > MAX_FUNCTION_LINES]
    assert long == []


def test_no_name_is_given_to_two_types():
    """Two definitions of one name in one program are undefined behaviour that no compiler reports."""
    places = collections.defaultdict(list)
    for file in cpp_files():
        for name in types_of(text_of(file)):
            places[name].append(str(file))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_what_only_tests_use_is_called_test_support():
    """A reader tells from the name alone what is built into the programs: everything but these two kinds."""
    def is_named_for_tests(file):
        return file.stem.endswith("_test") and file.suffix == ".cc" or file.stem.endswith("_test_support")

    of_tests = [file for file in source_files() if re.search(r"(^|_)(test|tests|testing)(_|$)", file.stem)
                or any(name.startswith(("gtest/", "gmock/")) for _, name in includes(file))]
    assert [str(file) for file in of_tests if not is_named_for_tests(file) and stem_of(file) not in PARTS_OF_PROGRAMS] == []


def test_headers_are_guarded_by_pragma_once():
    # But Highway's "-inl.h": they are there to be compiled again for every target.
    headers = [file for file in cpp_files() if file.suffix == ".h" and not file.stem.endswith("-inl")]
    assert [str(file) for file in headers if "\n#pragma once\n" not in text_of(file)] == []


def test_headers_begin_by_saying_what_they_are():
    assert [str(file) for file in cpp_files() if file.suffix == ".h" and not text_of(file).startswith("// ")] == []


@pytest.mark.parametrize("header, wrappers", WRAPPED.items())
def test_a_third_party_header_is_included_by_its_wrapper_only(header, wrappers):
    folder = wrappers.split("/")[0]
    wrong = []
    for file in source_files():
        if not any(re.fullmatch(header, name) for _, name in includes(file)):
            continue
        wraps = re.fullmatch(wrappers, str(file.with_suffix("")))
        beside = is_test(file) and re.fullmatch(folder.strip("("), file.parts[0])
        if not wraps and not beside and not (is_test(file) and header.startswith("nlohmann")):
            wrong.append(str(file))
    assert wrong == []


def test_no_marks_are_left_over():
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
    left = [f"{file}: {found.group()}" for file, text in text_files() for found in [marks.search(text)] if found]
    assert left == []


def test_no_path_of_somebodys_machine_is_left():
    paths = re.compile(r"(?<![\w.])/(home|Users|" + "wo" + r"rk)/\w")
    left = [f"{file}: {found.group()}" for file, text in text_files() for found in [paths.search(text)] if found]
    assert left == []


def test_every_source_file_is_built_and_every_header_used():
    builds = {file.parent: text_of(file) for file in project_files() if file.name == "CMakeLists.txt"}
    unbuilt = [str(file) for file in cpp_files() if file.suffix == ".cc"
               and not any(re.search(rf"\b{re.escape(file.name)}\b", text) for folder, text in builds.items()
                           if folder == file.parent or folder in file.parents)
               and "replay_main" not in file.name]
    used = {name for file in source_files() for name in project_includes(file)}
    unused = [str(file) for file in source_files() if file.suffix == ".h" and str(file) not in used]
    assert (unbuilt, unused) == ([], [])


def test_scripts_can_be_run():
    assert [str(file) for file in project_files() if file.parts[0] in ("script", ".ci")
            and text_of(file).startswith("#!") and not (ROOT / file).stat().st_mode & 0o100] == []
