"""The figures as text: one table for CPU time with ratios, one each for speed and memory, bytes and fidelity."""

import statistics

MIB = 2**20


def ratios(ours, theirs):
    """Thimble's CPU over the peer's: median and extremes over the rounds that both took part in."""
    pairs = list(zip(ours["cpu_ms_by_round"], theirs["cpu_ms_by_round"]))
    by_round = [a / b for a, b in pairs]
    return ours["cpu_ms"] / theirs["cpu_ms"], min(by_round), max(by_round)


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def spread(figures):
    return f"{figures['cpu_ms']:.1f} ({figures['cpu_ms_min']:.1f}-{figures['cpu_ms_max']:.1f})"


def best_peer(peers):
    others = {name: f for name, f in peers.items() if name != "thimble"}
    return min(others, key=lambda name: others[name]["cpu_ms"]) if others else None


def cpu_table(results, names):
    header = ["workload", *(f"{n}" for n in names), "best peer", "ratio to it (rounds)", "floor"]
    rows = []
    for workload, result in results["workloads"].items():
        peers = result["peers"]
        best = best_peer(peers)
        row = [workload] + [spread(peers[n]) if n in peers else "-" for n in names]
        if best:
            middle, low, high = ratios(peers["thimble"], peers[best])
            row += [best, f"**{middle:.2f}** ({low:.2f}-{high:.2f})"]
        else:
            row += ["-", "-"]
        floor = result.get("floor")
        row.append(f"{floor['ms']:.1f} ({peers['thimble']['cpu_ms'] / floor['ms']:.2f})" if floor else "-")
        rows.append(row)
    return table(header, rows)


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
    lines += ["", "CPU milliseconds a request, median (min-max) over the rounds; the floor with Thimble over it.", ""]
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
