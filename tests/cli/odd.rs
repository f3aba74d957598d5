//! What has to be told of odd stores, of moments that are not quite those that were typed, and of
//! what cannot be asked.

use super::{SYSTEM, USERS, session};

/// Half a character, a key that stands twice, what would steer a terminal, no object, no time; all of
/// it around the night on which an hour comes twice in Berlin.
const ODD: &str = "tests/fixtures/cli/odd.jsonl";
const RESORTED: &str = "tests/fixtures/cli/resorted.jsonl";
const GAPPED: &str = "tests/fixtures/cli/gapped.jsonl";

golden!(
    an_odd_store,
    ["state", ODD, "0191d1f0"],
    ["state", ODD, "0191d1f0", "--json"],
    ["state", ODD, "0191d1f0", "--at", "v2", "--blame"],
    [
        "state",
        ODD,
        "0191d1f0",
        "--at",
        "2024-10-27 01:30:00.999999"
    ],
    ["events", ODD, "--zone", "Europe/Berlin"],
    ["events", ODD, "--format", "jsonl", "--limit", "1"],
    ["info", RESORTED],
);

golden!(
    moments_that_are_told_as_they_are_read,
    ["state", ODD, "0191d1f0", "--at", "#99"],
    ["state", ODD, "0191d1f0", "--at", "#99", "--json"],
    ["events", GAPPED, "--to", "#99", "--format", "csv"],
    [&["events"], &SYSTEM[..], &["--at", "payments:1"]].concat(),
    [
        &["events"],
        &SYSTEM[..],
        &["--at", "#payments:999", "--limit", "1"]
    ]
    .concat(),
    [&["events"], &SYSTEM[..], &["--at", "nothing:1"]].concat(),
    ["state", ODD, "0191d1f0", "--version", "v2"],
    ["state", ODD, "0191d1f0", "--version", "two"],
    ["state", ODD, "0191d1f0", "--at", "v2", "--diff-to", "v1"],
    ["state", ODD, "0191d1f0", "--at", "v1", "--diff-to", "v2"],
    [
        "events", ODD, "--stream", "0191d1f0", "--from", "v2", "--to", "v3"
    ],
    [
        "events", ODD, "--stream", "0191d1f0", "--stream", "0191", "--to", "v3"
    ],
    ["info", ODD, "--at", "v3"],
    [
        "events",
        ODD,
        "--from",
        "2024-03-10",
        "--zone",
        "America/Havana",
        "--limit",
        "1"
    ],
    ["info", ODD, "--at", "-9999999999999h"],
    ["events", ODD, "--from", "#99"],
    ["events", ODD, "--from", "2024-12-20", "--to", "2024-12-01"],
    ["events", ODD, "--at", "#-1"],
);

golden!(
    what_there_is_not,
    ["audit"],
    ["evnts", USERS],
    ["no such store.db"],
    ["info", USERS, "--workspace", "nowhere"],
    [
        "events", USERS, "--json", "--format", "json", "--limit", "0", "--to", "#0"
    ],
);
