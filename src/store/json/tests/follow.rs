//! Following a file that grows, is cut, or is replaced.

use std::fs::{self, OpenOptions};
use std::io::Write;

use proptest::prelude::*;

use super::super::follow::Listing;
use super::super::records::MOST_FILES;
use super::shapes::events;
use super::*;
use crate::store::Followed;

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// What has come since, which there has to be.
fn more(records: &Records, since: &Resume) -> Block {
    assert_eq!(records.grown(since).unwrap(), Followed::Appended);
    records.rest(since)
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
                Followed::Same => prop_assert_eq!(piece[0], piece[1]),
                Followed::Appended => end = scan_block(&records, &records.rest(&end.resume), FOLLOWING, &mut seen),
                Followed::Rewritten => prop_assert!(false),
            }
        }
        let (whole, all) = scan(&open(file.path()), ScanOptions::default());
        prop_assert_eq!(seen, whole);
        prop_assert_eq!(end.resume.byte, all.resume.byte);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn following_pieces_of_values_is_one_scan(
        events in events(2..9),
        cuts in prop::collection::vec(0_usize..4_000, 0..6),
        written in prop::sample::select(vec![(true, "[", ",\n", "\n]\n"), (true, "[\n", ",", ""), (false, "", "\n", "\n"), (false, "", "\n// note\n", "\n")]),
    ) {
        let (array, begin, glue, end) = written;
        let texts: Vec<String> = events.iter().map(|event| if array { event.to_string() } else { serde_json::to_string_pretty(event).unwrap() }).collect();
        let text = format!("{begin}{}{end}", texts.join(glue));
        let first = begin.len() + texts[0].len() + glue.len();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| first + cut % (text.len() - first)).collect();
        cuts.extend([first, text.len()]);
        cuts.sort_unstable();

        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &text[..first]).unwrap();
        let records = open(file.path());
        let (mut seen, mut end) = scan(&records, FOLLOWING);
        for piece in cuts.windows(2) {
            append(file.path(), &text.as_bytes()[piece[0]..piece[1]]);
            match records.grown(&end.resume).unwrap() {
                Followed::Same => prop_assert_eq!(piece[0], piece[1]),
                // Only blanks come after the end of an array.
                Followed::Rewritten => prop_assert_eq!(end.resume.inside, Inside::Closed),
                Followed::Appended => end = scan_block(&records, &records.rest(&end.resume), FOLLOWING, &mut seen),
            }
        }
        let (whole, all) = scan(&open(file.path()), FOLLOWING);
        prop_assert_eq!(seen, whole);
        prop_assert_eq!(end.resume.trace, all.resume.trace);
        // Blanks after the end of an array are read with it or not, as they come.
        let read = |resume: &Resume| text[..resume.byte as usize].trim_end().to_owned();
        prop_assert_eq!(read(&end.resume), read(&all.resume));
    }
}

#[test]
fn a_folder_of_too_many_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..4 {
        fs::write(folder.path().join(n.to_string()), "").unwrap();
    }
    assert!(Listing::of(folder.path(), 3).unwrap().is_none());
    assert!(Listing::of(folder.path(), 4).unwrap().is_some());
    let error = JsonError::TooManyFiles {
        most: MOST_FILES,
        path: folder.path().to_owned(),
    };
    assert!(
        error
            .to_string()
            .starts_with("The folder holds more than 524288 files, ")
    );
}

#[test]
fn a_held_back_line_can_be_asked_for_at_rest() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "{\"n\":1}\n{\"n\":2}").unwrap();
    let records = open(file.path());
    let (mut seen, end) = scan(&records, FOLLOWING);
    assert_eq!((seen.records.len(), end.resume.byte), (1, 8));
    let end = scan_block(
        &records,
        &records.rest(&end.resume),
        ScanOptions::default(),
        &mut seen,
    );
    assert_eq!((seen.records.len(), end.resume.byte), (2, 15));
    append(file.path(), b"\n{\"n\":3}\n");
    scan_block(&records, &more(&records, &end.resume), FOLLOWING, &mut seen);
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
        scan_block(&records, &more(&records, &end.resume), FOLLOWING, &mut seen);
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
        assert_eq!(records.grown(&end.resume).unwrap(), Followed::Same);
        (records, end.resume)
    };
    let (records, resume) = start();
    fs::write(&path, "{\"n\":1}\n").unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Followed::Rewritten,
        "shorter"
    );

    let (records, resume) = start();
    fs::write(&path, "{\"n\":9}\n{\"n\":2}\n{\"n\":3}\n").unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Followed::Rewritten,
        "another start"
    );

    let (records, resume) = start();
    let other = folder.path().join("other");
    fs::write(&other, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n").unwrap();
    fs::rename(&other, &path).unwrap();
    assert_eq!(
        records.grown(&resume).unwrap(),
        Followed::Rewritten,
        "replaced"
    );

    let (records, resume) = start();
    append(&path, b"{\"n\":3}\n");
    assert_eq!(records.grown(&resume).unwrap(), Followed::Appended);

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
        assert_eq!(records.grown(&end.resume).unwrap(), Followed::Same);
        fs::write(file.path(), after).unwrap();
        assert_eq!(
            records.grown(&end.resume).unwrap(),
            Followed::Rewritten,
            "{before}"
        );
    }
}
