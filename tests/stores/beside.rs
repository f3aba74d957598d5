//! What stands beside the events of stores that real libraries wrote: typed rows, and the events that
//! they are about.

use std::sync::Arc;

use asof::log::{Bound, Checkpoint, Published, Says, SideKind, SideRow};
use asof::model::{EventIx, Task};
use asof::store::{Join, OpenOptions, Store, Tail};
use rusqlite::Connection;
use serde_json::json;

use crate::made::read;
use crate::opened::{Opened, fixture};

impl Opened {
    /// The rows of a kind; none of them may be in doubt.
    fn rows(&self, kind: SideKind) -> Vec<SideRow> {
        let mut rows = Vec::new();
        let each = &mut |row: Result<SideRow, _>| rows.push(row.unwrap());
        self.store.rows().rows(kind, &self.task, each).unwrap();
        rows
    }

    /// Each consumer, how far it has come, and how many events come after that.
    fn lags(&self) -> Vec<(String, Option<Bound>, usize)> {
        let rows = self.rows(SideKind::Checkpoints);
        let lag = |row: &SideRow| {
            let own = checkpoint(row);
            let reached = own.reached.as_ref();
            let bound = reached.and_then(|mark| self.log.reached(row.file, mark));
            let behind = match bound {
                Some(Bound::Event(event)) => self.log.len() - event.at() - 1,
                _ => self.log.len(),
            };
            (own.consumer.clone(), bound, behind)
        };
        rows.iter().map(lag).collect()
    }
}

fn checkpoint(row: &SideRow) -> &Checkpoint {
    match &row.says {
        Says::Checkpoint(checkpoint) => checkpoint,
        other => panic!("a checkpoint, not {other:?}"),
    }
}

#[test]
fn emmett_s_checkpoints_are_texts_of_many_digits() {
    let carts = Opened::fixture("emmett_cart/store.db");
    let at = |position: u32| Some(Bound::Event(EventIx(position - 1)));
    let expected = [
        ("email-notifier".to_owned(), at(10), 109),
        ("fraud-check".to_owned(), at(10), 109),
        ("invoice-sync".to_owned(), at(87), 32),
    ];
    assert_eq!(carts.lags(), expected);
    let rows = carts.rows(SideKind::Checkpoints);
    let first = checkpoint(&rows[0]);
    assert_eq!(first.status.as_deref(), Some("stopped"));
    assert_eq!(first.partition.as_deref(), Some("emt:default"));
    // When they were written is not in the table.
    assert_eq!(rows[0].says.known_from(), None);
}

#[test]
fn evento_s_cursors_name_the_last_event() {
    let bank = Opened::fixture("evento_bank/store.db");
    let lags = bank.lags();
    let known: Vec<_> = lags
        .iter()
        .map(|(name, _, behind)| (&**name, *behind))
        .collect();
    assert_eq!(known, [("accounts.deposit-notifier", 50), ("audit", 1)]);
    let rows = bank.rows(SideKind::Checkpoints);
    let known_from = rows[0].says.known_from().map(|time| time.to_string());
    assert_eq!(known_from.as_deref(), Some("2024-10-04T11:57:59.000000Z"));
    let snapshots = bank.rows(SideKind::Snapshots);
    assert_eq!(snapshots.len(), 7);
    for row in &snapshots {
        let Says::Snapshot(own) = &row.says else {
            panic!("a snapshot")
        };
        let event = bank
            .log
            .marked(row.file, own.reached.as_ref().unwrap())
            .unwrap();
        let stream = bank.log.stream_name(bank.log.stream(event));
        assert_eq!(Some(stream), own.stream.as_deref());
        assert_eq!(own.state.json(), None);
    }
}

#[test]
fn eventsource_py_s_rows_are_about_its_events() {
    let orders = Opened::fixture("eventsource_py_orders/store.db");
    let at = |position: u32| Some(Bound::Event(EventIx(position - 1)));
    let expected = [
        ("OrderSummary".to_owned(), at(134), 9),
        ("ShippingSubscription".to_owned(), at(60), 83),
    ];
    let mut lags = orders.lags();
    lags.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(lags, expected);

    let mut counts = [0; 3];
    for row in orders.rows(SideKind::Outbox) {
        let Says::Outbox(own) = &row.says else {
            panic!("a message")
        };
        let mark = own.of.as_ref().unwrap();
        assert!(orders.log.marked(row.file, mark).is_some());
        assert!(own.created_at.is_some());
        match own.published {
            Some(Published::Yes) => {
                counts[0] += 1;
                assert!(own.published_at.is_some());
                assert_eq!(own.is_published(None), Some(true));
            }
            Some(Published::No) => counts[1] += 1,
            Some(Published::Failed) => counts[2] += 1,
            None => panic!("it says whether it was published"),
        }
    }
    assert_eq!(counts, [7, 4, 1]);

    let letters = orders.rows(SideKind::DeadLetters);
    let consumers = letters.iter().map(|row| match &row.says {
        Says::DeadLetter(own) => (own.consumer.clone(), own.status.clone()),
        _ => panic!("a dead letter"),
    });
    let (consumers, statuses): (Vec<_>, Vec<_>) = consumers.unzip();
    assert!(consumers.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(
        statuses
            .iter()
            .all(|status| status.as_deref() == Some("failed"))
    );

    let order = "40d77d93-0a7a-4b43-a44e-75f1f5e2f8d5";
    let snapshots = orders.rows(SideKind::Snapshots);
    let own = snapshots.iter().find_map(|row| match &row.says {
        Says::Snapshot(own) if own.stream.as_deref() == Some(order) => Some(own),
        _ => None,
    });
    let own = own.unwrap();
    assert_eq!(own.version.map(|version| version.0), Some(8));
    assert_eq!(own.state.value().unwrap()["status"], json!("paid"));
}

#[test]
fn snapshots_of_compressed_banks_are_read() {
    for store in ["es_py_bank/store.db", "es_py_bank_zlib/store.db"] {
        let bank = Opened::fixture(store);
        let snapshots = bank.rows(SideKind::Snapshots);
        assert_eq!(snapshots.len(), 19);
        for row in &snapshots {
            let Says::Snapshot(own) = &row.says else {
                panic!("a snapshot")
            };
            assert!(own.state.value().unwrap().is_object());
            let event = bank.log.marked(row.file, own.reached.as_ref().unwrap());
            assert_eq!(event.map(|event| bank.log.version(event)), own.version);
        }
    }
}

/// A follower's position is one of another file.
#[test]
fn followers_of_other_files_are_known_once_those_are_open() {
    let names = ["orders", "reservations", "payments"];
    let files = names.map(|name| {
        let path = fixture(&format!("es_py_system/{name}.db"));
        (path, OpenOptions::default())
    });
    let task = Task::new();
    let mut store = Store::open_all(&files, Join::Time, &task).unwrap();
    let mut builder = store.builder();
    store
        .index(&mut builder, Tail::AtRest, &task, &mut |_| {})
        .unwrap();
    let (log, _) = builder.finish();
    let mut followed = Vec::new();
    let each = &mut |row: Result<SideRow, _>| {
        let row = row.unwrap();
        let own = checkpoint(&row);
        let mark = own.reached.as_ref().unwrap();
        let Some(Bound::Event(event)) = log.reached(row.file, mark) else {
            panic!("an event");
        };
        let (_, source) = log.marked_file(row.file, mark).unwrap();
        let behind = source.len() as i64 - log.position_name(event).position.0;
        followed.push((
            own.consumer.clone(),
            log.position_name(event).to_string(),
            behind,
        ));
    };
    store
        .rows()
        .rows(SideKind::Checkpoints, &task, each)
        .unwrap();
    followed.sort();
    let expected = [
        ("orders", "#payments:32", 0),
        ("orders", "#reservations:40", 0),
        ("payments", "#orders:112", 3),
        ("reservations", "#orders:112", 3),
    ];
    let expected =
        expected.map(|(consumer, at, behind)| (consumer.to_owned(), at.to_owned(), behind));
    assert_eq!(followed, expected);

    // Alone a file says how far, and not of what.
    let alone = Opened::fixture("es_py_system/payments.db");
    assert_eq!(alone.lags(), [("payments".to_owned(), None, 32)]);
}

#[test]
fn samples_have_all_kinds_of_rows() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/orders.db");
    let orders = Opened::open(&path);
    let rows = orders.store.rows();
    for kind in rows.kinds() {
        let count = orders.store.side_rows(kind).unwrap();
        let own = orders.rows(kind);
        assert_eq!(
            count,
            asof::store::SideRows::Exactly(own.len() as u64),
            "{kind:?}"
        );
        let mut places: Vec<i64> = own.iter().map(|row| row.place.row).collect();
        places.dedup();
        assert_eq!(places.len(), own.len(), "{kind:?}");
    }
    // History says when; all of it is about events that there are.
    for row in orders.rows(SideKind::CheckpointHistory) {
        assert!(row.says.known_from().is_some());
        assert!(
            orders
                .log
                .reached(row.file, row.says.mark().unwrap())
                .is_some()
        );
    }
}

const KEYED: &str = "
    create table events (id integer primary key, stream text, type text);
    insert into events values (1, 's', 'A'), (2, 's', 'B');";

const LAYOUT: &str = "
    [events]
    from = 'events'
    key = 'id'
    columns = { position = 'id', stream = 'stream', type = 'type' }
    [[side.checkpoints]]
    from = 'checkpoints'
    columns = { consumer = 'name', position = 'position', updated_at = 'at ??' }
    [[side.checkpoints]]
    from = 'more'
    group_by = 'name'
    columns = { consumer = 'name', position = 'max(position)', updated_at = { sql = 'max(at)', encoding = 'epoch_millis' } }
    [side.processed]
    from = 'seen'
    columns = { consumer = 'who', event_id = 'what', attempts = 'tries' }
    ";

/// More rows than a page has, in tables with and without rowids, and in none of a table's order.
#[test]
fn rows_come_page_by_page_and_each_once() {
    let made = format!(
        "{KEYED}
         create table checkpoints (name text primary key, position) without rowid;
         with recursive n(x) as (select 1 union all select x + 1 from n where x < 9000)
         insert into checkpoints select printf('c%05d', x), x from n;
         create table more (name text, position integer, at integer);
         insert into more select name, position, 1704067200000 from checkpoints where position <= 5000;
         insert into more select name, position + 1, 1704067201000 from checkpoints where position <= 5000;
         create table seen (who text, what text, tries text);
         insert into seen select 'w', name, iif(position = 7, 'often', 3) from checkpoints;"
    );
    let (store, _made) = read(&made, LAYOUT);
    let rows = store.rows(SideKind::Checkpoints);
    assert_eq!(rows.len(), 14_000);
    let names: Vec<&str> = rows
        .iter()
        .map(|row| checkpoint(row).consumer.as_str())
        .collect();
    assert!(names[..9000].is_sorted() && names[9000..].is_sorted());
    let at = rows[13_999].says.known_from().map(|time| time.to_string());
    assert_eq!(at.as_deref(), Some("2024-01-01T00:00:01.000000Z"));
    assert_eq!(&*rows[13_999].place.table, "more");

    let (mut whole, mut problems) = (0, Vec::new());
    let each = &mut |row: Result<SideRow, asof::log::Problem>| match row {
        Ok(_) => whole += 1,
        Err(problem) => problems.push(format!("{}: {}", problem.place, problem.message)),
    };
    store
        .store
        .rows()
        .rows(SideKind::Processed, &store.task, each)
        .unwrap();
    // What cannot be read of a row is told, and the row comes all the same.
    assert_eq!(whole, 9000);
    assert_eq!(
        problems,
        ["seen row 7: Its attempts “often” is no whole number"]
    );
}

#[test]
fn a_store_that_was_replaced_says_so() {
    let made = format!(
        "{KEYED}
         create table checkpoints (name text, position integer);
         with recursive n(x) as (select 1 union all select x + 1 from n where x < 9000)
         insert into checkpoints select printf('c%05d', x), x from n;"
    );
    let (store, made) = read(&made, LAYOUT);
    let rows: Arc<_> = store.store.rows();
    let mut count = 0;
    let ended = rows.rows(SideKind::Checkpoints, &store.task, &mut |_| {
        count += 1;
        if count == 1 {
            let other = made.path.with_extension("new");
            let writer = Connection::open(&other).unwrap();
            writer.execute_batch(KEYED).unwrap();
            writer
                .execute_batch("create table checkpoints (name text, position integer);")
                .unwrap();
            drop(writer);
            std::fs::rename(&other, &made.path).unwrap();
        }
    });
    assert_eq!(ended, Err(asof::log::RowsError::Rewritten));
}
