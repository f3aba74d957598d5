//! The source of a definition, word by word: what is code in it, and nothing that stands in a comment, a
//! text or a pattern.

/// A word of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'s> {
    pub text: &'s str,
    /// Where it begins, in bytes.
    pub at: usize,
    /// The sign before it; none at the beginning.
    pub before: Option<char>,
    /// How many brackets are open there.
    depth: u32,
}

/// Words after which a slash begins a pattern; after others it divides.
const BEFORE_PATTERNS: [&str; 12] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "yield",
];

/// The words of a source, in its order. A template is a text, whatever it holds.
pub(super) fn words(source: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut rest = source;
    let mut before = None;
    let mut depth: u32 = 0;
    while let Some(first) = rest.chars().next() {
        let at = source.len() - rest.len();
        let is_comment = rest.starts_with("//") || rest.starts_with("/*");
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if is_comment => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '/' if begins_pattern(before, found.last()) => pattern(rest).unwrap_or(1),
            '"' | '\'' | '`' => text(rest).len() + 2,
            _ if is_word(first) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let text = &rest[..end];
                found.push(Word {
                    text,
                    at,
                    before,
                    depth,
                });
                end
            }
            '(' | '[' | '{' => {
                depth += 1;
                1
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                1
            }
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() && !is_comment {
            before = Some(first);
        }
        rest = rest.get(skipped..).unwrap_or_default();
    }
    found
}

/// A variable that stands outside all functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outside<'s> {
    pub name: &'s str,
    /// Whether nothing else can be put in its place.
    pub is_const: bool,
}

/// The variables of a source that stand outside all functions and blocks, and perhaps more names: those of a
/// pattern with what they are taken from.
pub(super) fn outside(source: &str) -> Vec<Outside<'_>> {
    let mut found: Vec<Outside<'_>> = Vec::new();
    // Whether it declares constants, and what comes next.
    let mut declares: Option<(bool, Next)> = None;
    for word in words(source) {
        let is_name = !word.text.starts_with(|c: char| c.is_ascii_digit()) && word.text != "this";
        let name = word.text;
        match (name, declares) {
            ("let" | "var" | "const", _) if word.depth == 0 => {
                let behind = source[word.at + name.len()..].trim_start();
                let next = match behind.starts_with(['{', '[']) {
                    true => Next::Pattern,
                    false => Next::Name,
                };
                declares = Some((name == "const", next));
            }
            (_, Some((is_const, Next::Pattern))) if word.depth > 0 && is_name => {
                found.push(Outside { name, is_const });
            }
            (_, Some((is_const, next))) if word.depth == 0 => {
                // A further one of the same declaration stands behind a comma.
                if is_name && (next == Next::Name || word.before == Some(',')) {
                    found.push(Outside { name, is_const });
                }
                declares = Some((is_const, Next::Value));
            }
            _ => {}
        }
    }
    found
}

/// What comes next in a declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Name,
    Pattern,
    Value,
}

/// What stands between the quotes that `rest` begins with.
pub(super) fn text(rest: &str) -> &str {
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

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

/// Whether a slash after that sign begins a pattern. Of a word, `before` is its first letter.
fn begins_pattern(before: Option<char>, last: Option<&Word<'_>>) -> bool {
    match before {
        None => true,
        Some(sign) if is_word(sign) => {
            last.is_some_and(|last| BEFORE_PATTERNS.contains(&last.text))
        }
        Some(sign) => !matches!(sign, ')' | ']' | '}' | '"' | '\'' | '`') && sign.is_ascii(),
    }
}

/// How long the pattern is that `rest` begins with; none where its line ends before it does.
fn pattern(rest: &str) -> Option<usize> {
    let (mut is_escaped, mut in_class) = (false, false);
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{outside, words};

    #[test]
    fn words_are_those_of_code() {
        let source =
            "a /* b */ . c('d', `e ${f}`) // g\n= /[/'h]\\//.test(i) || j / k / l; return /'m/";
        let told: Vec<&str> = words(source).iter().map(|word| word.text).collect();
        assert_eq!(told, ["a", "c", "test", "i", "j", "k", "l", "return"]);
        assert_eq!(words(source)[1].before, Some('.'));
    }

    #[test]
    fn variables_outside_functions_are_known_by_their_names() {
        let source = "let a = 1, b = [c, d];\nconst seen = new Set(), f = (x) => { let y = x; };
            function g() { var h; } fromAll().when({ $any(s) { const z = 1; } }); var last";
        let names = |source| -> Vec<&str> { outside(source).iter().map(|own| own.name).collect() };
        assert_eq!(names("const { rate } = new R(); let y"), ["rate", "y"]);
        assert_eq!(names("const [a] = function () {}; f(b)"), ["a"]);
        assert_eq!(
            names("const { a: { b } } = { c }; if (d) e();"),
            ["a", "b", "c"]
        );
        let told: Vec<(&str, bool)> = outside(source)
            .iter()
            .map(|own| (own.name, own.is_const))
            .collect();
        let expected = [
            ("a", false),
            ("b", false),
            ("seen", true),
            ("f", true),
            ("last", false),
        ];
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn any_source_has_its_words_where_they_stand(source in r#"[a-z/"'`\\\[\] \n.ü(){}*]{0,60}"#) {
            for word in words(&source) {
                prop_assert_eq!(&source[word.at..word.at + word.text.len()], word.text);
            }
        }
    }
}
