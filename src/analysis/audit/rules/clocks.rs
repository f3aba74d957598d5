//! Services whose clocks are apart, and writes that did not know of each other.

use super::super::clocks::Off;
use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::causality::{Conflict, FieldMerge, Merge, MergeKind, Side, Skew, ToldBy};
use crate::analysis::words::{grouped, listed, many};
use crate::model::Task;
use crate::model::time::Span;

/// Two clocks that cannot both be right.
pub(super) const SKEW: Rule = Rule {
    name: "clock-skew",
    severity: Severity::Warning,
    title: "Clocks of two services are apart",
    about: "Effects recorded by one service have stamps before those of their causes, which another recorded. The difference is the least by which their clocks are apart; the quickest step the other way is the most. A clock that is apart from several, while these agree with each other, is told once; of two that only disagree with each other the order of the log may tell which is wrong. One early effect in ten or fewer, further from all others than these are from one another, is a wrong stamp and no clock. The evidence are the steps that prove it best: cause and effect.",
    why: "Orders, delays and moments that compare stamps of the two are wrong by that much.",
    advice: "Synchronise the clocks (NTP), or let the store stamp what it records.",
    example: "The clock of inventory-service is wrong, behind that of order-service by 10.09 s to 10.46 s and that of payment-service by 10.21 s to 11.02 s: 343 of 812 effects across them came before the cause.",
    find: skew,
};

/// Writes that did not know of each other.
pub(super) const CONCURRENT: Rule = Rule {
    name: "concurrent-writes",
    severity: Severity::Warning,
    title: "Concurrent writes to one stream",
    about: "Writers of a stream did not know of each other's events: their vector clocks say so, or they expected the same version to be the last. Writes that hang together so are one conflict. Neighbours by two services whose clocks are apart by about as much as their stamps, without a cause between them, are a note. The evidence are the last events of two sides, each with all events of its side.",
    why: "Folded in log order the later one wins, and what the other decided is lost without a word.",
    advice: "Refuse the second write and decide anew, or merge by a rule that keeps both: a counter for quantities, a set that remembers removals, the later stamp for a choice.",
    example: "phone and laptop both changed the quantity of MUG-BLUE in cart-307; the last write keeps 3 of 5.",
    find: concurrent_writes,
};

/// Events of one side that a sentence names.
const EVENTS_TOLD: usize = 8;

/// `/quantities/MUG-BLUE: the last write keeps 3, a PN-counter gives 5`, of the first fields that lose.
fn lost(merge: &Merge) -> String {
    let losing = merge.fields.iter().filter(|field| field.loses());
    let mut losing: Vec<&FieldMerge> = losing.collect();
    losing.sort_by_key(|field| field.kind);
    let told = losing.into_iter().take(3).map(|field| {
        format!(
            "{}: the last write keeps {}, {} gives {}",
            field.field,
            field.last_write,
            field.kind.one(),
            field.merged
        )
    });
    told.collect::<Vec<String>>().join("; ")
}

/// `phone wrote #65 #68, laptop wrote #73`.
fn said_of(facts: &Facts<'_>, sides: &[&Side]) -> String {
    let said = sides.iter().map(|side| {
        let events = side.events.iter().take(EVENTS_TOLD);
        let names = events.map(|event| facts.whole.log.position_name(*event).to_string());
        let more = match side.events.len().saturating_sub(EVENTS_TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{} wrote {}{more}",
            side.name,
            names.collect::<Vec<_>>().join(" ")
        )
    });
    said.collect::<Vec<String>>().join(", ")
}

fn skew(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for off in &facts.clocks.off {
        for skew in &off.skews {
            let [cause, effect] = skew.proof;
            proofs.case(&[]);
            proofs.show(cause, || format!("by the clock of {}: cause", skew.ahead));
            proofs.show(effect, || {
                let earlier = Span::from_millis(skew.least_ms).precise();
                format!(
                    "by the clock of {}: its effect, {earlier} earlier",
                    skew.behind
                )
            });
        }
        proofs.found(|_| said(off));
    }
    Ok(())
}

/// `The clock of stock is wrong, behind that of shop by 10.09 s to 10.46 s and that of mail by 9.80 s at least:
/// 3 of 8 effects across them came before the cause.`
fn said(off: &Off) -> String {
    let one = off.skews.first().map_or("", |skew| skew.ahead.as_str());
    let whose = off.wrong.as_deref().unwrap_or(one);
    let mut last = "";
    let parts = off.skews.iter().map(|skew| {
        let (how, other) = match skew.ahead == whose {
            true => ("ahead of", &skew.behind),
            false => ("behind", &skew.ahead),
        };
        let how = if how == std::mem::replace(&mut last, how) {
            String::new()
        } else {
            format!("{how} ")
        };
        format!("{how}that of {other} by {}", skew.bounds())
    });
    let parts = listed(&parts.collect::<Vec<String>>());
    let sum = |count: fn(&Skew) -> u64| off.skews.iter().map(count).sum::<u64>();
    let steps = many(sum(|skew| skew.steps), "effect", "effects").unwrap_or_default();
    let early = grouped(sum(|skew| skew.impossible));
    let (wrong, open) = match off.wrong {
        Some(_) => ("wrong, ", borne_out(off)),
        None => ("", " Nothing tells which of the two is wrong.".to_owned()),
    };
    format!(
        "The clock of {whose} is {wrong}{parts}: {early} of {steps} across them came before the cause.{open}"
    )
}

/// ` The order of the log tells that it is this one: 213 events of activity-log right behind one of its own have a
/// much earlier stamp.`; nothing where that did not have to be asked.
fn borne_out(off: &Off) -> String {
    let (Some(wrong), Some(skew)) = (&off.wrong, off.skews.first()) else {
        return String::new();
    };
    if off.witnesses.is_empty() {
        return String::new();
    }
    let names: Vec<String> = off.witnesses.iter().map(|(name, _)| name.clone()).collect();
    let (names, count) = (listed(&names), off.witnesses.iter().map(|(_, n)| n).sum());
    let events = many(count, "event", "events").unwrap_or_default();
    let (which, have) = (
        match *wrong == skew.ahead {
            true => format!("{events} of {names} right behind one of its own"),
            false => format!("{events} of its own right behind one of {names}"),
        },
        if count == 1 { "has" } else { "have" },
    );
    format!(" The order of the log tells that it is this one: {which} {have} a much earlier stamp.")
}

fn concurrent_writes(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    _: &Task,
) -> Result<(), AuditError> {
    // Of those that have one version the rule version-fork tells.
    let known =
        |conflict: &Conflict| matches!(conflict.told_by, ToldBy::Vector | ToldBy::ExpectedVersion);
    let lost = show_conflicts(facts, proofs, known);
    proofs.found(|count| {
        let conflicts = many(count, "conflict", "conflicts").unwrap_or_default();
        let written = many(lost.events, "event was", "events were").unwrap_or_default();
        format!(
            "{conflicts}: {written} written without knowing of others in the same stream.{}",
            lost.told()
        )
    });
    let lost = show_conflicts(facts, proofs, |conflict| conflict.told_by == ToldBy::Clocks);
    proofs.about("order not told");
    proofs.because("Position says which was stored first. Whoever orders by time, or lets the later stamp win, may take the older one for the newer.");
    proofs.advise("Set the clocks of the two right (the rule clock-skew tells by how much they are off), and order by position, by version or by a logical clock, never by stamps.");
    proofs.found_as(Severity::Info, |count| {
        let pairs = many(count, "pair", "pairs").unwrap_or_default();
        format!(
            "{pairs} of neighbours in a stream, by two services, have stamps that differ by as much as the clocks of the two: either may have been first.{}",
            lost.told()
        )
    });
    Ok(())
}

/// What conflicts come to.
struct Lost {
    /// Events that were written in them.
    events: u64,
    /// The fields of which the last write loses something, in words.
    fields: String,
}

impl Lost {
    fn told(&self) -> String {
        match self.fields.as_str() {
            "" => String::new(),
            fields => {
                format!(" The last write loses something in {fields} of those that were looked at.")
            }
        }
    }
}

/// Counts conflicts of a kind and shows what proves them.
fn show_conflicts(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    is_own: impl Fn(&Conflict) -> bool,
) -> Lost {
    let merges = &facts.merges;
    let mut events = 0;
    let own = facts.conflicts.iter().enumerate();
    for (at, conflict) in own.filter(|(_, conflict)| is_own(conflict)) {
        let written = conflict.sides.iter().map(|side| side.events.len() as u64);
        events += written.sum::<u64>();
        let [one, others @ ..] = &conflict.sides[..] else {
            continue;
        };
        let Some(last) = others.iter().max_by_key(|side| side.events.last()) else {
            continue;
        };
        proofs.count_more(1);
        proofs.side(one, || said_of(facts, &[one]));
        proofs.side(last, || {
            let others: Vec<&Side> = others.iter().collect();
            let lost = merges.get(at).map(lost).unwrap_or_default();
            let said = said_of(facts, &others);
            match lost.is_empty() {
                true => said,
                false => format!("{said}; {lost}"),
            }
        });
    }
    let own = facts.conflicts.iter().zip(merges);
    let losing = own
        .filter(|(conflict, _)| is_own(conflict))
        .flat_map(|(_, merge)| &merge.fields)
        .filter(|field| field.loses());
    let (registers, others): (Vec<&FieldMerge>, Vec<&FieldMerge>) =
        losing.partition(|field| field.kind == MergeKind::LwwRegister);
    let fields = [
        many(others.len() as u64, "counter or set", "counters and sets"),
        many(registers.len() as u64, "register", "registers"),
    ];
    let fields = listed(&fields.into_iter().flatten().collect::<Vec<String>>());
    Lost { events, fields }
}
