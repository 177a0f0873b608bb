#!/bin/bash
# Healthy once this server is the primary of its set, as long as its port answers.
test -e /tmp/is-primary && exec 3<>/dev/tcp/127.0.0.1/27017
