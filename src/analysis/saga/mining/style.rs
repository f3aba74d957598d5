//! Whether somebody leads a process, and how that can be told.

use std::collections::{BTreeMap, BTreeSet};

use super::super::definition::Style;
use super::counts::Process;
use super::participants::Participants;
use super::words::words;

/// Who leads a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Led {
    /// Somebody or nobody.
    pub style: Style,
    /// The participant that tells the others what to do.
    pub(super) leader: Option<u32>,
}

/// One participant leads where all that goes from one to another goes from it or to it, and it has at
/// least two others to tell. Where nobody says what caused what, names tell.
pub(super) fn led<'a>(
    counts: &Process,
    participants: &Participants,
    name: &dyn Fn(u32) -> &'a str,
) -> Led {
    let mut between = 0_u64;
    let mut tells: BTreeMap<u32, (u64, BTreeSet<u32>, BTreeSet<u32>)> = BTreeMap::new();
    for ((cause, effect), count) in &counts.caused {
        let (from, to) = (participants.of(*cause), participants.of(*effect));
        if from == to {
            continue;
        }
        between += u64::from(*count);
        let own = tells.entry(from).or_default();
        own.0 += u64::from(*count);
        own.1.insert(to);
        let own = tells.entry(to).or_default();
        own.0 += u64::from(*count);
        own.2.insert(from);
    }
    // Who told what began it all is no leader of the one that it told only.
    let leads = |(_, (all, to, from)): &(&u32, &(u64, BTreeSet<u32>, BTreeSet<u32>))| {
        *all * 20 >= between * 19 && to.len() >= 2 && from.len() >= 2
    };
    let leader = tells.iter().find(leads).map(|(leader, _)| *leader);
    let says = |word: &String| {
        ["workflow", "saga", "orchestration", "orchestrator"].contains(&word.as_str())
    };
    let named = words(name(counts.start)).iter().any(says);
    let style = match leader.is_some() || named {
        true => Style::Orchestration,
        false => Style::Choreography,
    };
    Led { style, leader }
}
