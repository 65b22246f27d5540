"""The project's files and the few facts about C++ text that the tidy tests need."""

import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PARTS_OF_PROGRAMS = {"worker/self_test"}  # sound like tests

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
NOT_CODE = re.compile(
    r'R"(?P<mark>[^(\s]{0,16})\(.*?\)(?P=mark)"'  # raw strings
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # characters, but not the marks in 1'000
    r"|//[^\n]*|/\*.*?\*/",
    re.DOTALL)


@functools.cache
def project_files():
    """All files that are or will be committed, relative to the root."""
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                             cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return sorted(pathlib.Path(name) for name in set(listing.split("\0")) - {""} if (ROOT / name).is_file())


def text_of(file):
    return (ROOT / file).read_text()


def text_files():
    """Those that hold text, without the licence, which is nobody's to edit."""
    for file in project_files():
        if file.name == "LICENSE":
            continue
        content = (ROOT / file).read_bytes()
        if b"\0" not in content:
            yield file, content.decode(errors="replace")


def cpp_files():
    return [file for file in project_files() if file.suffix in (".h", ".cc")]


def source_files():
    """C++ files under src/, relative to it."""
    return [file.relative_to("src") for file in cpp_files() if file.parts[0] == "src"]


def includes(file):
    """(bracket, name) of each #include in order; `file` relative to src/."""
    return INCLUDE.findall((SOURCE / file).read_text())


def project_includes(file):
    return [name for bracket, name in includes(file) if bracket == '"' and (SOURCE / name).is_file()]


def stem_of(file):
    """The name that a file, its header and its tests share: codec/png_decoder_test.cc -> codec/png_decoder."""
    if str(file.with_suffix("")) in PARTS_OF_PROGRAMS:
        return str(file.with_suffix(""))
    return str(file.with_name(re.sub(r"(_test|_benchmark|_fuzz)$", "", file.stem)))


def is_test(file):
    if stem_of(file) in PARTS_OF_PROGRAMS:
        return False
    return re.search(r"(^|_)(test|benchmark|fuzz)(_|$)", file.stem) is not None


def blank_out(text):
    """The text without comments and literals, each line where it was."""
    return NOT_CODE.sub(lambda found: "\n" * found.group().count("\n") or " ", text)
