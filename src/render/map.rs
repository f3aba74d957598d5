//! A process map as text that Mermaid draws, for tickets and pages.

use std::fmt::Write as _;

use super::sequence::plain;
use crate::analysis::saga::{Meaning, ProcessMap};
use crate::analysis::words::grouped;
use crate::log::Log;
use crate::model::time::Span;

/// Types as boxes with how often they came, and what follows what with how often and after how long.
#[must_use]
pub fn map_mermaid(map: &ProcessMap, log: &Log) -> String {
    let mut text = "flowchart TD\n".to_owned();
    for own in &map.types {
        let name = plain(log.types().get(own.event_type));
        let count = grouped(u64::from(own.count));
        let class = match own.meaning {
            Meaning::Plain => "",
            Meaning::Failure => ":::failure",
            Meaning::Undoing => ":::undoing",
        };
        let _ = writeln!(
            text,
            "    T{}[\"{name}<br/>{count}\"]{class}",
            own.event_type
        );
    }
    for own in &map.follows {
        let mut words = grouped(u64::from(own.count));
        if let Some(wait) = &own.wait {
            let _ = write!(words, ", {}", Span::from_micros(wait.median));
        }
        let _ = writeln!(text, "    T{} -->|\"{words}\"| T{}", own.from, own.to);
    }
    text.push_str("    classDef failure stroke:#b72c20\n    classDef undoing stroke:#a84b00\n");
    text
}
