//! Whether a layout says what can be said: keys of one kind of file in a layout of the other,
//! misspelt columns and the like would else pass without a word.

use regex::Regex;

use super::{
    Column, Encoding, Events, Evidence, Key, Layout, Medium, OrderBy, Role, SideTable, Source,
    Within,
};

impl Layout {
    /// What is wrong with it as the layout of a file of that kind, in sentences; empty where it can
    /// be tried.
    #[must_use]
    pub fn check(&self, medium: Medium) -> Vec<String> {
        if self.medium != medium {
            return vec![match medium {
                Medium::Sqlite => "it is for JSON and the store is SQLite".to_owned(),
                Medium::Json => "it is for SQLite and the store is JSON".to_owned(),
            }];
        }
        let mut wrong = Vec::new();
        for (at, evidence) in self.evidence.iter().enumerate() {
            let faults = evidence.faults(medium).into_iter();
            wrong.extend(faults.map(|fault| format!("evidence {}: {fault}", at + 1)));
        }
        if medium == Medium::Json && !self.side.is_empty() {
            wrong.push("side tables are for SQLite only".to_owned());
        }
        if medium == Medium::Json && !self.odd.is_empty() {
            wrong.push("what is odd is for SQLite only".to_owned());
        }
        if medium == Medium::Sqlite && !self.lookup.is_empty() {
            wrong.push("look-ups are for JSON only".to_owned());
        }
        let told = |events: &Events| events.records.is_some();
        if medium == Medium::Json && self.sources().count() > 1 && !self.sources().all(told) {
            wrong.push("of several sources each says by records where they are".to_owned());
        }
        for events in self.sources() {
            match medium {
                Medium::Sqlite => events.check_statement(&mut wrong),
                Medium::Json => events.check_without_sql(&mut wrong),
            }
            for (role, column) in &events.columns {
                let mut faults = column.faults(*role, medium);
                faults.extend(column.lookup.as_ref().and_then(|name| self.no_lookup(name)));
                let faults = faults.into_iter();
                wrong.extend(faults.map(|fault| format!("the {}: {fault}", role.name())));
            }
        }
        for (kind, sides) in &self.side {
            let faults = sides.0.iter().flat_map(|side| side.faults(kind.columns()));
            wrong.extend(faults.map(|fault| format!("side table {}: {fault}", kind.name())));
        }
        wrong
    }

    fn no_lookup(&self, name: &str) -> Option<String> {
        let missing = !self.lookup.contains_key(name);
        missing.then(|| format!("there is no look-up called `{name}`"))
    }
}

impl Events {
    fn check_statement(&self, wrong: &mut Vec<String>) {
        let events = self;
        let keyed = events.key.as_ref().and_then(Key::row).is_some();
        if events.records.is_some() {
            wrong.push("events.records is for JSON only".to_owned());
        }
        if events.null_payload.is_some() {
            wrong.push("events.null_payload is for JSON only".to_owned());
        }
        if events.from.trim().is_empty() {
            wrong.push("events.from names no table".to_owned());
        }
        if let Some(Key::Columns(columns)) = &events.key
            && columns.is_empty()
        {
            wrong.push("events.key names no column".to_owned());
        }
        let linked = events.column(Role::Stream).map(|column| &column.source);
        if linked == Some(&Source::Links) && events.links.is_none() {
            wrong.push("a stream of links needs events.links".to_owned());
        }
        let needing = [
            ("events.part", events.part.is_some()),
            ("events.links", events.links.is_some()),
            (
                "the order by key",
                events.order == OrderBy::Key && events.key.is_none(),
            ),
        ];
        for (what, given) in needing {
            if given && !keyed {
                wrong.push(format!("{what} needs an integer events.key"));
            }
        }
    }

    fn check_without_sql(&self, wrong: &mut Vec<String>) {
        let events = self;
        let links = events.links.as_ref();
        if links.is_some_and(|links| !links.stream.starts_with('/')) {
            wrong.push("events.links.stream is no JSON pointer".to_owned());
        }
        let given = [
            ("events.each", events.each.is_some()),
            ("events.from", !events.from.is_empty()),
            ("events.filter", events.filter.is_some()),
            ("events.key", events.key.is_some()),
            ("events.part", events.part.is_some()),
            (
                "events.links.from",
                links.is_some_and(|links| !links.from.is_empty()),
            ),
            ("the order by key", events.order == OrderBy::Key),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        wrong.extend(given.map(|(what, _)| format!("{what} is for SQLite only")));
    }
}

impl Evidence {
    fn faults(&self, medium: Medium) -> Vec<String> {
        let mut faults = Vec::new();
        let sqlite = [
            ("table", self.table.is_some()),
            ("columns", !self.columns.is_empty()),
            ("key", !self.key.is_empty()),
            ("column", self.column.is_some()),
        ];
        let json = [
            ("has", !self.has.is_empty()),
            ("any", !self.any.is_empty()),
            ("around", !self.around.is_empty()),
            ("document", !self.document.is_empty()),
            ("only", !self.only.is_empty()),
        ];
        let (own, foreign, other) = match medium {
            Medium::Sqlite => (&sqlite[..], &json[..], "JSON"),
            Medium::Json => (&json[..], &sqlite[..], "SQLite"),
        };
        let foreign = foreign.iter().filter(|(_, given)| *given);
        faults.extend(foreign.map(|(what, _)| format!("{what} is for {other} only")));
        if !own.iter().any(|(_, given)| *given) {
            faults.push("it looks for nothing".to_owned());
        } else if medium == Medium::Sqlite && self.table.is_none() {
            faults.push("it names no table".to_owned());
        }
        if self.distinct && self.has.is_empty() {
            faults.push("distinct is for values of has".to_owned());
        }
        if let Some(pattern) = &self.pattern {
            if self.column.is_none() && self.has.is_empty() && self.any.is_empty() {
                faults.push("its pattern is for no values".to_owned());
            }
            if let Err(error) = Regex::new(pattern) {
                faults.push(error.to_string().replace('\n', " "));
            }
        } else if self.column.is_some() {
            faults.push("column needs a pattern".to_owned());
        }
        faults
    }
}

impl Column {
    fn faults(&self, role: Role, medium: Medium) -> Vec<String> {
        let mut faults = Vec::new();
        let data = matches!(role, Role::Payload | Role::Metadata);
        let foreign = match (&self.source, medium) {
            (Source::Sql(sql) | Source::Encoded { sql, .. }, Medium::Json) => {
                Some(format!("`{sql}` is no JSON pointer"))
            }
            (Source::Encoded { .. }, Medium::Sqlite) if !data => {
                Some("only a payload or metadata is encoded by row".to_owned())
            }
            (Source::At(Within::Record | Within::Context, _), Medium::Sqlite) => {
                Some("a JSON pointer begins within the payload or the metadata".to_owned())
            }
            (Source::At(_, spots), Medium::Sqlite)
                if spots.iter().any(|spot| spot.within.is_some()) =>
            {
                Some("pointers of one column begin in the same".to_owned())
            }
            (Source::Links, _) if role != Role::Stream => {
                Some("only a stream is the first of the links".to_owned())
            }
            (Source::Join(..), Medium::Sqlite) => Some(format!("{self} is for JSON only")),
            (Source::Join(..), Medium::Json) if data => Some("payloads are not joined".to_owned()),
            (Source::Rest, _) if !data => Some("the rest is for payloads".to_owned()),
            (Source::StreamName | Source::TypeName, _) if role != Role::Category => {
                Some("only a category is part of another name".to_owned())
            }
            _ => None,
        };
        faults.extend(foreign);
        let times = matches!(role, Role::RecordedAt | Role::OccurredAt | Role::EndedAt);
        match self.encoding {
            Some(encoding @ Encoding::Time(_)) if !times => {
                faults.push(format!("{encoding} is an encoding of times"));
            }
            Some(encoding @ Encoding::Data(_)) if !data => {
                faults.push(format!(
                    "{encoding} is an encoding of payloads and metadata"
                ));
            }
            _ => {}
        }
        faults
    }
}

impl SideTable {
    fn faults(&self, known: &[&str]) -> Vec<String> {
        let unknown = self
            .columns
            .keys()
            .filter(|name| !known.contains(&name.as_str()));
        let mut faults: Vec<String> = unknown
            .map(|name| format!("it has no column `{name}`, but {}", known.join(", ")))
            .collect();
        if self.from.trim().is_empty() {
            faults.push("its from names no table".to_owned());
        }
        for (name, column) in &self.columns {
            match &column.source {
                Source::Sql(_) | Source::Encoded { .. } | Source::Constant(_) => {}
                _ => faults.push(format!("its column `{name}` is no SQL expression")),
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::from_toml;

    fn wrong(rest: &str, medium: &str) -> String {
        let head = format!("id = 'x'\nname = 'X'\nmedium = '{medium}'\n");
        let read = from_toml("x.toml", &format!("{head}{rest}"));
        read.err().map_or_else(String::new, |error| error.message)
    }

    #[test]
    fn a_sound_layout_passes() {
        let sqlite = "[events]\nfrom = 't'\nkey = ['a', 'b']\n[events.columns]\ntype = 'kind'\n\
                      recorded_at = { sql = 'at', encoding = 'epoch_millis' }\n\
                      payload = { sql = 'data', encoding = 'zlib' }";
        assert_eq!(wrong(sqlite, "sqlite"), "");
        let json = "[[evidence]]\nhas = ['/a']\npattern = 'x'\npoints = 5\n[events]\n\
                    [events.columns]\ntype = '/kind'\npayload = { of = 'rest' }";
        assert_eq!(wrong(json, "json"), "");
    }

    #[test]
    fn mistakes_are_heard_of() {
        let events = "[events]\nfrom = 't'\nkey = 'n'\n[events.columns]\ntype = 'kind'\n";
        let cases = [
            (
                "sqlite",
                "[events]\n[events.columns]\n".to_owned(),
                "events.from names no table",
            ),
            (
                "sqlite",
                format!("{events}recorded_at = {{ sql = 'at', encoding = 'iso8061' }}"),
                "there is no encoding called `iso8061`",
            ),
            (
                "sqlite",
                format!("{events}recorded_at = {{ sql = 'at', encoding = 'hex' }}"),
                "the recorded time: hex is an encoding of payloads and metadata",
            ),
            (
                "sqlite",
                format!("{events}stream = '/subject'"),
                "the stream: a JSON pointer begins within the payload",
            ),
            (
                "sqlite",
                "[events]\nfrom = 't'\npart = 'p'\n[events.columns]\ntype = 'kind'".to_owned(),
                "events.part needs an integer events.key",
            ),
            (
                "sqlite",
                format!("{events}[side.checkpoints]\nfrom = 'c'\ncolumns = {{ consumr = 'id' }}"),
                "side table checkpoints: it has no column `consumr`, but consumer, partition",
            ),
            (
                "sqlite",
                format!("[[evidence]]\nhas = ['/a']\npoints = 1\n{events}"),
                "evidence 1: has is for JSON only",
            ),
            (
                "sqlite",
                format!(
                    "[[evidence]]\ntable = 't'\ncolumn = 'a'\npattern = '('\npoints = 1\n{events}"
                ),
                "evidence 1: regex parse error",
            ),
            (
                "json",
                "[events]\nkey = 'n'\n[events.columns]\ntype = 'kind'".to_owned(),
                "events.key is for SQLite only; the event type: `kind` is no JSON pointer",
            ),
        ];
        for (medium, text, expected) in cases {
            let message = wrong(&text, medium);
            assert!(message.contains(expected), "{expected} in {message}");
        }
    }
}
