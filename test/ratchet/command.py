"""script/ratchet once everything is built: counts the jobs, then checks or renews the recorded numbers."""

import xml.etree.ElementTree as ElementTree

import counting
import inputs
import record
from jobs import JOBS

SKIPPED = "skipped"


def counts_of(program, folder):
    """Job's name -> instructions; raises OtherCpu where the numbers do not hold."""
    counting.require_x86_64()
    inputs.draw(folder)
    return {job.name: counting.count(program, folder / job.original, job.width, job.format) for job in JOBS}


def check(counts, versions, recorded, recorded_versions):
    """Prints every job; returns the verdicts."""
    verdicts = [record.Verdict(job, counted, recorded.get(job)) for job, counted in counts.items()]
    print(record.HEADER)
    for verdict in verdicts:
        print(verdict.line())
    if any(verdict.fails for verdict in verdicts):
        print(f"ratchet: more than {record.TOLERANCE_PERCENT} % above the recorded number, or without one. Find out why; "
              "if it is worth it,\nrenew the numbers with `script/ratchet --renew` and give the reason in the commit.")
        for line in record.changed_versions(versions, recorded_versions):
            print(f"ratchet: other programs than when the numbers were taken: {line}")
    elif any(verdict.is_faster for verdict in verdicts):
        print("ratchet: faster than recorded: keep it with `script/ratchet --renew`.")
    return verdicts


def junit(outcomes, file):
    """`outcomes`: job's name -> "run", "fail" or "skipped", as script/test-totals counts them."""
    suite = ElementTree.Element("testsuite", name="ratchet", tests=str(len(outcomes)))
    for job, status in outcomes.items():
        ElementTree.SubElement(suite, "testcase", name=f"ratchet.{job}", classname="ratchet", status=status)
    file.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(file, encoding="unicode")


def run(count, versions, *, renew=False, junit_file=None, numbers=record.FILE):
    """`count()` gives the counts, `versions()` what they were taken with. Returns the exit status."""
    try:
        counts = count()
    except counting.OtherCpu as reason:
        print(f"ratchet: skipped: {reason}")
        outcomes = {job.name: SKIPPED for job in JOBS}
    else:
        if renew:
            record.write(counts, versions(), numbers)
        verdicts = check(counts, versions(), *record.read(numbers))
        outcomes = {verdict.job: "fail" if verdict.fails else "run" for verdict in verdicts}
    if junit_file:
        junit(outcomes, junit_file)
    return 1 if "fail" in outcomes.values() else 0
