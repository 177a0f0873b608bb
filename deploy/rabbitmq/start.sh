#!/bin/bash
# RabbitMQ as an ordinary user. definitions.json says what stands here and what each service's user may do; the passwords come
# from the environment, or from files where *_FILE names them. Read at each start, so a changed password holds after a restart.
set -euo pipefail
umask 077
here=$(dirname "$0")
definitions=$(<"$here/definitions.json")
for name in RABBITMQ_PASSWORD RABBITMQ_PASSWORD_{GATEWAY,POINTS,VIP,LICENSES,APPLICATIONS,STATS}; do
  file="${name}_FILE"
  [ -z "${!file:-}" ] || printf -v "$name" '%s' "$(<"${!file}")"
  password=${!name:?is not set: the password of a user of RabbitMQ}
  [[ $password =~ ^[A-Za-z0-9._~-]+$ ]] || { echo "$name may hold letters, digits and . _ ~ - alone" >&2; exit 1; }
  definitions=${definitions//@$name@/$password}
  unset "$name" "$file"
done
printf '%s\n' "$definitions" >/tmp/definitions.json
# The image's own settings go on beside ours; its folder cannot be written.
export RABBITMQ_CONFIG_FILES=/tmp/rabbitmq.d
mkdir -p "$RABBITMQ_CONFIG_FILES"
cp /etc/rabbitmq/conf.d/*.conf "$RABBITMQ_CONFIG_FILES/" 2>/dev/null || true
printf 'load_definitions = /tmp/definitions.json\n' >"$RABBITMQ_CONFIG_FILES/90-definitions.conf"
exec docker-entrypoint.sh rabbitmq-server
