//! Whatever bytes a file has, opening it ends in events or in one clear sentence.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use asof::log::LogBuilder;
use asof::model::{EventIx, Task};
use asof::store::{Followed, OpenError, OpenOptions, Store, Tail};
use proptest::prelude::*;

use crate::opened::fixture;

/// JSON of every kind, to be damaged.
const FILES: [&str; 21] = [
    "broken/good.jsonl",
    "broken/bom.json",
    "broken/utf16le_bom.json",
    "broken/good.jsonl.gz",
    "broken/good.jsonl.zst",
    "broken/truncated.jsonl.gz",
    "broken/array_truncated.json",
    "broken/blank_lines_and_comments.jsonl",
    "broken/mixed_times.jsonl",
    "broken/scalar_array.json",
    "json_shapes/atom_embed_body.json",
    "json_shapes/cloudevents_base64.json",
    "json_shapes/kcat_J.jsonl",
    "json_shapes/recorded_events.json",
    "json_layouts/castore.jsonl",
    "json_layouts/kcat.jsonl",
    "json_layouts/kurrentdb_feed.json",
    "json_layouts/ocel1.json",
    "json_layouts/ocel2.json",
    "json_layouts/temporal/order-8.json",
    "../../sample-data/users.json",
];

/// One way to damage bytes; places are shares of their length.
#[derive(Clone, Debug)]
enum Damage {
    Cut(f64),
    Overwrite(f64, Vec<u8>),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, usize),
    Swap(f64, f64),
}

#[derive(Clone, Copy, Debug)]
enum Dress {
    AsIs,
    Gzip,
    Zstd,
    Utf16,
}

/// Bytes that mean something somewhere.
const TELLING: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b"\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"]}",
    b"{\"events\":[",
    b"null",
    b"1e999",
    b"-",
    b"\\u",
    b"\xf0\x9f",
    b"\x1f\x8b\x08",
];

fn damage() -> impl Strategy<Value = Damage> {
    let telling = prop::sample::select(TELLING);
    let bytes = prop_oneof![
        telling.prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..20),
    ];
    let at = || 0.0..1.0_f64;
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), bytes.clone()).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes)),
        (at(), bytes).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), 1..400_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (at(), 1..400_usize).prop_map(|(at, count)| Damage::Repeat(at, count)),
        (at(), at()).prop_map(|(one, other)| Damage::Swap(one, other)),
    ]
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    prop::collection::vec(damage(), 0..5)
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let place = |share: &f64| (share * bytes.len() as f64) as usize;
        match damage {
            Damage::Cut(at) => bytes.truncate(place(at)),
            Damage::Overwrite(at, with) => {
                let at = place(at);
                let count = with.len().min(bytes.len() - at);
                bytes[at..at + count].copy_from_slice(&with[..count]);
            }
            Damage::Insert(at, with) => {
                let at = place(at);
                bytes.splice(at..at, with.iter().copied());
            }
            Damage::Remove(at, count) => {
                let at = place(at);
                bytes.drain(at..bytes.len().min(at + count));
            }
            Damage::Repeat(at, count) => {
                let at = place(at);
                let again = bytes[at..bytes.len().min(at + count)].to_vec();
                bytes.splice(at..at, again);
            }
            Damage::Swap(one, other) => {
                let (one, other) = (place(one), place(other));
                if !bytes.is_empty() {
                    bytes.swap(one, other);
                }
            }
        }
    }
    bytes
}

fn dressed(bytes: Vec<u8>, dress: Dress) -> Vec<u8> {
    match dress {
        Dress::AsIs => bytes,
        Dress::Gzip => {
            let level = flate2::Compression::fast();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(&bytes).unwrap();
            encoder.finish().unwrap()
        }
        Dress::Zstd => zstd::encode_all(&bytes[..], 1).unwrap(),
        Dress::Utf16 => {
            let text = String::from_utf8_lossy(&bytes);
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        }
    }
}

/// All that opening, indexing and reading can say of a file.
fn read(path: &Path, tail: Tail) -> Result<(Store, LogBuilder), OpenError> {
    let task = Task::new();
    let mut store = Store::open(path, &OpenOptions::default(), &task)?;
    let mut builder = store.builder();
    while store.index(&mut builder, tail, &task, &mut |_| {})? == Followed::Rewritten {
        builder = store.builder();
    }
    read_back(&store, &mut builder);
    Ok((store, builder))
}

fn read_back(store: &Store, builder: &mut LogBuilder) {
    let log = builder.finish().0;
    let events: Vec<EventIx> = log.events().collect();
    let mut count = 0;
    let mut each = |_, _| count += 1;
    store
        .payloads()
        .read(&log, &events, &Task::new(), &mut each)
        .unwrap();
    assert_eq!(count, events.len());
    for problem in log.problems() {
        assert!(!problem.place.is_empty() && !problem.message.is_empty());
    }
}

fn is_a_sentence(error: &OpenError, path: &Path) -> bool {
    let text = error.to_string();
    let path = path.display().to_string();
    !text.contains('\n') && text.len() > path.len() + 10 && text.ends_with(&path)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_events_or_a_sentence(
        file in prop::sample::select(&FILES[..]),
        (inside, outside, later) in (damages(), damages(), damages()),
        dress in prop::sample::select(vec![Dress::AsIs, Dress::AsIs, Dress::Gzip, Dress::Zstd, Dress::Utf16]),
        tail in prop::sample::select(vec![Tail::AtRest, Tail::Following]),
    ) {
        let bytes = fs::read(fixture(file)).unwrap();
        let bytes = damaged(dressed(damaged(bytes, &inside), dress), &outside);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        fs::write(&path, &bytes).unwrap();
        match read(&path, tail) {
            Err(error) => prop_assert!(is_a_sentence(&error, &path), "{error}"),
            Ok((mut store, mut builder)) => {
                fs::write(&path, damaged(bytes, &later)).unwrap();
                let task = Task::new();
                for _ in 0..2 {
                    let followed = store.follow_at(Instant::now(), &mut builder, &task);
                    if matches!(followed, Ok(Followed::Rewritten) | Err(_)) {
                        break;
                    }
                    read_back(&store, &mut builder);
                }
            }
        }
    }

    #[test]
    fn nothing_but_bytes_is_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        if let Err(error) = read(file.path(), Tail::AtRest) {
            prop_assert!(is_a_sentence(&error, file.path()), "{error}");
        }
    }
}
