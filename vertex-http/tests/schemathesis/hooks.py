"""What schemathesis does not know by itself."""

import schemathesis

# Parts of uploads, as tus has them, are bytes.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
