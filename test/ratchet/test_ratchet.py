"""The ratchet's own judgement; the counting is script/ratchet's, on a release build."""

import pathlib
import subprocess

import pytest

import command
import counting
import inputs
import record
from jobs import JOBS

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSIONS = {"libjpeg-dev": "1:2.1.5-2", "valgrind": "1:3.19.0-1"}
RECORDED = {"decode": 1_000_000, "encode": 2_000_000}


@pytest.fixture
def numbers(tmp_path):
    file = tmp_path / "instructions.json"
    record.write(RECORDED, VERSIONS, file)
    return file


def run(numbers, counts, versions=VERSIONS, **options):
    return command.run(lambda: counts, lambda: versions, numbers=numbers, **options)


@pytest.mark.parametrize("counted, fails, is_faster", [
    (1_049_000, False, False),
    (1_050_000, False, False),
    (1_051_000, True, False),
    (951_000, False, False),
    (949_000, False, True),
    (1_000_000, False, False),
])
def test_more_than_five_percent_up_fails_and_more_than_five_down_is_told(counted, fails, is_faster):
    verdict = record.Verdict("decode", counted, 1_000_000)
    assert (verdict.fails, verdict.is_faster) == (fails, is_faster)


def test_a_job_without_a_recorded_number_fails():
    assert record.Verdict("new", 1, None).fails


def test_one_slower_job_fails_the_run_and_says_which(numbers, capsys):
    assert run(numbers, {**RECORDED, "encode": 2_102_000}) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "TOO MANY" in line] == ["encode"]
    assert any("script/ratchet --renew" in line for line in lines)


def test_a_failure_names_the_programs_that_are_no_longer_the_same(numbers, capsys):
    run(numbers, {**RECORDED, "decode": 2_000_000}, {**VERSIONS, "libjpeg-dev": "1:2.1.5-3"})
    assert "libjpeg-dev: now 1:2.1.5-3, recorded with 1:2.1.5-2" in capsys.readouterr().out


def test_faster_jobs_pass_and_ask_to_be_recorded(numbers, capsys):
    assert run(numbers, {**RECORDED, "decode": 900_000}) == 0
    assert "keep it with `script/ratchet --renew`" in capsys.readouterr().out


def test_unchanged_counts_pass_without_advice(numbers, capsys):
    assert run(numbers, RECORDED) == 0
    assert "ratchet:" not in capsys.readouterr().out


def test_renewing_makes_the_new_counts_the_measure(numbers):
    slower = {**RECORDED, "decode": 3_000_000}
    assert run(numbers, slower, renew=True) == 0
    assert record.read(numbers) == (slower, VERSIONS)
    assert run(numbers, slower) == 0


def totals_of(file):
    done = subprocess.run([ROOT / "script" / "test-totals", file], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1]


def test_the_outcomes_count_in_the_totals_of_all_tests(numbers, tmp_path):
    file = tmp_path / "results" / "ratchet.xml"
    run(numbers, {**RECORDED, "encode": 3_000_000}, junit_file=file)
    assert totals_of(file) == "1 passed, 1 failed, 0 skipped"


def test_on_another_cpu_it_skips_and_says_why(numbers, tmp_path, capsys):
    def count():
        raise counting.OtherCpu("the numbers are those of x86-64")

    file = tmp_path / "ratchet.xml"
    assert command.run(count, lambda: VERSIONS, numbers=numbers, junit_file=file) == 0
    assert "skipped: the numbers are those of x86-64" in capsys.readouterr().out
    assert totals_of(file) == f"0 passed, 0 failed, {len(JOBS)} skipped"


def test_every_job_has_its_number_and_no_number_is_left_over():
    instructions, _ = record.read()
    assert list(instructions) == [job.name for job in JOBS]


def test_the_originals_are_the_same_at_every_drawing(tmp_path):
    for folder in ("first", "second"):
        inputs.draw(tmp_path / folder)
    files = sorted(file.name for file in (tmp_path / "first").iterdir())
    assert files == sorted({job.original for job in JOBS})
    assert all((tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes() for name in files)
