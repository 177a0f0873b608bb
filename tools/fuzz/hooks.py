"""What Schemathesis does not know by itself: files are sent as the text that they are."""

import schemathesis

schemathesis.serializer.alias(
    ["application/csv", "application/vnd.ms-excel", "application/ndjson", "application/x-ndjson"],
    "text/plain",
)
