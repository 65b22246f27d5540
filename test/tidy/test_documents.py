"""What the documents promise is what the code has."""

import re

from sources import ROOT, project_files, text_of

NEVER_SENT = {"bad_setting", "system"}  # start-up and the command line


def test_every_error_code_is_documented():
    slugs = set(re.findall(r'return "([a-z_]+)";', text_of("src/base/error.cc"))) - NEVER_SENT
    document = text_of("docs/http-api.md")
    assert sorted(slug for slug in slugs if f"`{slug}`" not in document) == []


def test_links_between_documents_lead_somewhere():
    broken = []
    for file in project_files():
        if file.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(file)):
                if "://" not in target and not (ROOT / file.parent / target).exists():
                    broken.append(f"{file}: {target}")
    assert broken == []


def test_every_sample_has_its_licence():
    listed = text_of("samples/README.md")
    samples = [file.relative_to("samples") for file in project_files() if file.parts[0] == "samples"]
    assert [str(file) for file in samples if file.name != "README.md" and f"`{file}`" not in listed] == []
