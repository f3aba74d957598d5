//! Stores whose tables bear a prefix: of a schema that another database had, or of an application. What
//! a layout calls its tables is then what stands behind it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::sql::quoted;
use super::{Events, Layout, SqliteFacts};

/// What ends a prefix.
const ENDS: [char; 4] = ['_', '.', '-', '$'];

/// Words after a table's name that are no alias of it.
const NO_ALIAS: [&str; 15] = [
    "where", "join", "left", "right", "full", "inner", "outer", "cross", "natural", "on", "using",
    "order", "group", "limit", "union",
];

/// By a table's name in the layout, what it is called in the file.
type Called = BTreeMap<String, String>;

/// The layout as it reads tables with a prefix, with each prefix that its first required table has
/// in the file.
pub(super) fn prefixed(layout: &Layout, facts: &SqliteFacts) -> Vec<(String, Layout)> {
    let tables = || {
        layout
            .evidence
            .iter()
            .filter_map(|own| own.table.as_deref())
    };
    let each = layout.sources().any(|own| own.each.is_some());
    if each || tables().any(|table| table.contains('*')) {
        return Vec::new();
    }
    let mut required = layout.evidence.iter().filter(|evidence| evidence.required);
    let Some(first) = required.find_map(|evidence| evidence.table.as_deref()) else {
        return Vec::new();
    };
    let prefix = |table: &super::TableFacts| {
        let at = table.name.len().checked_sub(first.len())?;
        let (before, name) = table.name.split_at_checked(at)?;
        (name.eq_ignore_ascii_case(first) && before.ends_with(ENDS)).then(|| before.to_owned())
    };
    let prefixes = facts.tables.iter().filter_map(prefix);
    prefixes
        .map(|prefix| {
            let layout = layout.behind(&called(&prefix, facts));
            (prefix, layout)
        })
        .collect()
}

/// The tables behind a prefix.
fn called(prefix: &str, facts: &SqliteFacts) -> Called {
    let names = facts.tables.iter().filter_map(|table| {
        let (before, name) = table.name.split_at_checked(prefix.len())?;
        let own = before.eq_ignore_ascii_case(prefix) && !name.is_empty();
        own.then(|| (name.to_lowercase(), table.name.clone()))
    });
    names.collect()
}

impl Layout {
    fn behind(&self, called: &Called) -> Self {
        let mut layout = self.clone();
        for evidence in &mut layout.evidence {
            let name = evidence.table.as_ref().map(|table| table.to_lowercase());
            if let Some(own) = name.and_then(|name| called.get(&name)) {
                evidence.table = Some(own.clone());
            }
        }
        layout.events.go_behind(called);
        for own in &mut layout.events.further {
            own.go_behind(called);
        }
        for side in layout.side.values_mut().flat_map(|sides| &mut sides.0) {
            rename(&mut side.from, called, Where::From);
            side.for_sql(&mut |sql| rename(sql, called, Where::Within));
        }
        for odd in &mut layout.odd {
            rename(&mut odd.find, called, Where::Within);
        }
        layout
    }
}

impl Events {
    fn go_behind(&mut self, called: &Called) {
        rename(&mut self.from, called, Where::From);
        if let Some(links) = &mut self.links {
            rename(&mut links.from, called, Where::From);
        }
        self.for_sql(&mut |sql| rename(sql, called, Where::Within));
    }
}

/// Where names of tables stand in a piece of SQL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// At its beginning too: it follows FROM.
    From,
    /// Behind a FROM or JOIN of its own.
    Within,
}

/// Calls the tables that `sql` reads as the file does; the rest of it goes on calling them as before.
fn rename(sql: &mut String, called: &Called, stand: Where) {
    static FROM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)(^\s*|\bfrom\s+|\bjoin\s+|,\s*)("?)(\w+)("?)(\s+(\w+))?"#).ok()
    });
    static WITHIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?i)(\bfrom\s+|\bjoin\s+)("?)(\w+)("?)(\s+(\w+))?"#).ok());
    let pattern = match stand {
        Where::From => &*FROM,
        Where::Within => &*WITHIN,
    };
    // Invariant: both are regular expressions, as the tests see.
    let Some(pattern) = pattern else { return };
    let renamed = pattern.replace_all(sql, |found: &Captures<'_>| {
        let (before, name) = (&found[1], &found[3]);
        let Some(own) = called.get(&name.to_lowercase()) else {
            return found[0].to_owned();
        };
        let after = found.get(5).map_or("", |after| after.as_str());
        let alias = found.get(6).map(|word| word.as_str().to_lowercase());
        let aliased = alias.is_some_and(|word| !NO_ALIAS.contains(&word.as_str()));
        match aliased {
            true => format!("{before}{}{after}", quoted(own)),
            false => format!("{before}{} AS {}{after}", quoted(own), quoted(name)),
        }
    });
    *sql = renamed.into_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_renamed_and_columns_are_not() {
        let called =
            ["events", "streams", "snapshot"].map(|name| (name.to_owned(), format!("app_{name}")));
        let called = Called::from(called);
        let renamed = |sql: &str, stand| {
            let mut sql = sql.to_owned();
            rename(&mut sql, &called, stand);
            sql
        };
        assert_eq!(
            renamed("events e JOIN streams s ON s.id = e.stream", Where::From),
            "\"app_events\" e JOIN \"app_streams\" s ON s.id = e.stream"
        );
        assert_eq!(
            renamed("Events, json_each(events.data)", Where::From),
            "\"app_events\" AS \"Events\", json_each(events.data)"
        );
        assert_eq!(renamed("snapshot", Where::Within), "snapshot");
        assert_eq!(
            renamed("(SELECT type FROM streams WHERE id = 1)", Where::Within),
            "(SELECT type FROM \"app_streams\" AS \"streams\" WHERE id = 1)"
        );
    }
}
