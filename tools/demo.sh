#!/usr/bin/env bash
# A bag's whole way in and out, to watch: start the service, make a bag, store it, look at what is held and where.
# usage: tools/demo.sh [--keep]     `./dev demo` builds first. STRONGROOM_BINARY names another program than the release.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
strongroom=${STRONGROOM_BINARY:-$root/build/release/strongroom}
python=/usr/bin/python3
space=maps
identifier=SEA/1887/12

keep=no
case ${1:-} in
  '') ;;
  --keep) keep=yes ;;
  *) printf 'usage: %s [--keep]\n' "$0" >&2; exit 2 ;;
esac
[[ -x $strongroom ]] || { printf 'demo: %s is not there: ./dev build makes it\n' "$strongroom" >&2; exit 2; }
export LC_ALL=C.UTF-8

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
note() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }

directory=$(mktemp -d "${TMPDIR:-/tmp}/strongroom-demo.XXXXXX")
data=$directory/data
service=

finish() {
  local result=$?
  trap - EXIT
  [[ $keep == yes && $result -eq 0 ]] && exit 0
  if [[ -n $service ]] && kill -TERM "$service" 2>/dev/null; then wait "$service" || true; fi
  if [[ $result -ne 0 && -s $directory/log ]]; then
    heading "The demonstration failed. The end of the service's log:"
    grep -v event=http.request "$directory/log" | tail -n 20
  fi
  rm -rf "$directory"
  exit "$result"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() {
  "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

heading "1. The service starts"
port=$(free_port)
if [[ $keep == yes ]]; then
  setsid "$strongroom" serve --data "$data" --listen "127.0.0.1:$port" >"$directory/log" 2>&1 </dev/null &
else
  "$strongroom" serve --data "$data" --listen "127.0.0.1:$port" >"$directory/log" 2>&1 </dev/null &
fi
service=$!
for _ in $(seq 300); do
  grep -q 'is listening on' "$directory/log" && break
  kill -0 "$service" 2>/dev/null || break
  sleep 0.1
done
grep -q 'is listening on' "$directory/log" || { printf 'demo: the service did not start\n' >&2; exit 1; }
export STRONGROOM_URL=http://127.0.0.1:$port/storage/v1
printf 'It listens on %s and keeps everything below %s.\n' "$STRONGROOM_URL" "$data"
note "strongroom serve --data $data --listen 127.0.0.1:$port"

heading "2. A depositor becomes known to it"
note "strongroom client add --data $data --name demo"
client=$("$strongroom" client add --data "$data" --name demo --json)
STRONGROOM_CLIENT_ID=$(jq -r .client_id <<<"$client")
STRONGROOM_CLIENT_SECRET=$(jq -r .client_secret <<<"$client")
export STRONGROOM_CLIENT_ID STRONGROOM_CLIENT_SECRET
printf 'Client %s may now use the API.\n' "$STRONGROOM_CLIENT_ID"

heading "3. A bag is packed: a chart, its catalogue record, and letters"
"$python" "$root/tools/make_demo_bag.py" "$directory/bag"
(cd "$directory/bag" && find . -type f -printf '%P %s\n' | sort | sed -E 's/^(.*) ([0-9]+)$/\2\t\1/' |
  awk -F'\t' '{ printf "%9d  %s\n", $1, $2 }')

heading "4. It is stored: unpacked, verified, copied three times, every copy read back"
note "strongroom ingest bag --space $space --follow"
"$strongroom" ingest "$directory/bag" --space "$space" --follow | tee "$directory/ingest"
ingest=$(sed -n 's/^ingest \([^ ]*\) accepted.*/\1/p' "$directory/ingest")

token=$(curl -sS --fail -u "$STRONGROOM_CLIENT_ID:$STRONGROOM_CLIENT_SECRET" \
  -d grant_type=client_credentials "$STRONGROOM_URL/oauth2/token" | jq -r .access_token)
get() { curl -sS --fail -H "Authorization: Bearer $token" "$STRONGROOM_URL$1"; }
status=$(get "/ingests/$ingest" | jq -r .status.id)
printf '\nlast status: %s\n' "$status"
[[ $status == succeeded ]]

heading "5. What the archive says about it"
note "GET $STRONGROOM_URL/bags/$space/$identifier"
get "/bags/$space/$identifier" | jq .

heading "6. What lies in the three locations"
for location in primary replica-1 replica-2; do
  if command -v tree >/dev/null; then
    (cd "$data/locations" && tree --noreport -a -I 'location.json|staging|probe' "$location")
  else
    (cd "$data/locations" && find "$location" -type f ! -name location.json ! -name probe | sort)
  fi
done

heading "7. Another program checks every copy: sha256sum"
for location in primary replica-1 replica-2; do
  printf '%s\n' "$location"
  (cd "$data/locations/$location/$space/$identifier/v1" &&
    sha256sum --check --strict manifest-sha256.txt tagmanifest-sha256.txt | sed 's/^/  /')
done

if [[ $keep == yes ]]; then
  heading "The service keeps running"
  printf 'URL            %s\n' "$STRONGROOM_URL"
  printf 'client id      %s\n' "$STRONGROOM_CLIENT_ID"
  printf 'client secret  %s\n' "$STRONGROOM_CLIENT_SECRET"
  printf 'data           %s\n' "$data"
  printf 'log            %s\n' "$directory/log"
  printf '\nTo use it from this shell:\n'
  printf '  export STRONGROOM_URL=%s STRONGROOM_CLIENT_ID=%s STRONGROOM_CLIENT_SECRET=%s\n' \
    "$STRONGROOM_URL" "$STRONGROOM_CLIENT_ID" "$STRONGROOM_CLIENT_SECRET"
  printf 'To stop it and throw everything away:\n'
  printf '  kill %s && tail --pid=%s -f /dev/null && rm -rf %s\n' "$service" "$service" "$directory"
else
  heading "Done"
  printf 'The service is stopped and its directory removed. With --keep it goes on.\n'
fi
