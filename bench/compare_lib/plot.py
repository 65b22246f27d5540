"""CPU time a request by workload and server, as one picture: what the comparison is about."""


def draw(results, path):
    """False where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "thimble"  # the same figures give the same file
    matplotlib.rcParams["svg.fonttype"] = "none"  # letters as text, not as outlines
    from matplotlib import pyplot

    workloads = list(results["workloads"])
    names = list(results["versions"])
    step = 0.6 / len(names)
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.3 * len(workloads)))
    for i, name in enumerate(names):
        at, values, errors = [], [], ([], [])
        for row, workload in enumerate(workloads):
            peer = results["workloads"][workload]["peers"].get(name)
            if peer:
                at.append(row + (i - (len(names) - 1) / 2) * step)
                values.append(peer["cpu_ms"])
                errors[0].append(peer["cpu_ms"] - peer["cpu_ms_min"])
                errors[1].append(peer["cpu_ms_max"] - peer["cpu_ms"])
        # Points, not bars: on a logarithmic scale a bar's length means nothing.
        axes.errorbar(values, at, xerr=errors, fmt="o", markersize=4, elinewidth=0.8, label=name)
    axes.set_yticks(range(len(workloads)), workloads, fontsize=8)
    axes.set_ylim(len(workloads) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlabel("CPU milliseconds a request, the whole process tree (median, min-max)")
    axes.grid(axis="x", which="both", linewidth=0.3)
    axes.hlines([row + 0.5 for row in range(len(workloads) - 1)], *axes.get_xlim(), linewidth=0.2, color="gray")
    axes.legend(fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    return True
