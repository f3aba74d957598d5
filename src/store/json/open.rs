//! Opens one text: finds its shape, and with it how its records are to be walked through. Looks at
//! the first bytes where they settle it, and passes over the whole of a large object where not.

use std::io;
use std::sync::Arc;

use super::columns::Columns;
use super::cursor::{BLOCK, Cursor, Halt, Step};
use super::deeper::{DEPTH, deeper, parts_of_first};
use super::grammar::{Walk, Why, is_space};
use super::item::Context;
use super::mend::shaped;
use super::outline::{Bone, BoneValue, Outline, Run, outline};
use super::parts::Part;
use super::shape::{Reading, SEPARATOR, Shape, first_solid, mostly_objects, read};
use crate::model::Task;
use crate::store::unpack::Text;

/// How the records of one file are walked through.
#[derive(Debug)]
pub(super) enum Plan {
    /// Line by line.
    Lines,
    /// Value by value, and into arrays.
    Values,
    /// The arrays of one object, in the order of the file.
    Sections(Vec<Section>),
    /// Row by row.
    Columns(Columns),
}

/// One array of events within an object, or an object of events.
#[derive(Debug)]
pub(super) struct Section {
    /// The byte after the opening bracket.
    pub(super) from: u64,
    /// The byte of the closing bracket.
    pub(super) to: u64,
    pub(super) holds: Holds,
    pub(super) context: Context,
    /// Where the events are in what it holds, if they are not that itself.
    pub(super) parts: Arc<[Part]>,
}

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// The items of an array.
    Items,
    /// The members of an object.
    Members,
}

#[derive(Debug)]
pub(super) struct Opened {
    pub(super) shape: Shape,
    pub(super) plan: Plan,
    /// What holds for every record of the file.
    pub(super) context: Context,
    /// What is wrong with the file as a whole.
    pub(super) problems: Vec<String>,
    /// Whether the end of the object was there, where it is one.
    pub(super) step: Step,
    pub(super) look: Look,
    /// Where the one object begins that the file is, if it is one.
    pub(super) document: Option<u64>,
    /// The names of its members.
    pub(super) members: Vec<String>,
    /// Where the events are in each value, where the first is an object around an array of them.
    pub(super) parts: Arc<[Part]>,
}

/// How much of a file is looked at to open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Of an object that is large, the beginning and the end: what is between may say otherwise.
    Beginning,
    /// As much as it takes to be sure.
    Whole,
}

impl Opened {
    /// A file with nothing in it.
    pub(super) fn empty() -> Self {
        Self {
            shape: Shape::Empty,
            plan: Plan::Sections(Vec::new()),
            context: Context::default(),
            problems: vec!["the file is empty".to_owned()],
            step: Step::Whole,
            look: Look::Whole,
            document: None,
            members: Vec::new(),
            parts: Arc::default(),
        }
    }

    fn plain(shape: Shape, plan: Plan, context: Context) -> Self {
        Self {
            shape,
            plan,
            context,
            problems: Vec::new(),
            step: Step::Whole,
            look: Look::Whole,
            document: None,
            members: Vec::new(),
            parts: Arc::default(),
        }
    }
}

/// Whether the first bytes are all there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Beginning,
}

/// The first bytes of a text.
struct Head {
    bytes: Vec<u8>,
    extent: Extent,
    /// The first byte that is neither blank nor in a comment.
    first: usize,
}

/// Finds the shape of a text. `context` is what its file's place gives it.
pub(super) fn open(text: &Text, context: Context, look: Look, task: &Task) -> Result<Opened, Halt> {
    let (start, end) = (text.start(), text.end()?);
    let mut bytes = text.read_at(start..end.min(start + BLOCK as u64))?;
    shaped(&mut bytes);
    let extent = if start + bytes.len() as u64 >= end {
        Extent::Whole
    } else {
        Extent::Beginning
    };
    let Some(first) = first_solid(&bytes) else {
        return Ok(match extent {
            Extent::Whole => Opened::empty(),
            Extent::Beginning => Opened::plain(Shape::Lines, Plan::Lines, context),
        });
    };
    let head = Head {
        bytes,
        extent,
        first,
    };
    let mut opened = by_head(text, &head, context, look, task)?;
    match &mut opened.plan {
        Plan::Lines | Plan::Values if opened.shape != Shape::Single => {
            let from = text.start() + head.first as u64;
            opened.parts = parts_of_first(text, from)?;
        }
        Plan::Sections(sections) => {
            let first = sections.first().map_or(0, |section| section.from);
            let parts = parts_of_first(text, first)?;
            for section in sections {
                section.parts = Arc::clone(&parts);
            }
        }
        Plan::Lines | Plan::Values | Plan::Columns(_) => {}
    }
    Ok(opened)
}

fn by_head(
    text: &Text,
    head: &Head,
    context: Context,
    look: Look,
    task: &Task,
) -> Result<Opened, Halt> {
    match head.bytes[head.first] {
        b'[' => Ok(Opened::plain(Shape::Array, Plan::Values, context)),
        b'{' => match head.guess() {
            _ if head.is_sequence() => Ok(Opened::plain(Shape::Lines, Plan::Lines, context)),
            Guess::Lines => Ok(Opened::plain(Shape::Lines, Plan::Lines, context)),
            Guess::Values => Ok(Opened::plain(Shape::Values, Plan::Values, context)),
            Guess::Object => object(text, head, context, look, task),
        },
        _ => Ok(Opened::plain(Shape::Lines, Plan::Lines, context)),
    }
}

/// What the first bytes say about a text that begins with an object.
enum Guess {
    Lines,
    Values,
    /// One object, or one so large that it has to be passed over to see.
    Object,
}

impl Head {
    fn guess(&self) -> Guess {
        let rest = &self.bytes[self.first..];
        match Walk::new().prefix(rest, &mut |_, _| {}) {
            Ok(length) => {
                let after = &rest[length..];
                let gap = after.iter().position(|&byte| !is_space(byte));
                let (value, gap) = match gap {
                    None if self.extent == Extent::Whole => return Guess::Object,
                    None => (&rest[..length], &after[..0]),
                    Some(gap) => (&rest[..length], &after[..gap]),
                };
                if gap.contains(&b'\n') && !value.contains(&b'\n') {
                    Guess::Lines
                } else {
                    Guess::Values
                }
            }
            // The object goes on beyond what was read, or its file is cut.
            Err(fault) if fault.why == Why::Cut => Guess::Object,
            // A damaged first line must not make lines look like anything else.
            Err(_) if mostly_objects(rest) => Guess::Lines,
            Err(_) => Guess::Object,
        }
    }

    /// Whether it is a sequence of texts as RFC 7464 has it, one a line.
    fn is_sequence(&self) -> bool {
        self.bytes[..self.first].contains(&SEPARATOR)
    }

    fn is_one_line(&self) -> bool {
        let rest = self.bytes[self.first..].trim_ascii_end();
        !rest.contains(&b'\n')
    }
}

fn object(
    text: &Text,
    head: &Head,
    context: Context,
    look: Look,
    task: &Task,
) -> Result<Opened, Halt> {
    if look == Look::Beginning
        && let Some(opened) = beginning(text, head, &context, task)?
    {
        return Ok(opened);
    }
    let end = text.end()?;
    task.set_done(0);
    task.set_total(end - text.start());
    let from = text.start() + head.first as u64;
    let mut cursor = Cursor::new(text, from..end, BLOCK, task);
    cursor.peek()?;
    let outline = outline(&mut cursor)?;
    let alone = cursor.peek_solid()?.is_none();
    let reading = match read(&outline) {
        _ if !alone && outline.step == Step::Whole => Reading::Single,
        reading => reading,
    };
    let found = match (held(&outline, &context, &reading), &reading) {
        (None, Reading::Single) if alone && outline.step == Step::Whole => {
            deeper(text, &outline, &context, DEPTH, task)?
        }
        (held, _) => held,
    };
    let (shape, plan) = match (found, reading) {
        (Some(held), _) => held,
        (None, Reading::Nothing) => (Shape::Empty, Plan::Sections(Vec::new())),
        (None, Reading::Columns) => {
            let runs = arrays(&outline).map(|(bone, run)| (bone.key.as_str(), run));
            let columns = Columns::index(text, runs, task)?;
            (Shape::Columns, Plan::Columns(columns))
        }
        (None, _) => match (head.is_one_line(), alone) {
            // One line may become many while it is followed.
            (true, true) => (Shape::Single, Plan::Lines),
            (true, false) => (Shape::Lines, Plan::Lines),
            (false, true) => (Shape::Single, Plan::Values),
            (false, false) => (Shape::Values, Plan::Values),
        },
    };
    let problems = problems(&outline, &plan);
    let context = match plan {
        Plan::Columns(_) => within(&context, fields(&outline)),
        Plan::Lines | Plan::Values | Plan::Sections(_) => context,
    };
    Ok(Opened {
        problems,
        step: outline.step,
        document: (alone && !outline.members.is_empty()).then_some(from),
        members: names(&outline),
        ..Opened::plain(shape, plan, context)
    })
}

/// How the events are held by an object, if they are held in its arrays.
fn held(outline: &Outline, context: &Context, reading: &Reading) -> Option<(Shape, Plan)> {
    match *reading {
        Reading::Wrapped(ix) => {
            let key = outline.members[ix].key.clone();
            Some((Shape::Wrapped { key }, sections(outline, context, Some(ix))))
        }
        Reading::Streams => Some((Shape::Streams, sections(outline, context, None))),
        Reading::Nothing | Reading::Single | Reading::Columns => None,
    }
}

/// A large object by its first bytes and its last ones, where these show that it holds events: enough
/// to read on from while nobody has looked at all of it.
fn beginning(
    text: &Text,
    head: &Head,
    context: &Context,
    task: &Task,
) -> Result<Option<Opened>, Halt> {
    if head.extent == Extent::Whole {
        return Ok(None);
    }
    let (from, end) = (head.first as u64, head.bytes.len() as u64);
    let range = text.start() + from..text.start() + end;
    let mut cursor = Cursor::new(text, range, BLOCK, task);
    cursor.peek()?;
    let mut outline = outline(&mut cursor)?;
    if outline.step == Step::Whole {
        return Ok(None);
    }
    for bone in &mut outline.members {
        if let BoneValue::Array(run) = &mut bone.value
            && run.step == Step::Cut
        {
            // Where it ends is seen when it is read.
            run.to = text.end()?;
        }
    }
    let last = last_members(text)?.into_iter();
    let known: Vec<String> = (outline.members.iter().map(|bone| bone.key.clone())).collect();
    (outline.members).extend(last.filter(|bone| !known.contains(&bone.key)));
    let reading = read(&outline);
    let opened = held(&outline, context, &reading).map(|(shape, plan)| Opened {
        look: Look::Beginning,
        members: names(&outline),
        ..Opened::plain(shape, plan, context.clone())
    });
    Ok(opened)
}

/// Names of members by which a document is known; what has more of them is a map.
const MOST_NAMES: usize = 1_000;

fn names(outline: &Outline) -> Vec<String> {
    let names = outline.members.iter().map(|bone| bone.key.clone());
    names.take(MOST_NAMES).collect()
}

/// Bytes at the end of a large object that are looked at for what stands after its events.
const LAST: u64 = 64 << 10;

/// The scalars after an array of the outermost object, as far as the last bytes show them: from the
/// first bracket on that can be the end of such an array.
fn last_members(text: &Text) -> io::Result<Vec<Bone>> {
    const BEGUN: &[u8] = b"{\"\":[";
    let end = text.end()?;
    let mut bytes = text.read_at(end.saturating_sub(LAST)..end)?;
    let brackets: Vec<usize> = memchr::memchr_iter(b']', &bytes).collect();
    let mut walk = Walk::new();
    for bracket in brackets {
        let Some(from) = bracket.checked_sub(BEGUN.len()) else {
            continue;
        };
        // As if the array, and the object around it, began straight before its end.
        bytes[from..bracket].copy_from_slice(BEGUN);
        let mut members = Vec::new();
        let object = &bytes[from..];
        let end = walk.prefix(object, &mut |key, value| members.push((key, value)));
        if end.is_ok_and(|end| object[end..].trim_ascii().is_empty()) {
            let members = members.into_iter().skip(1);
            let scalars =
                members.filter_map(|(key, value)| Bone::scalar(&object[key], &object[value]));
            return Ok(scalars.collect());
        }
    }
    Ok(Vec::new())
}

fn arrays(outline: &Outline) -> impl Iterator<Item = (&Bone, &Run)> {
    (outline.members.iter()).filter_map(|bone| match &bone.value {
        BoneValue::Array(run) => Some((bone, run)),
        BoneValue::Scalar(_) | BoneValue::Object(_) => None,
    })
}

pub(super) type Fields = Arc<[(String, String)]>;

pub(super) fn fields(outline: &Outline) -> Fields {
    (outline.members.iter())
        .filter_map(|bone| match &bone.value {
            BoneValue::Scalar(Some(raw)) => Some((bone.key.clone(), raw.clone())),
            BoneValue::Scalar(None) | BoneValue::Object(_) | BoneValue::Array(_) => None,
        })
        .collect()
}

pub(super) fn within(outer: &Context, fields: Fields) -> Context {
    Context {
        fields,
        ..outer.clone()
    }
}

/// The array of one member, or all arrays, each then a stream.
fn sections(outline: &Outline, context: &Context, only: Option<usize>) -> Plan {
    sections_of(outline, &within(context, fields(outline)), only)
}

/// The same, with what stands around them all.
pub(super) fn sections_of(outline: &Outline, shared: &Context, only: Option<usize>) -> Plan {
    let mut sections = Vec::new();
    for (ix, bone) in outline.members.iter().enumerate() {
        let BoneValue::Array(run) = &bone.value else {
            continue;
        };
        if only.is_some_and(|only| only != ix) {
            continue;
        }
        let mut context = shared.clone();
        if only.is_none() {
            context.key = Some(bone.key.as_str().into());
        }
        sections.push(Section {
            from: run.from,
            to: run.to,
            holds: Holds::Items,
            context,
            parts: Arc::default(),
        });
    }
    // A key that stood twice has its last value at the place of its first.
    sections.sort_by_key(|section| section.from);
    Plan::Sections(sections)
}

fn problems(outline: &Outline, plan: &Plan) -> Vec<String> {
    // Walking through lines or values meets all of this again.
    if matches!(plan, Plan::Lines | Plan::Values) {
        return Vec::new();
    }
    let mut problems: Vec<String> = (outline.repeated.iter().take(100))
        .map(|key| format!("the key \"{key}\" stands twice; the last one counts"))
        .collect();
    if outline.members.is_empty() {
        problems.push("the object is empty: it holds no events".to_owned());
    }
    // A section that is torn says so itself when it is scanned.
    let torn = arrays(outline).find(|(_, run)| run.step == Step::Cut);
    let said = match (plan, torn) {
        (Plan::Sections(sections), Some((_, run))) => {
            sections.iter().any(|section| section.from == run.from)
        }
        _ => false,
    };
    if outline.step == Step::Cut && !said {
        problems.push("the object around the events is cut off or damaged".to_owned());
    }
    problems
}
