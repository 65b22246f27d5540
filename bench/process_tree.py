#!/usr/bin/python3
"""CPU time and memory of a process and everything below it, from /proc.

    bench/process_tree.py PID      samples until PID ends or stdin closes, then prints one JSON line

As a module: Tree(pid).cpu_seconds(), Tree(pid).pss_bytes().
"""

import json
import os
import pathlib
import select
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Tree:
    def __init__(self, pid):
        self.pid = pid
        self.cpu_of = {}  # the last reading of each process ever seen: what ended keeps counting

    def members(self):
        parents = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)[1].split()
            except OSError:  # it ended meanwhile
                continue
            parents[int(path.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS)
        family, generation = set(), {self.pid} & parents.keys()
        while generation:
            family |= generation
            generation = {pid for pid, (parent, _) in parents.items() if parent in generation}
        for pid in family:
            self.cpu_of[pid] = parents[pid][1]
        return family

    def cpu_seconds(self):
        self.members()
        return sum(self.cpu_of.values())

    def pss_bytes(self):
        total = 0
        for pid in self.members():
            try:
                for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
            except OSError:
                continue
        return total


def main():
    tree = Tree(int(sys.argv[1]))
    start, began, peak = tree.cpu_seconds(), time.monotonic(), tree.pss_bytes()
    while tree.members() and not select.select([sys.stdin], [], [], 0.1)[0]:
        peak = max(peak, tree.pss_bytes())
    print(json.dumps({"cpu_seconds": tree.cpu_seconds() - start, "wall_seconds": time.monotonic() - began,
                      "peak_pss_bytes": peak}))


if __name__ == "__main__":
    main()
