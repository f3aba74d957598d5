//! The answer as Markdown with its evidence, for a ticket. No facts and no wording of its own.

use super::answer::{Answer, Part};
use super::evidence::Evidence;
use super::spoken::one_line;
use crate::model::time::Style;

impl Answer {
    /// The sentence and a table of the events it rests on, for a ticket.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        let parts = |out: &mut String, parts: &[Part]| {
            for part in parts {
                match part {
                    Part::Stream(text) | Part::Value(text) => {
                        out.push_str(&format!("**{}**", escape(text)));
                    }
                    // In a code span, so that no tracker takes `#2` for one of its tickets.
                    Part::Event { name, place, .. } => {
                        out.push_str(&format!("{} {}", escape(name), code(place)));
                    }
                    other => out.push_str(&escape(&other.to_string())),
                }
            }
        };
        parts(&mut out, &self.headline);
        for (at, clause) in self.details.iter().enumerate() {
            out.push_str(if at == 0 { " " } else { "; " });
            parts(&mut out, clause);
        }
        out.push_str(".\n");
        for notice in &self.notices {
            out.push_str(&format!("\nNote: {}.\n", escape(&notice.message)));
        }
        if !self.evidence.is_empty() {
            out.push_str("\n| | Event type | Version | Position | Time | Event id |\n");
            out.push_str("|---|---|---|---|---|---|\n");
        }
        for Evidence { role, event } in &self.evidence {
            // A bar ends a cell of the table even in a code span.
            let code =
                |text: Option<String>| text.map_or(String::new(), |t| code(&t).replace('|', "\\|"));
            let cells = [
                (*role).to_owned(),
                escape(&one_line(&event.event_type)),
                code(event.version.map(|version| version.to_string())),
                code(Some(event.position.to_string())),
                event.time.map_or(String::new(), |time| {
                    self.zone.format(time, Style::AsNeeded)
                }),
                event
                    .id
                    .as_deref()
                    .map_or(String::new(), |id| escape(&one_line(id))),
            ];
            out.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        out
    }
}

/// A block of code, whatever is in it.
#[must_use]
pub fn block(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A code span, whatever is in it: its fence is longer than any within.
fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = text.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1;
    let fence = "`".repeat(fence);
    // One space at each end is not part of the code.
    let pad = if text.contains('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Takes the meaning off characters that Markdown, or HTML within it, would read.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
