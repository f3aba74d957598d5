//! Following a file that grows, is cut, or is replaced.

use std::fs::{self, OpenOptions};
use std::io::Write;

use proptest::prelude::*;

use super::shapes::events;
use super::*;

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

fn block(growth: Growth) -> Block {
    match growth {
        Growth::Appended(block) => block,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn following_pieces_is_one_scan(
        events in events(2..12),
        cuts in prop::collection::vec(0_usize..4_000, 0..6),
        glue in prop::sample::select(vec!["\n", "\r\n", "\n\n# note\n"]),
    ) {
        let first = format!("{}{glue}", events[0]);
        let rest: String = events[1..].iter().map(|event| format!("{event}{glue}")).collect();
        let rest = rest.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % rest.len()).collect();
        cuts.extend([0, rest.len()]);
        cuts.sort_unstable();

        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), first).unwrap();
        let records = open(file.path());
        let (mut seen, mut end) = scan(&records, FOLLOWING);
        for piece in cuts.windows(2) {
            append(file.path(), &rest[piece[0]..piece[1]]);
            match records.grown(&end.resume).unwrap() {
                Growth::Same => prop_assert_eq!(piece[0], piece[1]),
                growth => end = scan_block(&records, &block(growth), FOLLOWING, &mut seen),
            }
        }
        let (whole, all) = scan(&open(file.path()), ScanOptions::default());
        prop_assert_eq!(seen, whole);
        prop_assert_eq!(end.resume.byte, all.resume.byte);
    }
}

#[test]
fn a_held_back_line_can_be_asked_for_at_rest() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "{\"n\":1}\n{\"n\":2}").unwrap();
    let records = open(file.path());
    let (mut seen, end) = scan(&records, FOLLOWING);
    assert_eq!((seen.records.len(), end.held_back), (1, 7));
    let end = scan_block(
        &records,
        &records.rest(&end.resume),
        ScanOptions::default(),
        &mut seen,
    );
    assert_eq!((seen.records.len(), end.held_back), (2, 0));
    append(file.path(), b"\n{\"n\":3}\n");
    let growth = records.grown(&end.resume).unwrap();
    scan_block(&records, &block(growth), FOLLOWING, &mut seen);
    assert_eq!(seen.texts(), ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"]);
}

#[test]
fn values_and_unfinished_arrays_grow() {
    for (before, after) in [
        ("{\n\"n\":1}\n{\n\"n\"", ":2}\n"),
        ("[{\"n\":1},\n", "{\"n\":2},\n"),
        ("[{\"n\":1},\n{\"n\"", ":2}\n]"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), before).unwrap();
        let records = open(file.path());
        let (mut seen, end) = scan(&records, FOLLOWING);
        assert_eq!((seen.records.len(), seen.problems.len()), (1, 0));
        append(file.path(), after.as_bytes());
        let growth = records.grown(&end.resume).unwrap();
        scan_block(&records, &block(growth), FOLLOWING, &mut seen);
        assert_eq!(
            (seen.records.len(), seen.problems.len()),
            (2, 0),
            "{before}"
        );
        assert_eq!(seen.records[1].0.number, 2);
    }
}

#[test]
fn what_was_written_anew_is_told_from_what_grew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let start = || {
        let _ = fs::remove_file(&path);
        fs::write(&path, "{\"n\":1}\n{\"n\":2}\n").unwrap();
        let records = open(&path);
        let end = scan(&records, FOLLOWING).1;
        assert_eq!(records.grown(&end.resume).unwrap(), Growth::Same);
        (records, end.resume)
    };
    let (records, resume) = start();
    fs::write(&path, "{\"n\":1}\n").unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Growth::Rewritten,
        "shorter"
    );

    let (records, resume) = start();
    fs::write(&path, "{\"n\":9}\n{\"n\":2}\n{\"n\":3}\n").unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Growth::Rewritten,
        "another start"
    );

    let (records, resume) = start();
    let other = folder.path().join("other");
    fs::write(&other, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n").unwrap();
    fs::rename(&other, &path).unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Growth::Rewritten,
        "replaced"
    );

    let (records, resume) = start();
    append(&path, b"{\"n\":3}\n");
    assert_eq!(
        block(records.grown(&resume).unwrap()),
        records.rest(&resume)
    );

    fs::remove_file(&path).unwrap();
    assert!(records.grown(&resume).is_err());
}

#[test]
fn arrays_and_objects_are_written_anew_not_appended_to() {
    for (before, after) in [
        ("[{\"n\":1}]", "[{\"n\":1},{\"n\":2}]"),
        (
            "{\"events\":[{\"n\":1}]}",
            "{\"events\":[{\"n\":1},{\"n\":2}]}",
        ),
        ("", "{\"n\":1}\n"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), before).unwrap();
        let records = open(file.path());
        let (_, end) = scan(&records, FOLLOWING);
        assert_eq!(records.grown(&end.resume).unwrap(), Growth::Same);
        fs::write(file.path(), after).unwrap();
        assert_eq!(
            records.grown(&end.resume).unwrap(),
            Growth::Rewritten,
            "{before}"
        );
    }
}
