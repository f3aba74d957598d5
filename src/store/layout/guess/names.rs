//! What the names of columns and keys say. The lists are data: `assets/layouts/roles/names.toml`, and
//! `further.toml` beside it for names that say less.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::store::layout::Role;

/// Names by role, best first.
static NAMES: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/names.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// Names by role that say less.
static FURTHER: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/further.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// What the best name brings, and the last of a list at least.
const BEST_NAME: i32 = 60;
const LEAST_NAME: i32 = 20;

/// Points for a name; 0 where no list of that role has it.
pub(super) fn name_points(role: Role, name: &str) -> i32 {
    let (whole, name) = (name, normal(name));
    let rank = |names: Option<&Vec<String>>| names?.iter().position(|own| *own == name);
    match (rank(NAMES.get(&role)), rank(FURTHER.get(&role))) {
        (Some(rank), _) => (BEST_NAME - rank as i32 * 2).max(LEAST_NAME),
        (None, Some(_)) => LEAST_NAME,
        // What stands before a dot is a place, and no part of the name.
        (None, None) if whole.contains('.') => 0,
        (None, None) => by_end(role, &name),
    }
}

/// Ends of names that say what the rest is of: `dagster_event_type`, `audited_changes`.
const ENDS: [(Role, &str, i32); 4] = [
    (Role::Type, "eventtype", 40),
    (Role::Type, "eventname", 40),
    (Role::Payload, "changes", LEAST_NAME),
    (Role::Payload, "diff", LEAST_NAME),
];

fn by_end(role: Role, name: &str) -> i32 {
    let mut ends = ENDS.iter().filter(|(own, ..)| *own == role);
    ends.find(|(_, end, _)| name.ends_with(end))
        .map_or(0, |(.., points)| *points)
}

/// Whether a name is that of an id of whatever.
pub(super) fn names_id(name: &str) -> bool {
    let own = normal(name);
    ["id", "uuid", "guid"].iter().any(|end| own.ends_with(end))
}

/// Whether a name is that of somebody who does things to others, and of the stream only where nothing
/// says that better.
pub(super) fn names_somebody(name: &str) -> bool {
    ["userid", "customerid", "account", "accountid"].contains(&&*normal(name))
}

/// The role that a name alone speaks for most: the one in whose list it comes first.
pub(in crate::store) fn role_named(name: &str) -> Option<Role> {
    static ROLES: LazyLock<HashMap<&'static str, Role>> = LazyLock::new(|| {
        let mut ranked: Vec<(usize, Role, &str)> = Vec::new();
        for (&role, names) in NAMES.iter() {
            ranked.extend(
                names
                    .iter()
                    .enumerate()
                    .map(|(rank, name)| (rank, role, &**name)),
            );
        }
        ranked.sort_unstable();
        // Of one name the first counts.
        let best_last = ranked.into_iter().rev();
        best_last.map(|(_, role, name)| (name, role)).collect()
    });
    ROLES.get(&*normal(name)).copied()
}

/// Lower case, without anything between the words.
pub(super) fn normal(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a name is that of an id of something: of what is for somebody to say.
pub(super) fn is_some_id(name: &str) -> bool {
    let own = normal(name);
    let of_something = ["id", "uuid", "guid", "key", "ref", "nr"]
        .iter()
        .any(|end| own.len() > end.len() && own.ends_with(end));
    let others = [Role::EventId, Role::CorrelationId, Role::CausationId];
    let of_other = others.iter().any(|role| name_points(*role, name) > 0);
    of_something && !of_other && !names_tenant(name) && !BY_WHOM.contains(&&*own)
}

/// Ids of who did it, and not of what was done to.
const BY_WHOM: [&str; 7] = [
    "actorid",
    "createdbyid",
    "byid",
    "requestid",
    "historyuserid",
    "authorid",
    "operatorid",
];

/// Whether a name is that of numbers that stand for kinds, as `content_type_id` is.
pub(super) fn numbers_kinds(name: &str) -> bool {
    let own = normal(name);
    let of_what = own.strip_suffix("typeid").unwrap_or_default();
    !of_what.is_empty() && !of_what.ends_with("event") && !of_what.ends_with("message")
}

/// Whether a name is that of a tenant, who may have streams called as those of others.
pub(super) fn names_tenant(name: &str) -> bool {
    let own = normal(name);
    let own = own.strip_suffix("id").unwrap_or(&own);
    [
        "tenant",
        "tenantuu",
        "organization",
        "organisation",
        "org",
        "workspace",
        "bucket",
    ]
    .contains(&own)
}
