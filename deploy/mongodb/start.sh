#!/bin/bash
# A replica set of one, with users. A set that has users wants a key file for its members to know each other by; this
# one has a single member, so a key made at every start does.
set -euo pipefail
umask 077
head -c 512 /dev/urandom | base64 -w 0 >/tmp/replica-set.key
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /tmp/replica-set.key --bind_ip_all --quiet \
  --wiredTigerCacheSizeGB "${CACHE_GB:-0.25}" --oplogSize 256
