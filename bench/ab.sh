#!/usr/bin/env bash
# Apache's `ab` against Thimble, as in the article that this project began with: one picture at 1280 px.
#
#   bench/ab.sh PHOTO [SIZE] [QUALITY]      defaults: 1280 px, quality 80; REQUESTS=200 WORKERS=2 in the environment
#
# Cold: the result cache is off, and each of WORKERS concurrent clients asks for a copy of its own, so that no two
# requests can share work. Hot: the same picture from the memory cache.
# CPU time and memory are the server's and its workers', from /proc; the load generator counts for nobody.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
thimble=${THIMBLE_BUILD:-$here/build/release}/thimble
photo=${1:?usage: bench/ab.sh PHOTO [SIZE] [QUALITY]}
size=${2:-1280}
quality=${3:-80}
requests=${REQUESTS:-200}
workers=${WORKERS:-2}

work=$(mktemp -d)
server=
stop() {
  [[ -z "$server" ]] || { kill "$server" 2>/dev/null && wait "$server"; } || true
  server=
}
trap 'stop; rm -rf "$work"' EXIT

mkdir "$work/originals"
for ((i = 0; i < workers; i++)); do
  cp "$photo" "$work/originals/photo-$i"
done

# start ARGUMENTS...: serves the copies on a free port; sets `server` and `url`.
start() {
  : >"$work/log"
  env -u THIMBLE_BUILD "$thimble" serve --listen 127.0.0.1:0 --origin "file:$work/originals" --workers "$workers" \
    --log-level error "$@" 2>"$work/log" &
  server=$!
  for ((tries = 0; tries < 200; tries++)); do
    url=$(grep -o 'http://127.0.0.1:[0-9]*' "$work/log" || true)
    [[ -z "$url" ]] || return 0
    sleep 0.05
  done
  cat "$work/log" >&2
  return 1
}

# measure NAME REQUESTS-PER-CLIENT
measure() {
  local clients=()
  for ((i = 0; i < workers; i++)); do
    curl -sf -o "$work/result" "$url/resize/photo-$i?size=$size&quality=$quality"
  done
  mkfifo "$work/until"
  /usr/bin/python3 "$here/bench/process_tree.py" "$server" <"$work/until" >"$work/figures" &
  local sampler=$!
  exec 9>"$work/until"
  for ((i = 0; i < workers; i++)); do
    ab -q -k -n "$2" -c 1 "$url/resize/photo-$i?size=$size&quality=$quality" >"$work/ab-$i" &
    clients+=($!)
  done
  wait "${clients[@]}"
  exec 9>&-
  wait "$sampler"
  rm "$work/until"
  grep -h -E '^(Failed|Non-2xx)' "$work"/ab-* | grep -v ' 0$' >&2 || true
  /usr/bin/python3 - "$1" "$(($2 * workers))" "$work" <<'PYTHON'
import json, pathlib, re, sys
name, requests, work = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
figures = json.loads((work / "figures").read_text())
rates = [float(re.search(r"Requests per second:\s+([\d.]+)", p.read_text())[1]) for p in work.glob("ab-*")]
print(f"{name:5} {sum(rates):10.1f} requests/s  {1000 * figures['cpu_seconds'] / requests:8.3f} CPU ms/request  "
      f"{figures['peak_pss_bytes'] / 2**20:6.1f} MiB peak (PSS)  {(work / 'result').stat().st_size} bytes")
PYTHON
}

echo "$(basename "$photo") at $size px, quality $quality; $workers workers, $workers clients, $(nproc) CPUs"
start --cache-memory 0
measure cold "$((requests / workers))"
stop
start
measure hot "$((requests * 50 / workers))"
