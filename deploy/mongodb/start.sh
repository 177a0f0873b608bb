#!/bin/bash
# A replica set of one, with users. A set that has users wants a key file for its members to know each other by; this
# one has a single member, so a key made at every start does.
set -euo pipefail
umask 077
# A secret may come as a file, as everywhere in the platform.
for name in MONGO_INITDB_ROOT_PASSWORD SERVICE_PASSWORD; do
  file="${name}_FILE"
  [ -z "${!file:-}" ] || { export "$name=$(<"${!file}")"; unset "$file"; }
done
here=$(dirname "$0")
head -c 512 /dev/urandom | base64 -w 0 >/tmp/replica-set.key
# Beside the server: makes the set once the server listens on the container's own address. (While the image's entry
# point creates the users, a server without a set listens on 127.0.0.1.) Not in the health check: an engine leaves a
# check that takes too long running, and shells of a second of CPU each pile up on a busy machine.
(
  until (exec 3<>"/dev/tcp/$HOSTNAME/27017") 2>/dev/null; do sleep 0.3; done
  until mongosh --quiet --norc "$here/make-primary.js"; do sleep 2; done
  touch /tmp/is-primary
) &
# A transaction of a process that was killed keeps its documents from everybody until the server ends it: by default
# after 60 s. Ours take milliseconds.
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /tmp/replica-set.key --bind_ip_all --quiet \
  --setParameter transactionLifetimeLimitSeconds=10 --wiredTigerCacheSizeGB "${CACHE_GB:-0.25}" --oplogSize 256
