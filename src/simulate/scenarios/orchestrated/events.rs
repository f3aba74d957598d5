//! The messages of a checkout, all in the orchestrator's stream: its commands, the answers, and what
//! it makes of them.

use super::super::super::chance::MINUTE;
use super::super::super::kernel::{Kind, Process, Step, Style};
use super::super::super::truth::Finding;
use super::S;

const SHOP: &str = "shop";
const LEAD: &str = "checkout-orchestrator";
const STORE: &str = "inventory-service";
const PAY: &str = "payment-service";
const SHIP: &str = "shipping-service";

const COMMAND: &str = "command_id:s order_id:s status:s attempt:i timeout_s:i";
const ANSWER: &str = "answers:s order_id:s reference?:s";
const REFUSAL: &str = "answers:s order_id:s reason:s";

pub static PLACED: Kind = Kind::new(
    "OrderPlaced",
    SHOP,
    "order_id:s customer:{customer_id:s name:s} amount:n currency:s pieces:i ship_to:{city:s country:s}",
);
pub static CONFIRMED: Kind = Kind::new("OrderConfirmed", SHOP, "order:s confirmed:b");
pub static REJECTED: Kind = Kind::new("OrderRejected", SHOP, "order:s reason:s");

pub static STARTED: Kind = Kind::new(
    "CheckoutStarted",
    LEAD,
    "checkout_id:s order_id:s status:s amount:n currency:s",
);
pub static RESERVE: Kind = Kind::new("ReserveInventory", LEAD, COMMAND);
pub static CHARGE: Kind = Kind::new("ChargePayment", LEAD, COMMAND);
pub static BOOK: Kind = Kind::new("BookShipment", LEAD, COMMAND);
pub static REFUND: Kind = Kind::new("RefundPayment", LEAD, COMMAND);
pub static RELEASE: Kind = Kind::new("ReleaseInventory", LEAD, COMMAND);
pub static TIMED_OUT: Kind = Kind::new(
    "AnswerTimedOut",
    LEAD,
    "command:s command_id:s attempt:i waited_s:i",
);
pub static RETRY: Kind = Kind::new(
    "RetryScheduled",
    LEAD,
    "command:s command_id:s next_attempt:i after_s:i why:s",
);
pub static TURNED: Kind = Kind::new("CompensationStarted", LEAD, "status:s reason:s");
pub static PARKED: Kind = Kind::new("CheckoutParked", LEAD, "status:s reason:s queue:s times:i");
pub static RESUMED: Kind = Kind::new("CheckoutResumed", LEAD, "status:s by:s reason:s times:i");
pub static COMPLETED: Kind = Kind::new("CheckoutCompleted", LEAD, "status:s");
pub static COMPENSATED: Kind = Kind::new("CheckoutCompensated", LEAD, "status:s reason:s");
pub static FAILED: Kind = Kind::new("CheckoutFailed", LEAD, "status:s reason:s");

pub static RESERVED: Kind = Kind::new("InventoryReserved", STORE, ANSWER);
pub static UNAVAILABLE: Kind = Kind::new("InventoryUnavailable", STORE, REFUSAL);
pub static RELEASED: Kind = Kind::new("InventoryReleased", STORE, ANSWER);
pub static CHARGED: Kind = Kind::new("PaymentCharged", PAY, ANSWER);
pub static DECLINED: Kind = Kind::new("PaymentDeclined", PAY, REFUSAL);
pub static GATEWAY_DOWN: Kind = Kind::new("PaymentUnavailable", PAY, REFUSAL);
pub static REFUNDED: Kind = Kind::new("PaymentRefunded", PAY, ANSWER);
pub static REFUND_FAILED: Kind = Kind::new("RefundFailed", PAY, REFUSAL);
pub static BOOKED: Kind = Kind::new("ShipmentBooked", SHIP, ANSWER);
pub static REFUSED: Kind = Kind::new("ShipmentRefused", SHIP, REFUSAL);

pub static OPENED: Kind = Kind::new(
    "CircuitOpened",
    LEAD,
    "circuit:s state:s failures:i until:s opened:i",
);
pub static HALF_OPENED: Kind = Kind::new("CircuitHalfOpened", LEAD, "state:s probe:i");
pub static CLOSED: Kind = Kind::new("CircuitClosed", LEAD, "state:s failures:i after_s:i");

pub static ARCHIVE: Kind = Kind::new("ArchiveCheckout", LEAD, "about:s requested_after:i");

/// Commands stand in this log on purpose.
pub fn inherent(sim: &mut S) {
    let kinds = [&RESERVE, &CHARGE, &BOOK, &REFUND, &RELEASE];
    sim.inherent(Finding {
        types: kinds.iter().map(|kind| kind.name).collect(),
        detail: Some("the orchestrator records its commands, marked as such".to_owned()),
        ..Finding::named("command-as-event")
    });
    sim.inherent(Finding {
        types: vec!["OrderPlaced"],
        detail: Some("names of customers".to_owned()),
        ..Finding::named("personal-data")
    });
}

// The steps, by their place in the process.
pub const RESERVING: usize = 0;
pub const CHARGING: usize = 1;
pub const BOOKING: usize = 2;

pub static PROCESS: Process = Process {
    id: "checkout",
    style: Style::Orchestration,
    start: &["OrderPlaced"],
    steps: &[
        Step {
            name: "reserve inventory",
            participant: STORE,
            begins: &["ReserveInventory"],
            success: &["InventoryReserved"],
            failure: &["InventoryUnavailable"],
            compensation: &["InventoryReleased"],
            timeout: MINUTE.saturating_mul(15),
            ..Step::PLAIN
        },
        Step {
            name: "charge payment",
            participant: PAY,
            begins: &["ChargePayment"],
            success: &["PaymentCharged"],
            retry: &["PaymentUnavailable"],
            failure: &["PaymentDeclined"],
            compensation: &["PaymentRefunded"],
            timeout: MINUTE.saturating_mul(20),
        },
        Step {
            name: "book shipment",
            participant: SHIP,
            begins: &["BookShipment"],
            success: &["ShipmentBooked"],
            failure: &["ShipmentRefused"],
            timeout: MINUTE.saturating_mul(15),
            ..Step::PLAIN
        },
    ],
    timeout: MINUTE.saturating_mul(15),
    turned: &["CompensationStarted"],
    completed: &["CheckoutCompleted"],
    cancelled: &["CheckoutCompensated", "CheckoutFailed"],
    parked: &["CheckoutParked"],
    resumed: &["CheckoutResumed"],
};
