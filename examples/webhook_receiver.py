"""A receiver of the platform's webhooks: SECRET=whsec_... python3 webhook_receiver.py [port]. Python 3.9 alone, no packages."""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("SECRET", "")
OLDEST_SECONDS = 300
# Ids that were had. A real receiver keeps them in its database, for as long as a message may be sent again.
had = set()
having = threading.Lock()


def is_ours(headers, body: bytes) -> bool:
    """Whether a message was signed with the secret, and lately. `body` is as it came: parsed and written again it is another."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) >= OLDEST_SECONDS:
        return False
    secret = SECRET[len("whsec_"):] if SECRET.startswith("whsec_") else SECRET
    key = base64.urlsafe_b64decode(secret.replace("+", "-").replace("/", "_") + "=" * (-len(secret) % 4))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    given = headers.get("webhook-signature", "").encode()
    return any(hmac.compare_digest(expected, one) for one in given.split(b" "))


def handle(event: dict) -> None:
    """The work, after the answer. A real receiver puts the event into a queue of its own."""
    print(f"{event['type']} {event.get('subject', '')}".strip(), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_ours(self.headers, body):
            self.answer(400)
            return
        self.answer(204)
        message_id = self.headers["webhook-id"]
        with having:
            if message_id in had:
                return
            had.add(message_id)
        handle(json.loads(body))

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
        self.wfile.flush()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    if not SECRET:
        sys.exit("SECRET is not set: without it anybody could sign")
    server = ThreadingHTTPServer(("", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver)
    print("listening", flush=True)
    server.serve_forever()
