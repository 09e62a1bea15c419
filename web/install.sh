#!/bin/bash
# Puts what package-lock.json names into node_modules beside STAMP. Usage: install.sh PACKAGE LOCK NPMRC STAMP
set -euo pipefail
folder="$(dirname "$4")"
cp "$1" "$2" "$3" "$folder/"
cd "$folder"
# No package's own scripts are run.
if ! npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1; then
  cat npm.log >&2
  echo "The report's page needs three, uPlot and esbuild from npm once, while it is built: see above." >&2
  exit 1
fi
touch "$(basename "$4")"
