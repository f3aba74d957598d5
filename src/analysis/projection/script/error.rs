//! What went wrong in a script, in a sentence with its place in the definition.

use rquickjs::{Ctx, Error, Exception, Function, Value};

/// The name under which definitions stand in stack traces.
pub(super) const FILE: &str = "projection.js";

/// The name of what comes before them.
pub(super) const UPCASTERS: &str = "upcasters.js";

/// Before what went wrong in them.
const IN_UPCASTERS: &str = "in the upcasters: ";

/// An error in a definition or a handler.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ScriptError {
    /// One sentence.
    pub message: String,
    /// The line in the definition, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

impl ScriptError {
    /// An error that has no place in a definition.
    pub(in crate::analysis::projection) fn told(message: String) -> Self {
        Self::new(message)
    }

    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: None,
            column: None,
        }
    }

    /// What it means where it came of saving states.
    pub(super) fn of_saving(self) -> Self {
        Self {
            message: format!("a state cannot be written as JSON: {}", self.message),
            ..self
        }
    }

    /// What `error` means, with the exception taken out of `ctx`.
    pub(super) fn of(ctx: &Ctx<'_>, error: Error) -> Self {
        if !error.is_exception() {
            return Self::new(error.to_string());
        }
        let thrown: Value<'_> = ctx.catch();
        let Some(exception) = thrown
            .clone()
            .into_object()
            .and_then(Exception::from_object)
        else {
            let at = thrown_at(ctx);
            // Where there is no memory even for an error, the engine throws this; nobody wrote it.
            return match (thrown.is_null(), at) {
                (true, None) => Self::new("InternalError: out of memory"),
                (_, at) => Self::placed(words(ctx, &thrown), &at.unwrap_or_default()),
            };
        };
        // Where not even that can be read, the engine is at its end.
        let kind: Option<String> = match exception.as_object().get("name") {
            Ok(kind) => kind,
            Err(Error::FromJs { .. }) => None,
            Err(_) => Some("InternalError".to_owned()),
        };
        let message = exception.message().unwrap_or_default();
        let message = match kind.filter(|kind| kind != "Error") {
            Some(kind) if kind == "SyntaxError" && message.ends_with(": ''") => {
                format!("{kind}: the text ends too early")
            }
            Some(kind) if message.is_empty() => kind,
            Some(kind) => format!("{kind}: {message}"),
            None if message.is_empty() => "an error without a message was thrown".to_owned(),
            None => message,
        };
        Self::placed(message, &exception.stack().unwrap_or_default())
    }

    /// An error with the place that a stack trace names.
    fn placed(message: String, stack: &str) -> Self {
        let place = place(stack);
        let in_upcasters = place.is_none() && stack.contains(UPCASTERS);
        let message = match in_upcasters {
            true => format!("{IN_UPCASTERS}{message}"),
            false => message,
        };
        Self {
            message,
            line: place.map(|(line, _)| line),
            column: place.and_then(|(_, column)| column),
        }
    }

    /// What it means where `transformBy` or `filterBy` ran out of something, which they would with the next
    /// state as well; none of an error like any other.
    #[must_use]
    pub fn end_of_results(&self) -> Option<Self> {
        let message = match self.end() {
            Some(End::Time) => "transformBy or filterBy took too long and was stopped",
            Some(End::Memory | End::Depth) => {
                "transformBy or filterBy needs more memory than there is"
            }
            None => return None,
        };
        Some(Self {
            message: message.to_owned(),
            ..self.clone()
        })
    }

    /// Whether the engine ran out of something, so that nothing after it can be trusted.
    pub(super) fn is_fatal(&self) -> bool {
        self.end().is_some()
    }

    /// What the engine ran out of, if that is what went wrong; what a handler throws itself is not that,
    /// whatever it says.
    pub(super) fn end(&self) -> Option<End> {
        let message = &*self.message;
        match message.strip_prefix(IN_UPCASTERS).unwrap_or(message) {
            "InternalError: interrupted" => Some(End::Time),
            // A text that no engine can hold would not fit, either: ropes take no memory until they are read.
            "InternalError: out of memory"
            | "InternalError: out of memory in regexp execution"
            | "InternalError: string too long"
            | "RangeError: invalid string length" => Some(End::Memory),
            "RangeError: Maximum call stack size exceeded" => Some(End::Depth),
            _ => None,
        }
    }
}

/// What an engine ran out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Time,
    Memory,
    Depth,
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, " (line {line}, column {column})"),
            (Some(line), None) => write!(f, " (line {line})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for ScriptError {}

/// The stack trace of the last `throw` of the definition that nothing has caught.
fn thrown_at(ctx: &Ctx<'_>) -> Option<String> {
    let at = ctx.globals().get::<_, Function<'_>>("$thrownAt");
    let at = at.and_then(|at| at.call::<_, Option<String>>(()));
    at.unwrap_or_else(|_| {
        // What could not be asked left an exception behind.
        ctx.catch();
        None
    })
}

/// What was thrown that is no error, in words.
fn words<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> String {
    if let Some(text) = thrown.as_string() {
        return match text.to_string() {
            Ok(text) if text.is_empty() => "an empty text was thrown".to_owned(),
            Ok(text) => text,
            Err(_) => "a text was thrown".to_owned(),
        };
    }
    if thrown.is_undefined() || thrown.is_null() {
        return format!("{} was thrown", thrown.type_name());
    }
    if let Some(number) = thrown.as_float().filter(|number| !number.is_finite()) {
        return format!("{number} was thrown");
    }
    let json = ctx.json_stringify(thrown.clone()).ok().flatten();
    let json = json.and_then(|text| text.to_string().ok());
    json.unwrap_or_else(|| {
        // What cannot be written left an exception behind.
        ctx.catch();
        format!("a {} was thrown", thrown.type_name())
    })
}

/// The innermost place in the definition that a stack trace names: `    at f (projection.js:3:14)`.
fn place(stack: &str) -> Option<(u32, Option<u32>)> {
    let found = stack.lines().find_map(|line| {
        let at = line.find(FILE)?;
        Some(&line[at + FILE.len()..])
    })?;
    let mut numbers = found
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map_while(|digits| digits.parse().ok());
    Some((numbers.next()?, numbers.next()))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn the_innermost_line_of_the_definition_counts() {
        let stack = "    at inner (prelude:1:2)\n    at A (projection.js:3:14)\n    at <eval> (projection.js:9)";
        assert_eq!(place(stack), Some((3, Some(14))));
        assert_eq!(place("    at x (native)"), None);
        assert_eq!(place("at <eval> (projection.js:9)"), Some((9, None)));
    }
}
