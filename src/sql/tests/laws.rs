//! Laws over random logs, moments and statements.

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Plain;

use super::*;
use crate::analysis::testing::{At, merged, moments, samples, truncated};
use crate::analysis::{events, streams};
use crate::log::{Bound, Clock};
use crate::model::EventIx;
use crate::sql::tables;

/// Ordinary tables with the rows that plain reports have: what a statement answers over them is what
/// it must answer over the virtual ones.
fn plainly(log: &Log, cut: &Cut) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for (name, columns) in tables() {
        let declared = columns
            .iter()
            .map(|column| format!("\"{}\" {}", column.name, column.kind.name()));
        let declared = declared.collect::<Vec<_>>().join(", ");
        connection
            .execute_batch(&format!("create table {name}({declared})"))
            .unwrap();
    }
    let known: Vec<EventIx> = log
        .events()
        .filter(|event| cut.holds(log, *event))
        .collect();
    for row in events::rows(log, &MadeUp, &known, &Task::new()).unwrap() {
        let mut fields = serde_json::to_value(&row).unwrap();
        // As they are written.
        for (name, content) in [("data", &row.data), ("metadata", &row.metadata)] {
            let written = serde_json::to_string(content).unwrap();
            fields[name] = match written.as_str() {
                "null" => serde_json::Value::Null,
                written => written.into(),
            };
        }
        insert(&connection, "events", &fields);
    }
    let list = streams::list(log, cut, &streams::StreamQuery::default(), &Task::new()).unwrap();
    for figures in &list.streams {
        let row = streams::row(log, cut.clock(), figures);
        insert(&connection, "streams", &serde_json::to_value(row).unwrap());
    }
    connection
}

fn insert(connection: &Connection, table: &str, row: &serde_json::Value) {
    let row = row.as_object().unwrap();
    let values = row.iter().map(|(name, value)| match value {
        serde_json::Value::Null => Plain::Null,
        serde_json::Value::Number(number) => Plain::Integer(number.as_i64().unwrap()),
        serde_json::Value::String(text) => Plain::Text(text.clone()),
        other => panic!("{name}: {other}"),
    });
    let values: Vec<Plain> = values.collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql = format!("insert into {table} values ({marks})");
    connection
        .execute(&sql, rusqlite::params_from_iter(values))
        .unwrap();
}

fn plain_rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let read = statement.query_map([], |row| {
        let values = (0..columns).map(|column| row.get_ref(column).map(crate::sql::owned));
        Ok(format!("{:?}", values.collect::<Result<Vec<_>, _>>()?))
    });
    read.unwrap().map(Result::unwrap).collect()
}

fn own_rows(scene: &Scene, sql: &str) -> Vec<String> {
    rows(scene, sql)
        .iter()
        .map(|row| format!("{row:?}"))
        .collect()
}

/// A literal that some value of the column may be equal or near to.
fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..600_i64).prop_map(|n| n.to_string()),
        1 => (-3..60_i64).prop_map(|n| format!("{n}3.5")),
        1 => prop::sample::select(vec!["9e30", "-9e30", "null", "'13'", "''", "x'00'", "true"]).prop_map(str::to_owned),
        2 => (0..8_u8).prop_map(|n| format!("'Stream-{n}'")),
        1 => (0..8_u8).prop_map(|n| format!("'0/Stream-{n}'")),
        1 => (0..8_u8).prop_map(|n| format!("'one:{n}3'")),
        2 => prop::sample::select(vec!["'Stream-even'", "'Stream-odd'", "'nowhere'", "'stream-even'"]).prop_map(str::to_owned),
        2 => (0..6_u8).prop_map(|n| format!("'Kind{n}'")),
        2 => (0..5_u8).prop_map(|n| format!("'correlation-{n}'")),
        2 => (0..60_u8).prop_map(|n| match n % 2 {
            0 => format!("'id-{n}'"),
            _ => format!("'{n:08x}-0000-4000-8000-00000000abcd'"),
        }),
        1 => (0..60_u8).prop_map(|n| format!("'{n:08X}00004000800000000000ABCD'")),
        4 => (-5..400_i64, 0..27_usize, prop::sample::select(vec!["Z", "001Z", "999Z", ""])).prop_map(|(seconds, length, end)| {
            let written = crate::model::Timestamp::from_micros(seconds * 1_000_000).to_string();
            let cut: String = written.chars().take(length).collect();
            match length {
                26 => format!("'{cut}{end}'"),
                _ => format!("'{cut}'"),
            }
        }),
    ]
}

fn column() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "position",
        "stream",
        "category",
        "version",
        "type",
        "id",
        "recorded_at",
        "occurred_at",
        "correlation_id",
        "causation_id",
        "native_position",
        "source",
        "schema_version",
        "data ->> '$.n'",
        "metadata ->> '$.by'",
    ])
}

fn term() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(vec![
        "=", "=", "=", "<", "<=", ">", ">=", "<>", "is", "is not",
    ]);
    prop_oneof![
        8 => (column(), comparison, literal()).prop_map(|(column, sign, value)| format!("{column} {sign} {value}")),
        1 => (literal(), column()).prop_map(|(value, column)| format!("{value} < {column}")),
        1 => (column(), literal(), literal()).prop_map(|(column, a, b)| format!("{column} between {a} and {b}")),
        2 => (column(), prop::collection::vec(literal(), 1..4)).prop_map(|(column, values)| format!("{column} in ({})", values.join(", "))),
        1 => column().prop_map(|column| format!("{column} is null")),
        1 => (column(), literal()).prop_map(|(column, value)| format!("{column} = {value} collate nocase")),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    term().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|terms| format!("({})", terms.join(" and "))),
            2 => prop::collection::vec(inner.clone(), 2..3).prop_map(|terms| format!("({})", terms.join(" or "))),
            1 => inner.prop_map(|term| format!("not ({term})")),
        ]
    })
}

/// Statements whose rows come in an order that the statement itself fixes; times and versions may
/// be equal, so positions come last.
fn statement() -> impl Strategy<Value = String> {
    let order = prop::sample::select(vec![
        "position",
        "position desc",
        "type, position",
        "recorded_at desc, position",
        "version, position desc",
    ]);
    let columns = "position, native_position, source, stream, category, version, type, schema_version, id, \
         recorded_at, occurred_at, correlation_id, causation_id, data, metadata";
    prop_oneof![
        6 => (filter(), order, prop::option::of(0..20_u8)).prop_map(move |(filter, order, limit)| {
            let limit = limit.map(|limit| format!(" limit {limit} offset 1")).unwrap_or_default();
            format!("select {columns} from events where {filter} order by {order}{limit}")
        }),
        1 => filter().prop_map(|filter| format!("select type, count(*), min(position), max(recorded_at), count(distinct stream) from events where {filter} group by type order by type")),
        1 => filter().prop_map(|filter| format!("select a.position, b.position from events a join events b on b.id = a.causation_id where a.position in (select position from events where {filter}) order by 1, 2")),
        1 => (filter(), column()).prop_map(|(filter, column)| format!("select distinct {column} from events where {filter} order by 1")),
        1 => literal().prop_map(|name| format!("select * from streams where stream = {name} or category = {name} or events < {name} order by stream")),
        1 => filter().prop_map(|filter| format!("select s.stream, s.events, s.first_position, s.last_time, e.position from events e join streams s using (stream) where e.position in (select position from events where {filter}) order by e.position")),
    ]
}

fn holds_plainly(log: &Log, cut: Cut, sql: &str) -> Result<(), TestCaseError> {
    let plain = plainly(log, &cut);
    prop_assert_eq!(
        own_rows(&scene(log, cut), sql),
        plain_rows(&plain, sql),
        "{}",
        sql
    );
    Ok(())
}

/// What there is, in the order in which it comes.
const EVERYTHING: &[&str] = &[
    "select rowid, * from events",
    "select rowid, * from streams",
    "select * from checkpoints",
    "select rowid, position from events order by position desc limit 5",
];

fn learns_nothing(log: &Log, cut: Cut, sql: &str) -> Result<(), TestCaseError> {
    let short = truncated(log, &cut);
    let head = short.cut(cut.clock(), Bound::Head);
    for sql in EVERYTHING.iter().copied().chain([sql]) {
        let now = run(&scene(log, cut), sql).unwrap();
        let then = run(&scene(&short, head), sql).unwrap();
        prop_assert_eq!(now.rows, then.rows, "{}", sql);
        prop_assert_eq!(now.columns, then.columns, "{}", sql);
    }
    Ok(())
}

fn clocks() -> impl Strategy<Value = Clock> {
    prop_oneof![Just(Clock::Recorded), Just(Clock::Occurred)]
}

proptest! {
    #[test]
    fn an_answer_is_that_of_ordinary_tables(
        samples in samples(60), at in moments(), clock in clocks(), chunk in 1..20_usize, sql in statement(),
    ) {
        let log = log_of(&samples, chunk);
        holds_plainly(&log, at.cut(&log, clock), &sql)?;
    }

    #[test]
    fn an_answer_on_several_files_is_that_of_ordinary_tables(
        files in (samples(30), samples(30)), at in moments(), sql in statement(),
    ) {
        let log = merged([log_of(&files.0, 7), log_of(&files.1, 7)]);
        holds_plainly(&log, at.cut(&log, Clock::Recorded), &sql)?;
    }

    #[test]
    fn nothing_is_learnt_from_the_future(
        samples in samples(60), at in moments(), clock in clocks(), chunk in 1..20_usize, sql in statement(),
    ) {
        let log = log_of(&samples, chunk);
        learns_nothing(&log, at.cut(&log, clock), &sql)?;
    }

    #[test]
    fn nothing_is_learnt_from_the_future_of_several_files(
        files in (samples(30), samples(30)), at in moments(), sql in statement(),
    ) {
        let log = merged([log_of(&files.0, 7), log_of(&files.1, 7)]);
        learns_nothing(&log, at.cut(&log, Clock::Recorded), &sql)?;
    }
}

/// Every event at once, in blocks and parts.
#[test]
fn a_log_of_many_blocks_is_gone_through_in_both_directions() {
    let sample = |n: u32| Sample {
        stream: (n % 7) as u8,
        kind: (n / 3 % 5) as u8,
        version: i64::from(n),
        ..Sample::default()
    };
    let log = log_of(&(0..40_000).map(sample).collect::<Vec<_>>(), 3000);
    let scene = scene(&log, At::Event(39_000).cut(&log, Clock::Recorded));
    let count = |sql: &str| rows(&scene, sql)[0][0].clone();
    assert_eq!(count("select count(*) from events"), Value::Integer(39_001));
    assert_eq!(
        count("select count(*) from events where type = 'Kind3'"),
        Value::Integer(7800)
    );
    for (order, first, last) in [("", 0, 39_000), (" desc", 39_000, 0)] {
        let versions = rows(
            &scene,
            &format!("select version from events order by position{order}"),
        );
        assert_eq!(versions.len(), 39_001);
        assert_eq!(versions[0], [Value::Integer(first)]);
        assert_eq!(versions[39_000], [Value::Integer(last)]);
        let step = if order.is_empty() { 1 } else { -1 };
        assert!(
            versions
                .iter()
                .zip(0..)
                .all(|(row, n)| row[0] == Value::Integer(first + step * n))
        );
    }
}
