//! The little of SQL that must be understood: names, how they are quoted, and whether something is
//! no more than a name. Statements are made elsewhere.

/// A name as SQL writes it.
pub(in crate::store) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL writes it.
pub(in crate::store) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text that `sql` is a literal of; none where it is anything more.
pub(in crate::store) fn text_literal(sql: &str) -> Option<String> {
    let inner = sql.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let text = inner.replace("''", "\0");
    (!text.contains('\'')).then(|| text.replace('\0', "'"))
}

/// A table, and what it is called in the rest of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Table {
    pub name: String,
    pub alias: Option<String>,
}

/// What `from` names, where that is one table of the file and nothing more.
pub(in crate::store) fn plain_table(from: &str) -> Option<Table> {
    let (mut name, mut rest) = name(from)?;
    if let Some(after) = rest.strip_prefix('.') {
        if !name.eq_ignore_ascii_case("main") {
            return None;
        }
        (name, rest) = self::name(after)?;
    }
    if rest.trim().is_empty() {
        return Some(Table { name, alias: None });
    }
    let (mut alias, mut rest) = self::name(rest)?;
    if alias.eq_ignore_ascii_case("as") {
        (alias, rest) = self::name(rest)?;
    }
    let alias = Some(alias);
    rest.trim().is_empty().then_some(Table { name, alias })
}

/// The first table that `from` names, whatever is joined to it.
pub(in crate::store) fn leading_table(from: &str) -> Option<Table> {
    const JOINED: [&str; 8] = [
        "join", "left", "right", "full", "inner", "outer", "cross", "natural",
    ];
    let (mut name, mut rest) = name(from)?;
    if let Some(after) = rest.strip_prefix('.') {
        (name, rest) = self::name(after)?;
    }
    let alias = match self::name(rest) {
        Some((word, after)) if word.eq_ignore_ascii_case("as") => self::name(after),
        other => other,
    };
    let alias = alias.map(|(alias, _)| alias);
    let joined = |word: &String| JOINED.iter().any(|own| own.eq_ignore_ascii_case(word));
    let alias = alias.filter(|word| !joined(word));
    Some(Table { name, alias })
}

/// What `sql` names, where that is one column of `table` and nothing more. Whether there is such a
/// column is not known here, nor whether SQLite takes the word for something else.
pub(in crate::store) fn plain_column(sql: &str, table: &Table) -> Option<String> {
    let (mut name, mut rest) = name(sql)?;
    if let Some(after) = rest.strip_prefix('.') {
        let own = table.alias.as_ref().unwrap_or(&table.name);
        if !name.eq_ignore_ascii_case(own) {
            return None;
        }
        (name, rest) = self::name(after)?;
    }
    rest.trim().is_empty().then_some(name)
}

/// All names in `sql` but those of tables before a point, with what may be a function or a word of
/// SQL among them; texts are left out.
pub(super) fn names(sql: &str) -> Vec<String> {
    let (mut names, mut rest) = (Vec::new(), sql);
    while let Some(next) = rest.chars().next() {
        if next == '\'' {
            let text = rest[1..].find('\'');
            rest = text.map_or("", |end| &rest[end + 2..]);
        } else if let Some((name, after)) = name(rest).filter(|_| !next.is_whitespace()) {
            if !after.starts_with('.') {
                names.push(name);
            }
            rest = after;
        } else {
            rest = &rest[next.len_utf8()..];
        }
    }
    names
}

const ROWIDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// Whether `name` is one of a rowid, unless a column has taken it.
pub(in crate::store) fn is_rowid(name: &str) -> bool {
    ROWIDS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A name of the rowid that none of `columns` has taken.
pub(in crate::store) fn free_rowid<'c>(
    columns: impl Iterator<Item = &'c str> + Clone,
) -> Option<&'static str> {
    let free = |name: &&str| !columns.clone().any(|own| own.eq_ignore_ascii_case(name));
    ROWIDS.into_iter().find(free)
}

/// The name that `text` begins with, without its quotes, and what follows.
fn name(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next()?;
    let end = match quote {
        '"' | '`' => quote,
        '[' => ']',
        _ => {
            let length = text.find(|c| !in_name(c)).unwrap_or(text.len());
            let (name, rest) = text.split_at(length);
            let begins = !name.is_empty() && !quote.is_ascii_digit() && quote != '$';
            return begins.then(|| (name.to_owned(), rest));
        }
    };
    let (mut name, mut rest) = (String::new(), &text[1..]);
    loop {
        let (part, after) = rest.split_once(end)?;
        name.push_str(part);
        match after.strip_prefix(end) {
            Some(after) if end != ']' => {
                name.push(end);
                rest = after;
            }
            _ => return Some((name, after)),
        }
    }
}

fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

/// `sql` with `star` for every `hole`, which is `{*}` or the like: names that it stands in come to be
/// quoted, and within quotes it is written so that they hold.
pub(super) fn bind(sql: &str, hole: &str, star: &str) -> String {
    let (mut bound, mut rest) = (String::with_capacity(sql.len()), sql);
    let mut quote: Option<char> = None;
    while let Some(next) = rest.chars().next() {
        match (rest.strip_prefix(hole), quote) {
            (Some(after), Some(quote)) => {
                bound.push_str(&star.replace(quote, &format!("{quote}{quote}")));
                rest = after;
                continue;
            }
            (Some(_), None) => {
                let begin = bound.trim_end_matches(in_name).len();
                let mut name = bound.split_off(begin);
                while let Some(after) = rest.strip_prefix(hole) {
                    name.push_str(star);
                    let length = after.find(|c| !in_name(c)).unwrap_or(after.len());
                    name.push_str(&after[..length]);
                    rest = &after[length..];
                }
                bound.push_str(&quoted(&name));
                continue;
            }
            (None, _) => {}
        }
        // A doubled quote ends and begins again.
        quote = match quote {
            Some(end) if end == next => None,
            Some(end) => Some(end),
            None if matches!(next, '\'' | '"' | '`') => Some(next),
            None if next == '[' => Some(']'),
            None => None,
        };
        bound.push(next);
        rest = &rest[next.len_utf8()..];
    }
    bound
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_table_is_told_from_more() {
        let table = |from: &str| plain_table(from).map(|table| (table.name, table.alias));
        let named =
            |name: &str, alias: Option<&str>| Some((name.to_owned(), alias.map(str::to_owned)));
        assert_eq!(table("events"), named("events", None));
        assert_eq!(
            table(" main.\"my \"\"x\"\"\" AS e "),
            named("my \"x\"", Some("e"))
        );
        assert_eq!(table("[a b] t"), named("a b", Some("t")));
        for more in [
            "a, b",
            "a JOIN b",
            "json_each(x)",
            "other.a",
            "",
            "a INDEXED BY i",
            "\"a",
        ] {
            assert_eq!(table(more), None, "{more}");
        }
        let leading = |from: &str| leading_table(from).map(|table| (table.name, table.alias));
        assert_eq!(leading("a e LEFT JOIN b ON 1"), named("a", Some("e")));
        assert_eq!(leading("a join b"), named("a", None));
        assert_eq!(
            leading("main.[x y] as z, json_each(z.q)"),
            named("x y", Some("z"))
        );
        assert_eq!(leading("(select 1) a"), None);
        let events = plain_table("events e").unwrap();
        assert_eq!(plain_column("e.\"at\"", &events).as_deref(), Some("at"));
        assert_eq!(plain_column(" rowid ", &events).as_deref(), Some("rowid"));
        for more in [
            "events.at",
            "at + 1",
            "lower(at)",
            "7",
            "at COLLATE NOCASE",
            "'at'",
        ] {
            assert_eq!(plain_column(more, &events), None, "{more}");
        }
    }

    #[test]
    fn names_are_found_within_expressions() {
        let found = names("json_extract(e.\"my data\", '$.x''y') || [a b] + 7 * `q`.z");
        assert_eq!(found, ["json_extract", "my data", "a b", "z"]);
    }

    #[test]
    fn a_star_is_quoted_as_its_place_asks() {
        assert_eq!(
            bind(
                "{*}_messages m JOIN \"{*}_s\" s ON s.x = '{*}' AND m.{*}y{*}",
                "{*}",
                "a-'\"b"
            ),
            "\"a-'\"\"b_messages\" m JOIN \"a-'\"\"b_s\" s ON s.x = 'a-''\"b' AND m.\"a-'\"\"bya-'\"\"b\""
        );
        assert_eq!(bind("'it''s {*}', x", "{*}", "a"), "'it''s a', x");
    }

    proptest! {
        #[test]
        fn what_is_quoted_reads_back(name in "\\PC{1,12}") {
            let table = plain_table(&quoted(&name));
            prop_assert_eq!(table.map(|table| table.name), Some(name.clone()));
            prop_assert_eq!(text_literal(&literal(&name)), Some(name));
        }
    }
}
