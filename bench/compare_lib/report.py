"""The figures as text: one table for CPU time with ratios, one each for speed and memory, bytes and fidelity."""

import statistics

from . import peers

COMPETITORS = {peer.name for peer in peers.ALL if peer.competes}
MIB = 2**20


def ratio(ours, theirs):
    """Thimble's CPU over the peer's: that of the medians, and the extremes over the rounds that both took part in."""
    by_round = [a / b for a, b in zip(ours["cpu_ms_by_round"], theirs["cpu_ms_by_round"])]
    digits = 2 if ours["cpu_ms"] > 0.1 * theirs["cpu_ms"] else 4
    middle, low, high = (f"{r:.{digits}f}" for r in (ours["cpu_ms"] / theirs["cpu_ms"], min(by_round), max(by_round)))
    return f"**{middle}** ({low}-{high})"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def spread(figures):
    return f"{figures['cpu_ms']:.1f} ({figures['cpu_ms_min']:.1f}-{figures['cpu_ms_max']:.1f})"


def cpu_table(results, names):
    def floor_cell(result):
        floor = result.get("floor")
        return f"{floor['ms']:.1f}" if floor else "-"

    return table(["workload", *names, "floor"], [
        [workload] + [spread(r["peers"][n]) if n in r["peers"] else "-" for n in names] + [floor_cell(r)]
        for workload, r in results["workloads"].items()])


def ratio_table(results, names):
    others = [n for n in names if n != "thimble"]
    rows = []
    for workload, result in results["workloads"].items():
        figures, floor = result["peers"], result.get("floor")
        ours = figures["thimble"]
        present = [n for n in others if n in figures]
        best = min((n for n in present if n in COMPETITORS), key=lambda n: figures[n]["cpu_ms"], default="-")
        rows.append([workload] + [ratio(ours, figures[n]) if n in figures else "-" for n in others]
                    + [best, f"{ours['cpu_ms'] / floor['ms']:.2f}" if floor else "-"])
    return table(["workload", *(f"over {n}" for n in others), "best peer", "over the floor"], rows)


def speed_table(results, names):
    def cell(f):
        return f"{f['requests_per_second']:.0f}/s, {f['p50_ms']:.0f} / {f['p99_ms']:.0f}"

    return table(["workload", *names], [
        [workload] + [cell(r["peers"][n]) if n in r["peers"] else "-" for n in names]
        for workload, r in results["workloads"].items()])


def fidelity_table(results, names):
    def cell(f):
        score = f"{f['ssimulacra2']:.1f}" if "ssimulacra2" in f else "-"
        return f"{score}, {f['psnr_db']:.1f} dB, {f['bytes'] / 1000:.1f} kB"

    return table(["workload", *names], [
        [workload] + [cell(r["peers"][n]) if "psnr_db" in r["peers"].get(n, {}) else "-" for n in names]
        for workload, r in results["workloads"].items()
        if any("psnr_db" in f for f in r["peers"].values())])


def memory_table(results):
    figures = results["memory"]["peers"]
    ours = figures["thimble"]["peak_bytes"]
    return table(["server", "idle, MiB", "peak, MiB", "Thimble's peak over it"], [
        [name, f"{f['idle_bytes'] / MIB:.0f}", f"{f['peak_bytes'] / MIB:.0f}", f"{ours / f['peak_bytes']:.2f}"]
        for name, f in figures.items()])


def hot_table(hot):
    names = ("thimble", "nginx")
    rows = [[n, f"{hot[n]['requests_per_second']:.0f}", f"{hot[n]['cpu_us']:.1f}"] for n in names]
    rate = statistics.median(a["requests_per_second"] / b["requests_per_second"]
                             for a, b in zip(hot["rounds"]["thimble"], hot["rounds"]["nginx"]))
    cpu = statistics.median(b["cpu_us"] / a["cpu_us"] for a, b in zip(hot["rounds"]["thimble"], hot["rounds"]["nginx"]))
    rows.append(["Thimble over nginx", f"**{rate:.2f}**", f"**{cpu:.2f}** requests a CPU second"])
    return table(["server", "requests/s", "CPU, microseconds a request"], rows)


def markdown(results):
    machine = results["machine"]
    names = [n for n in results["versions"]]
    lines = [f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, {machine['date']}; "
             f"load average at start {machine['load']}; {results['rounds']} rounds.", ""]
    lines += [f"- {name}: {version}" for name, version in results["versions"].items()]
    lines += [f"- {name}: absent ({reason})" for name, reason in results["absent"].items()]
    lines += ["", "Thimble's CPU time over each peer's, at the medians (least-most over the rounds).", ""]
    lines += ratio_table(results, names)
    lines += ["", "CPU milliseconds a request, median (min-max) over the rounds.", ""]
    lines += cpu_table(results, names)
    lines += ["", "Requests a second with two clients, and p50 / p99 in milliseconds.", ""]
    lines += speed_table(results, names)
    if results.get("fidelity"):
        lines += ["", "Results at quality 80 against the reference: SSIMULACRA2, PSNR, size.", ""]
        lines += fidelity_table(results, names)
    lines += ["", f"Memory (PSS of the process tree) with two clients asking for {results['memory']['what']}.", ""]
    lines += memory_table(results)
    if results.get("hot"):
        lines += ["", f"Hot path: {results['hot']['bytes']} bytes, wrk with 16 connections.", ""]
        lines += hot_table(results["hot"])
    return "\n".join(lines) + "\n"
