//! `asof sql`: its answers as golden outputs, its mistakes, and the examples of its guide.

use super::{BANK, ORDERS, SYSTEM, UNTIMED, USERS, asof, json, session, told};

golden!(
    sql_as_a_table,
    [
        "sql",
        USERS,
        "select position, stream, type, recorded_at from events"
    ],
    [
        "sql",
        ORDERS,
        "select type, count(*) as events from events group by type order by 2 desc, 1",
        "--limit",
        "5"
    ],
    [
        "sql",
        BANK,
        "select stream, events from streams order by events desc, stream",
        "--at",
        "2023-02",
        "--limit",
        "3"
    ],
    [
        "sql",
        BANK,
        "select data ->> '$.amount' as amount, data -> '$.amount' as written from events where type = 'MoneyDeposited'",
        "--limit",
        "3"
    ],
    ["sql", BANK, "select * from events where stream = 'nobody'"],
    [
        "sql",
        UNTIMED,
        "select position, recorded_at, data from events"
    ],
    [
        &["sql"],
        &SYSTEM[..],
        &["select source, position, stream from events order by recorded_at limit 3"]
    ]
    .concat(),
);

golden!(
    sql_for_programs,
    [
        "sql",
        USERS,
        "select position, stream, data from events",
        "--json",
        "--limit",
        "1"
    ],
    [
        "sql",
        USERS,
        "select count(*) n, null, 1.5, x'00ff' from events",
        "--json",
        "--at",
        "2023-10-29 02:30",
        "--zone",
        "Europe/Berlin"
    ],
    [
        "sql",
        USERS,
        "select position, data, null n, 0.25 from events",
        "--format",
        "csv",
        "--limit",
        "1"
    ],
);

golden!(
    sql_that_cannot_be_asked,
    ["sql", USERS, "select nope from events"],
    ["sql", USERS, "select *\nfrom events\nwhere typ = 'x'"],
    ["sql", USERS, "select * from orders"],
    ["sql", USERS, "delete from events"],
    ["sql", USERS, "attach 'other.db' as other"],
    ["sql", USERS, "create table t(a)"],
    ["sql", USERS, "vacuum into 'other.db'"],
    ["sql", USERS, "pragma journal_mode = wal"],
    ["sql", USERS, "select 1; select 2"],
    ["sql", USERS, ""],
    ["sql", USERS],
);

#[test]
fn what_is_left_out_of_a_csv_is_told() {
    let (out, beside) = told(&[
        "sql",
        USERS,
        "select 1 from events",
        "--format",
        "csv",
        "--limit",
        "1",
    ]);
    assert_eq!(out, "1\n1\n");
    assert_eq!(beside, "asof: the first 1 row; there are more\n");
}

#[test]
fn events_are_those_of_asof_events() {
    let of_events = json(&["events", ORDERS, "--json", "--limit", "400"]);
    let of_sql = json(&[
        "sql",
        ORDERS,
        "select * from events",
        "--json",
        "--limit",
        "400",
    ]);
    let names: Vec<&str> = of_sql["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(of_sql["rows"].as_array().unwrap().len(), 400);
    for (row, event) in of_sql["rows"]
        .as_array()
        .unwrap()
        .iter()
        .zip(of_events["events"].as_array().unwrap())
    {
        let fields: Vec<&str> = event
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(fields, names);
        for (at, name) in names.iter().enumerate() {
            let own = match (*name, &row[at]) {
                ("data" | "metadata", serde_json::Value::String(text)) => {
                    serde_json::from_str(text).unwrap()
                }
                (_, value) => value.clone(),
            };
            assert_eq!(own, event[name], "{name}");
        }
    }
}

/// Every `$ asof sql …` of the guide, with what it prints.
#[test]
fn the_examples_of_the_guide_are_what_it_prints() {
    let guide = std::fs::read_to_string("docs/sql.md").unwrap();
    let blocks = guide.split("```console\n").skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    assert!(blocks.len() >= 5);
    for block in blocks {
        let (line, printed) = block.split_once("\"\n").unwrap();
        let words = super::program::words(&format!("{}\"", line.strip_prefix("$ asof ").unwrap()));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(asof(&words), printed, "{line}");
    }
}
