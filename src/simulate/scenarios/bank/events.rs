//! What the bank's services record, and the process of a transfer.

use super::super::super::chance::{DAY, HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};

const BOOKED: &str = "amount:n text:s counterparty:s~ balance:{amount:n currency:s}";
const fn booked(name: &'static str, service: &'static str) -> Kind {
    Kind::new(name, service, BOOKED)
}

pub static REGISTERED: Kind = Kind::new(
    "CustomerRegistered",
    "branch",
    "customer_id:s name:s address:{street:s postcode:s city:s country:s}",
);
pub static MOVED: Kind = Kind::new(
    "AddressChanged",
    "online-banking",
    "old:{street:s postcode:s city:s country:s} new:{street:s postcode:s city:s country:s}",
);
pub static OPENED: Kind = Kind::new(
    "AccountOpened",
    "branch",
    "account_id:s customer_id:s owner:s status:s interest:{rate:n} balance:{amount:n currency:s}",
);
pub static CLOSED: Kind = Kind::new("AccountClosed", "branch", "status:s closed:{reason:s by:s}");
pub static STATEMENT: Kind = Kind::new(
    "StatementIssued",
    "statements",
    "statement:{year:i number:s closing_balance:n}",
);

pub static CASH_IN: Kind = booked("MoneyDeposited", "branch");
pub static CLEARED: Kind = booked("MoneyDeposited", "clearing");
pub static CARD_TAKEN: Kind = booked("MoneyDeposited", "card-gateway");
pub static CREDITED: Kind = booked("MoneyDeposited", "transfers");
pub static DEBITED: Kind = booked("MoneyWithdrawn", "transfers");
pub static CARD_PAID: Kind = booked("MoneyWithdrawn", "card-gateway");
pub static CASH_OUT: Kind = booked("MoneyWithdrawn", "atm-gateway");
pub static DIRECT_DEBIT: Kind = booked("MoneyWithdrawn", "direct-debit");
pub static PAID_OUT: Kind = booked("MoneyWithdrawn", "branch");
pub static RETURNED: Kind = booked("MoneyReturned", "transfers");
pub static INTEREST: Kind = booked("InterestAccrued", "interest-run");
pub static INTEREST_CORRECTED: Kind = booked("InterestCorrected", "back-office");

pub static REQUESTED: Kind = Kind::new(
    "TransferRequested",
    "online-banking",
    "transfer_id:s status:s from:s to:s amount:n currency:s",
);
pub static CREDIT_REFUSED: Kind = Kind::new("CreditRefused", "transfers", "status:s refusal:s");
pub static COMPLETED: Kind = Kind::new("TransferCompleted", "transfers", "status:s");
pub static REJECTED: Kind = Kind::new("TransferRejected", "transfers", "status:s rejection:s");

pub static CARD_ISSUED: Kind = Kind::new(
    "CardIssued",
    "cards",
    "card_id:s account_id:s status:s limits:{daily:n currency:s}",
);
pub static CARD_BLOCKED: Kind = Kind::new("CardBlocked", "cards", "status:s block:{reason:s}");

pub static SEND_STATEMENT: Kind =
    Kind::new("PrintStatement", "back-office", "about:s requested_after:i");

// The steps, by their place in the process.
pub const DEBIT: usize = 0;
pub const CREDIT: usize = 1;

pub static PROCESS: Process = Process {
    id: "transfer",
    style: Style::Choreography,
    start: &["TransferRequested"],
    steps: &[
        Step {
            name: "debit",
            participant: "transfers",
            begins: &["TransferRequested"],
            success: &["MoneyWithdrawn"],
            failure: &["TransferRejected"],
            compensation: &["MoneyReturned"],
            timeout: HOUR,
            ..Step::PLAIN
        },
        Step {
            name: "credit",
            participant: "transfers",
            begins: &["MoneyWithdrawn"],
            success: &["MoneyDeposited"],
            failure: &["CreditRefused"],
            timeout: DAY,
            ..Step::PLAIN
        },
    ],
    timeout: MINUTE.saturating_mul(30),
    turned: &[],
    completed: &["TransferCompleted"],
    cancelled: &["TransferRejected"],
    parked: &[],
    resumed: &[],
};
