#!/bin/bash
# RabbitMQ as an ordinary user, with the password of its first user from a file where one is named.
set -euo pipefail
[ -z "${RABBITMQ_DEFAULT_PASS_FILE:-}" ] || { export RABBITMQ_DEFAULT_PASS="$(<"$RABBITMQ_DEFAULT_PASS_FILE")"; unset RABBITMQ_DEFAULT_PASS_FILE; }
exec docker-entrypoint.sh rabbitmq-server
