//! Commands among the events.

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::words::many;
use crate::model::{EventIx, Task, TypeIx};

/// An event that is a command.
pub(super) const AS_EVENT: Rule = Rule {
    name: "command-as-event",
    severity: Severity::Warning,
    title: "Event reads like a command",
    about: "The name of an event type begins with a verb that tells somebody to do something (SendReceipt) and ends in no participle, or the event calls itself a command. Where half of all types and more are named so, or all such names are of several words apart (Create Purchase Order), as logs for process mining have activities, it is a note: then it is a way to name things.",
    why: "An event says what has happened; a command may be refused. On replay a command is carried out once more, and mail goes out again.",
    advice: "Name the event by what became of it (ReceiptSent), and keep commands in a queue or a table of their own.",
    example: "SendReceipt in payment-1001.",
    find,
};

/// Verbs with which commands begin. Those that are nouns as well, as in OrderPlaced, are not among them.
const VERBS: &[&str] = &[
    "accept",
    "activate",
    "add",
    "adjust",
    "allocate",
    "amend",
    "apply",
    "approve",
    "archive",
    "arrange",
    "assign",
    "attach",
    "authorize",
    "authorise",
    "book",
    "calculate",
    "cancel",
    "capture",
    "change",
    "charge",
    "check",
    "clear",
    "close",
    "collect",
    "compensate",
    "complete",
    "confirm",
    "convert",
    "copy",
    "create",
    "credit",
    "deactivate",
    "debit",
    "decline",
    "delete",
    "deliver",
    "deny",
    "deposit",
    "disable",
    "dispatch",
    "do",
    "enable",
    "enqueue",
    "execute",
    "expire",
    "export",
    "fetch",
    "finalize",
    "finish",
    "fulfil",
    "fulfill",
    "generate",
    "get",
    "grant",
    "handle",
    "hold",
    "import",
    "increase",
    "decrease",
    "initiate",
    "inform",
    "insert",
    "invalidate",
    "invite",
    "issue",
    "load",
    "lock",
    "make",
    "mark",
    "merge",
    "modify",
    "move",
    "notify",
    "open",
    "pack",
    "pay",
    "perform",
    "pick",
    "place",
    "prepare",
    "print",
    "process",
    "provide",
    "publish",
    "purge",
    "queue",
    "reassign",
    "rebuild",
    "recalculate",
    "record",
    "refund",
    "refuse",
    "register",
    "reject",
    "release",
    "remind",
    "remove",
    "rename",
    "renew",
    "replace",
    "request",
    "require",
    "reschedule",
    "reserve",
    "reset",
    "resolve",
    "restore",
    "resume",
    "retry",
    "return",
    "reverse",
    "revoke",
    "run",
    "save",
    "schedule",
    "send",
    "set",
    "ship",
    "start",
    "stop",
    "store",
    "submit",
    "subscribe",
    "suspend",
    "synchronize",
    "take",
    "terminate",
    "transfer",
    "trigger",
    "unlock",
    "unsubscribe",
    "update",
    "upload",
    "validate",
    "verify",
    "withdraw",
    "write",
];

/// Words that end a type's name and say nothing of what it is.
const SUFFIXES: &[&str] = &["event", "v1", "v2", "v3", "v4", "message"];

/// Whether the last word of a name says that something has happened.
fn has_happened(word: &str) -> bool {
    const IRREGULAR: &[&str] = &[
        "sent",
        "paid",
        "made",
        "set",
        "put",
        "begun",
        "done",
        "lost",
        "found",
        "held",
        "kept",
        "left",
        "met",
        "read",
        "sold",
        "taken",
        "given",
        "broken",
        "chosen",
        "written",
        "withdrawn",
        "shipped",
        "reset",
        "built",
        "bought",
        "brought",
        "cut",
        "drawn",
        "driven",
        "gone",
        "known",
        "overdue",
        "failed",
        "shown",
        "split",
        "spent",
        "stolen",
        "thrown",
        "told",
        "undone",
        "won",
        "became",
        "begins",
        "began",
        "started",
        "succeeded",
        "timeout",
        "expired",
        "ended",
        "out",
        "up",
        "in",
        "off",
    ];
    word.ends_with("ed") || IRREGULAR.contains(&word)
}

/// The words of a name in small letters: `SendReceipt`, `send_receipt` and `send-receipt` have the same.
pub(super) fn words(name: &str) -> Vec<String> {
    // Of a qualified name the last part that is more than a version.
    let is_version = |part: &str| {
        let digits = part.strip_prefix(['v', 'V']);
        digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = name
        .rsplit(['.', ':', '/', '\\', '#', '+'])
        .find(|part| !part.is_empty() && !is_version(part));
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in last.unwrap_or(name).chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = before == ' ' || c.is_uppercase() && !before.is_uppercase();
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.extend(c.to_lowercase()),
            None => words.push(c.to_lowercase().collect()),
        }
        before = c;
    }
    words
}

/// Whether a type is named as a command is.
pub(super) fn reads_like_command(name: &str) -> bool {
    let mut words = words(name);
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| SUFFIXES.contains(&word.as_str()))
    {
        words.pop();
    }
    let last = words.last().map_or("", String::as_str);
    match words.first() {
        _ if last == "command" && words.len() > 1 => true,
        Some(first) if words.len() > 1 => {
            VERBS.contains(&first.as_str()) && !words.iter().any(|word| has_happened(word))
        }
        _ => false,
    }
}

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let log = facts.whole.log;
    let named: Vec<bool> = log.types().iter().map(reads_like_command).collect();
    let mut marked = facts.bodies.commands().iter().copied().peekable();
    let mut cases: Vec<(EventIx, TypeIx)> = Vec::new();
    let mut known = vec![false; named.len()];
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        while marked.next_if(|marked: &EventIx| *marked < event).is_some() {}
        let is_marked = marked.peek() == Some(&event);
        let kind = log.event_type(event);
        known[kind.at()] = true;
        if named[kind.at()] || is_marked {
            cases.push((event, kind));
        }
    }
    let count = |named: &dyn Fn(usize) -> bool| {
        let known = known.iter().enumerate().filter(|(_, known)| **known);
        known.filter(|(at, _)| named(*at)).count()
    };
    let (all, imperative) = (count(&|_| true), count(&|at| named[at]));
    // Where most types are named so, that is how the store names what has happened; and activities of logs for
    // process mining are.
    let is_activity = |&(_, kind): &(EventIx, TypeIx)| {
        named[kind.at()] && log.type_name(kind).contains(char::is_whitespace)
    };
    let is_style = all >= TYPES && imperative * 2 >= all || cases.iter().all(is_activity);
    let mut types: Vec<TypeIx> = Vec::new();
    for (event, kind) in cases {
        let is_first = !types.contains(&kind);
        types.extend(Some(kind).filter(|_| is_first));
        if is_first || !is_style {
            proofs.case(&[event]);
        }
    }
    let mut names: Vec<&str> = types.iter().map(|kind| log.type_name(*kind)).collect();
    names.sort_unstable();
    let names = names.join(", ");
    if is_style {
        proofs.found_as(Severity::Info, |_| {
            format!(
                "{imperative} of {all} event types are named like commands: {names}. It may be how this store names what has happened."
            )
        });
        return Ok(());
    }
    proofs.found(|count| {
        let one = count == 1;
        let events = many(count, "event", "events").unwrap_or_default();
        let (types, tell) = (
            if types.len() == 1 { "type" } else { "types" },
            if one { "tells" } else { "tell" },
        );
        format!("{events} of the {types} {names} {tell} somebody to do something.")
    });
    Ok(())
}

/// Of fewer types nobody can tell a style.
const TYPES: usize = 4;

#[cfg(test)]
mod tests {
    use super::{reads_like_command, words};

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("SendReceipt"), ["send", "receipt"]);
        assert_eq!(words("com.shop.send_receipt-v2"), ["send", "receipt", "v2"]);
        assert_eq!(words("HTTPCall"), ["httpcall"]);
    }

    #[test]
    fn commands_are_told_from_events() {
        for command in [
            "SendReceipt",
            "ReserveInventory",
            "charge-payment",
            "ShipOrderCommand",
            "orders.SendReceipt.V2",
        ] {
            assert!(reads_like_command(command), "{command}");
        }
        for event in [
            "OrderPlaced",
            "ReceiptSent",
            "EmailChanged",
            "Registered",
            "PasswordResetRequested",
            "AnswerTimedOut",
            "CheckoutStarted",
            "RecordUpdated",
            "Order",
            "PaymentTaken",
            "StatementIssued",
            "TransferRequested",
            "ChangeRequested",
            "ReturnReceived",
            "StopSignal",
        ] {
            assert_eq!(reads_like_command(event), event == "StopSignal", "{event}");
        }
    }
}
