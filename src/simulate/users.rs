//! The classic example: one user, three facts. The same for every seed.

use std::io::{self, Write};

use serde_json::json;

/// Writes the one stream as a JSON object that holds an array of events.
pub(super) fn write(mut out: impl Write) -> io::Result<()> {
    let store = json!({
        "stream": "user-123",
        "events": [
            {
                "seq": 1,
                "event_type": "UserCreated",
                "data": { "email": "old@example.com", "name": "Alice" },
                "timestamp": "2023-06-01T00:00:00Z",
            },
            {
                "seq": 2,
                "event_type": "EmailChanged",
                "data": { "old": "old@example.com", "new": "new@example.com" },
                "timestamp": "2023-09-15T00:00:00Z",
            },
            {
                "seq": 3,
                "event_type": "NameUpdated",
                "data": { "old": "Alice", "new": "Alice B" },
                "timestamp": "2024-01-15T00:00:00Z",
            },
        ],
    });
    writeln!(out, "{store:#}")
}
