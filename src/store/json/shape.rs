//! Which of the shapes of a JSON event store a text has. An object's shape is told by its bones;
//! where several readings are possible, by what its keys are called.

use super::cursor::Step;
use super::grammar::{Walk, is_space};
use super::outline::{Bone, BoneValue, Outline, Run};
use crate::store::layout::{Role, role_named};

/// The shape of a JSON event store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is in it.
    Empty,
    /// One object a line.
    Lines,
    /// One array of objects.
    Array,
    /// Objects one after another over several lines, or several arrays.
    Values,
    /// An object that holds an array of events under this key.
    Wrapped {
        /// The array's key.
        key: String,
    },
    /// An object from stream to array of events.
    Streams,
    /// An object of arrays of equal length, one for each field.
    Columns,
    /// A single event.
    Single,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("JSON without events"),
            Self::Lines => f.write_str("JSON lines"),
            Self::Array => f.write_str("JSON array"),
            Self::Values => f.write_str("JSON values one after another"),
            Self::Wrapped { key } => write!(f, "JSON object with its events under \"{key}\""),
            Self::Streams => f.write_str("JSON object from stream to events"),
            Self::Columns => f.write_str("JSON object of columns"),
            Self::Single => f.write_str("JSON object that is one event"),
        }
    }
}

impl Shape {
    /// As a sentence has it after "This is".
    #[must_use]
    pub fn with_article(&self) -> String {
        match self {
            Self::Empty => "JSON".to_owned(),
            Self::Lines | Self::Values => format!("a file of {self}"),
            _ => format!("a {self}"),
        }
    }

    /// The same where nothing in it looks like events: what there is instead, which has these `keys`.
    #[must_use]
    pub fn without_events(&self, keys: &str) -> String {
        match self {
            Self::Empty => format!("JSON with {keys}"),
            Self::Lines => format!("a file of JSON lines with {keys}"),
            Self::Array => format!("a JSON array of objects with {keys}"),
            Self::Values => format!("a file of JSON objects with {keys}"),
            Self::Wrapped { key } => {
                format!("a JSON object that has objects with {keys} under \"{key}\"")
            }
            Self::Streams => format!("a JSON object of arrays of objects with {keys}"),
            Self::Columns => format!("a JSON object of columns {keys}"),
            Self::Single => format!("a JSON object with {keys}"),
        }
    }
}

/// Whether the first bytes of a text are those of JSON that can hold events, be it with comments,
/// or with a first line that is damaged.
#[must_use]
pub fn looks_like_json(head: &[u8]) -> bool {
    let Some(first) = first_solid(head) else {
        return false;
    };
    let rest = head[first + 1..].trim_ascii_start();
    let next = rest.first();
    let opens = match head[first] {
        b'{' => matches!(next, Some(b'"' | b'}') | None),
        b'[' => match next {
            Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9') | None => true,
            // A section of a TOML file may begin with any letter.
            Some(_) => [&b"true"[..], b"false", b"null"].iter().any(|word| {
                let after = rest.get(word.len()).copied();
                rest.starts_with(word) && matches!(after, Some(b',' | b']' | b' ') | None)
            }),
        },
        _ => false,
    };
    opens || mostly_objects(head)
}

/// What stands in front of each text in a sequence of them (RFC 7464).
pub(super) const SEPARATOR: u8 = 0x1e;

/// The first byte that is neither blank nor in a comment line.
pub(super) fn first_solid(head: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        from += head[from..]
            .iter()
            .position(|&byte| !is_space(byte) && byte != SEPARATOR)?;
        if head[from..].starts_with(b"\xef\xbb\xbf") {
            from += 3;
        } else if is_comment(&head[from..]) {
            from += memchr::memchr(b'\n', &head[from..])?;
        } else {
            return Some(from);
        }
    }
}

pub(super) fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#") || line.starts_with(b"//")
}

/// Whether at least half of the lines, and more than one, are objects of their own.
pub(super) fn mostly_objects(head: &[u8]) -> bool {
    let mut walk = Walk::new();
    let (mut lines, mut objects) = (0, 0);
    for line in head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        let line = line.strip_prefix(&[SEPARATOR]).unwrap_or(line);
        if line.is_empty() || is_comment(line) {
            continue;
        }
        lines += 1;
        if walk.prefix(line, &mut |_, _| {}) == Ok(line.len()) {
            objects += 1;
        }
    }
    objects > 0 && objects * 2 >= lines && lines > 1
}

/// What the keys of an event store are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Type,
    Time,
    Stream,
    Id,
    Order,
    Data,
}

/// What a key is about, by its name alone.
fn about(key: &str) -> Option<About> {
    Some(match role_named(key)? {
        // People and things have names as often as event types do.
        Role::Type if key.eq_ignore_ascii_case("name") => return None,
        Role::Type => About::Type,
        Role::RecordedAt | Role::OccurredAt => About::Time,
        Role::Stream | Role::Category => About::Stream,
        Role::EventId => About::Id,
        Role::Position | Role::Version => About::Order,
        Role::Payload | Role::Metadata => About::Data,
        _ => return None,
    })
}

/// What some keys are about.
#[derive(Clone, Copy, Default)]
struct Abouts(u8);

impl Abouts {
    fn of<'k>(keys: impl Iterator<Item = &'k str>) -> Self {
        Self(
            keys.filter_map(about)
                .fold(0, |all, about| all | 1 << about as u8),
        )
    }

    const fn has(self, about: About) -> bool {
        self.0 & 1 << about as u8 != 0
    }

    const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// A type and anything else that an event has.
    const fn like_an_event(self) -> bool {
        self.has(About::Type) && self.count() > 1
    }
}

/// How much the key of an array says that events are in it.
fn name_weight(key: &str) -> u32 {
    let plain: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "events" | "event" | "entries" | "records" | "messages" | "history" | "journal" | "log"
        | "logs" | "commits" | "ocelevents" | "recordedevents" | "domainevents" => 10,
        "items" | "data" | "value" | "values" | "results" | "rows" | "list" | "changes"
        | "feed" | "hits" => 2,
        _ => 0,
    }
}

/// What the bones of an object say about its shape.
#[derive(Debug)]
pub(super) enum Reading {
    /// No members at all.
    Nothing,
    /// The event itself.
    Single,
    /// The events are in the member of this index.
    Wrapped(usize),
    /// Every array is a stream.
    Streams,
    /// Every array is a column.
    Columns,
}

/// Whether the scalars of an object say that it is an event itself.
pub(super) fn is_event(outline: &Outline) -> bool {
    let others = (outline.members.iter())
        .filter(|bone| !matches!(bone.value, BoneValue::Array(_)))
        .map(|bone| bone.key.as_str());
    Abouts::of(others).like_an_event()
}

/// The key of the array of events, where an object is clearly what stands around one.
pub(super) fn is_around_events(outline: &Outline) -> Option<String> {
    let Reading::Wrapped(ix) = read(outline) else {
        return None;
    };
    let key = &outline.members[ix].key;
    // Some call the type of an event its name.
    let named = |bone: &Bone| bone.key.eq_ignore_ascii_case("name");
    let timed = |bone: &Bone| about(&bone.key) == Some(About::Time);
    let members = &outline.members;
    let event = is_event(outline) || (members.iter().any(named) && members.iter().any(timed));
    (name_weight(key) >= 10 && !event).then(|| key.clone())
}

/// A member that is an array, by its index.
type Array<'o> = (usize, &'o Bone, &'o Run);

pub(super) fn read(outline: &Outline) -> Reading {
    if outline.members.is_empty() {
        return match outline.step {
            Step::Whole => Reading::Nothing,
            Step::Cut => Reading::Single,
        };
    }
    let arrays: Vec<Array<'_>> = (outline.members.iter().enumerate())
        .filter_map(|(ix, bone)| match &bone.value {
            BoneValue::Array(run) => Some((ix, bone, run)),
            BoneValue::Scalar(_) | BoneValue::Object(_) => None,
        })
        .collect();
    let outer = Abouts::of(
        (outline.members.iter())
            .filter(|bone| !matches!(bone.value, BoneValue::Array(_)))
            .map(|bone| bone.key.as_str()),
    );
    let (holding, bare): (Vec<Array<'_>>, Vec<Array<'_>>) =
        (arrays.iter()).partition(|(_, _, run)| run.objects > 0 && run.objects * 2 >= run.items);
    let named = holding
        .iter()
        .any(|(_, bone, _)| name_weight(&bone.key) >= 10);
    if !named && !outer.has(About::Type) && are_columns(&arrays, bare.len()) {
        return Reading::Columns;
    }
    if holding.is_empty() {
        return without_objects(outline, &arrays);
    }
    with_objects(outline, &holding, outer)
}

fn are_columns(arrays: &[Array<'_>], bare: usize) -> bool {
    let [(_, _, first), rest @ ..] = arrays else {
        return false;
    };
    let equal = first.items > 0 && rest.iter().all(|(_, _, run)| run.items == first.items);
    let keys = Abouts::of(arrays.iter().map(|(_, bone, _)| bone.key.as_str()));
    !rest.is_empty() && equal && bare > 0 && (bare == arrays.len() || keys.like_an_event())
}

/// Arrays of scalars, or empty ones.
fn without_objects(outline: &Outline, arrays: &[Array<'_>]) -> Reading {
    let empty = |run: &Run| run.items == 0;
    let events = (arrays.iter()).find(|(_, bone, _)| name_weight(&bone.key) >= 10);
    match events {
        Some((ix, _, _)) => Reading::Wrapped(*ix),
        None if arrays.len() == outline.members.len()
            && arrays.iter().all(|(_, _, run)| empty(run)) =>
        {
            Reading::Streams
        }
        None => Reading::Single,
    }
}

/// At least one array of objects.
fn with_objects(outline: &Outline, holding: &[Array<'_>], outer: Abouts) -> Reading {
    let roles = |run: &Run| Abouts::of(run.keys.iter().map(String::as_str));
    let weigh = |(_, bone, run): &Array<'_>| {
        let weight = name_weight(&bone.key) + roles(run).count();
        (weight, run.to - run.from)
    };
    let Some(&best) = holding.iter().max_by_key(|array| weigh(array)) else {
        return Reading::Single;
    };
    let (ix, bone, run) = best;
    let inner = roles(run);
    let weight = name_weight(&bone.key);
    // An order with its items is one event, not a store of items.
    if weight < 10 && outer.like_an_event() && !(inner.has(About::Type) && inner.has(About::Time)) {
        return Reading::Single;
    }
    if weight > 0 {
        return Reading::Wrapped(ix);
    }
    let like_events = holding.iter().filter(|(_, _, run)| {
        let roles = roles(run);
        roles.has(About::Type) || roles.has(About::Time)
    });
    let alike = matches!(like_events.count(), count if count == 0 || count == holding.len());
    // A stream may have no events yet.
    let streams = (outline.members.iter())
        .filter(|bone| match &bone.value {
            BoneValue::Array(run) => run.objects == run.items,
            BoneValue::Scalar(_) | BoneValue::Object(_) => false,
        })
        .count();
    let alone = outline.members.len() == 1;
    if alike && (streams > 1 || alone) {
        Reading::Streams
    } else {
        Reading::Wrapped(ix)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cursor::{BLOCK, Cursor};
    use super::super::outline::outline;
    use super::*;
    use crate::model::Task;
    use crate::store::sniff::{Encoding, JsonText, Packing};
    use crate::store::unpack::{Handle, Limits, Text};

    fn reading(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let kind = JsonText {
            packing: Packing::Plain,
            encoding: Encoding::Utf8,
        };
        let task = Task::new();
        let text = Text::open(file.path(), kind, Handle::Held, Limits::default(), &task).unwrap();
        let mut cursor = Cursor::new(&text, 0..u64::MAX, BLOCK, &task);
        let outline = outline_at(&mut cursor);
        match read(&outline) {
            Reading::Wrapped(ix) => outline.members[ix].key.clone(),
            other => format!("{other:?}"),
        }
    }

    fn outline_at(cursor: &mut Cursor<'_>) -> Outline {
        cursor.peek_solid().unwrap();
        outline(cursor).unwrap()
    }

    #[test]
    fn objects_are_read_as_what_they_most_likely_are() {
        let event = r#"{"type":"A","time":1}"#;
        let cases = [
            ("{}".to_owned(), "Nothing"),
            (format!(r#"{{"stream":"u","events":[{event}]}}"#), "events"),
            (r#"{"stream":"u","events":[]}"#.to_owned(), "events"),
            (
                format!(r#"{{"links":[],"author":{{}},"entries":[{event}]}}"#),
                "entries",
            ),
            (format!(r#"{{"foo":3,"bar":[{event}]}}"#), "bar"),
            (
                format!(r#"{{"a-1":[{event}],"a-2":[{event},{event}]}}"#),
                "Streams",
            ),
            (
                format!(r#"{{"a-1":[{event}],"a-2":[],"exported":1}}"#),
                "Streams",
            ),
            (format!(r#"{{"a-1":[{event}]}}"#), "Streams"),
            (r#"{"a-1":[],"a-2":[]}"#.to_owned(), "Streams"),
            (
                r#"{"seq":[1,2],"data":[{},{}],"type":["A","B"]}"#.to_owned(),
                "Columns",
            ),
            (
                r#"{"x":[1,2],"y":[3,4],"source":"s"}"#.to_owned(),
                "Columns",
            ),
            (r#"{"x":[1,2],"y":[3]}"#.to_owned(), "Single"),
            (format!(r#"{{"tags":["a"],"events":[{event}]}}"#), "events"),
            (
                r#"{"type":"Placed","time":1,"items":[{"sku":"a","id":1}]}"#.to_owned(),
                "Single",
            ),
            (
                r#"{"type":"Placed","time":1,"x":[1],"y":[2]}"#.to_owned(),
                "Single",
            ),
            (
                format!(r#"{{"type":"cart","id":1,"changes":[{event}]}}"#),
                "changes",
            ),
            (
                format!(
                    r#"{{"eventTypes":[{{"name":1}}],"events":[{event}],"objects":[{{"id":1,"type":1,"time":2}}]}}"#
                ),
                "events",
            ),
            (
                format!(r#"{{"users":[{{"name":1}}],"facts":[{event}]}}"#),
                "facts",
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(reading(&text), wanted, "{text}");
        }
    }

    #[test]
    fn torn_objects_have_the_shape_they_had() {
        assert_eq!(
            reading(r#"{"stream":"u","events":[{"type":1},{"ty"#),
            "events"
        );
        assert_eq!(reading(r#"{"type":"#), "Single");
        assert_eq!(reading("{"), "Single");
    }
}
