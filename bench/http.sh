#!/usr/bin/env bash
# How fast the service answers over kept connections: one bag is stored, then wrk asks for its ingest and its
# description, in clear and over TLS, beside /healthz as the baseline of the same run.
# usage: bench/http.sh [SECONDS] [CONNECTIONS]     10 s each, 1,000 connections; needs `./dev deps bench` and a release
# build. STRONGROOM_BINARY names another program. All of it, wrk included, shares this machine.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
strongroom=${STRONGROOM_BINARY:-$root/build/release/strongroom}
seconds=${1:-10}
connections=${2:-1000}
base=/storage/v1
die() { printf 'bench: %s\n' "$*" >&2; exit 2; }
[[ $seconds =~ ^[1-9][0-9]*$ && $connections =~ ^[1-9][0-9]*$ ]] || die 'usage: bench/http.sh [SECONDS] [CONNECTIONS]'
[[ -x $strongroom ]] || die "$strongroom is not there: ./dev build makes it"
for tool in wrk curl jq openssl; do
  command -v "$tool" >/dev/null || die "$tool is missing: ./dev deps runtime test bench"
done
ulimit -n "$(ulimit -Hn)"

directory=$(mktemp -d "${TMPDIR:-/tmp}/strongroom-bench.XXXXXX")
service=
finish() {
  local result=$?
  trap - EXIT
  if [[ -n $service ]] && kill -TERM "$service" 2>/dev/null; then wait "$service" || true; fi
  [[ $result -eq 0 || ! -s $directory/log ]] || tail -n 5 "$directory/log" >&2
  rm -rf "$directory"
  exit "$result"
}
trap finish EXIT
trap 'exit 130' INT TERM

start() {  # start [CONFIG]: the service on a free port; sets service and port
  port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  rm -f "$directory/log"  # what the service before said is not what this one says
  touch "$directory/log"
  "$strongroom" serve --data "$directory/data" --listen "127.0.0.1:$port" ${1:+--config "$1"} \
    >"$directory/log" 2>&1 </dev/null &
  service=$!
  for _ in $(seq 300); do
    grep -q 'is listening on' "$directory/log" && return
    kill -0 "$service" 2>/dev/null || break
    sleep 0.1
  done
  die 'the service did not start'
}

stop() {
  kill -TERM "$service"
  wait "$service"
  service=
}

token() {  # token URL: an access token
  curl -sS --fail --cacert "$directory/chain.pem" -u "$id:$secret" -d grant_type=client_credentials \
    "$1/oauth2/token" | jq -r .access_token
}

resident() { awk '/^VmRSS:/ { printf "%.0f", $2 / 1024 }' "/proc/$service/status"; }

measure() {  # measure NAME URL [TOKEN]
  local out="$directory/wrk.txt"
  wrk -t2 -c"$connections" -d"${seconds}s" --timeout 10s --latency ${3:+-H "Authorization: Bearer $3"} "$2" >"$out"
  printf '%-26s %12s %10s %10s %8s MiB' "$1" "$(awk '/^Requests\/sec:/ { printf "%.0f", $2 }' "$out")" \
    "$(awk '$1 == "50%" { print $2 }' "$out")" "$(awk '$1 == "99%" { print $2 }' "$out")" "$(resident)"
  # Errors and refusals would look fast.
  grep -E 'Socket errors|Non-2xx' "$out" | tr '\n' ' ' || true
  printf '\n'
}

measure_all() {  # measure_all URL LABEL
  local bearer
  bearer=$(token "$1$base")
  measure "healthz, $2" "$1/healthz"
  measure "ingest, $2" "$1$base/ingests/$ingest" "$bearer"
  measure "bag, $2" "$1$base/bags/bench/$identifier" "$bearer"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=bench \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$directory/key.pem" -out "$directory/chain.pem" 2>/dev/null
printf '[tls]\ncertificate = "%s"\nkey = "%s"\n' "$directory/chain.pem" "$directory/key.pem" >"$directory/tls.toml"

start
made=$("$strongroom" client add --data "$directory/data" --name bench --all-scopes --json)
id=$(jq -r .client_id <<<"$made")
secret=$(jq -r .client_secret <<<"$made")
/usr/bin/python3 "$root/tools/make_demo_bag.py" "$directory/bag" >/dev/null
identifier=$(sed -n 's/^External-Identifier: //p' "$directory/bag/bag-info.txt")
ingest=$(STRONGROOM_URL="http://127.0.0.1:$port$base" STRONGROOM_CLIENT_ID=$id STRONGROOM_CLIENT_SECRET=$secret \
  "$strongroom" ingest "$directory/bag" --space bench --wait --json | jq -rs 'last | .id')
[[ -n $ingest && $ingest != null ]] || die 'the bag was not stored'

printf '%s connections, %s s each, %s cores for service and wrk\n' "$connections" "$seconds" "$(nproc)"
printf '%-26s %12s %10s %10s %12s\n' '' 'requests/s' p50 p99 RSS
measure_all "http://127.0.0.1:$port" 'in clear'
stop
start "$directory/tls.toml"
measure_all "https://127.0.0.1:$port" 'TLS'
stop
