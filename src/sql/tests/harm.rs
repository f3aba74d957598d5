//! What would write, attach, load or never end.

use super::*;

const HOSTILE: &[&str] = &[
    "insert into events(type) values ('x')",
    "update events set type = 'x'",
    "delete from events",
    "replace into streams(stream) values ('x')",
    "insert into checkpoints values ('x', 1, 1, 1)",
    "create table t(a)",
    "create temp table t as select * from events",
    "create table events(a)",
    "create view v as select 1",
    "create temp view v as select 1",
    "create trigger t after insert on events begin select 1; end",
    "create index i on events(type)",
    "create virtual table t using fts5(a)",
    "create virtual table t using events",
    "create virtual table temp.t using dbstat",
    "drop table events",
    "drop table if exists sqlite_schema",
    "alter table events rename to e",
    "insert into sqlite_schema values ('table', 'x', 'x', 0, 'create table x(a)')",
    "delete from sqlite_master",
    "attach 'other.db' as other",
    "attach ':memory:' as other",
    "attach 'file:other.db?mode=rwc' as other",
    "detach main",
    "vacuum",
    "vacuum into 'copy.db'",
    "analyze",
    "reindex",
    "begin",
    "begin immediate",
    "commit",
    "rollback",
    "savepoint s",
    "release s",
    "pragma journal_mode = wal",
    "pragma query_only = off",
    "pragma writable_schema = on",
    "pragma temp_store_directory = '/'",
    "pragma hard_heap_limit = 1",
    "pragma trusted_schema = on",
    "pragma user_version = 3",
    "pragma wal_checkpoint",
    "pragma optimize",
    "pragma main.journal_mode",
    "select * from pragma_journal_mode",
    "select load_extension('x')",
    "select LOAD_EXTENSION('x', 'y')",
    "with t as (select 1) insert into events(type) select * from t",
    "with t as (select 1) delete from streams",
    "explain insert into events(type) values ('x')",
    "explain attach 'other.db' as other",
];

#[test]
fn nothing_but_reading_is_possible() {
    let scene = small();
    for sql in HOSTILE {
        let error = run(&scene, sql).expect_err(sql);
        let SqlError::Refused(why) = &error else {
            panic!("{sql}: {error}");
        };
        assert!(
            !why.contains('\n') && why.starts_with("only reading"),
            "{why}"
        );
    }
    assert!(
        !std::path::Path::new("copy.db").exists() && !std::path::Path::new("other.db").exists()
    );
}

#[test]
fn one_statement_at_a_time() {
    let scene = small();
    for sql in [
        "select 1; select 2",
        "select 1; drop table events",
        "select 1; nonsense",
        "select 1; attach 'other.db' as other",
    ] {
        let error = run(&scene, sql).expect_err(sql);
        assert!(
            error.to_string().contains("one at a time"),
            "{sql}: {error}"
        );
    }
    for sql in [
        "select 1;",
        "select 1; -- and no more",
        "-- one\nselect 1 /* ; */;;",
    ] {
        assert_eq!(rows(&scene, sql), [[Value::Integer(1)]], "{sql}");
    }
    for sql in ["", "  ;; ", "-- nothing"] {
        let error = run(&scene, sql).expect_err(sql);
        assert_eq!(error.to_string(), "there is no statement");
    }
}

#[test]
fn reading_of_every_kind_is_possible() {
    let scene = small();
    for sql in [
        "explain query plan select * from events",
        "pragma table_info(events)",
        "select name from pragma_table_info('streams')",
        "with recursive n(x) as (select 1 union all select x + 1 from n limit 5) select * from n",
        "select *, row_number() over (partition by stream order by position) from events",
        "select key, value from events, json_each(data)",
        "values (1, 'a'), (2, 'b')",
        "select * from events a left join events b on b.id = a.causation_id",
        "select group_concat(distinct type) from events group by stream having count(*) > 1",
        "select * from checkpoints, outbox, dead_letters, snapshots, processed",
        "select * from sqlite_schema",
    ] {
        rows(&scene, sql);
    }
}

#[test]
fn what_never_ends_can_be_called_off_and_what_is_too_much_is_said() {
    let scene = small();
    let endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n";
    let most = |rows, bytes| Most { rows, bytes };
    let answer = ask(&scene, endless, most(7, usize::MAX), &Task::new()).unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (7, true));
    let answer = ask(&scene, endless, most(usize::MAX, 1 << 20), &Task::new()).unwrap();
    assert!(answer.truncated && answer.rows.len() > 1000);
    let answer = ask(&scene, "values (1), (2)", most(2, usize::MAX), &Task::new()).unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (2, false));

    let task = Task::new();
    let other = task.clone();
    let (asked, sql) = (scene.clone(), format!("select count(*) from ({endless})"));
    let asker = std::thread::Builder::new().name("asker".to_owned());
    let asked = asker.spawn(move || ask(&asked, &sql, ALL, &task)).unwrap();
    other.cancel();
    assert!(matches!(asked.join().unwrap(), Err(SqlError::Cancelled(_))));
}

#[test]
fn mistakes_say_where() {
    let scene = small();
    let said = |sql: &str| run(&scene, sql).expect_err(sql).to_string();
    assert_eq!(
        said("selec 1"),
        "line 1, column 1: near \"selec\": syntax error"
    );
    assert_eq!(
        said("select é,\n  nope from events"),
        "line 1, column 8: no such column: é"
    );
    assert_eq!(
        said("select 'é',\n  'é', nope from events"),
        "line 2, column 8: no such column: nope"
    );
    assert_eq!(
        said("select * from event"),
        "no such table: event; there are events, streams, checkpoints, outbox, dead_letters, snapshots, processed, and no tables of the store itself"
    );
    // A name in double quotes is no text.
    assert!(said("select \"nope\" from events").contains("no such column"));
    assert!(said("select ?1").contains("parameters"));
    assert!(said("select json('{')").contains("malformed JSON"));
    assert_eq!(
        said("select zeroblob(100000000)"),
        "a value would be larger than 64 MB"
    );
    assert!(said("select 1\0").contains("unrecognized token"));
}
