//! From stored bytes to text: the fixed set of decoders that layouts can name, and telling a
//! payload's encoding from its bytes where nobody named it.

mod binary;
mod dynamodb;
mod mongo;
mod pairs;
mod xml;
mod yaml;

use std::io::Read as _;

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::log::{Payload, Viewed};
use crate::model::json::string;
use dynamodb::plain;
use pairs::pairs;

/// Decoded payloads are held in memory whole; one beyond this stays opaque.
const MOST: u64 = 256 << 20;

/// Whether a value is a map, a list, a document or an item of DynamoDB, in which all say of what type
/// they are.
pub fn is_of_dynamodb(json: &str) -> bool {
    plain(json, DEEPEST).is_some_and(|plain| plain.starts_with(['{', '[']))
}

/// Whether a value is an object with something in it that extended JSON of MongoDB wraps.
pub fn is_of_mongo(json: &str) -> bool {
    mongo::is_wrapped(json)
}

/// One step of decoding. In a layout: `encoding = "base64"`, or after a pointer, `/data | base64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decoder {
    /// Standard or URL-safe alphabet, padded or not.
    Base64,
    /// Pairs of hexadecimal digits.
    Hex,
    /// A zlib or gzip stream.
    Inflate,
    /// A JSON string whose content is the value.
    JsonString,
    /// JSON: names with values as an object, see [`pairs`].
    Pairs,
    /// JSON: values of DynamoDB without their types, `{"N": "1"}` as 1.
    Dynamodb,
    /// JSON: extended JSON of MongoDB without its wrappers, `{"$numberLong": "1"}` as 1.
    Mongo,
    /// YAML, of which no tag is obeyed.
    Yaml,
    /// XML.
    Xml,
    /// XML of which the outermost element says no more than a column does: what is in it.
    XmlRoot,
    /// CBOR.
    Cbor,
    /// MessagePack.
    Msgpack,
    /// Not to be looked into.
    Opaque,
}

impl Decoder {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Base64,
        Self::Hex,
        Self::Inflate,
        Self::JsonString,
        Self::Pairs,
        Self::Dynamodb,
        Self::Mongo,
        Self::Yaml,
        Self::Xml,
        Self::XmlRoot,
        Self::Cbor,
        Self::Msgpack,
        Self::Opaque,
    ];

    /// The decoder of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64" => Self::Base64,
            "hex" => Self::Hex,
            "inflate" | "zlib" | "gzip" => Self::Inflate,
            "json_string" => Self::JsonString,
            "pairs" => Self::Pairs,
            "dynamodb" => Self::Dynamodb,
            "mongo" => Self::Mongo,
            "yaml" => Self::Yaml,
            "xml" => Self::Xml,
            "xml_root" => Self::XmlRoot,
            "cbor" => Self::Cbor,
            "msgpack" => Self::Msgpack,
            // What bears code is never decoded.
            "opaque" | "pickle" | "php" | "java" => Self::Opaque,
            _ => return None,
        })
    }

    /// Its name in a layout.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Inflate => "inflate",
            Self::JsonString => "json_string",
            Self::Pairs => "pairs",
            Self::Dynamodb => "dynamodb",
            Self::Mongo => "mongo",
            Self::Yaml => "yaml",
            Self::Xml => "xml",
            Self::XmlRoot => "xml_root",
            Self::Cbor => "cbor",
            Self::Msgpack => "msgpack",
            Self::Opaque => "opaque",
        }
    }

    /// The decoded bytes; `None` where `bytes` are not so encoded.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => base64(bytes),
            Self::Hex => hex(bytes),
            Self::Inflate => inflate(bytes),
            Self::JsonString => Some(
                string(std::str::from_utf8(bytes).ok()?)?
                    .into_owned()
                    .into_bytes(),
            ),
            Self::Pairs => pairs(std::str::from_utf8(bytes).ok()?).map(String::into_bytes),
            Self::Dynamodb | Self::Mongo => {
                let json = std::str::from_utf8(bytes).ok()?;
                let plain = match self {
                    Self::Mongo => mongo::plain(json, DEEPEST),
                    _ => plain(json, DEEPEST),
                };
                Some(plain.unwrap_or_else(|| json.to_owned()).into_bytes())
            }
            Self::Yaml | Self::Xml | Self::XmlRoot | Self::Cbor | Self::Msgpack => {
                self.view(bytes).map(String::into_bytes)
            }
            Self::Opaque => Some(bytes.to_vec()),
        }
    }

    /// What is not JSON as JSON; `None` where `bytes` are not so encoded, or too much for it.
    fn view(self, bytes: &[u8]) -> Option<String> {
        let text = || std::str::from_utf8(bytes).ok();
        match self {
            Self::Yaml => yaml::to_json(text()?),
            Self::Xml => xml::to_json(text()?),
            Self::XmlRoot => xml::inside(text()?),
            Self::Cbor => binary::cbor_to_json(bytes),
            Self::Msgpack => binary::msgpack_to_json(bytes),
            _ => None,
        }
    }

    /// A payload that is shown as JSON beside what it is stored as.
    fn viewed(self, bytes: Vec<u8>) -> Payload {
        let view = self
            .view(&bytes)
            .and_then(|json| RawValue::from_string(json).ok());
        match view {
            Some(json) => Payload::Viewed(Box::new(Viewed {
                json,
                encoding: match self {
                    Self::XmlRoot => Self::Xml.name(),
                    _ => self.name(),
                },
                stored: bytes,
            })),
            None => Payload::Opaque(bytes),
        }
    }
}

/// Bytes of JSON that a view of something else has at most.
const LONGEST_VIEW: usize = 64 << 20;

/// How deep values may be nested that are decoded by going down into them.
const DEEPEST: usize = 100;

fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    use base64::alphabet::{STANDARD, URL_SAFE};
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let [standard, url_safe] =
        [&STANDARD, &URL_SAFE].map(|alphabet| GeneralPurpose::new(alphabet, lenient));
    standard
        .decode(bytes)
        .or_else(|_| url_safe.decode(bytes))
        .ok()
}

fn hex(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = bytes.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

/// Inflates zlib (78 01, 78 5e, 78 9c, 78 da) and gzip (1f 8b) streams.
fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let read = match bytes {
        [0x1f, 0x8b, ..] => flate2::read::MultiGzDecoder::new(bytes)
            .take(MOST)
            .read_to_end(&mut out),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => flate2::read::ZlibDecoder::new(bytes)
            .take(MOST)
            .read_to_end(&mut out),
        _ => return None,
    };
    (read.is_ok() && (out.len() as u64) < MOST).then_some(out)
}

/// A payload from bytes of unknown encoding: JSON, YAML and XML as they begin, CBOR that says so, each
/// of them compressed; else opaque.
#[must_use]
pub fn payload(bytes: Vec<u8>) -> Payload {
    if let Some(text) = wide(&bytes) {
        return of_text(text);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return of_text(text),
        Err(error) => error.into_bytes(),
    };
    if bytes.starts_with(CBOR) {
        return Decoder::Cbor.viewed(bytes);
    }
    match inflate(&bytes).map(String::from_utf8) {
        None => Payload::Opaque(bytes),
        Some(Ok(text)) => of_text(text),
        Some(Err(error)) => Payload::Opaque(error.into_bytes()),
    }
}

/// The same of bytes that stay where they are, if they are an object in plain JSON.
#[must_use]
pub fn object(bytes: &[u8]) -> Option<Payload> {
    let text = bytes.starts_with(b"{").then(|| std::str::from_utf8(bytes));
    Payload::copied(text?.ok()?)
}

/// Text of two bytes a character, by its mark or because it begins as JSON would.
fn wide(bytes: &[u8]) -> Option<String> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] | [b'{' | b'[', 0, _, 0, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] | [0, b'{' | b'[', 0, _, ..] => encoding_rs::UTF_16BE,
        _ => return None,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    (!damaged).then(|| text.into_owned())
}

/// A payload from text of unknown encoding; a mark before it is no part of it.
#[must_use]
pub fn of_text(text: String) -> Payload {
    let text = match text.strip_prefix('\u{feff}') {
        Some(unmarked) => unmarked.to_owned(),
        None => text,
    };
    let start = text.trim_ascii_start();
    // Bytes as PostgreSQL writes them out; no JSON begins so.
    if let [b'\\', b'x', digits @ ..] = start.trim_ascii_end().as_bytes()
        && let Some(bytes) = hex(digits).filter(|bytes| !bytes.is_empty())
    {
        return payload(bytes);
    }
    let decoder = match start.as_bytes() {
        [b'-', b'-', b'-', b'\n' | b'\r' | b' ', ..] => Decoder::Yaml,
        [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => Decoder::Xml,
        _ => return Payload::from_text(text),
    };
    decoder.viewed(text.into_bytes())
}

/// The tag with which CBOR says that it is CBOR.
const CBOR: &[u8] = &[0xd9, 0xd9, 0xf7];

/// A payload from bytes that a layout says how to decode; opaque, as stored, where that fails.
#[must_use]
pub fn payload_by(decoder: Decoder, bytes: Vec<u8>) -> Payload {
    match decoder {
        Decoder::Opaque => Payload::Opaque(bytes),
        Decoder::Yaml | Decoder::Xml | Decoder::XmlRoot | Decoder::Cbor | Decoder::Msgpack => {
            // What is compressed besides, or JSON all the same, is known by its bytes.
            match decoder.viewed(bytes) {
                Payload::Opaque(bytes) => match inflate(&bytes) {
                    Some(inner) => decoder.viewed(inner),
                    None => payload(bytes),
                },
                viewed => viewed,
            }
        }
        other => match other.decode(&bytes) {
            Some(inner) => payload(inner),
            // Perhaps it is not packed at all.
            None => payload(bytes),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_the_same_however_it_is_read() {
        let cases: [(&[u8], bool); 7] = [
            (br#"{"a":1.50}"#, true),
            (b"{ } ", true),
            (b"{", false),
            (b"{\0}\0", false),
            (b" {}", false),
            (b"[1]", false),
            (b"{\"a\":\"\xff\"}", false),
        ];
        for (bytes, is_plain) in cases {
            let (one, two) = (object(bytes), payload(bytes.to_vec()));
            assert_eq!(one.is_some(), is_plain, "{bytes:?}");
            if let Some(one) = one {
                assert_eq!(one.json(), two.json());
            }
        }
    }

    #[test]
    fn compressed_json_is_found_by_its_bytes() {
        use std::io::Write as _;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(br#"{"a":1.50}"#).unwrap();
        assert_eq!(
            payload(zlib.finish().unwrap()).json(),
            Some(r#"{"a":1.50}"#)
        );
    }

    #[test]
    fn bytes_that_postgresql_wrote_out_are_what_they_are() {
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let text = |bytes: &[u8]| of_text(format!("\\x{}", hex(bytes)));
        assert_eq!(text(br#"{"a":1.50}"#).json(), Some(r#"{"a":1.50}"#));
        assert!(matches!(text(&[0xff, 0, 1]), Payload::Opaque(_)));
        // Cut off, no digits, or a text that only begins so.
        for odd in ["\\x7", "\\x", "\\xyz"] {
            let plain = Payload::from_text(odd.to_owned());
            assert_eq!(
                format!("{:?}", of_text(odd.to_owned())),
                format!("{plain:?}")
            );
        }
    }

    #[test]
    fn marks_and_wide_characters_are_no_part_of_the_json() {
        let json = r#"{"a":"ä"}"#;
        let wide = |swap: bool| -> Vec<u8> {
            let units = json
                .encode_utf16()
                .map(|unit| if swap { unit.swap_bytes() } else { unit });
            units.flat_map(u16::to_le_bytes).collect()
        };
        let (little, big) = (wide(false), wide(true));
        for bytes in [
            [b"\xef\xbb\xbf", json.as_bytes()].concat(),
            [&b"\xff\xfe"[..], &little].concat(),
            [&b"\xfe\xff"[..], &big].concat(),
            little,
            big,
        ] {
            assert_eq!(payload(bytes.clone()).json(), Some(json), "{bytes:?}");
        }
        // Half a character is none.
        assert_eq!(payload(vec![0xff, 0xfe, b'{']).json(), None);
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        let Payload::Opaque(bytes) = payload(b"not json".to_vec()) else {
            panic!("opaque")
        };
        assert_eq!(bytes, b"not json");
        let Payload::Opaque(bytes) = payload(vec![0x78, 0x9c, 0xff]) else {
            panic!("opaque")
        };
        assert_eq!(bytes, [0x78, 0x9c, 0xff]);
    }

    #[test]
    fn what_bears_code_is_never_decoded() {
        for bytes in [
            &b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94."[..],
            b"\xac\xed\x00\x05sr\x00\x03Foo",
            b"O:3:\"Foo\":1:{s:1:\"a\";i:1;}",
        ] {
            let stored = payload(bytes.to_vec());
            assert!(matches!(stored, Payload::Opaque(own) if own == bytes));
        }
        assert_eq!(Decoder::named("pickle"), Some(Decoder::Opaque));
    }

    #[test]
    fn other_encodings_are_viewed_as_json_beside_what_is_stored() {
        let yaml = b"---\n:total: 12.50\n".to_vec();
        let Payload::Viewed(viewed) = payload(yaml.clone()) else {
            panic!("a view")
        };
        assert_eq!(
            (viewed.json.get(), viewed.encoding),
            (r#"{"total":12.50}"#, "yaml")
        );
        assert_eq!(viewed.stored, yaml);
        assert_eq!(payload(b"<a>1</a>".to_vec()).json(), Some(r#"{"a":"1"}"#));
        assert_eq!(
            payload(b"\xd9\xd9\xf7\xa1\x61a\x01".to_vec()).json(),
            Some(r#"{"a":1}"#)
        );
        assert_eq!(
            payload_by(Decoder::Msgpack, b"\x81\xa1a\x01".to_vec()).json(),
            Some(r#"{"a":1}"#)
        );
        // Not everything that begins like one of them is one.
        assert_eq!(payload(b"--- not: [yaml".to_vec()).json(), None);
        assert_eq!(payload(b"<not xml".to_vec()).json(), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_bytes_there_are_end_in_json_or_stay_as_they_are(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
            text in "(---\n|<)?[-<>a:\\[\\]{}&*!\"' \n1.,/=#?]{0,60}",
        ) {
            for bytes in [bytes, text.into_bytes()] {
                for decoder in [Decoder::Yaml, Decoder::Xml, Decoder::Cbor, Decoder::Msgpack] {
                    let read = payload_by(decoder, bytes.clone());
                    if let Payload::Viewed(viewed) = &read {
                        proptest::prop_assert!(serde_json::from_str::<&RawValue>(viewed.json.get()).is_ok());
                    }
                    let _ = payload(bytes.clone());
                }
            }
        }
    }

    #[test]
    fn named_decoders_undo_their_encoding() {
        assert_eq!(
            payload_by(Decoder::Base64, b"eyJhIjoxfQ".to_vec()).json(),
            Some(r#"{"a":1}"#)
        );
        assert_eq!(
            payload_by(Decoder::Hex, b"7b7D".to_vec()).json(),
            Some("{}")
        );
        assert_eq!(
            payload_by(Decoder::JsonString, br#""{\"a\": 1}""#.to_vec()).json(),
            Some(r#"{"a": 1}"#)
        );
        assert!(
            matches!(payload_by(Decoder::Hex, b"xyz".to_vec()), Payload::Opaque(bytes) if bytes == b"xyz")
        );
    }
}
