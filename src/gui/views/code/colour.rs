//! SQL, JavaScript and JSON in the tints of code: what is a keyword, a text, a number. Nothing is judged
//! here; whoever runs it does.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Ui};

use crate::gui::theme::{Face, Tokens, TokensExt, sizes};

/// In what a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gui::views) enum Language {
    /// SQL, as SQLite has it.
    Sql,
    /// JavaScript, and with it JSON.
    JavaScript,
}

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Keyword,
    Text,
    Number,
    /// A name that is called or defined: what a definition is made of.
    Name,
    Comment,
    Sign,
}

impl Kind {
    fn colour(self, t: &Tokens) -> Color32 {
        match self {
            Self::Plain => t.key,
            Self::Keyword => t.keyword,
            Self::Text => t.string,
            Self::Number => t.number,
            Self::Name => t.info,
            Self::Comment => t.comment,
            Self::Sign => t.punct,
        }
    }
}

/// In alphabetical order.
const SQL: &[&str] = &[
    "all",
    "and",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "collate",
    "cross",
    "desc",
    "distinct",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "explain",
    "false",
    "filter",
    "first",
    "from",
    "full",
    "glob",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "is",
    "isnull",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "materialized",
    "natural",
    "not",
    "notnull",
    "null",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "plan",
    "pragma",
    "query",
    "range",
    "recursive",
    "regexp",
    "right",
    "rows",
    "select",
    "then",
    "true",
    "union",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "without",
];

const JAVASCRIPT: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "get",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "set",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

impl Language {
    fn is_keyword(self, word: &str) -> bool {
        match self {
            Self::Sql => SQL.binary_search(&&*word.to_ascii_lowercase()).is_ok(),
            Self::JavaScript => JAVASCRIPT.binary_search(&word).is_ok(),
        }
    }

    /// What begins a comment to the end of the line.
    const fn comment(self) -> &'static str {
        match self {
            Self::Sql => "--",
            Self::JavaScript => "//",
        }
    }
}

/// A text laid out in colours, on lines of code.
pub(super) fn job(ui: &Ui, text: &str, language: Language) -> LayoutJob {
    let t = ui.tokens();
    let mut job = LayoutJob::default();
    for (part, kind) in parts(text, language) {
        let format = TextFormat {
            line_height: Some(sizes::ROW_CODE),
            ..TextFormat::simple(Face::Code.font(), kind.colour(t))
        };
        job.append(&text[part], 0.0, format);
    }
    job
}

/// The parts of a text, one after the other.
fn parts(text: &str, language: Language) -> Vec<(Range<usize>, Kind)> {
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let special = match language {
            _ if rest.starts_with(language.comment()) => Some((upto(rest, "\n", 2), Kind::Comment)),
            _ if rest.starts_with("/*") => Some((upto(rest, "*/", 2), Kind::Comment)),
            Language::Sql => quoted_sql(rest, first),
            Language::JavaScript => quoted_javascript(rest, first),
        };
        let (length, kind) = special.unwrap_or_else(|| part(rest, first, language));
        parts.push((start..start + length, kind));
        start += length;
    }
    parts
}

type Part = (usize, Kind);

/// To the end of `end`, looked for from the byte `from` on; all where there is none.
fn upto(rest: &str, end: &str, from: usize) -> usize {
    let found = rest.get(from..).and_then(|rest| rest.find(end));
    found.map_or(rest.len(), |at| from + at + end.len())
}

fn quoted_sql(rest: &str, first: char) -> Option<Part> {
    Some(match first {
        '\'' => (upto(rest, "'", 1), Kind::Text),
        '"' => (upto(rest, "\"", 1), Kind::Plain),
        '`' => (upto(rest, "`", 1), Kind::Plain),
        _ => return None,
    })
}

/// A text between quotes, which a backslash may stand before; one that is not closed ends with the line,
/// but for a template.
fn quoted_javascript(rest: &str, first: char) -> Option<Part> {
    if !matches!(first, '\'' | '"' | '`') {
        return None;
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        let after = at + c.len_utf8();
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if first != '`' => return Some((at, Kind::Text)),
            _ if c == first => return Some((after, Kind::Text)),
            _ => {}
        }
    }
    Some((rest.len(), Kind::Text))
}

/// The part at the beginning of `rest`, which begins with `first`.
fn part(rest: &str, first: char, language: Language) -> Part {
    let while_is = |is: fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
    match first {
        '0'..='9' => (while_is(|c| c.is_alphanumeric() || c == '.'), Kind::Number),
        c if c.is_alphabetic() || matches!(c, '_' | '$') => {
            let length = while_is(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
            let word = &rest[..length];
            let is_called = || rest[length..].trim_start().starts_with('(');
            match language {
                _ if language.is_keyword(word) => (length, Kind::Keyword),
                Language::JavaScript if is_called() => (length, Kind::Name),
                _ => (length, Kind::Plain),
            }
        }
        c if c.is_whitespace() => (while_is(char::is_whitespace), Kind::Plain),
        c => (c.len_utf8(), Kind::Sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_are_the_whole(
            text in "([a-z0-9_$'\"`*/ .\n\\\\-]|--|//|/\\*|é|\\PC){0,40}",
        ) {
            for language in [Language::Sql, Language::JavaScript] {
                let mut end = 0;
                for (part, _) in parts(&text, language) {
                    prop_assert_eq!(part.start, end);
                    prop_assert!(part.end > end && text.is_char_boundary(part.end));
                    end = part.end;
                }
                prop_assert_eq!(end, text.len());
            }
        }
    }

    fn told(text: &str, language: Language) -> Vec<(String, Kind)> {
        let parts = parts(text, language).into_iter();
        let parts = parts.map(|(part, kind)| (text[part].to_owned(), kind));
        parts.filter(|(text, _)| !text.trim().is_empty()).collect()
    }

    #[test]
    fn what_is_what_in_sql() {
        let expected = [
            ("SELECT", Kind::Keyword),
            ("data", Kind::Plain),
            ("-", Kind::Sign),
            (">", Kind::Sign),
            ("'$.it'", Kind::Text),
            ("'s'", Kind::Text),
            ("+", Kind::Sign),
            ("1.5e3", Kind::Number),
            ("-- from here\n", Kind::Comment),
            ("\"from\"", Kind::Plain),
            ("/* to\n", Kind::Comment),
        ];
        let expected = expected.map(|(text, kind)| (text.to_owned(), kind));
        let statement = "SELECT data -> '$.it''s' + 1.5e3 -- from here\n\"from\" /* to\n";
        assert_eq!(told(statement, Language::Sql), expected);
        assert!(SQL.is_sorted() && JAVASCRIPT.is_sorted());
    }

    #[test]
    fn what_is_what_in_javascript() {
        let expected = [
            ("const", Kind::Keyword),
            ("$init", Kind::Name),
            ("(", Kind::Sign),
            ("'it\\'s'", Kind::Text),
            (")", Kind::Sign),
            ("// new\n", Kind::Comment),
            ("`a\nb`", Kind::Text),
            ("s", Kind::Plain),
            (".", Kind::Sign),
            ("n", Kind::Plain),
            ("\"open", Kind::Text),
        ];
        let expected = expected.map(|(text, kind)| (text.to_owned(), kind));
        let text = "const $init('it\\'s') // new\n`a\nb` s.n \"open\n";
        assert_eq!(told(text, Language::JavaScript), expected);
    }
}
