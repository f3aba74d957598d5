//! The tables that a definition names in `lookup("devices", …)`, read off its source: one that is not there
//! is better told before the run than of each event.

/// The names, in the order of the source; those that are made while it runs are not among them.
pub(super) fn tables(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' | '`' => text(rest).len() + 2,
            _ if is_word(first) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let name = (before != Some('.') && &rest[..end] == "lookup")
                    .then(|| given(&rest[end..]))
                    .flatten();
                found.extend(name.filter(|name| !found.contains(name)));
                end
            }
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            before = Some(first);
        }
        rest = rest.get(skipped..).unwrap_or_default();
    }
    found
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

/// The text that a call is given first, where that is all of its first argument.
fn given(rest: &str) -> Option<&str> {
    let rest = rest.trim_start().strip_prefix('(')?.trim_start();
    if !rest.starts_with(['"', '\'']) {
        return None;
    }
    let name = text(rest);
    let behind = rest.get(name.len() + 2..)?.trim_start();
    (behind.starts_with(',') && !name.contains('\\')).then_some(name)
}

/// What stands between the quotes that `rest` begins with.
fn text(rest: &str) -> &str {
    let mut letters = rest.char_indices();
    let Some((_, quote)) = letters.next() else {
        return "";
    };
    let mut is_escaped = false;
    for (at, letter) in letters {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == quote => return &rest[quote.len_utf8()..at],
            _ => {}
        }
    }
    &rest[quote.len_utf8()..]
}

#[cfg(test)]
mod tests {
    use super::tables;

    #[test]
    fn tables_are_those_of_calls_and_of_nothing_else() {
        let source = r#"
            // lookup("a", 1)
            const b = 'lookup("b", 1)'; /* lookup("c", 1) */ other.lookup("d", 1);
            when({ A(s, e) { lookup( 'users' , e.data.id); lookup("users", 2); lookup(name, 3);
              lookup('f' + x, 4); s.ü = lookup("devices", "x") && relookup('g', 1); } }) "#;
        assert_eq!(tables(source), ["users", "devices"]);
        assert_eq!(tables("lookup('"), [""; 0]);
    }
}
