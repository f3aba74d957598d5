//! Processes of which nothing is known that ends them: their instances are called running for ever, and that is to
//! be said.

use super::status::Judged;
use crate::analysis::words::{grouped, listed};

/// Of a single saga nobody expects that it tells how it ends.
const SOME: u64 = 2;
/// Processes that are named.
const NAMED: usize = 3;

impl Judged {
    /// What is to be said of all sagas beside their figures, a sentence each.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.endless().into_iter().collect()
    }

    /// That nothing ends some of what was mined, although there are instances of it.
    fn endless(&self) -> Option<String> {
        let mut counts = vec![0_u64; self.processes.all.len()];
        let mut ended = vec![false; counts.len()];
        for seen in &self.at.seen {
            let verdict = self.verdict(seen);
            let Some(process) = verdict.process.map(usize::from) else {
                continue;
            };
            counts[process] += 1;
            ended[process] |= verdict.status.is_end();
        }
        let all = self.processes.all.iter().zip(counts).zip(ended);
        let mut endless: Vec<(u64, &str)> = all
            .filter(|((process, count), ended)| {
                let is_told = *ended || process.definition.end.is_told();
                process.basis.is_mined() && *count >= SOME && !is_told
            })
            .map(|((process, count), _)| (count, process.definition.id.as_str()))
            .collect();
        endless.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
        let word = match endless.len() {
            0 => return None,
            1 => "type",
            _ => "types",
        };
        let mut names: Vec<String> = (endless.iter().take(NAMED))
            .map(|(count, name)| format!("{name} ({})", grouped(*count)))
            .collect();
        if let Some(more @ 1..) = endless.len().checked_sub(NAMED) {
            names.push(format!("{more} more"));
        }
        Some(format!(
            "Nothing is known to end sagas of the {word} {}: none of them is called ended. A definition can say what does",
            listed(&names)
        ))
    }
}
