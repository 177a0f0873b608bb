#!/bin/bash
# Healthy when this server is the primary of its set; the first check makes the set. A mongosh costs a second of CPU,
# so afterwards an open port is enough.
set -euo pipefail
if [ ! -e /tmp/is-primary ]; then
  mongosh --quiet --norc "$(dirname "$0")/make-primary.js" >/dev/null
  touch /tmp/is-primary
fi
exec 3<>/dev/tcp/127.0.0.1/27017
