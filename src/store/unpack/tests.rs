//! Unpacking within bounds, and beside no store.

use super::*;

const fn packed(packing: Packing) -> JsonText {
    JsonText {
        packing,
        encoding: Encoding::Utf8,
    }
}

fn open(bytes: &[u8], kind: JsonText, limits: Limits) -> Result<Text, UnpackError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Text::open(file.path(), kind, Handle::Held, limits, &Task::new())
}

#[test]
fn beyond_the_memory_limit_text_goes_to_a_temporary_file() {
    let bytes = zstd::encode_all(&[b'x'; 5_000][..], 1).unwrap();
    let limits = Limits {
        memory: 1_000,
        ..Limits::default()
    };
    let text = open(&bytes, packed(Packing::Zstd), limits).unwrap();
    assert_eq!(text.unpacked(), Some(Unpacked::InTemporaryFile(5_000)));
    assert_eq!(text.read_at(4_998..9_000).unwrap(), b"xx");
    let text = open(&bytes, packed(Packing::Zstd), Limits::default()).unwrap();
    assert_eq!(text.unpacked(), Some(Unpacked::InMemory(5_000)));
    assert_eq!(text.read_at(4_998..9_000).unwrap(), b"xx");
    assert_eq!(text.read_at(9_000..9_001).unwrap(), b"");
}

#[test]
fn a_bomb_is_refused() {
    let bytes = zstd::encode_all(&[b'x'; 500_000][..], 1).unwrap();
    let limits = Limits {
        total: 100_000,
        ..Limits::default()
    };
    let error = open(&bytes, packed(Packing::Zstd), limits).unwrap_err();
    assert!(matches!(error, UnpackError::TooLarge { limit: 100_000 }));
}

#[test]
fn cancelling_ends_the_unpacking() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), zstd::encode_all(&b"[]"[..], 1).unwrap()).unwrap();
    let task = Task::new();
    task.cancel();
    let kind = packed(Packing::Zstd);
    let end = Text::open(file.path(), kind, Handle::Held, Limits::default(), &task);
    assert!(matches!(end, Err(UnpackError::Cancelled(_))));
}

#[test]
fn a_database_is_unpacked_under_a_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes = zstd::encode_all(&b"\xef\xbb\xbfSQLite"[..], 1).unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let task = Task::new();
    let (named, problem) =
        unpack_to_file(file.path(), Packing::Zstd, Limits::default(), &task).unwrap();
    assert_eq!(std::fs::read(named.path()).unwrap(), b"\xef\xbb\xbfSQLite");
    assert_eq!(problem, None);
    assert_ne!(named.path().parent(), file.path().parent());
}
