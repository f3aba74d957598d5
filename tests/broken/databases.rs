//! Damaged SQLite files, and those that a writer left in the middle of something.

use std::fs;

use asof::model::EventIx;

use crate::broken;
use crate::opened::Opened;

/// Writes a store of so many events of seven streams in turn, on pages of so many bytes.
fn numbered(path: &std::path::Path, page: u32, events: u32) {
    let writer = rusqlite::Connection::open(path).unwrap();
    let sql = format!(
        "pragma page_size = {page};
         create table events (position integer primary key, stream text, version integer, type text, data text);
         with recursive n(i) as (select 1 union all select i + 1 from n where i < {events})
         insert into events select i, 's-' || (i % 7), i / 7, 'Happened', json_object('n', i) from n",
    );
    writer.execute_batch(&sql).unwrap();
}

#[test]
fn what_a_killed_writer_never_committed_is_not_there() {
    let store = broken("hot_journal.db");
    assert_eq!(store.log.len(), 100);
    assert!(!store.types().contains_key("NeverCommitted"));
    assert_eq!(store.data(EventIx(99)), serde_json::json!({"n": 100}));
    assert!(store.store.access().starts_with("Read from a private copy"));
}

#[test]
fn what_is_only_in_the_log_is_there() {
    let store = broken("uncheckpointed_wal.db");
    assert_eq!((store.log.len(), store.problems()), (80, vec![]));
    assert_eq!(store.data(EventIx(79)), serde_json::json!({"qty": 79}));
}

#[test]
fn a_log_that_is_gone_was_empty() {
    let store = broken("wal_missing.db");
    assert_eq!((store.log.len(), store.problems()), (245, vec![]));
}

#[test]
fn the_half_that_is_there_is_shown() {
    let store = broken("truncated_half.db");
    let whole = broken("wal_missing.db");
    let problems = store.problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("file: The database is cut short: 57344 of 114688 bytes"));
    assert!(problems[1].contains("after row"), "{problems:?}");
    assert!(store.log.len() >= 106);
    let (read, all) = (store.dump(), whole.dump());
    assert!(read.iter().all(|event| all.contains(event)));
}

#[test]
fn a_layout_with_no_events_is_recognised() {
    let store = broken("empty_tables.db");
    assert_eq!((store.log.len(), store.problems()), (0, vec![]));
    assert_eq!(store.layout(), "generic");
}

/// A page in the middle of the table is overwritten: the rows before and after it are read, each.
#[test]
fn damage_in_the_middle_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    numbered(&path, 512, 2000);
    let whole = Opened::open(&path).dump();
    let mut bytes = fs::read(&path).unwrap();
    let page = bytes.len() / 1024 * 512;
    bytes[page..page + 512].fill(0xff);
    fs::write(&path, bytes).unwrap();

    let damaged = Opened::open(&path);
    let read = damaged.dump();
    assert!(read.len() < 2000 && read.len() > 1950, "{}", read.len());
    let odd: Vec<_> = read.iter().filter(|event| !whole.contains(event)).collect();
    assert_eq!(odd.first(), None);
    assert_eq!(damaged.positions().last(), Some(&2000));
    assert_eq!(damaged.log.problem_count(), 1, "{:?}", damaged.problems());
}

#[test]
fn rows_that_come_in_no_order_are_not_read_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    numbered(&path, 4096, 900);
    let whole = fs::read(&path).unwrap();
    // The head of a page is as it was, and what it says of the rows is not.
    for (page, from, with) in [
        (3, 100, 0xff),
        (3, 1700, 0xff),
        (4, 2500, 0x41),
        (5, 8, 0xff),
    ] {
        let mut bytes = whole.clone();
        bytes[page * 4096 + from..(page + 1) * 4096].fill(with);
        fs::write(&path, bytes).unwrap();
        let damaged = Opened::open(&path);
        let read = damaged.dump().len();
        assert!((600..900).contains(&read), "{page} {from}: {read}");
        assert!(damaged.log.problem_count() > 0, "{page} {from}");
    }
}

#[test]
fn rows_of_a_page_that_stand_in_another_order_are_all_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    numbered(&path, 4096, 12);
    let mut bytes = fs::read(&path).unwrap();
    // Behind the head of the leaf stands where each of its rows is, two bytes a row.
    let place = |row: usize| 4096 + 8 + 2 * (row - 1);
    let (third, eleventh) = (place(3), place(11));
    for byte in 0..2 {
        bytes.swap(third + byte, eleventh + byte);
    }
    fs::write(&path, bytes).unwrap();
    let mut positions = Opened::open(&path).positions();
    positions.sort_unstable();
    assert_eq!(positions, (1..=12).collect::<Vec<i64>>());
}

#[test]
fn a_packed_database_that_is_cut_off_says_so() {
    use std::io::Write as _;
    let bytes = std::fs::read(crate::fixture("es_py_bank/store.db")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&bytes).unwrap();
    let packed = encoder.finish().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &packed).unwrap();
    let whole = Opened::open(file.path());
    assert_eq!(whole.problems(), [""; 0]);
    // The last bytes are but a checksum.
    std::fs::write(file.path(), &packed[..packed.len() - 8]).unwrap();
    let cut = Opened::open(file.path());
    assert_eq!(cut.log.len(), whole.log.len());
    let said = cut.problems();
    let sentence = format!(
        "file: the compressed file is cut off or damaged; {} bytes could be unpacked",
        bytes.len()
    );
    assert!(
        said.len() == 1 && said[0].starts_with(&sentence),
        "{said:?}"
    );
}

#[test]
fn what_is_wrong_with_a_packed_database_is_said_of_the_packed_file() {
    let bytes = std::fs::read(crate::fixture("es_py_bank/store.db")).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), zstd::encode_all(&bytes[..900], 1).unwrap()).unwrap();
    let refused = Opened::with(file.path(), &asof::store::OpenOptions::default());
    let refused = refused.err().unwrap().to_string();
    assert!(
        refused.ends_with(&file.path().display().to_string()),
        "{refused}"
    );
}
