//! From shapes to the fields of each version of a type.

use hashbrown::HashMap;

use super::eras;
use super::field::Field;
use super::version::VersionSchema;
use crate::analysis::bodies::{Bodies, EACH, GroupIx, Keys, Kind, PathIx, Paths, Shape};
use crate::log::{Cut, Log};
use crate::model::{EventIx, TypeIx};

/// Texts that come again so often on average are chosen from a list.
const REPEATS: u64 = 4;

/// Places with their canonical names: keys that are data stand for one another.
pub(super) struct Canon {
    names: Vec<String>,
    of: HashMap<PathIx, usize>,
    parents: Vec<Option<usize>>,
}

impl Canon {
    /// Of the places in `shapes`.
    fn new(paths: &Paths, shapes: &[&Shape]) -> Self {
        let mut seen: HashMap<PathIx, u64> = HashMap::new();
        let mut kinds: HashMap<PathIx, u16> = HashMap::new();
        for shape in shapes {
            for (path, bits) in &shape.places {
                *seen.entry(*path).or_default() += shape.events;
                *kinds.entry(*path).or_default() |= bits;
            }
        }
        let mut all: Vec<PathIx> = seen.keys().copied().collect();
        // Parents have lower numbers than what stands in them.
        all.sort_unstable();
        let mut canon = Self {
            names: Vec::new(),
            of: HashMap::new(),
            parents: Vec::new(),
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for path in all {
            let parent = paths
                .parent(path)
                .and_then(|parent| canon.of.get(&parent).copied());
            let name = match (paths.parent(path), parent) {
                (Some(holder), Some(at)) => {
                    let data = keys_are_data(paths, holder, &seen, &kinds);
                    let key = if data { EACH } else { paths.key(path) };
                    let key = key.replace('~', "~0").replace('/', "~1");
                    format!("{}/{key}", canon.names[at])
                }
                _ => String::new(),
            };
            let next = canon.names.len();
            let at = *known.entry(name.clone()).or_insert(next);
            if at == next {
                canon.names.push(name);
                canon.parents.push(parent);
            }
            canon.of.insert(path, at);
        }
        canon
    }
}

/// Whether the keys of an object are data: where that had to be decided on the way, or where there are
/// several, all hold the same, none is nearly always there, and they are spelled as no field is.
fn keys_are_data(
    paths: &Paths,
    holder: PathIx,
    seen: &HashMap<PathIx, u64>,
    kinds: &HashMap<PathIx, u16>,
) -> bool {
    if paths.keys(holder) == Keys::Data {
        return true;
    }
    let members: Vec<PathIx> = {
        let all = paths.members(holder).iter().copied();
        all.filter(|path| seen.contains_key(path)).collect()
    };
    let whole = seen.get(&holder).copied().unwrap_or(0);
    let [first, _, ..] = members[..] else {
        return false;
    };
    let form = |path: PathIx| {
        let inner = paths.members(path).iter().map(|inner| paths.key(*inner));
        let mut inner: Vec<&str> = inner.collect();
        inner.sort_unstable();
        let kinds = kinds.get(&path).copied().unwrap_or(0);
        (kinds & !Kind::Integer.bit() & !Kind::Number.bit(), inner)
    };
    let like_data = |path: &&PathIx| {
        let key = paths.key(**path);
        key.contains(['-', ' ', ':', '.', '/'])
            || key.starts_with(|c: char| c.is_ascii_digit())
            || key.bytes().any(|byte| byte.is_ascii_digit())
    };
    let rare = |path: &PathIx| seen.get(path).is_some_and(|events| events * 10 < whole * 9);
    members.iter().filter(like_data).count() * 2 > members.len()
        && members.iter().all(|path| form(*path) == form(first))
        && (members.iter().all(rare) || members.iter().all(|path| like_data(&path)))
}

/// What is known of one canonical place in one version.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    events: u64,
    kinds: u16,
}

/// The versions of a type, oldest first.
pub(super) fn versions(
    log: &Log,
    cut: &Cut,
    bodies: &Bodies,
    event_type: TypeIx,
) -> Vec<VersionSchema> {
    let shapes = bodies.shapes();
    let is_own = |group: GroupIx| shapes.groups()[group.0 as usize].event_type == event_type;
    let own: Vec<&Shape> = shapes
        .all()
        .iter()
        .filter(|shape| is_own(shape.group))
        .collect();
    let canon = Canon::new(&shapes.paths, &own);
    let mut versions: Vec<VersionSchema> = Vec::new();
    for (at, group) in shapes.groups().iter().enumerate() {
        let group_ix = GroupIx(at as u32);
        let of_group: Vec<&Shape> = own
            .iter()
            .copied()
            .filter(|shape| shape.group == group_ix)
            .collect();
        if group.event_type != event_type || of_group.is_empty() {
            continue;
        }
        let eras = match group.version {
            Some(_) => vec![of_group],
            None => eras::eras(of_group, &shapes.paths, shapes.root(group_ix)),
        };
        for era in eras {
            versions.push(version(log, cut, bodies, &canon, group_ix, &era));
        }
    }
    versions.sort_by_key(|version| version.first);
    let inferred = versions.iter_mut().filter(|version| !version.declared);
    for (nth, version) in inferred.enumerate() {
        version.version = format!("{}", nth + 1);
    }
    versions
}

/// Texts with how often each was seen; none once they are too many.
type Texts = Option<Vec<(Box<str>, u64)>>;

fn version(
    log: &Log,
    cut: &Cut,
    bodies: &Bodies,
    canon: &Canon,
    group: GroupIx,
    shapes: &[&Shape],
) -> VersionSchema {
    let mut tallies: Vec<Tally> = vec![Tally::default(); canon.names.len()];
    let mut of_shape: HashMap<usize, u16> = HashMap::new();
    for shape in shapes {
        of_shape.clear();
        for (path, bits) in &shape.places {
            *of_shape.entry(canon.of[path]).or_default() |= bits;
        }
        for (&at, bits) in &of_shape {
            tallies[at].events += shape.events;
            tallies[at].kinds |= bits;
        }
    }
    let mut texts: HashMap<usize, Texts> = HashMap::new();
    for (path, &at) in &canon.of {
        let own = bodies.values().at(group, *path);
        let entry = texts.entry(at).or_insert_with(|| Some(Vec::new()));
        match (entry.as_mut(), own) {
            (Some(all), Some(own)) => all.extend(own.iter().cloned()),
            (Some(_), None) if bodies.values().has(group, *path) => *entry = None,
            _ => {}
        }
    }
    let root = shapes.first().and_then(|shape| shape.places.first());
    let root = root.map(|(path, _)| canon.of[path]);
    let mut fields: Vec<Field> = Vec::new();
    for (at, tally) in tallies.iter().enumerate() {
        if tally.events == 0 || Some(at) == root && canon.names[at].is_empty() {
            continue;
        }
        let around = canon.parents[at].map_or(tally.events, |parent| tallies[parent].events);
        let values = texts.remove(&at).flatten().unwrap_or_default();
        fields.push(field(&canon.names[at], *tally, around, values));
    }
    fields.sort_by(|a, b| a.path.cmp(&b.path));
    let first = shapes
        .iter()
        .map(|shape| shape.first)
        .min()
        .unwrap_or(EventIx(0));
    let last = shapes
        .iter()
        .map(|shape| shape.last)
        .max()
        .unwrap_or(EventIx(0));
    let declared = bodies.shapes().groups()[group.0 as usize]
        .version
        .as_deref();
    VersionSchema {
        version: declared.unwrap_or_default().to_owned(),
        declared: declared.is_some(),
        from: log.time(first, cut.clock()),
        to: log.time(last, cut.clock()),
        first_position: log.position_name(first),
        last_position: log.position_name(last),
        events: shapes.iter().map(|shape| shape.events).sum(),
        fields,
        first,
        last,
        shapes: shapes.iter().map(|shape| shape.number).collect(),
    }
}

fn field(name: &str, tally: Tally, around: u64, values: Vec<(Box<str>, u64)>) -> Field {
    let kinds: Vec<Kind> = Kind::of(tally.kinds).collect();
    let mut types: Vec<&'static str> = kinds.iter().map(|kind| kind.json_type()).collect();
    types.dedup();
    types.sort_unstable();
    types.dedup();
    // Every integer is a number.
    if types.contains(&"number") {
        types.retain(|name| *name != "integer");
    }
    let texts: Vec<Kind> = kinds
        .into_iter()
        .filter(|kind| kind.json_type() == "string")
        .collect();
    let format = match texts[..] {
        [only] => only.format(),
        _ => None,
    };
    let mut distinct: Vec<String> = values.iter().map(|(value, _)| value.to_string()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let all: u64 = values.iter().map(|(_, count)| count).sum();
    let few = distinct.len() > 1 && all >= distinct.len() as u64 * REPEATS;
    let is_item = name.ends_with("/*");
    Field {
        path: name.to_owned(),
        types,
        presence: if around == 0 {
            1.0
        } else {
            rounded(tally.events, around)
        },
        optional: !is_item && tally.events < around,
        format,
        values: if few && format.is_none() {
            distinct
        } else {
            Vec::new()
        },
        kinds: tally.kinds,
        sample: Default::default(),
    }
}

/// A share to four digits, so that it is written alike everywhere.
fn rounded(part: u64, whole: u64) -> f64 {
    let share = part as f64 / whole as f64;
    (share * 10_000.0).round() / 10_000.0
}
