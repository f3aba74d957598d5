//! What the names of event types tell: whether something failed, was undone, came to an end. Used where
//! nobody has declared a process, and nowhere else.

/// The words of a type's name, in lower case: `PaymentDeclined`, `payment_declined` and
/// `payment.declined` have the same ones.
pub(in super::super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let letters: Vec<char> = name.chars().collect();
    for (at, &c) in letters.iter().enumerate() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let next_is_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (!before.is_uppercase() || next_is_lower);
        if begins || before == ' ' || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// As people say it: `payment declined`.
pub(super) fn spoken(name: &str) -> String {
    words(name).join(" ")
}

/// Whether a name asks for something and does not say that it happened: `ReserveInventory`, not
/// `InventoryReserved`.
pub(super) fn is_asked(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    words.len() > 1
        && !words
            .iter()
            .any(|word| word.len() > 3 && word.ends_with("ed"))
        && !PAST.contains(&last)
}

/// Words for what happened that do not look like it.
const PAST: [&str; 12] = [
    "sent", "paid", "done", "begun", "made", "taken", "given", "found", "sold", "bought", "met",
    "put",
];

const FAILING: [&str; 22] = [
    "failed",
    "failure",
    "declined",
    "rejected",
    "refused",
    "unavailable",
    "denied",
    "error",
    "errored",
    "expired",
    "timedout",
    "timeout",
    "aborted",
    "insufficient",
    "invalid",
    "crashed",
    "bounced",
    "unreachable",
    "exceeded",
    "faulted",
    "lost",
    "disputed",
];
const UNDOING: [&str; 16] = [
    "released",
    "refunded",
    "refund",
    "returned",
    "reverted",
    "reversed",
    "undone",
    "compensated",
    "voided",
    "revoked",
    "unreserved",
    "restored",
    "cancelled",
    "canceled",
    "withdrawn",
    "rollback",
];
const CANCELLED: [&str; 10] = [
    "cancelled",
    "canceled",
    "abandoned",
    "terminated",
    "aborted",
    "compensated",
    "withdrawn",
    "expired",
    "stopped",
    "discarded",
];
const COMPLETED: [&str; 11] = [
    "completed",
    "successful",
    "finished",
    "closed",
    "succeeded",
    "fulfilled",
    "done",
    "ended",
    "concluded",
    "settled",
    "finalized",
];
const PARKED: [&str; 6] = [
    "parked",
    "suspended",
    "paused",
    "held",
    "escalated",
    "intervention",
];
const RESUMED: [&str; 4] = ["resumed", "unparked", "unpaused", "reactivated"];

fn any(words: &[String], of: &[&str]) -> bool {
    words.iter().any(|word| of.contains(&word.as_str()))
}

/// What a name tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Told {
    pub failed: bool,
    pub undone: bool,
    /// It says that something came to an end, well or not.
    pub completed: bool,
    pub cancelled: bool,
    pub parked: bool,
    pub resumed: bool,
    pub turned_back: bool,
}

pub(in super::super) fn told(name: &str) -> Told {
    let words = words(name);
    let timed_out = words.windows(2).any(|two| two == ["timed", "out"]);
    let found_none = match &words[..] {
        [first, .., last] => first == "no" && last == "found",
        _ => false,
    } || words.windows(2).any(|two| two == ["not", "found"]);
    let asks = any(&words, &["requested", "started", "initiated", "scheduled"]);
    let back = [
        "cancel",
        "cancellation",
        "compensation",
        "compensate",
        "rollback",
    ];
    let turned_back = any(&words, &["compensating"]) || asks && any(&words, &back);
    Told {
        failed: !turned_back && (timed_out || found_none || any(&words, &FAILING)),
        undone: !asks && any(&words, &UNDOING),
        completed: any(&words, &COMPLETED),
        cancelled: !asks && any(&words, &CANCELLED),
        parked: any(&words, &PARKED),
        resumed: any(&words, &RESUMED),
        turned_back,
    }
}

/// How much two names are about the same thing: how many of their words begin alike.
pub(super) fn kinship(one: &str, other: &str) -> usize {
    kin(&words(one), &words(other))
}

/// The same of two names of which the words are known.
pub(in super::super) fn kin(one: &[String], other: &[String]) -> usize {
    let alike = |a: &String, b: &String| {
        let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        same >= 4 || a == b
    };
    one.iter()
        .filter(|a| other.iter().any(|b| alike(a, b)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_the_same_words() {
        for name in [
            "PaymentDeclined",
            "payment_declined",
            "payment.declined",
            "payment-declined",
        ] {
            assert_eq!(words(name), ["payment", "declined"], "{name}");
        }
        assert_eq!(words("HTTPRequestFailed"), ["http", "request", "failed"]);
        assert_eq!(words("v2.OrderPlaced"), ["v2", "order", "placed"]);
    }

    #[test]
    fn names_tell_what_happened() {
        assert!(told("PaymentFailed").failed && told("AnswerTimedOut").failed);
        assert!(told("NoDriverFound").failed && told("OrderNotFound").failed);
        assert!(told("RefundIssued").undone && told("InventoryReleased").undone);
        assert!(
            told("OrderCancelRequested").turned_back && !told("OrderCancelRequested").cancelled
        );
        assert!(told("CompensationStarted").turned_back && !told("CompensationStarted").failed);
        assert!(told("OrderCompleted").completed && told("OrderCancelled").cancelled);
        assert_eq!(told("InventoryReserved"), Told::default());
    }

    #[test]
    fn commands_ask() {
        assert!(is_asked("ReserveInventory") && is_asked("charge_payment"));
        for name in [
            "InventoryReserved",
            "ReceiptSent",
            "payment.charged",
            "Timeout",
        ] {
            assert!(!is_asked(name), "{name}");
        }
    }

    #[test]
    fn names_are_akin_by_their_beginnings() {
        assert_eq!(kinship("InventoryReserved", "InventoryReleased"), 1);
        assert!(
            kinship("PaymentCharged", "PaymentRefunded") > kinship("PaymentCharged", "OrderPlaced")
        );
    }
}
