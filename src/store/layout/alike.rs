//! Tables of one file that are laid out alike: a table for each application or kind of aggregate. Each
//! is a log of its own, and all are read together; copies are not.

use super::evidence::Candidate;
use super::{Layout, Several, SideTable, SqliteFacts};

/// Words in the names of tables that hold what others hold or held.
const COPIES: [&str; 12] = [
    "archive", "archived", "backup", "bak", "copy", "dead", "dlq", "inbox", "old", "outbox",
    "temp", "tmp",
];

/// More tables than this are no applications, and reading each by itself would take long.
const MOST: usize = 64;

/// One of several tables that are laid out alike.
#[derive(Clone, Debug)]
pub struct Alike {
    /// What tells it from the others: the name of an application or of a kind of aggregate; empty for
    /// the table that bears none.
    pub name: String,
    /// The layout as it reads this one.
    pub layout: Layout,
}

/// Whether a table of that name says that it is a copy.
pub(super) fn is_copy(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| COPIES.contains(&word))
}

/// The candidates that `layout` makes, by what its `*` or a prefix stands for in each, as one: the
/// best of them, with the others beside it. Which were left out is said.
pub(super) fn together(
    layout: &Layout,
    mut bound: Vec<(String, Candidate)>,
    facts: &SqliteFacts,
) -> Option<Candidate> {
    // A view shows again what tables hold.
    let is_view = |(star, own): &(String, Candidate)| own.layout.is_of_view(star, facts);
    if !bound.iter().all(is_view) {
        bound.retain(|own| !is_view(own));
    }
    let (copies, own): (Vec<_>, Vec<_>) = bound.into_iter().partition(|(name, _)| is_copy(name));
    let (copies, own) = match own.is_empty() {
        true => (own, copies),
        false => (copies, own),
    };
    let confidences = own.iter().map(|(_, candidate)| candidate.confidence);
    let most = confidences.max()?;
    let at = own.iter().position(|(_, own)| own.confidence == most)?;
    let mut best = own[at].1.clone();
    // What it says of its tables without a star holds for all of them.
    if best.layout == *layout {
        return Some(best);
    }
    if !copies.is_empty() {
        let names = quoted(copies.iter().map(|(name, _)| name));
        let sentence = format!("Tables named after {names} are copies by their name, and not read");
        best.reasons.push((sentence, 0));
    }
    if own.len() > MOST {
        let (taken, more) = (&own[at].0, own.len() - 1);
        let sentence =
            format!("{more} more are laid out alike; only those of `{taken}` were taken");
        best.reasons.push((sentence, 0));
    } else if own.len() > 1 {
        let names = quoted(own.iter().map(|(name, _)| name));
        let sentence =
            format!("Tables named after {names} are laid out alike; their events make one log");
        best.reasons.push((sentence, 0));
        let each = own.into_iter().zip(0..);
        best.alike = each
            .map(|((name, own), number)| Alike {
                name: name.trim_matches(|c: char| !c.is_alphanumeric()).to_owned(),
                layout: match number {
                    0 => own.layout,
                    _ => own.layout.without_shared(layout),
                },
            })
            .collect();
    }
    Some(best)
}

fn quoted<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl Layout {
    /// Whether its events stand in a view, where `star` stands for a `*`.
    fn is_of_view(&self, star: &str, facts: &SqliteFacts) -> bool {
        let mut required = self.evidence.iter().filter(|evidence| evidence.required);
        let name = required.find_map(|evidence| evidence.table.as_deref());
        let name = name.map(|name| name.replace('*', star));
        let mut tables = facts.tables.iter();
        let table = tables.find(|table| {
            let called = |name: &String| table.name.eq_ignore_ascii_case(name);
            name.as_ref().is_some_and(called)
        });
        table.is_some_and(|table| table.is_view)
    }

    /// Without the side tables that are the same whatever the table of events: one of several reads
    /// those.
    fn without_shared(mut self, unbound: &Self) -> Self {
        for (kind, sides) in &mut self.side {
            let Several(all) = unbound.side.get(kind).cloned().unwrap_or_default();
            sides.0.retain(|own: &SideTable| !all.contains(own));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::is_copy;

    #[test]
    fn copies_are_known_by_a_word() {
        for copy in ["archive_", "dogs_OLD", "bak", "events.backup"] {
            assert!(is_copy(copy), "{copy}");
        }
        for own in ["dogs", "gold_", "", "import", "template"] {
            assert!(!is_copy(own), "{own}");
        }
    }
}
