//! The tables that a definition names in `lookup("devices", …)`, read off its source: one that is not there
//! is better told before the run than of each event.

use super::source::{Word, text, words};

/// The names, in the order of the source; those that are made while it runs are not among them.
pub(super) fn tables(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let is_lookup = |word: &Word<'_>| word.text == "lookup" && word.before != Some('.');
    for word in words(source).into_iter().filter(is_lookup) {
        let name = given(&source[word.at + word.text.len()..]);
        found.extend(name.filter(|name| !found.contains(name)));
    }
    found
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
