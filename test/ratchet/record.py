"""The recorded numbers, and what new counts mean beside them."""

import dataclasses
import json
import pathlib

FILE = pathlib.Path(__file__).resolve().parent / "instructions.json"
TOLERANCE_PERCENT = 5


@dataclasses.dataclass(frozen=True)
class Verdict:
    job: str
    counted: int
    recorded: int | None  # None: the job is new

    @property
    def percent(self):
        return 100 * (self.counted - self.recorded) / self.recorded

    @property
    def fails(self):
        return self.recorded is None or self.percent > TOLERANCE_PERCENT

    @property
    def is_faster(self):
        return not self.fails and self.percent < -TOLERANCE_PERCENT

    def line(self):
        if self.recorded is None:
            return f"{self.job:28}{self.counted:>15,}              -         no recorded number"
        remark = "  TOO MANY" if self.fails else "  faster" if self.is_faster else ""
        return f"{self.job:28}{self.counted:>15,}{self.recorded:>15,}{self.percent:>+9.2f} %{remark}"


HEADER = f"{'job':28}{'instructions':>15}{'recorded':>15}{'change':>11}"


def read(file=FILE):
    record = json.loads(file.read_text())
    return record["instructions"], record["versions"]


def write(counts, versions, file=FILE):
    file.write_text(json.dumps({"instructions": counts, "versions": versions}, indent=2) + "\n")


def changed_versions(now, recorded):
    """One line for each program that is not the one the numbers were taken with."""
    return [f"{name}: now {now.get(name, 'absent')}, recorded with {recorded.get(name, 'none')}"
            for name in sorted({*now, *recorded}) if now.get(name) != recorded.get(name)]
