//! A column or key of an unknown store, and what a sample of its values says about it.

use std::collections::HashSet;

use crate::model::json::Pointer;
use crate::model::time::{Sample, TimeEncoding, detect};
use crate::store::decode::Decoder;
use crate::store::layout::Bytes;

/// A column or key with some of its values; none for null, and for bytes that are no text.
#[derive(Clone, Debug, Default)]
pub(super) struct Field<'f> {
    pub name: &'f str,
    /// JSON: the key of the object that it stands in, where that is not the record itself.
    pub outer: Option<&'f str>,
    /// JSON: the object and its member, where the name is put together from theirs: `aggregate.id`.
    pub under: Option<(&'f str, &'f str)>,
    /// The declared type, if there is one.
    pub declared: &'f str,
    pub values: Vec<Option<&'f str>>,
    /// SQLite: those of its values that are bytes and no text.
    pub bytes: Bytes,
    /// SQLite: which column of the primary key it is, from 0.
    pub in_key: Option<usize>,
}

/// The last part of the name of a class of PHP.
const LAST_OF_PHP: &str = r"([^\\]+)$";
/// That of one of .NET, before its assembly.
const LAST_OF_NET: &str = "^(?:[^,]*[.+])?([^.+,]+),";

/// Bytes beyond which a value is a text rather than a name.
const LONG: usize = 300;

/// What the values look like.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    /// How many values there are to go by.
    pub count: usize,
    pub distinct: usize,
    pub json: Share,
    /// Of that, lists.
    pub list: Share,
    /// JSON that is packed: written as a JSON string, or in base64.
    pub packed: Option<Decoder>,
    /// Documents of YAML.
    pub yaml: Share,
    /// How many values are bytes and no text.
    pub bytes: usize,
    pub integer: Share,
    pub uuid: Share,
    /// Short and without blanks: what a name or an id looks like.
    pub name: Share,
    /// Begins with a letter.
    pub word: Share,
    pub time: bool,
    /// How many of the values are times.
    pub times: usize,
    /// How many there could be.
    pub asked: usize,
    pub negative: Share,
    pub longest: usize,
    /// More than half of them are too long for a name.
    pub mostly_long: bool,
    /// Declared as bytes or JSON.
    pub declared_data: bool,
}

/// How many of the values are so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Share {
    #[default]
    None,
    Some,
    Nearly,
}

impl Share {
    fn of(count: usize, all: usize) -> Self {
        match count {
            0 => Self::None,
            _ if count * 10 >= all * 9 => Self::Nearly,
            _ => Self::Some,
        }
    }

    pub fn nearly(self) -> bool {
        self == Self::Nearly
    }
}

impl Field<'_> {
    /// Where it is in the record.
    pub fn pointer(&self) -> Pointer {
        let outer = self.outer.into_iter();
        match self.under {
            Some((object, member)) => Pointer::through(outer.chain([object, member])),
            None => Pointer::through(outer.chain([self.name])),
        }
    }

    /// The pattern that leaves of names of classes what they are called, without where they are: of those of
    /// PHP, and of those of .NET with their assembly (`Shop.OrderPlaced, Shop, Version=1.0.0.0`).
    pub fn class_name(&self) -> Option<&'static str> {
        let qualified = |value: &&&str| {
            let (class, assembly) = value.split_once(", ").unwrap_or_default();
            let dotted = |name: &str| {
                let plain = |c: char| c.is_alphanumeric() || "._+`".contains(c);
                name.starts_with(char::is_alphabetic) && name.chars().all(plain)
            };
            dotted(class) && assembly.split(", ").next().is_some_and(dotted)
        };
        let values = self.values.iter().flatten();
        let (all, of_net) = (values.clone().count(), values.filter(qualified).count());
        match self.is_of_php() {
            true => Some(LAST_OF_PHP),
            false => (all > 0 && Share::of(of_net, all).nearly()).then_some(LAST_OF_NET),
        }
    }

    /// Its values are names of classes of PHP, with their namespaces.
    pub fn is_of_php(&self) -> bool {
        let class = |value: &&&str| {
            let mut parts = value.split('\\').filter(|part| !part.is_empty());
            let plain = |part: &str| part.starts_with(char::is_alphabetic) && !part.contains(' ');
            value.contains('\\') && parts.all(plain)
        };
        let values = self.values.iter().flatten();
        let (all, classes) = (values.clone().count(), values.filter(class).count());
        all > 0 && Share::of(classes, all).nearly()
    }

    /// Its values are words with numbers or ids behind them, such as `order-7`.
    pub fn names_with_numbers(&self) -> bool {
        let numbered = |value: &&&str| {
            value.starts_with(char::is_alphabetic)
                && value.bytes().any(|byte| byte.is_ascii_digit())
        };
        let values = self.values.iter().flatten();
        let (all, numbered) = (values.clone().count(), values.filter(numbered).count());
        all > 0 && Share::of(numbered, all).nearly()
    }

    /// Its values are things by their kind and a number or an id: `order-7`, `cart/018f3c`.
    pub fn names_things(&self) -> bool {
        let thing = |value: &&&str| {
            let parts = value.split_once(['-', '_', ':', '/']);
            parts.is_some_and(|(kind, id)| {
                !kind.is_empty()
                    && kind.chars().all(char::is_alphabetic)
                    && id.bytes().any(|byte| byte.is_ascii_digit())
                    && id.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
        };
        let values = self.values.iter().flatten();
        let (all, things) = (values.clone().count(), values.filter(thing).count());
        all > 0 && Share::of(things, all).nearly()
    }

    pub fn looks(&self) -> Looks {
        let values: Vec<&str> = self.values.iter().flatten().copied().collect();
        let share = |is: &dyn Fn(&str) -> bool| {
            Share::of(
                values.iter().filter(|value| is(value)).count(),
                values.len(),
            )
        };
        let distinct: HashSet<&str> = values.iter().copied().collect();
        let samples: Vec<Sample<'_>> = values.iter().map(|value| Sample::Text(value)).collect();
        let declared = self.declared.to_ascii_uppercase();
        let mut packed = PACKED.into_iter();
        let packed = packed.find(|(_, is)| share(is).nearly() && !values.is_empty());
        Looks {
            packed: packed.map(|(decoder, _)| decoder),
            bytes: self.bytes.count,
            count: values.len(),
            distinct: distinct.len(),
            json: share(&|value| value.trim_start().starts_with(['{', '['])),
            list: share(&|value| value.trim_start().starts_with('[')),
            yaml: share(&|value| value.starts_with("---\n")),
            integer: share(&|value| value.parse::<i64>().is_ok()),
            uuid: share(&is_uuid),
            name: share(&|value| value.len() <= 120 && !value.contains(char::is_whitespace)),
            word: share(&|value| value.starts_with(char::is_alphabetic)),
            time: detect(&samples) != TimeEncoding::None,
            times: {
                let time = |sample: &&Sample<'_>| detect(&[**sample]) != TimeEncoding::None;
                samples.iter().filter(time).count()
            },
            asked: self.values.len(),
            negative: share(&|value| value.starts_with('-') && value.parse::<i64>().is_ok()),
            longest: values.iter().map(|value| value.len()).max().unwrap_or(0),
            mostly_long: values.iter().filter(|value| value.len() > LONG).count() * 2
                > values.len(),
            declared_data: declared.contains("BLOB") || declared.contains("JSON"),
        }
    }
}

impl Looks {
    /// No value stands twice.
    pub fn is_unique(&self) -> bool {
        self.distinct == self.count
    }

    /// At least half of the values are times, where that is not all of them.
    pub fn half_time(&self) -> bool {
        self.times > 0 && self.times * 2 >= self.count
    }

    /// Nearly all of the values that say anything are times, and no number that may be one by chance.
    pub fn mostly_time(&self) -> bool {
        self.count >= 4 && self.times * 4 >= self.count * 3 && self.integer == Share::None
    }

    /// At least a third of the records have a value.
    pub fn is_common(&self) -> bool {
        (self.count + self.bytes) * 3 >= self.asked
    }

    /// There is a word, and no other.
    pub fn is_constant(&self) -> bool {
        self.count >= 4 && self.distinct == 1
    }

    /// Values come again and again: at most half of them are new.
    pub fn repeats(&self) -> bool {
        self.count >= 4 && self.distinct * 2 <= self.count
    }
}

type Is = fn(&str) -> bool;

/// How JSON may be packed, and how that begins.
const PACKED: [(Decoder, Is); 2] = [
    (Decoder::JsonString, |value| {
        value.starts_with("\"{") || value.starts_with("\"[")
    }),
    // `{"`, `{ ` and a line's end behind a brace.
    (Decoder::Base64, |value| {
        value.len() >= 8
            && ["eyJ", "eyA", "ewo", "ew0"]
                .iter()
                .any(|begin| value.starts_with(begin))
    }),
];

fn is_uuid(value: &str) -> bool {
    let digits = value.bytes().filter(|byte| *byte != b'-');
    matches!(value.len(), 32 | 36)
        && digits.clone().count() == 32
        && digits.clone().all(|byte| byte.is_ascii_hexdigit())
}
