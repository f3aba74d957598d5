//! From stored bytes to text: the fixed set of decoders that layouts can name, and telling a
//! payload's encoding from its bytes where nobody named it.

use std::io::Read as _;

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::log::Payload;
use crate::model::json::string;

/// Decoded payloads are held in memory whole; one beyond this stays opaque.
const MOST: u64 = 256 << 20;

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
    /// Not to be looked into.
    Opaque,
}

impl Decoder {
    /// The decoder of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64" => Self::Base64,
            "hex" => Self::Hex,
            "inflate" | "zlib" | "gzip" => Self::Inflate,
            "json_string" => Self::JsonString,
            "opaque" => Self::Opaque,
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
            Self::Opaque => Some(bytes.to_vec()),
        }
    }
}

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

/// A payload from bytes of unknown encoding: JSON, compressed JSON, else opaque.
#[must_use]
pub fn payload(bytes: Vec<u8>) -> Payload {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Payload::from_text(text),
        Err(error) => error.into_bytes(),
    };
    if let Some(text) = inflate(&bytes).and_then(|inner| String::from_utf8(inner).ok())
        && let Ok(raw) = RawValue::from_string(text)
    {
        return Payload::Json(raw);
    }
    Payload::Opaque(bytes)
}

/// A payload from bytes that a layout says how to decode; opaque, as stored, where that fails.
#[must_use]
pub fn payload_by(decoder: Decoder, bytes: Vec<u8>) -> Payload {
    match decoder {
        Decoder::Opaque => Payload::Opaque(bytes),
        other => match other.decode(&bytes) {
            Some(inner) => payload(inner),
            None => Payload::Opaque(bytes),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
