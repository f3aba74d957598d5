//! Pieces of a text that a layout puts together.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::json::Pointer;

/// One piece of a text that is put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenPiece", into = "WrittenPiece")]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// What is before it and what is behind it are whole numbers, which are added: `+`.
    Plus,
    /// The first of these pointers that leads to a value.
    At(Vec<Pointer>),
    /// The first of these names that stands around the record: `context/file`.
    Around(Vec<String>),
}

impl Piece {
    /// The pointers in it.
    pub fn pointers(&self) -> &[Pointer] {
        match self {
            Self::At(pointers) => pointers,
            Self::Text(_) | Self::Plus | Self::Around(_) => &[],
        }
    }
}

/// A piece as written: a text, or several, of which the first that leads to a value counts.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenPiece {
    One(String),
    FirstOf(Vec<String>),
}

/// In front of the name of what stands around a record.
pub(super) const AROUND: &str = "context/";

impl From<WrittenPiece> for Piece {
    fn from(written: WrittenPiece) -> Self {
        let texts = match written {
            WrittenPiece::One(text) => vec![text],
            WrittenPiece::FirstOf(texts) => texts,
        };
        if texts == ["+"] {
            return Self::Plus;
        }
        let around = texts.iter().map(|text| text.strip_prefix(AROUND));
        if let Some(names) = around.map(|name| name.map(str::to_owned)).collect() {
            return Self::Around(names);
        }
        match texts.iter().all(|text| text.starts_with('/')) {
            true => Self::At(
                texts
                    .iter()
                    .map(|text| Pointer::from(text.as_str()))
                    .collect(),
            ),
            false => Self::Text(texts.concat()),
        }
    }
}

impl From<Piece> for WrittenPiece {
    fn from(piece: Piece) -> Self {
        let mut texts: Vec<String> = match piece {
            Piece::Text(text) => vec![text],
            Piece::Plus => vec!["+".to_owned()],
            Piece::At(pointers) => pointers.iter().map(ToString::to_string).collect(),
            Piece::Around(names) => names.iter().map(|name| format!("{AROUND}{name}")).collect(),
        };
        match texts.len() {
            1 => Self::One(texts.remove(0)),
            _ => Self::FirstOf(texts),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let either = |texts: Vec<String>| texts.join(" or ");
        match self {
            Self::Text(text) => write!(f, "“{text}”"),
            Self::Plus => f.write_str("plus"),
            Self::At(pointers) => {
                f.write_str(&either(pointers.iter().map(ToString::to_string).collect()))
            }
            Self::Around(names) => write!(f, "{} around it", either(names.clone())),
        }
    }
}
