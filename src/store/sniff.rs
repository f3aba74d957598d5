//! What a path holds, told from its first bytes and never from its name. Opens nothing for good:
//! the readers of SQLite and JSON do that. No layout, no event and no shape of JSON is known here.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::sqlite::connect;
use super::{json, unpack};

/// How much of a file is looked at, in bytes after unpacking.
const HEAD: usize = 64 << 10;

/// What a path holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An SQLite database, which has to be unpacked first unless the packing is plain.
    Sqlite(Packing),
    /// JSON text in one of the shapes that [`json::Records`] reads.
    Json(JsonText),
    /// A folder; what is in it was not looked at.
    Folder,
    /// A file of no bytes or of nothing but blanks, packed or not.
    Empty,
    /// Something else, in words that follow "This is", such as "a PNG picture".
    Other(Cow<'static, str>),
}

/// How JSON text is kept in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonText {
    /// Whether and how the file is compressed.
    pub packing: Packing,
    /// How the text is written as bytes once unpacked.
    pub encoding: Encoding,
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard, of one frame or several.
    Zstd,
}

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 after a byte order mark of three bytes.
    Utf8Marked,
    /// UTF-16, low byte first, with or without a byte order mark.
    Utf16Le,
    /// UTF-16, high byte first, with or without a byte order mark.
    Utf16Be,
}

/// A path that could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum SniffError {
    /// The file system refused.
    #[error("{}: {path}", why(source))]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why it was not.
        source: io::Error,
    },
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "There is no such file or folder".to_owned(),
        _ => format!("It cannot be read ({error})"),
    }
}

impl Kind {
    /// One sentence for the user where this is nothing that Asof opens; `None` where it is.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let what = match self {
            Self::Other(what) => what.as_ref(),
            Self::Empty => "an empty file",
            Self::Sqlite(_) | Self::Json(_) | Self::Folder => return None,
        };
        Some(format!(
            "This is {what}; Asof opens SQLite and JSON event stores"
        ))
    }
}

/// Tells what `path` holds from its first bytes.
///
/// # Errors
/// Where the file system refuses to let it be read.
pub fn sniff(path: &Path) -> Result<Kind, SniffError> {
    look(path).map_err(|source| SniffError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn look(path: &Path) -> io::Result<Kind> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Ok(Kind::Folder);
    }
    // A pipe would block for as long as nobody writes to it.
    if !kind.is_file() {
        return Ok(Kind::Other("a pipe or a device".into()));
    }
    let mut head = Vec::new();
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    let packing = packing(&head);
    if packing == Packing::Plain {
        return Ok(plain(&head, Packing::Plain));
    }
    let unpacked = unpacked_head(path, packing)?;
    let name = if packing == Packing::Gzip {
        "gzip"
    } else {
        "Zstandard"
    };
    Ok(match unpacked {
        Ok(head) => match plain(&head, packing) {
            Kind::Other(what) => Kind::Other(format!("{what} compressed with {name}").into()),
            kind => kind,
        },
        Err(error) if unpack::asks_for_too_much(&error) => Kind::Other(
            format!("a {name} file with a window above 128 MiB, to be unpacked by hand").into(),
        ),
        Err(_) => Kind::Other(format!("a damaged {name} file").into()),
    })
}

fn packing(head: &[u8]) -> Packing {
    match head {
        [0x1f, 0x8b, 0x08, ..] => Packing::Gzip,
        // The second is a frame to be skipped, which some writers put first.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// The first unpacked bytes, or why there are none.
fn unpacked_head(path: &Path, packing: Packing) -> io::Result<io::Result<Vec<u8>>> {
    let mut head = Vec::new();
    let end = unpack::unpacking(File::open(path)?, packing)?
        .take(HEAD as u64)
        .read_to_end(&mut head);
    Ok(match end {
        Err(error) if head.is_empty() => Err(error),
        _ => Ok(head),
    })
}

/// What unpacked bytes are.
fn plain(head: &[u8], packing: Packing) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if head.starts_with(connect::MAGIC) {
        return Kind::Sqlite(packing);
    }
    if let Some(what) = magic(head) {
        return Kind::Other(what.into());
    }
    let Some(encoding) = encoding(head) else {
        return Kind::Other("text in UTF-32".into());
    };
    let text = decoded(head, encoding);
    if json::looks_like_json(text.as_bytes()) {
        return Kind::Json(JsonText { packing, encoding });
    }
    // A mark or a newline alone is what some writers begin a new file with.
    if text.trim().is_empty() && head.len() < HEAD {
        return Kind::Empty;
    }
    Kind::Other(words(&text).into())
}

/// The encoding that the first bytes speak for; `None` for UTF-32, which nothing here reads.
fn encoding(head: &[u8]) -> Option<Encoding> {
    // JSON begins with characters below 128, so that zeros tell the width without a mark too.
    match head {
        [0xff, 0xfe, 0, 0, ..]
        | [0, 0, 0xfe, 0xff, ..]
        | [b'{' | b'[', 0, 0, 0, ..]
        | [0, 0, 0, b'{' | b'[', ..] => None,
        [0xef, 0xbb, 0xbf, ..] => Some(Encoding::Utf8Marked),
        [0xff, 0xfe, ..] | [1..=127, 0, 1..=127, 0, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] | [0, 1..=127, 0, 1..=127, ..] => Some(Encoding::Utf16Be),
        _ => Some(Encoding::Utf8),
    }
}

fn decoded(head: &[u8], encoding: Encoding) -> Cow<'_, str> {
    let coder = match encoding {
        Encoding::Utf8 | Encoding::Utf8Marked => encoding_rs::UTF_8,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
    };
    coder.decode_with_bom_removal(head).0
}

const MAGIC: &[(usize, &[u8], &str)] = &[
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (8, b"WEBP", "a WebP picture"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\0", "an xz file"),
    (0, b"\x04\x22\x4d\x18", "an LZ4 file"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"ARROW1", "an Arrow file"),
    (8, b"DUCK", "a DuckDB database"),
    (0, b"PGDMP", "a PostgreSQL dump"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a Windows program"),
    (
        0,
        b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7",
        "an SQLite rollback journal, not the database beside it",
    ),
    (
        0,
        b"\x37\x7f\x06\x82",
        "an SQLite write-ahead log, not the database beside it",
    ),
    (
        0,
        b"\x37\x7f\x06\x83",
        "an SQLite write-ahead log, not the database beside it",
    ),
];

fn magic(head: &[u8]) -> Option<&'static str> {
    MAGIC
        .iter()
        .find(|(at, bytes, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(bytes)))
        .map(|(_, _, what)| *what)
}

/// What text that is no JSON is, as well as can be told.
fn words(text: &str) -> &'static str {
    let start = text.trim_start();
    let odd = text
        .chars()
        .filter(|&c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
        .count();
    if odd * 20 > text.chars().count() {
        "binary data of no known kind"
    } else if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        "a single JSON string, number or literal"
    } else if start.starts_with("<!DOCTYPE html") || start.starts_with("<html") {
        "an HTML page"
    } else if start.starts_with('<') {
        "an XML document"
    } else if table(start) {
        "a CSV table"
    } else {
        "plain text"
    }
}

fn table(text: &str) -> bool {
    let commas = |line: &str| line.matches([',', ';', '\t']).count();
    let mut lines = text.lines().take(4);
    let first = lines.next().map_or(0, commas);
    let mut following = lines.map(commas).peekable();
    first > 0 && following.peek().is_some() && following.next() == Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Kind {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        sniff(file.path()).unwrap()
    }

    const fn json(encoding: Encoding) -> Kind {
        Kind::Json(JsonText {
            packing: Packing::Plain,
            encoding,
        })
    }

    #[test]
    fn json_of_every_opening_is_json() {
        for text in [
            "{}",
            "[]",
            " \n[ {\"a\":1}",
            "{\"a\":1}\n{\"a\":2}\n",
            "# by hand\n\n// twice\n{\"a\":1}",
            "torn\": 1}\n{\"a\":2}\n{\"a\":3}\n",
            "[1,2",
            "{\n",
        ] {
            assert_eq!(of(text.as_bytes()), json(Encoding::Utf8), "{text}");
        }
    }

    #[test]
    fn other_things_are_named() {
        let cases: [(&[u8], &str); 9] = [
            (b"\x89PNG\r\n\x1a\n....", "a PNG picture"),
            (b"PK\x03\x04....", "a ZIP archive"),
            (b"\"hello\"", "a single JSON string, number or literal"),
            (b"Dear reader,\nhello\n", "plain text"),
            (b"[section]\nkey=value\n", "plain text"),
            (b"# Title\n\nSome words.\n", "plain text"),
            (b"a,b\n1,2\n", "a CSV table"),
            (b"<?xml version=\"1.0\"?>", "an XML document"),
            (
                &[0, 1, 2, 3, 0xfe, 0xc0, 9, 14, 15],
                "binary data of no known kind",
            ),
        ];
        for (bytes, what) in cases {
            assert_eq!(of(bytes), Kind::Other(what.into()));
        }
        assert_eq!(
            of(b"\x89PNG\r\n\x1a\n....").refusal().unwrap(),
            "This is a PNG picture; Asof opens SQLite and JSON event stores"
        );
    }

    #[test]
    fn encodings_are_told_with_and_without_a_mark() {
        let wide = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let little: Vec<u8> = wide("[{}]").iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = wide("\u{feff}[{}]")
            .iter()
            .flat_map(|u| u.to_be_bytes())
            .collect();
        assert_eq!(of(&little), json(Encoding::Utf16Le));
        assert_eq!(of(&big), json(Encoding::Utf16Be));
        assert_eq!(of("\u{feff}{}".as_bytes()), json(Encoding::Utf8Marked));
    }

    #[test]
    fn packed_things_are_looked_into() {
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
        assert_eq!(
            of(&zstd(b"[{}]")),
            Kind::Json(JsonText {
                packing: Packing::Zstd,
                encoding: Encoding::Utf8
            })
        );
        assert_eq!(
            of(&zstd(b"SQLite format 3\0...")),
            Kind::Sqlite(Packing::Zstd)
        );
        assert_eq!(of(&zstd(b"")), Kind::Empty);
        assert_eq!(
            of(&zstd(b"words only")),
            Kind::Other("plain text compressed with Zstandard".into())
        );
        assert_eq!(
            of(&[0x1f, 0x8b, 0x08, 0, 1]),
            Kind::Other("a damaged gzip file".into())
        );
    }

    #[test]
    fn a_frame_that_asks_for_too_much_memory_is_named() {
        // A window of 2^(10 + n), then one raw block.
        let frame = |n: u8| {
            [
                &[0x28, 0xb5, 0x2f, 0xfd, 0, n << 3, 0x21, 0, 0][..],
                b"[{}]",
            ]
            .concat()
        };
        let json = Kind::Json(JsonText {
            packing: Packing::Zstd,
            encoding: Encoding::Utf8,
        });
        assert_eq!(of(&frame(17)), json);
        for n in [18, 21, 31] {
            assert_eq!(
                of(&frame(n)).refusal().unwrap(),
                "This is a Zstandard file with a window above 128 MiB, to be unpacked by hand; \
                 Asof opens SQLite and JSON event stores"
            );
        }
    }

    #[test]
    fn a_folder_is_a_folder_and_nothing_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(sniff(folder.path()).unwrap(), Kind::Folder);
        let error = sniff(&folder.path().join("none")).unwrap_err().to_string();
        assert!(error.ends_with("none"), "{error}");
        for nothing in [&b""[..], b"  \n\n", b"\xff\xfe", b"\xef\xbb\xbf\n"] {
            assert_eq!(of(nothing), Kind::Empty);
        }
    }
}
