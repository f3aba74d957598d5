//! What the engine runs out of ends a projection, and is nothing that a definition may catch: each of its
//! `catch` clauses begins with a look at what it was given, and lets that pass. And each `throw` notes where
//! it stands, since only errors know. Places are told as if nothing had been put there.

use std::ops::Range;

use super::ScriptError;
use super::source::words;

/// What looks at it; see the prelude.
const LOOK: &str = "$caught";

/// What notes a place; see the prelude.
const NOTE: &str = " $throws(),";

/// What is caught where the clause has no name for it.
const THROWN: &str = "$thrown";

/// A source with its clauses as they are run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Guarded {
    pub text: String,
    shifts: Vec<Shift>,
}

/// Where something else stands than was written, within one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shift {
    line: u32,
    /// The column as it was written, from 1.
    column: u32,
    was: u32,
    is: u32,
}

/// A `catch` clause, by what stands where.
struct Clause<'s> {
    /// From behind the word to behind the brace, in bytes.
    from: usize,
    to: usize,
    /// What it names; empty where it names nothing.
    given: &'s str,
}

impl Guarded {
    pub fn new(source: &str) -> Self {
        let mut own = Self::default();
        let mut done = 0;
        for word in words(source) {
            let behind = word.at + word.text.len();
            if word.before == Some('.') || word.at < done {
                continue;
            }
            if word.text == "throw" && throws(&source[behind..]) {
                own.put(source, done..behind, NOTE, behind);
                done = behind;
                continue;
            }
            if word.text != "catch" {
                continue;
            }
            let Some(clause) = clause(source, behind) else {
                continue;
            };
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let given = clause.given;
            let begins = match given {
                "" => format!("({THROWN}){{{LOOK}({THROWN});"),
                name if name.chars().all(is_name) => format!("({name}){{{LOOK}({name});"),
                parts => format!("({THROWN}){{{LOOK}({THROWN});let {parts}={THROWN};"),
            };
            own.put(source, done..clause.from, &begins, clause.to);
            done = clause.to;
        }
        own.text.push_str(&source[done..]);
        own
    }

    /// Takes over a range, and puts `text` in the place of what stands from there to `to`.
    fn put(&mut self, source: &str, range: Range<usize>, text: &str, to: usize) {
        let from = range.end;
        self.text.push_str(&source[range]);
        self.text.push_str(text);
        let (line, column) = place(source, from);
        let long = |text: &str| text.chars().count() as u32;
        self.shifts.push(Shift {
            line,
            column,
            was: long(&source[from..to]),
            is: long(text),
        });
    }

    /// An error with its place as it was written.
    pub fn as_written(&self, error: ScriptError) -> ScriptError {
        let (Some(line), Some(column)) = (error.line, error.column) else {
            return error;
        };
        let mut written = column;
        for shift in self.shifts.iter().filter(|shift| shift.line == line) {
            if written >= shift.column + shift.is {
                written = written - shift.is + shift.was;
            } else {
                written = written.min(shift.column);
                break;
            }
        }
        ScriptError {
            column: Some(written),
            ..error
        }
    }
}

/// Whether something is thrown, by what stands behind the word: it is no name of a field or a method.
fn throws(behind: &str) -> bool {
    let rest = behind.trim_start_matches([' ', '\t']);
    let is_name =
        rest.starts_with([':', '=', ',', ';', ')', '}', '\n', '\r', '?']) || rest.is_empty();
    !is_name && !is_method(rest)
}

/// Whether parameters and a body stand there.
fn is_method(rest: &str) -> bool {
    let mut depth = 0;
    let end = rest.starts_with('(').then(|| {
        rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        })
    });
    let end = end.flatten();
    end.is_some_and(|end| rest[end + 1..].trim_start().starts_with('{'))
}

/// The clause whose word ends there; none where that is none, or goes over more than one line.
fn clause(source: &str, from: usize) -> Option<Clause<'_>> {
    let rest = &source[from..];
    let head = rest.trim_start();
    let (given, behind) = match head.strip_prefix('(') {
        Some(within) => {
            let mut depth = 1;
            let end = within.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            })?;
            (within[..end].trim(), &within[end + 1..])
        }
        None => ("", head),
    };
    let body = behind.trim_start().strip_prefix('{')?;
    let to = source.len() - body.len();
    (!source[from..to].contains('\n')).then_some(Clause { from, to, given })
}

/// Line and column, from 1.
fn place(source: &str, at: usize) -> (u32, u32) {
    let before = &source[..at];
    let line = before.matches('\n').count() as u32 + 1;
    let begins = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[begins..].chars().count() as u32 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, column: u32) -> ScriptError {
        ScriptError {
            message: String::new(),
            line: Some(line),
            column: Some(column),
        }
    }

    #[test]
    fn clauses_look_at_what_they_catch() {
        let of = |source: &str| Guarded::new(source).text;
        assert_eq!(
            of("try { a() } catch (e) { b(e) }"),
            "try { a() } catch(e){$caught(e); b(e) }"
        );
        assert_eq!(
            of("try {} catch { b() }"),
            "try {} catch($thrown){$caught($thrown); b() }"
        );
        assert_eq!(
            of("try {} catch ({ message }) {}"),
            "try {} catch($thrown){$caught($thrown);let { message }=$thrown;}"
        );
        for other in [
            "promise.catch(e => { b(e) })",
            "'try {} catch (e) {}' // catch (e) {",
            "({ catch: 1 })",
            "catch (",
        ] {
            assert_eq!(of(other), other);
        }
    }

    #[test]
    fn what_is_thrown_notes_its_place() {
        let of = |source: &str| Guarded::new(source).text;
        assert_eq!(of("if (a) throw null;"), "if (a) throw $throws(), null;");
        assert_eq!(of("throw(a)"), "throw $throws(),(a)");
        assert_eq!(of("throw {a}"), "throw $throws(), {a}");
        for other in [
            "it.throw(e)",
            "({ throw: 1, b })",
            "({ throw(e) { f(e) } })",
            "class G { throw(a = (1)) { f(a) } }",
            "({ throw })",
            "'throw 1' // throw 2",
        ] {
            assert_eq!(of(other), other);
        }
    }

    #[test]
    fn places_are_those_that_were_written() {
        let source = "a;\ntry { b } catch (e) { c } d; try {} catch { f } throw z;";
        let guarded = Guarded::new(source);
        let columns = |text: &str, what: char| {
            let line = text.lines().nth(1).unwrap();
            line.find(what).unwrap() as u32 + 1
        };
        for what in ['b', 'd', 'f', 'z'] {
            let told = guarded.as_written(at(2, columns(&guarded.text, what)));
            assert_eq!(told, at(2, columns(source, what)), "{what}");
        }
        assert_eq!(guarded.as_written(at(1, 40)), at(1, 40));
        // Where nothing of it was written, it is where the clause begins.
        let look = guarded.text.find("$caught").unwrap() as u32 + 1 - 3;
        assert_eq!(guarded.as_written(at(2, look)), at(2, 16));
    }

    proptest! {
        #[test]
        fn what_catches_and_throws_nothing_is_as_it_is(source in r#"[a-z/"'`\\ \n.(){}]{0,60}"#) {
            prop_assume!(!source.contains("catch") && !source.contains("throw"));
            prop_assert_eq!(Guarded::new(&source).text, source);
        }
    }
}
