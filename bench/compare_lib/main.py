"""The command line and the order of one run."""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

from . import fidelity, hot, measure, peers, plot, report, workloads
from .origin import Origin, nginx

FLOOR = pathlib.Path(os.environ.get("THIMBLE_BENCH_BUILD", peers.ROOT / "build" / "bench")) / "floor"
QUICK_PACE = measure.Pace(rounds=5, batch_cpu_seconds=0.25)
FULL_PACE = measure.Pace(rounds=9, batch_cpu_seconds=0.5)
HOT_ROUNDS = 3


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="bench/compare", description="Measures Thimble and its peers in one run.")
    parser.add_argument("photos", type=pathlib.Path, help="folder with the photos that compare_lib/workloads.py names")
    parser.add_argument("--quick", action="store_true", help="a third of the workloads, under five minutes")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/compare"),
                        help="folder for compare.json, compare.md and compare.svg (default: build/compare)")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--peers", default="", help="a comma-separated choice of peers; thimble is always there, and beside it "
                             "the build that THIMBLE_EARLIER_BUILD names (a folder): before and after in one run")
    parser.add_argument("--rounds", type=int, help="turns of each server at each workload")
    parser.add_argument("--no-fidelity", action="store_true", help="leave out SSIMULACRA2 and PSNR")
    return parser.parse_args()


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg()[0], "date": datetime.date.today().isoformat()}


def present(chosen, origin, folder):
    """The peers that can take part, and why others cannot."""
    found, absent = [], {}
    for kind in peers.ALL:
        peer = kind(origin, folder)
        if chosen and peer.competes and peer.name not in {"thimble", *chosen}:
            continue
        reason = peer.missing()
        if reason:
            absent[peer.name] = reason
        else:
            found.append(peer)
    return found, absent


def floor(photos, workload, result, folder):
    if not FLOOR.exists() or workload.format != "jpeg" or workload.source_format != "jpeg":
        return None
    encoded = folder / "result.jpg"
    encoded.write_bytes(result)
    done = subprocess.run([FLOOR, photos / workload.photo, encoded], capture_output=True, text=True, check=True,
                          timeout=120)
    return json.loads(done.stdout)


def summaries(all_series):
    return {peer.name: series.summary() for peer, series in all_series.items()}


def race(options, chosen_workloads, found, pace, folder, results):
    """The cold workloads; returns every server's pictures for the fidelity figures."""
    pictures = []
    with contextlib.ExitStack() as stack:
        contest = measure.Contest({peer: stack.enter_context(peer.process()) for peer in found}, pace)
        for workload in chosen_workloads:
            say(workload.name)
            all_series = contest.run(workload)
            entry = {"peers": summaries(all_series)}
            ours = next(s for p, s in all_series.items() if p.name == "thimble")
            entry["floor"] = floor(options.photos, workload, ours.result, folder)
            results["workloads"][workload.name] = entry
            pictures += [(workload, peer.name, series.result) for peer, series in all_series.items()]
        if not options.only:
            say("srcset")
            results["workloads"][f"{workloads.SRCSET_PHOTO} -> 8 sizes at once, a size"] = {
                "peers": summaries(contest.run_srcset())}
    return pictures


def judge(options, pictures, results):
    for workload, name, picture in sorted(pictures, key=lambda p: (p[0].photo, p[0].width)):
        if options.quick and workload.width > 640:  # SSIMULACRA2 in Python takes seconds a megapixel
            continue
        say(f"fidelity: {name}, {workload.name}")
        figures = fidelity.compare(options.photos / workload.photo, picture)
        results["workloads"][workload.name]["peers"][name].update(figures)
    results["fidelity"] = True


def save(results, out):
    out.mkdir(parents=True, exist_ok=True)
    (out / "compare.json").write_text(json.dumps(results, indent=1) + "\n")
    text = report.markdown(results)
    (out / "compare.md").write_text(text)
    print(text)
    drawn = plot.draw(results, out / "compare.svg")
    say(f"wrote {out}/compare.json, compare.md" + (", compare.svg" if drawn else "; no plot without matplotlib"))


def main():
    options = arguments()
    if not nginx():
        sys.exit("bench/compare: needs nginx to serve the originals: run bench/install-peers")
    pace = QUICK_PACE if options.quick else FULL_PACE
    pace.rounds = options.rounds or pace.rounds
    chosen_workloads = [w for w in (workloads.QUICK if options.quick else workloads.FULL) if options.only in w.name]
    if not chosen_workloads:
        sys.exit(f"bench/compare: no workload's name contains {options.only!r}")
    names = {w.photo for w in chosen_workloads} | {workloads.SRCSET_PHOTO, workloads.LARGEST_PHOTO}
    with tempfile.TemporaryDirectory() as folder, Origin(options.photos, folder, names) as origin:
        folder = pathlib.Path(folder)
        found, absent = present([n for n in options.peers.split(",") if n], origin, folder)
        if "thimble" in absent:
            sys.exit(f"bench/compare: {absent['thimble']}")
        results = {"machine": machine(), "versions": {p.name: p.version() for p in found}, "absent": absent,
                   "quality": workloads.QUALITY, "rounds": pace.rounds, "workloads": {}}
        pictures = race(options, chosen_workloads, found, pace, folder, results)
        say("memory")
        results["memory"] = {"what": f"{workloads.LARGEST_PHOTO} -> jpeg 1280", "peers": {
            p.name: measure.peak_memory(p, workloads.LARGEST_PHOTO, 1280) for p in found if not p.slow}}
        if not options.only:
            say("hot path")
            results["hot"] = hot.run(found[0], folder, HOT_ROUNDS)
        if not options.no_fidelity:
            judge(options, pictures, results)
    save(results, options.out)
