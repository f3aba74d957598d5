//! A Rust file as text that rules can be read off: comments and strings blanked out, paths of `use`
//! spelled in full, tests told apart. Not a parser: what it needs to know fits in this file.

use std::fs;
use std::ops::Range;
use std::path::Path;

/// One file.
pub struct Source {
    /// Its path from the package's root, with `/`.
    pub path: String,
    /// As written.
    pub text: String,
    /// The same length, with comments and the insides of strings and characters as spaces.
    pub code: String,
    /// The insides of strings.
    pub strings: Vec<Range<usize>>,
    /// Bodies of inline modules with their names.
    inline: Vec<(String, Range<usize>)>,
}

/// A path that code names: where, and its segments.
pub struct Named {
    pub at: usize,
    pub segments: Vec<String>,
}

/// All `.rs` files under `folders` of `root`, sorted.
pub fn read_all(root: &Path, folders: &[&str]) -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in folders {
        walk(root, &root.join(folder), &mut sources);
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn walk(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder that can be listed").path();
        if path.is_dir() {
            walk(root, &path, sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            let path = path.strip_prefix(root).expect("below the root");
            let path = path.to_string_lossy().replace('\\', "/");
            sources.push(Source::new(path, text));
        }
    }
}

impl Source {
    pub fn new(path: String, text: String) -> Self {
        let (code, strings) = blank(&text);
        let inline = inline_modules(&code);
        Self {
            path,
            text,
            code,
            strings,
            inline,
        }
    }

    /// `path:line`.
    pub fn place(&self, at: usize) -> String {
        let line = 1 + self.text[..at].matches('\n').count();
        format!("{}:{line}", self.path)
    }

    /// Whether the place is in code that is only built for tests.
    pub fn is_test(&self, at: usize) -> bool {
        let named = |name: &str| name == "tests" || name == "tests.rs";
        self.path.split('/').any(named)
            || (self.inline.iter()).any(|(name, body)| name == "tests" && body.contains(&at))
    }

    /// The room: the first folder below `src`; none for `lib.rs`, `main.rs` and other folders.
    pub fn room(&self) -> Option<&str> {
        Some(self.path.strip_prefix("src/")?.split_once('/')?.0)
    }

    /// Where `word` stands in code as a word of its own. It may hold `::` but no spaces.
    pub fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        whole_words(&self.code, word)
    }

    /// All identifiers of the code.
    pub fn identifiers(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.code
            .split(|c: char| !is_word(c))
            .map(move |word| {
                let start = at;
                // Every separator is a character; its length is what lies before the next word.
                at = start + word.len();
                at += self.code[at..].chars().next().map_or(0, char::len_utf8);
                (start, word)
            })
            .filter(|(_, word)| !word.is_empty())
    }

    /// Every path that begins with `root::`, groups written out.
    pub fn paths(&self, root: &str) -> Vec<Named> {
        let mut found = Vec::new();
        for at in self.words(root) {
            let rest = self.code[at + root.len()..].trim_start();
            let Some(rest) = rest.strip_prefix("::") else {
                continue;
            };
            // `a::std::x` is another thing, `::std::x` is not.
            let before = self.code[..at].trim_end();
            let inner = before.strip_suffix("::").map(str::trim_end);
            if inner.is_some_and(|before| before.ends_with(is_word)) {
                continue;
            }
            for segments in expand(rest) {
                found.push(Named { at, segments });
            }
        }
        found
    }

    /// Every path from the crate's root: `crate::x`, and `super::…` as far as it leads there.
    pub fn paths_in_crate(&self) -> Vec<Named> {
        let mut found = self.paths("crate");
        for Named { at, segments } in self.paths("super") {
            let above = 1 + segments.iter().take_while(|name| *name == "super").count();
            if above == self.depth(at) {
                let segments = segments[above - 1..].to_vec();
                found.push(Named { at, segments });
            }
        }
        found.sort_by_key(|named| named.at);
        found
    }

    /// How many modules deep the place is.
    fn depth(&self, at: usize) -> usize {
        let file = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let own = matches!(file, "lib" | "main") || file.ends_with("/mod");
        let files = file.split('/').count() - usize::from(own);
        files + (self.inline.iter().filter(|(_, body)| body.contains(&at))).count()
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands with nothing word-like on either side.
pub fn whole_words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let (before, after) = (&text[..*at], &text[at + word.len()..]);
            !before.ends_with(is_word) && !after.starts_with(is_word)
        })
}

/// The paths of a use tree, from behind a `::` on; also of a path in an expression.
fn expand(text: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    tree(text, &mut Vec::new(), &mut paths);
    paths
}

/// Reads one tree and gives back what follows it.
fn tree<'t>(text: &'t str, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let before = rest;
            rest = tree(rest, &mut prefix.clone(), paths).trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
            if rest == before {
                return rest;
            }
        }
    }
    let end = match text.strip_prefix('*') {
        Some(_) => 1,
        None => text.find(|c: char| !is_word(c)).unwrap_or(text.len()),
    };
    let (name, rest) = text.split_at(end);
    prefix.push(name.to_owned());
    if let Some(inner) = rest.trim_start().strip_prefix("::")
        && inner
            .trim_start()
            .starts_with(|c| is_word(c) || c == '{' || c == '*')
    {
        return tree(inner, prefix, paths);
    }
    paths.push(std::mem::take(prefix));
    let renamed = rest.trim_start().strip_prefix("as ");
    renamed.map_or(rest, |rest| rest.trim_start().trim_start_matches(is_word))
}

/// Finds `mod name { … }`.
fn inline_modules(code: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for at in whole_words(code, "mod") {
        let Some((name, body)) = code[at + 3..].split_once('{') else {
            continue;
        };
        let name = name.trim();
        if name.is_empty() || !name.chars().all(is_word) {
            continue;
        }
        let start = code.len() - body.len();
        let mut depth = 1_usize;
        let end = body.find(|c| {
            depth = match c {
                '{' => depth + 1,
                '}' => depth - 1,
                _ => depth,
            };
            depth == 0
        });
        found.push((
            name.to_owned(),
            start..end.map_or(code.len(), |end| start + end),
        ));
    }
    found
}

/// Blanks comments and the insides of strings and characters; newlines stay.
fn blank(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut code, mut strings) = (String::with_capacity(text.len()), Vec::new());
    let hide = |code: &mut String, hidden: &str| {
        code.extend(
            hidden
                .bytes()
                .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
        );
    };
    while code.len() < text.len() {
        let rest = &text[code.len()..];
        let first = |rest: &str| rest.chars().next().map_or(0, char::len_utf8);
        match token(rest, &code) {
            Token::Plain => code.push_str(&rest[..first(rest)]),
            Token::Comment(length) => hide(&mut code, &rest[..length]),
            Token::Literal {
                open,
                inside,
                is_text,
            } => {
                if is_text {
                    strings.push(code.len() + open..code.len() + open + inside);
                }
                let (opening, body) = rest.split_at(open);
                let (inside, after) = body.split_at(inside);
                code.push_str(opening);
                hide(&mut code, inside);
                code.push_str(&after[..first(after)]);
            }
        }
    }
    (code, strings)
}

enum Token {
    Plain,
    Comment(usize),
    /// What opens it stays; the inside goes; one closing mark follows.
    Literal {
        open: usize,
        inside: usize,
        is_text: bool,
    },
}

/// What begins here, where `before` is the code so far.
fn token(rest: &str, before: &str) -> Token {
    let after_word = before.ends_with(is_word);
    if rest.starts_with("//") {
        return Token::Comment(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Token::Comment(block_comment(rest));
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let opens = |rest: &str| rest.trim_start_matches('#').starts_with('"');
        let inner = rest.strip_prefix(prefix);
        match inner {
            Some(inner) if prefix.ends_with('r') => !after_word && opens(inner),
            Some(inner) => inner.starts_with('"') && (prefix.is_empty() || !after_word),
            None => false,
        }
    });
    if let Some(prefix) = prefix {
        let hashes = rest[prefix.len()..]
            .bytes()
            .take_while(|b| *b == b'#')
            .count();
        let open = prefix.len() + hashes + 1;
        let body = &rest[open..];
        let inside = if prefix.ends_with('r') {
            body.find(&format!("\"{}", "#".repeat(hashes)))
        } else {
            closing(body, '"')
        };
        let inside = inside.unwrap_or(body.len());
        return Token::Literal {
            open,
            inside,
            is_text: true,
        };
    }
    // A lifetime has no closing quote behind its one character.
    if let Some(body) = rest.strip_prefix('\'') {
        let mut chars = body.chars();
        let first = chars.next();
        if first == Some('\\') || (first.is_some() && chars.next() == Some('\'')) {
            let inside = closing(body, '\'').unwrap_or(body.len());
            return Token::Literal {
                open: 1,
                inside,
                is_text: false,
            };
        }
    }
    Token::Plain
}

/// Where the literal ends: the first `mark` that is not escaped.
fn closing(body: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    body.find(|c| {
        let ends = c == mark && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// The length of a block comment, nested ones included.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}
