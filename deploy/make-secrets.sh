#!/bin/bash
# Makes the secrets of deploy/compose.secrets.yml, each in a file of its own: deploy/make-secrets.sh [folder]
# What is there already stays. The folder is yours alone; the files in it can be read by the containers' users.
set -euo pipefail
folder=${1:-secrets}
mkdir -p -m 700 "$folder"
cd "$folder"
umask 077
keep() { # keep FILE VALUE
  [ -s "$1" ] || { printf '%s\n' "$2" >"$1"; echo "made $folder/$1"; }
  chmod 444 "$1"
}
random() { openssl rand -hex 32; }
for name in jwt_secret webhook_secret_key super_password mongodb_root_password rabbitmq_password; do keep $name "$(random)"; done
for service in gateway points vip licenses applications stats; do
  [ $service = gateway ] || keep ${service}_internal_key "$(random)"
  keep ${service}_rabbitmq_password "$(random)"
  keep ${service}_amqp_url "amqp://$service:$(<${service}_rabbitmq_password)@rabbitmq:5672"
  keep ${service}_mongodb_password "$(random)"
  keep ${service}_mongodb_uri "mongodb://$service:$(<${service}_mongodb_password)@$service-mongodb:27017/$service?replicaSet=rs0"
done
