//! Rows and tables that are not what they should be, whether by accident or on purpose: they are
//! told of, and everything else is read.

use asof::log::Unreadable;
use asof::model::{EventIx, Task};
use asof::store::layout::SideKind;
use asof::store::{OpenOptions, SideRows, Store, Tail};
use rusqlite::Connection;
use serde_json::json;

use crate::made::{layout, made, read};
use crate::opened::{Opened, fixture};

#[test]
fn one_bad_row_costs_only_itself() {
    let (store, _made) = read(
        "create table e (n integer primary key, data text);
         with recursive i(n) as (select 1 union all select n + 1 from i where n < 3000)
         insert into e select n, json_object('t', 'T' || n % 3, 'n', n) from i;
         update e set data = 'no json' where n in (1, 500, 501, 503, 2999, 3000);",
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\nposition = 'n'\nstream = \"'s'\"\n\
         type = \"CASE n WHEN 1000 THEN zeroblob(600000000) ELSE json_extract(data, '$.t') END\"\npayload = 'data'",
    );
    let bad = [1, 500, 501, 503, 1000, 2999, 3000];
    let problems = store.problems();
    let expected = bad.map(|n| match n {
        1000 => "row 1000: string or blob too big".to_owned(),
        n => format!("row {n}: malformed JSON"),
    });
    assert_eq!(problems, expected);
    let good: Vec<i64> = (1..=3000).filter(|n| !bad.contains(n)).collect();
    assert_eq!(store.positions(), good);
}

/// A commit that is no array, among commits that are.
#[test]
fn a_row_that_cannot_be_taken_apart_costs_only_itself() {
    let (store, _made) = read(
        r#"create table c (n integer primary key, items text);
           with recursive i(n) as (select 1 union all select n + 1 from i where n < 300)
           insert into c select n, json_array(json_object('t', 'A'), json_object('t', 'B')) from i;
           update c set items = 'no json' where n in (1, 7, 8, 10, 300);
           update c set items = '[{"t":"A"},{"t":"B"},{"t":"C"}]' where n = 5"#,
        "[events]\nfrom = 'c, json_each(c.items) item'\nkey = 'c.n'\n\
         part = \"CASE WHEN c.n = 5 AND item.key = 1 THEN 'one' ELSE item.key END\"\norder = 'key'\n\
         [events.columns]\ntype = \"item.value ->> '$.t'\"\npayload = 'item.value'",
    );
    let bad = [1, 7, 8, 10, 300];
    assert_eq!(store.log.len(), 2 * (300 - bad.len()));
    let problems = store.problems();
    assert_eq!(problems[1], "row 5, part one: Its key is no whole number");
    assert_eq!(problems.len(), 1 + bad.len(), "{problems:?}");
    let places: Vec<(i64, u32)> = store
        .log
        .events()
        .map(|event| store.log.place(event))
        .map(|place| (place.at, place.extent))
        .filter(|(at, _)| (4..=11).contains(at))
        .collect();
    let expected = [
        (4, 0),
        (4, 1),
        (5, 0),
        (5, 2),
        (6, 0),
        (6, 1),
        (9, 0),
        (9, 1),
        (11, 0),
        (11, 1),
    ];
    assert_eq!(places, expected);
    let events: Vec<EventIx> = store.log.events().collect();
    assert!(store.bodies(&events).iter().all(Result::is_ok));
}

#[test]
fn keys_that_are_no_whole_numbers_are_told_of() {
    let (store, _made) = read(
        "create table e (k, kind text);
         insert into e values (1, 'A'), (2.5, 'B'), (3, 'C'), ('x', 'D'), (NULL, 'E'), (4.0, 'F'), (x'00', 'G'), (5, 'H');",
        "[events]\nfrom = 'e'\nkey = 'k'\n[events.columns]\ntype = 'kind'",
    );
    let kinds: Vec<&str> = store.log.events().map(|event| store.kind(event)).collect();
    assert_eq!(kinds, ["A", "C", "H"]);
    let problems = store.problems();
    assert_eq!(
        problems,
        [
            "row x: Its key and those of 2 others are no whole numbers",
            "row 2.5: Its key is no whole number",
            "row 4: Its key is no whole number",
        ]
    );
}

const ENDLESS: &str = "create view emt_messages as with recursive i(n) as (select 1 union all select n + 1 from i)
      select 's' stream_id, n stream_position, 'E' message_kind, '{}' message_data, '{}' message_metadata,
        'T' message_type, 'm' || n message_id, n global_position, '2024-01-01' created, 0 is_archived from i;
    create table emt_streams (stream_id text, stream_type text);";

/// A view without an end, named like a known table.
#[test]
fn a_view_that_never_ends_is_set_aside() {
    let made = made(ENDLESS);
    let error = Opened::with(&made.path, &OpenOptions::default())
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains(
            "Emmett was set aside, since it does not fit: reading emt_messages takes too long"
        ),
        "{error}"
    );
}

/// Whoever chooses it can still call it off.
#[test]
fn an_endless_reading_can_be_called_off() {
    let made = made(ENDLESS);
    let rest = "[events]\nfrom = 'emt_messages'\nkey = 'global_position'\n[events.columns]\ntype = 'message_type'";
    let options = OpenOptions {
        layout: Some(layout(rest)),
    };
    let task = Task::new();
    let mut store = Store::open(&made.path, &options, &task).unwrap();
    let mut builder = store.builder();
    let outcome = std::thread::scope(|scope| {
        let index = scope.spawn(|| store.index(&mut builder, Tail::AtRest, &task, &mut |_| {}));
        task.cancel();
        index.join().unwrap()
    });
    assert!(outcome.unwrap_err().to_string().contains("cancelled"));
}

/// The category of Emmett's streams stands in a table that is not there.
#[test]
fn a_layout_that_does_not_fit_gives_way_to_the_next() {
    let made = made(
        "create table emt_messages (stream_id text, stream_position integer, message_kind text, message_data text,
           message_metadata text, message_type text, message_id text, global_position integer primary key, created text,
           is_archived integer);
         insert into emt_messages values ('s', 1, 'E', '{}', '{}', 'Made', 'a', 1, '2024-01-01 10:00:00', 0),
           ('s', 2, 'E', '{}', '{}', 'Sold', 'b', 2, '2024-01-01 10:00:01', 0);",
    );
    let store = Opened::open(&made.path);
    assert_eq!((store.layout(), store.log.len()), ("generic", 2));
    let reasons = &store.store.recognition().reasons;
    assert!(
        reasons.iter().any(|(reason, _)| reason
            == "Emmett was set aside, since it does not fit: no such table: emt_streams"),
        "{reasons:?}"
    );
}

#[test]
fn a_side_table_that_does_not_fit_is_told_of() {
    let (store, _made) = read(
        "create table e (n integer primary key, kind text);
         create table readers (id text, at integer);
         insert into e values (1, 'A'); insert into readers values ('r', 1);",
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\ntype = 'kind'\n\
         [side.checkpoints]\nfrom = 'readers'\ncolumns = { consumer = 'name' }\n\
         [side.snapshots]\nfrom = 'shots'\ncolumns = { stream = 's' }\n\
         [side.processed]\nfrom = 'readers'\ncolumns = { consumer = 'id' }",
    );
    assert_eq!(
        store.problems(),
        ["table of checkpoints: It is not as the layout has it (no such column: name)"]
    );
    let lacks = store.store.lacks();
    assert!(lacks.contains(&"snapshots".to_owned()) && lacks.contains(&"checkpoints".to_owned()));
    assert!(!lacks.contains(&"processed messages".to_owned()));
}

#[test]
fn rows_beside_the_events_are_counted_up_to_a_point() {
    let (store, _made) = read(
        "create table e (n integer primary key, kind text);
         create table seen (id text, consumer text);
         with recursive i(n) as (select 1 union all select n + 1 from i where n < 150000)
         insert into seen select n, 'c' from i;",
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\ntype = 'kind'\n\
         [side.processed]\nfrom = 'seen'\ncolumns = { consumer = 'consumer', event_id = 'id' }",
    );
    // However fast the machine, never more than was asked for.
    match store.store.side_rows(SideKind::Processed) {
        Some(SideRows::AtLeast(rows)) => assert!(rows <= 100_000),
        other => panic!("{other:?}"),
    }
}

/// Rows that nobody asked for may be damaged as they like.
#[test]
fn damage_between_the_wanted_rows_is_not_theirs() {
    let (store, _made) = read(
        "create table e (n integer primary key, kind text, data text);
         with recursive i(n) as (select 1 union all select n + 1 from i where n < 100)
         insert into e select n, 'T', json_object('d', json_object('n', n)) from i;
         update e set data = 'no json' where n in (20, 50, 51);",
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\ntype = 'kind'\npayload = \"data -> '$.d'\"",
    );
    let wanted: Vec<EventIx> = (0..100)
        .filter(|at| ![49, 50].contains(at))
        .map(EventIx)
        .collect();
    for (event, body) in wanted.iter().zip(store.bodies(&wanted)) {
        match (event.0 + 1, body) {
            (20, Err(Unreadable::Damaged(message))) => assert_eq!(message, "malformed JSON"),
            (n, body) => assert_eq!(body.unwrap().data.value().unwrap(), json!({"n": n})),
        }
    }
}

/// Whoever is being given bodies may ask for others meanwhile, as deep as they like.
#[test]
fn bodies_can_be_read_while_others_are_read() {
    for store in [
        "es_py_bank/store.db",
        "broken/hot_journal.db",
        "emmett_cart/store.db",
    ] {
        let store = Opened::fixture(store);
        let reader = store.store.payloads();
        let events: Vec<EventIx> = store.log.events().take(20).collect();
        let (mut outer, mut inner) = (0, 0);
        reader
            .read(&store.log, &events, &store.task, &mut |event, body| {
                assert!(body.is_ok());
                outer += 1;
                let other = [EventIx((event.0 + 7) % 20)];
                let mut each = |_, body: Result<_, _>| {
                    assert!(body.is_ok());
                    inner += 1;
                };
                reader
                    .read(&store.log, &other, &store.task, &mut each)
                    .unwrap();
            })
            .unwrap();
        assert_eq!((outer, inner), (20, 20));
    }
}

/// A store of which one value is larger than all others together is looked at all the same.
#[test]
fn long_values_do_not_hide_short_ones() {
    let made = made(
        "create table history (id integer primary key, stream text, kind text, body text, at text);
         insert into history values (1, 's-1', 'Made', '{\"a\":1}', '2024-01-01T00:00:00Z'),
           (2, 's-1', 'Grown', '{\"a\":\"' || hex(zeroblob(1000000)) || '\"}', '2024-01-01T00:00:01Z'),
           (3, 's-2', 'Made', '{\"ä\":\"' || replace(hex(zeroblob(1000)), '0', 'ä') || '\"}', '2024-01-01T00:00:02Z');",
    );
    let store = Opened::open(&made.path);
    assert_eq!((store.layout(), store.log.len()), ("generic", 3));
    assert!(store.data(EventIx(1))["a"].as_str().unwrap().len() == 2_000_000);
}

/// What Emmett does to archive a stream: it sets a flag on all of its rows.
#[test]
fn an_archived_stream_was_there_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    for suffix in ["", "-wal", "-shm"] {
        let from = fixture(&format!("emmett_cart/store.db{suffix}"));
        std::fs::copy(from, format!("{}{suffix}", path.display())).unwrap();
    }
    let before = Opened::open(&path);
    let cart = "shopping_cart-006";
    assert!(before.at_head(cart).exists);
    drop(before);
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "update emt_streams set is_archived = 1 where stream_id = 'shopping_cart-006';
             update emt_messages set is_archived = 1 where stream_id = 'shopping_cart-006'",
        )
        .unwrap();
    let carts = Opened::open(&path);
    let now = carts.at_head(cart);
    assert_eq!((now.exists, now.state), (false, None));
    assert_eq!(now.deleted.unwrap().how, asof::log::StreamEnd::Archived);
    // When it was archived is not known, so it was there at any moment that one can name.
    let then = carts.at_time(cart, "2024-05-02T05:54:47Z");
    assert!(then.exists && then.deleted.is_none() && then.state.is_some());
    assert!(carts.at_version(cart, 12).exists);
    assert!(carts.at_head("shopping_cart-005").exists);
}

#[test]
fn a_stream_that_says_since_when_it_is_gone() {
    let (store, _made) = read(
        "create table e (n integer primary key, stream text, kind text, at text, deleted_at text, data text);
         insert into e values (1, 'a', 'Made', '2024-01-01 10:00:00', '2024-03-01 10:00:00', '{}'),
           (2, 'b', 'Made', '2024-04-01 10:00:00', NULL, '{}');",
        "[events]\nfrom = 'e'\nkey = 'n'\n[events.columns]\nstream = 'stream'\ntype = 'kind'\n\
         recorded_at = 'at'\npayload = 'data'\nended_at = { sql = 'deleted_at', encoding = 'iso8601' }",
    );
    assert_eq!(store.problems(), [""; 0]);
    let exists = |at: &str| store.at_time("a", at).exists;
    assert!(exists("2024-02-01T00:00:00Z") && !exists("2024-03-01T10:00:00Z"));
    assert!(!store.at_head("a").exists && store.at_head("b").exists);
}
