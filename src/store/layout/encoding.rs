//! How the values of a column are written.

use std::fmt;
use std::str::FromStr;

use crate::model::time::TimeEncoding;
use crate::store::decode::Decoder;

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Times.
    Time(TimeEncoding),
    /// Payloads and metadata.
    Data(Decoder),
}

/// The names of the encodings of times.
const TIMES: [(&str, TimeEncoding); 9] = [
    ("auto", TimeEncoding::Auto),
    ("iso8601", TimeEncoding::Iso8601),
    ("epoch_seconds", TimeEncoding::EpochSeconds),
    ("epoch_millis", TimeEncoding::EpochMillis),
    ("epoch_micros", TimeEncoding::EpochMicros),
    ("epoch_nanos", TimeEncoding::EpochNanos),
    ("dotnet_ticks", TimeEncoding::DotnetTicks),
    ("julian_day", TimeEncoding::JulianDay),
    ("none", TimeEncoding::None),
];

impl Encoding {
    /// Those of times that a value may have.
    pub fn of_times() -> impl Iterator<Item = Self> {
        TIMES.iter().map(|(_, encoding)| Self::Time(*encoding))
    }

    /// Those of payloads and metadata.
    pub fn of_data() -> impl Iterator<Item = Self> {
        Decoder::ALL.into_iter().map(Self::Data)
    }

    /// Its name in a layout.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Data(decoder) => decoder.name(),
            Self::Time(encoding) => {
                let own = TIMES.iter().find(|(_, known)| *known == encoding);
                own.map_or("auto", |(name, _)| name)
            }
        }
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if let Some(decoder) = Decoder::named(name) {
            return Ok(Self::Data(decoder));
        }
        let time = TIMES.iter().find(|(own, _)| *own == name);
        time.map(|(_, encoding)| Self::Time(*encoding)).ok_or_else(|| {
            let times: Vec<&str> = TIMES.iter().map(|(name, _)| *name).collect();
            format!(
                "there is no encoding called `{name}`; times have {}, payloads base64, hex, inflate, \
                 json_string, pairs, dynamodb, yaml, xml, cbor, msgpack and opaque",
                times.join(", ")
            )
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    #[test]
    fn names_read_back() {
        for (name, encoding) in TIMES {
            assert_eq!(name.parse(), Ok(Encoding::Time(encoding)));
            assert_eq!(Encoding::Time(encoding).name(), name);
            // The same names as elsewhere.
            let read = TimeEncoding::deserialize(StrDeserializer::<Error>::new(name));
            assert_eq!(read, Ok(encoding));
        }
        for encoding in Encoding::of_data() {
            assert_eq!(encoding.name().parse(), Ok(encoding));
        }
        assert!("iso8061".parse::<Encoding>().is_err());
    }
}
