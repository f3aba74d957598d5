//! Opens one text: finds its shape, and with it how its records are to be walked through. Looks at
//! the first bytes where they settle it, and passes over the whole of a large object where not.

use std::sync::Arc;

use super::columns::Columns;
use super::cursor::{BLOCK, Cursor, Halt, Step};
use super::grammar::{Walk, Why, is_space};
use super::item::Context;
use super::outline::{Bone, BoneValue, Outline, Run, outline};
use super::shape::{Reading, Shape, first_solid, mostly_objects, read};
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

/// One array of events within an object.
#[derive(Debug)]
pub(super) struct Section {
    /// The byte after the opening bracket.
    pub(super) from: u64,
    /// The byte of the closing bracket.
    pub(super) to: u64,
    pub(super) context: Context,
}

#[derive(Debug)]
pub(super) struct Opened {
    pub(super) shape: Shape,
    pub(super) plan: Plan,
    /// What holds for every record of the file.
    pub(super) context: Context,
    /// What is wrong with the file as a whole.
    pub(super) problems: Vec<String>,
}

impl Opened {
    /// A file with nothing in it.
    pub(super) fn empty() -> Self {
        Self {
            shape: Shape::Empty,
            plan: Plan::Sections(Vec::new()),
            context: Context::default(),
            problems: vec!["the file is empty".to_owned()],
        }
    }

    fn plain(shape: Shape, plan: Plan, context: Context) -> Self {
        Self {
            shape,
            plan,
            context,
            problems: Vec::new(),
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
pub(super) fn open(text: &Text, context: Context, task: &Task) -> Result<Opened, Halt> {
    let (start, end) = (text.start(), text.end()?);
    let bytes = text.read_at(start..end.min(start + BLOCK as u64))?;
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
    match head.bytes[first] {
        b'[' => Ok(Opened::plain(Shape::Array, Plan::Values, context)),
        b'{' => match head.guess() {
            Guess::Lines => Ok(Opened::plain(Shape::Lines, Plan::Lines, context)),
            Guess::Values => Ok(Opened::plain(Shape::Values, Plan::Values, context)),
            Guess::Object => object(text, &head, context, task),
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

    fn is_one_line(&self) -> bool {
        let rest = self.bytes[self.first..].trim_ascii_end();
        !rest.contains(&b'\n')
    }
}

fn object(text: &Text, head: &Head, context: Context, task: &Task) -> Result<Opened, Halt> {
    let end = text.end()?;
    task.set_done(0);
    task.set_total(end - text.start());
    let from = text.start() + head.first as u64;
    let mut cursor = Cursor::new(text, from..end, BLOCK, task);
    cursor.peek()?;
    let outline = outline(&mut cursor)?;
    let alone = cursor.peek_solid()?.is_none();
    let single = || {
        let line = head.is_one_line();
        match (line, alone) {
            // One line may become many while it is followed.
            (true, true) => (Shape::Single, Plan::Lines),
            (true, false) => (Shape::Lines, Plan::Lines),
            (false, true) => (Shape::Single, Plan::Values),
            (false, false) => (Shape::Values, Plan::Values),
        }
    };
    let reading = match (alone, read(&outline)) {
        (false, _) if outline.step == Step::Whole => Reading::Single,
        (_, reading) => reading,
    };
    let (shape, plan) = match reading {
        Reading::Single => single(),
        Reading::Nothing => (Shape::Empty, Plan::Sections(Vec::new())),
        Reading::Columns => {
            let runs = arrays(&outline).map(|(bone, run)| (bone.key.as_str(), run));
            (
                Shape::Columns,
                Plan::Columns(Columns::index(text, runs, task)?),
            )
        }
        Reading::Wrapped(ix) => {
            let bone = &outline.members[ix];
            let key = bone.key.clone();
            (
                Shape::Wrapped { key },
                sections(&outline, &context, Some(ix)),
            )
        }
        Reading::Streams => (Shape::Streams, sections(&outline, &context, None)),
    };
    let problems = problems(&outline, &plan);
    let context = match plan {
        Plan::Columns(_) => within(&context, fields(&outline)),
        Plan::Lines | Plan::Values | Plan::Sections(_) => context,
    };
    Ok(Opened {
        shape,
        plan,
        context,
        problems,
    })
}

fn arrays(outline: &Outline) -> impl Iterator<Item = (&Bone, &Run)> {
    (outline.members.iter()).filter_map(|bone| match &bone.value {
        BoneValue::Array(run) => Some((bone, run)),
        BoneValue::Scalar(_) | BoneValue::Object => None,
    })
}

type Fields = Arc<[(String, String)]>;

fn fields(outline: &Outline) -> Fields {
    (outline.members.iter())
        .filter_map(|bone| match &bone.value {
            BoneValue::Scalar(Some(raw)) => Some((bone.key.clone(), raw.clone())),
            BoneValue::Scalar(None) | BoneValue::Object | BoneValue::Array(_) => None,
        })
        .collect()
}

fn within(outer: &Context, fields: Fields) -> Context {
    Context {
        fields,
        ..outer.clone()
    }
}

/// The array of one member, or all arrays, each then a stream.
fn sections(outline: &Outline, context: &Context, only: Option<usize>) -> Plan {
    let shared = within(context, fields(outline));
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
            context.stream_key = Some(bone.key.as_str().into());
        }
        sections.push(Section {
            from: run.from,
            to: run.to,
            context,
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
