//! Where one canonical column's value comes from.

use std::borrow::Cow;
use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::model::json::Pointer;
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

/// A JSON pointer, and how what it leads to is decoded: `/data_base64 | base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub pointer: Pointer,
    /// How; told from the value where absent.
    pub decoder: Option<Decoder>,
}

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
        Ok(Self {
            pointer: Pointer::from(pointer.trim()),
            decoder,
        })
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    pub encoding: Option<String>,
}

/// A regular expression; its first group is the value, and the whole where it does not match.
#[derive(Clone, Debug)]
pub struct Capture(Regex);

impl Capture {
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
        Self {
            source: Source::Sql(expression.into()),
            capture: None,
            encoding: None,
        }
    }

    /// A column that is the value at a pointer of the record.
    #[must_use]
    pub fn at(pointer: Pointer) -> Self {
        Self {
            source: Source::At(
                Within::Record,
                vec![Spot {
                    pointer,
                    decoder: None,
                }],
            ),
            capture: None,
            encoding: None,
        }
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
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Stream,
    Type,
    Rest,
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
                let source = Source::At(Within::Record, spots(vec![text])?);
                return Ok(Self {
                    source,
                    capture: None,
                    encoding: None,
                });
            }
            Written::Short(sql) => return Ok(Self::sql(sql)),
            Written::Fallbacks(texts) => {
                let source = Source::At(Within::Record, spots(texts)?);
                return Ok(Self {
                    source,
                    capture: None,
                    encoding: None,
                });
            }
            Written::Long(long) => long,
        };
        let mut sources = Vec::new();
        sources.extend(long.sql.map(Source::Sql));
        sources.extend(long.constant.map(Source::Constant));
        sources.extend(long.of.map(|of| match of {
            Of::Stream => Source::StreamName,
            Of::Type => Source::TypeName,
            Of::Rest => Source::Rest,
        }));
        if !long.at.is_empty() {
            sources.push(Source::At(long.within.unwrap_or_default(), spots(long.at)?));
        }
        let capture = long.capture.map(|pattern| Regex::new(&pattern)).transpose();
        let capture = capture.map_err(|error| error.to_string())?.map(Capture);
        match <[Source; 1]>::try_from(sources) {
            Ok([source]) => Ok(Self {
                source,
                capture,
                encoding: long.encoding,
            }),
            Err(_) => Err("a column has exactly one of sql, at, of and constant".to_owned()),
        }
    }
}

impl From<Column> for Written {
    fn from(column: Column) -> Self {
        let mut long = Long {
            capture: column.capture.map(|capture| capture.0.as_str().to_owned()),
            encoding: column.encoding,
            ..Long::default()
        };
        match column.source {
            Source::Sql(sql) => long.sql = Some(sql),
            Source::At(within, spots) => {
                long.within = Some(within);
                long.at = spots.iter().map(ToString::to_string).collect();
            }
            Source::StreamName => long.of = Some(Of::Stream),
            Source::TypeName => long.of = Some(Of::Type),
            Source::Rest => long.of = Some(Of::Rest),
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
            && pattern(self) == pattern(other)
    }
}

/// In words, for "how its columns are read".
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Sql(sql) => f.write_str(sql)?,
            Source::At(within, spots) => {
                match within {
                    Within::Record => {}
                    Within::Payload => f.write_str("payload ")?,
                    Within::Metadata => f.write_str("metadata ")?,
                    Within::Context => f.write_str("around it ")?,
                }
                for (i, spot) in spots.iter().enumerate() {
                    write!(f, "{}{spot}", if i == 0 { "" } else { " or " })?;
                }
            }
            Source::StreamName => f.write_str("stream")?,
            Source::TypeName => f.write_str("event type")?,
            Source::Constant(text) => write!(f, "always “{text}”")?,
            Source::Rest => f.write_str("all other keys")?,
        }
        if let Some(capture) = &self.capture {
            write!(f, ", part {}", capture.0.as_str())?;
        }
        if let Some(encoding) = &self.encoding {
            write!(f, ", {}", encoding.replace('_', " "))?;
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
            "column = { within = 'payload', at = ['/timestamp'], encoding = 'iso8601' }",
            "column = { of = 'stream', capture = '^([^-]+)-' }",
            "column = { constant = 'x' }",
        ] {
            let doc: Doc = toml::from_str(text).unwrap();
            let again: Doc = toml::from_str(&toml::to_string(&doc).unwrap()).unwrap();
            assert_eq!(doc.column, again.column, "{text}");
        }
        let doc: Doc = toml::from_str("column = '/a/b'").unwrap();
        let spot = Spot {
            pointer: Pointer::from("/a/b"),
            decoder: None,
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
