//! Services whose clocks are apart, and writes that did not know of each other.

use std::collections::HashSet;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::rule::{Rule, Severity};
use crate::analysis::causality::{FieldMerge, Merge, MergeKind, Skew, Skews};
use crate::analysis::words::many;
use crate::model::Task;
use crate::model::time::Span;

/// Two clocks that cannot both be right.
pub(super) const SKEW: Rule = Rule {
    name: "clock-skew",
    severity: Severity::Warning,
    title: "Clocks of two services are apart",
    about: "Effects recorded by one service have stamps before those of their causes, which another recorded. The difference is the least by which their clocks are apart; the quickest step the other way is the most. The evidence is the step that proves it best.",
    why: "Orders, delays and moments that compare stamps of the two are wrong by that much.",
    advice: "Synchronise the clocks (NTP), or let the store stamp what it records.",
    example: "The clock of order-service is ahead of that of payment-service by 5.9 s to 8.3 s.",
    find: skew,
};

/// Writes that did not know of each other.
pub(super) const CONCURRENT: Rule = Rule {
    name: "concurrent-writes",
    severity: Severity::Warning,
    title: "Concurrent writes to one stream",
    about: "Two events of a stream were written without knowing of each other: their vector clocks say so, or both expected the same version to be the last. The evidence are both.",
    why: "Folded in log order the later one wins, and what the other decided is lost without a word.",
    advice: "Refuse the second write and decide anew, or merge by a rule that keeps both: a counter for quantities, a set that remembers removals, the later stamp for a choice.",
    example: "phone and laptop both changed the quantity of MUG-BLUE in cart-307; the last write keeps 3 of 5.",
    find: concurrent_writes,
};

/// `/quantities/MUG-BLUE: the last write keeps 3, a PN-counter gives 5`, of the first fields that lose.
fn lost(merge: &Merge) -> String {
    let losing = merge.fields.iter().filter(|field| field.loses());
    let mut losing: Vec<&FieldMerge> = losing.collect();
    losing.sort_by_key(|field| field.kind);
    // What a register says may be a number of the write itself.
    if losing
        .iter()
        .any(|field| field.kind != MergeKind::LwwRegister)
    {
        losing.retain(|field| field.kind != MergeKind::LwwRegister);
    }
    let told = losing.into_iter().take(3).map(|field| {
        format!(
            "{}: the last write keeps {}, a {} gives {}",
            field.field,
            field.last_write,
            field.kind.name(),
            field.merged
        )
    });
    told.collect::<Vec<String>>().join("; ")
}

fn skew(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let bodies = &facts.bodies;
    if bodies.services() < 2 {
        return Ok(());
    }
    let mut skews = Skews::default();
    for event in facts.events() {
        let Some(cause) = facts.known_cause(event) else {
            continue;
        };
        let services = bodies.service(cause).zip(bodies.service(event));
        let times = facts.recorded(cause).zip(facts.recorded(event));
        if let (Some((from, to)), Some((one, two))) = (services, times)
            && !facts.is_cyclic(event)
        {
            skews.see((from, cause, one), (to, event, two));
        }
    }
    let all = skews.found(|service| bodies.service_name(service).to_owned());
    for skew in &all {
        for (event, role) in skew.proof.into_iter().zip(["cause", "effect"]) {
            proofs.show(event, || role.to_owned());
        }
        proofs.count_more(1);
        proofs.found(|_| {
            let bounds = match skew.most_ms {
                Some(most) => format!("by {} to {}", apart(skew.least_ms), apart(most)),
                None => format!("by {} at least", apart(skew.least_ms)),
            };
            let steps = many(skew.impossible, "effect", "effects").unwrap_or_default();
            let wrong = wrong(&all, skew).map_or_else(String::new, |name| {
                format!(" Most likely the clock of {name} is wrong: others agree with each other and not with it.")
            });
            format!(
                "The clock of {} is ahead of that of {} {bounds}: {steps} of {} came before the cause.{wrong}",
                skew.ahead, skew.behind, skew.steps
            )
        });
    }
    Ok(())
}

/// The one service that has a part in all skews, where there are several.
fn wrong<'a>(all: &[Skew], skew: &'a Skew) -> Option<&'a str> {
    let has_part = |name: &str| {
        all.iter()
            .all(|own| own.ahead == name || own.behind == name)
    };
    let both =
        [&skew.ahead, &skew.behind].map(|name| Some(name.as_str()).filter(|name| has_part(name)));
    match both {
        [Some(name), None] | [None, Some(name)] if all.len() > 1 => Some(name),
        _ => None,
    }
}

/// Two bounds that are near each other need their digits.
fn apart(ms: i64) -> String {
    match ms {
        ..100_000 => format!("{:.2} s", ms as f64 / 1000.0),
        _ => Span::from_millis(ms).to_string(),
    }
}

fn concurrent_writes(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    _: &Task,
) -> Result<(), AuditError> {
    let merges = &facts.merges;
    let mut told: HashSet<usize> = HashSet::new();
    for pair in &facts.concurrent {
        let mut own = merges.iter().enumerate();
        let own = own.find(|(_, merge)| {
            merge
                .sides
                .iter()
                .any(|side| side.events.contains(&pair.two))
        });
        proofs.case(&[pair.one]);
        // The first pair of a conflict says what is lost in it.
        let lost = own
            .filter(|(at, _)| told.insert(*at))
            .map(|(_, merge)| lost(merge));
        proofs.show(pair.two, || lost.unwrap_or_default());
    }
    let fields = merges.iter().flat_map(|merge| &merge.fields);
    let losing = fields.filter(|field| field.loses() && field.kind != MergeKind::LwwRegister);
    let losing = losing.count() as u64;
    proofs.found(|count| {
        let events = many(count, "event was", "events were").unwrap_or_default();
        let lost = many(losing, "counter or set", "counters and sets");
        let lost = lost.map_or(String::new(), |lost| {
            format!(" The last write loses something in {lost} of those that were looked at.")
        });
        format!("{events} written without knowing of one before in the same stream.{lost}")
    });
    Ok(())
}
