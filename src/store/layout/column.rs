//! Where one canonical column's value comes from.

use std::borrow::Cow;
use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::piece::AROUND;
use super::{Encoding, Piece};
use crate::model::json::Pointer;
use crate::model::time::TimeEncoding;
use crate::store::decode::Decoder;

/// What a pointer begins in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// The record itself (JSON).
    #[default]
    Record,
    /// The decoded payload.
    Payload,
    /// The decoded metadata.
    Metadata,
    /// What stands around the record: the outer object's fields, the key or file it came under.
    Context,
}

impl Within {
    /// In front of a pointer, for people.
    const fn words(self) -> &'static str {
        match self {
            Self::Record => "",
            Self::Payload => "payload ",
            Self::Metadata => "metadata ",
            Self::Context => "around it ",
        }
    }
}

/// A JSON pointer, and how what it leads to is decoded: `/data_base64 | base64`. What it begins in may
/// stand in front: `metadata/type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub pointer: Pointer,
    /// How; told from the value where absent.
    pub decoder: Option<Decoder>,
    /// What it begins in, where that is not what the column says.
    pub within: Option<Within>,
}

/// What stands in front of a pointer that begins in something else than its column says.
const BEGINNINGS: [(&str, Within); 4] = [
    ("record/", Within::Record),
    ("payload/", Within::Payload),
    ("metadata/", Within::Metadata),
    (AROUND, Within::Context),
];

impl Spot {
    fn parse(text: &str) -> Result<Self, String> {
        let (pointer, decoder) = match text.split_once('|') {
            None => (text, None),
            Some((pointer, name)) => {
                let decoder = Decoder::named(name.trim());
                (
                    pointer,
                    Some(decoder.ok_or_else(|| format!("there is no decoder called{name}"))?),
                )
            }
        };
        let pointer = pointer.trim();
        let begins = |(name, _): &&(&str, Within)| pointer.starts_with(name);
        let beginning = BEGINNINGS.iter().find(begins);
        // The slash belongs to the pointer.
        let from = beginning.map_or(0, |(name, _)| name.len() - 1);
        Ok(Self {
            pointer: Pointer::from(&pointer[from..]),
            decoder,
            within: beginning.map(|(_, within)| *within),
        })
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = |(_, within): &&(&str, Within)| Some(*within) == self.within;
        let beginning = BEGINNINGS.iter().find(own);
        f.write_str(beginning.map_or("", |(name, _)| &name[..name.len() - 1]))?;
        write!(f, "{}", self.pointer)?;
        self.decoder
            .map_or(Ok(()), |decoder| write!(f, " | {}", decoder.name()))
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A SQL expression over the row.
    Sql(String),
    /// The same of a payload, with another that yields the name of the encoding of each row's.
    Encoded {
        /// The payload.
        sql: String,
        /// Its encoding.
        encoding: String,
    },
    /// The first of these JSON pointers that leads to a value.
    At(Within, Vec<Spot>),
    /// The stream's name, for a category that is part of it.
    StreamName,
    /// The event type as stored, for a category that is part of it.
    TypeName,
    /// Always the same.
    Constant(String),
    /// JSON: the record without the keys that other columns use.
    Rest,
    /// For a stream, the first of the event's links.
    Links,
    /// JSON: texts put together; absent where one of them is.
    Join(Within, Vec<Piece>),
}

/// A column: a source, and what is done with its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Column {
    /// Where the value comes from.
    pub source: Source,
    /// The part of it that counts.
    pub capture: Option<Capture>,
    /// How a time or a payload is encoded; told from the value where absent.
    pub encoding: Option<Encoding>,
    /// JSON: in which of the layout's look-ups the value is looked up.
    pub lookup: Option<String>,
}

impl From<Source> for Column {
    /// The source's value as it is.
    fn from(source: Source) -> Self {
        Self {
            source,
            capture: None,
            encoding: None,
            lookup: None,
        }
    }
}

/// A regular expression; its first group is the value, and the whole where it does not match.
#[derive(Clone, Debug)]
pub struct Capture(Regex);

impl Capture {
    /// What `pattern` captures; none where it is no regular expression.
    pub(super) fn of_pattern(pattern: &str) -> Option<Self> {
        Regex::new(pattern).ok().map(Self)
    }

    /// The part of `text` that counts.
    #[must_use]
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        let groups = self.0.captures(text);
        groups
            .and_then(|groups| groups.get(1))
            .map_or(text, |group| group.as_str())
    }
}

impl Capture {
    /// The same of a text that may be owned; without copying where all of it counts.
    #[must_use]
    pub fn of_cow<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(self.of(text)),
            Cow::Owned(text) => match self.of(&text) {
                part if part.len() == text.len() => Cow::Owned(text),
                part => Cow::Owned(part.to_owned()),
            },
        }
    }
}

impl Column {
    /// A column that is a SQL expression.
    #[must_use]
    pub fn sql(expression: impl Into<String>) -> Self {
        Source::Sql(expression.into()).into()
    }

    /// The decoder of a payload, if one is named.
    #[must_use]
    pub fn decoder(&self) -> Option<Decoder> {
        match self.encoding {
            Some(Encoding::Data(decoder)) => Some(decoder),
            _ => None,
        }
    }

    /// The encoding of a time.
    #[must_use]
    pub fn time_encoding(&self) -> TimeEncoding {
        match self.encoding {
            Some(Encoding::Time(encoding)) => encoding,
            _ => TimeEncoding::Auto,
        }
    }

    /// Calls `change` with all SQL of this column.
    pub(super) fn for_sql(&mut self, change: &mut impl FnMut(&mut String)) {
        match &mut self.source {
            Source::Sql(sql) => change(sql),
            Source::Encoded { sql, encoding } => {
                change(sql);
                change(encoding);
            }
            Source::At(..)
            | Source::StreamName
            | Source::TypeName
            | Source::Constant(_)
            | Source::Rest
            | Source::Links
            | Source::Join(..) => {}
        }
    }

    /// A column that is the value at a pointer of the record.
    #[must_use]
    pub fn at(pointer: Pointer) -> Self {
        Self::within(Within::Record, pointer)
    }

    /// A column that is the value at a pointer of something.
    #[must_use]
    pub fn within(within: Within, pointer: Pointer) -> Self {
        let spot = Spot {
            pointer,
            decoder: None,
            within: None,
        };
        Source::At(within, vec![spot]).into()
    }
}

/// As written in TOML.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Short(String),
    Fallbacks(Vec<String>),
    Long(Long),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Long {
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<Within>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    at: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Of>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_sql: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    join: Vec<Piece>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lookup: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Stream,
    Type,
    Rest,
    Links,
}

impl TryFrom<Written> for Column {
    type Error = String;

    /// A short text that begins with `/` is a pointer, any other a SQL expression.
    fn try_from(written: Written) -> Result<Self, String> {
        let spots = |texts: Vec<String>| -> Result<Vec<Spot>, String> {
            texts.iter().map(|text| Spot::parse(text)).collect()
        };
        let long = match written {
            Written::Short(text) if text.starts_with('/') => {
                return Ok(Source::At(Within::Record, spots(vec![text])?).into());
            }
            Written::Short(sql) => return Ok(Self::sql(sql)),
            Written::Fallbacks(texts) => {
                return Ok(Source::At(Within::Record, spots(texts)?).into());
            }
            Written::Long(long) => long,
        };
        if long.encoding_sql.is_some() && (long.sql.is_none() || long.encoding.is_some()) {
            return Err("encoding_sql stands beside sql, in the place of encoding".to_owned());
        }
        let mut sources = Vec::new();
        sources.extend(long.sql.map(|sql| match long.encoding_sql {
            Some(encoding) => Source::Encoded { sql, encoding },
            None => Source::Sql(sql),
        }));
        sources.extend(long.constant.map(Source::Constant));
        sources.extend(long.of.map(|of| match of {
            Of::Stream => Source::StreamName,
            Of::Type => Source::TypeName,
            Of::Rest => Source::Rest,
            Of::Links => Source::Links,
        }));
        if !long.join.is_empty() {
            let within = long.within.unwrap_or_default();
            sources.push(Source::Join(within, long.join));
        }
        if !long.at.is_empty() {
            sources.push(Source::At(long.within.unwrap_or_default(), spots(long.at)?));
        }
        let capture = long.capture.map(|pattern| Regex::new(&pattern)).transpose();
        let capture = capture.map_err(|error| error.to_string())?.map(Capture);
        let encoding = long.encoding.as_deref().map(str::parse).transpose()?;
        match <[Source; 1]>::try_from(sources) {
            Ok([source]) => Ok(Self {
                source,
                capture,
                encoding,
                lookup: long.lookup,
            }),
            Err(_) => Err("a column has exactly one of sql, at, join, of and constant".to_owned()),
        }
    }
}

impl From<Column> for Written {
    fn from(column: Column) -> Self {
        if column.capture.is_none() && column.encoding.is_none() && column.lookup.is_none() {
            let texts = |spots: &[Spot]| spots.iter().map(ToString::to_string).collect();
            match &column.source {
                Source::Sql(sql) if !sql.starts_with('/') => return Self::Short(sql.clone()),
                Source::At(Within::Record, spots) if spots.len() > 1 => {
                    return Self::Fallbacks(texts(spots));
                }
                Source::At(Within::Record, spots)
                    if spots.iter().all(|spot| spot.within.is_none()) =>
                {
                    return Self::Short(texts(spots).concat());
                }
                _ => {}
            }
        }
        let mut long = Long {
            capture: column.capture.map(|capture| capture.0.as_str().to_owned()),
            encoding: column.encoding.map(|encoding| encoding.to_string()),
            lookup: column.lookup,
            ..Long::default()
        };
        match column.source {
            Source::Sql(sql) => long.sql = Some(sql),
            Source::Encoded { sql, encoding } => {
                long.sql = Some(sql);
                long.encoding_sql = Some(encoding);
            }
            Source::At(within, spots) => {
                long.within = Some(within);
                long.at = spots.iter().map(ToString::to_string).collect();
            }
            Source::StreamName => long.of = Some(Of::Stream),
            Source::TypeName => long.of = Some(Of::Type),
            Source::Rest => long.of = Some(Of::Rest),
            Source::Links => long.of = Some(Of::Links),
            Source::Join(within, pieces) => {
                long.within = Some(within);
                long.join = pieces;
            }
            Source::Constant(text) => long.constant = Some(text),
        }
        Self::Long(long)
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let pattern = |column: &Self| {
            column
                .capture
                .as_ref()
                .map(|capture| capture.0.as_str().to_owned())
        };
        self.source == other.source
            && self.encoding == other.encoding
            && self.lookup == other.lookup
            && pattern(self) == pattern(other)
    }
}

/// In words, for "how its columns are read".
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Sql(sql) => f.write_str(sql)?,
            Source::Encoded { sql, encoding } => write!(f, "{sql}, encoded as {encoding} says")?,
            Source::At(within, spots) => {
                f.write_str(within.words())?;
                for (i, spot) in spots.iter().enumerate() {
                    write!(f, "{}{spot}", if i == 0 { "" } else { " or " })?;
                }
            }
            Source::StreamName => f.write_str("stream")?,
            Source::TypeName => f.write_str("event type")?,
            Source::Constant(text) => write!(f, "always “{text}”")?,
            Source::Rest => f.write_str("all other keys")?,
            Source::Links => f.write_str("the first link")?,
            Source::Join(within, pieces) => {
                f.write_str(within.words())?;
                for (i, piece) in pieces.iter().enumerate() {
                    write!(f, "{}{piece}", if i == 0 { "" } else { ", " })?;
                }
            }
        }
        if let Some(name) = &self.lookup {
            write!(f, ", looked up in {name}")?;
        }
        if self.capture.is_some() {
            f.write_str(", a part of it")?;
        }
        if let Some(encoding) = &self.encoding {
            write!(f, ", {}", encoding.name().replace('_', " "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Source, Spot, Within};
    use crate::model::json::Pointer;

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Doc {
        column: Column,
    }

    #[test]
    fn columns_read_back_as_written() {
        for text in [
            "column = 'rowid'",
            "column = '/a/b'",
            "column = ['/a', '/b | base64']",
            "column = ['metadata/type', 'payload/a~1b', 'context/file', '/topic']",
            "column = { within = 'payload', at = ['/timestamp'], encoding = 'iso8601' }",
            "column = { of = 'stream', capture = '^([^-]+)-' }",
            "column = { constant = 'x' }",
            "column = { sql = 'data', encoding_sql = \"iif(format = 1, 'json', 'opaque')\" }",
            "column = { join = ['context/file', '-', ['/a', '/b']], lookup = 'kinds' }",
        ] {
            let doc: Doc = toml::from_str(text).unwrap();
            let again: Doc = toml::from_str(&toml::to_string(&doc).unwrap()).unwrap();
            assert_eq!(doc.column, again.column, "{text}");
        }
        let doc: Doc = toml::from_str("column = '/a/b'").unwrap();
        let spot = Spot {
            pointer: Pointer::from("/a/b"),
            decoder: None,
            within: None,
        };
        assert_eq!(doc.column.source, Source::At(Within::Record, vec![spot]));
        assert!(toml::from_str::<Doc>("column = { sql = 'a', constant = 'b' }").is_err());
    }

    #[test]
    fn a_capture_that_does_not_match_leaves_the_whole() {
        let doc: Doc = toml::from_str("column = { of = 'type', capture = ':(.*)$' }").unwrap();
        let capture = doc.column.capture.unwrap();
        assert_eq!((capture.of("a:b"), capture.of("ab")), ("b", "ab"));
    }
}
