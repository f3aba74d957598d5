//! By what streams are told apart: an id alone, or an id of a kind, where several kinds or tenants have
//! the same ids.

use super::field::Field;
use super::names;
use super::pairs::{self, Numbers};
use super::score::Part;
use crate::store::layout::Role;

/// What stands before an id in the name of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// The kind, and a dash.
    Kind(usize),
    /// The number of the kind, and a dash.
    Number(usize),
    /// The tenant, and a slash.
    Tenant(usize),
}

/// What names streams, with what there is to tell of it.
#[derive(Debug, Default)]
pub(super) struct Naming {
    pub before: Vec<Before>,
    pub told: Vec<String>,
}

/// Finds what stands before the ids of streams, and takes back the parts that do not go with them.
pub(super) fn name(parts: &mut Vec<Part>, fields: &[Field<'_>]) -> Naming {
    let mut naming = Naming::default();
    let field = |parts: &[Part], role: Role| {
        let part = parts.iter().find(|part| part.role == role);
        part.map(|part| part.field)
    };
    let Some(stream) = field(parts, Role::Stream) else {
        return naming;
    };
    let version = field(parts, Role::Version);
    let id = fields[stream].name;
    let mut names = vec![stream];
    if let Some(tenant) = tenant(parts, fields, stream, version) {
        naming.before.push(Before::Tenant(tenant));
        let tenant = fields[tenant].name;
        naming.told.push(format!(
            "Streams are named by `{tenant}` and `{id}`, since several tenants have the same ids"
        ));
        names.insert(0, self::field(&naming.before[0]));
    }
    if let Some(kind) = field(parts, Role::Category) {
        match of_kind(fields, &names, stream, kind, version) {
            Kind::Same => {}
            Kind::Before => {
                naming.before.push(Before::Kind(kind));
                let kind = fields[kind].name;
                naming.told.push(format!(
                    "Streams are named by `{kind}` and `{id}`, since ids of several kinds may be the same"
                ));
            }
            Kind::None => {
                parts.retain(|part| part.role != Role::Category);
                let kind = fields[kind].name;
                naming.told.push(format!(
                    "`{kind}` is not taken for the category, since it differs within streams"
                ));
            }
        }
    }
    let names: Vec<usize> = naming
        .before
        .iter()
        .map(self::field)
        .chain([stream])
        .collect();
    let clashes = |names: &[usize], version| Numbers::of(fields, names, version).clash();
    let numbered = numbered(fields).filter(|kind| {
        version.is_some_and(|version| {
            clashes(&names, version) && !clashes(&[&[*kind], &names[..]].concat(), version)
        })
    });
    if let Some(kind) = numbered {
        naming.before.push(Before::Number(kind));
        let kind = fields[kind].name;
        naming.told.push(format!(
            "Streams are named by `{kind}` and `{id}`, since only with it versions tell all events apart"
        ));
    } else if let Some(version) = version
        && clashes(&names, version)
    {
        parts.retain(|part| part.role != Role::Version);
        let version = fields[version].name;
        naming.told.push(format!(
            "`{version}` is not taken for the version, since the same comes again within streams"
        ));
    }
    naming
}

/// The field of numbers that stand for kinds, which is not known before the table of these is.
fn numbered(fields: &[Field<'_>]) -> Option<usize> {
    fields
        .iter()
        .position(|field| names::numbers_kinds(field.name))
}

const fn field(before: &Before) -> usize {
    match before {
        Before::Kind(field) | Before::Number(field) | Before::Tenant(field) => *field,
    }
}

/// The field of the tenants, where several of them have streams of one id.
fn tenant(
    parts: &[Part],
    fields: &[Field<'_>],
    stream: usize,
    version: Option<usize>,
) -> Option<usize> {
    let free = |field: &usize| parts.iter().all(|part| part.field != *field);
    let mut named = (0..fields.len()).filter(free);
    // What stands before the stream in the primary key, too, may have streams called alike.
    let keyed = |field: &usize| match (fields[*field].in_key, fields[stream].in_key) {
        (Some(own), Some(stream)) => own < stream,
        _ => false,
    };
    let tenant = named.find(|field| names::names_tenant(fields[*field].name) || keyed(field))?;
    let merged = match version {
        Some(version) => {
            let alone = Numbers::of(fields, &[stream], version);
            let apart = Numbers::of(fields, &[tenant, stream], version);
            apart.again_less_than(alone)
        }
        None => pairs::disagrees(fields, stream, tenant),
    };
    merged.then_some(tenant)
}

/// What a kind is to the ids of streams.
enum Kind {
    /// One for each id.
    Same,
    /// It has to stand before the id.
    Before,
    /// It says nothing of streams.
    None,
}

fn of_kind(
    fields: &[Field<'_>],
    names: &[usize],
    stream: usize,
    kind: usize,
    version: Option<usize>,
) -> Kind {
    let ids = fields[stream].looks();
    let several = fields[kind].looks().distinct > 1;
    // Where an event comes from is not what it is about.
    let vague = names::normal(fields[kind].name) == "source";
    let counted = ids.integer.nearly() && (several || !vague);
    let differs = pairs::disagrees(fields, stream, kind);
    if let Some(version) = version {
        let alone = Numbers::of(fields, names, version);
        let further: Vec<usize> = [kind].iter().chain(names).copied().collect();
        if Numbers::of(fields, &further, version).again_less_than(alone) {
            return Kind::Before;
        }
        return match (differs, counted && !vague) {
            (true, _) => Kind::None,
            (false, true) => Kind::Before,
            (false, false) => Kind::Same,
        };
    }
    match (differs, counted) {
        (_, true) => Kind::Before,
        (true, false) if vague => Kind::None,
        (true, false) => Kind::Before,
        (false, false) => Kind::Same,
    }
}
