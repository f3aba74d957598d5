//! What devices and services record of a cart, and the process of a checkout.

use super::super::super::chance::{HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};
use super::Device;
use super::state::Op;

const SERVICE: &str = "cart-service";
const PAY: &str = "payment-service";

const CHANGED: &str = "op:s item:{sku:s delta:i} quantities:*i pieces:i";
const ADDED: &str = "op:s coupon:{code:s tag:s} coupons:[s] pieces:i";
const REMOVED: &str = "op:s removed:{code:s tags:[s]} coupons:[s] pieces:i";
const DELIVER: &str = "op:s delivery:{option:s set_by:s} pieces:i";

/// One for each device.
const fn both(name: &'static str, fields: &'static str) -> [Kind; 2] {
    [
        Kind::new(name, "phone", fields),
        Kind::new(name, "laptop", fields),
    ]
}

static ITEM_ADDED: [Kind; 2] = both("ItemAdded", CHANGED);
static ITEM_REMOVED: [Kind; 2] = both("ItemRemoved", CHANGED);
static COUPON_ADDED: [Kind; 2] = both("CouponAdded", ADDED);
static COUPON_REMOVED: [Kind; 2] = both("CouponRemoved", REMOVED);
static DELIVERY_CHOSEN: [Kind; 2] = both("DeliveryChosen", DELIVER);

pub static CREATED: Kind = Kind::new(
    "CartCreated",
    SERVICE,
    "cart_id:s customer_id:s status:s pieces:i",
);
pub static MERGED: Kind = Kind::new(
    "CartMerged",
    SERVICE,
    "quantities:*i coupons:[s] delivery?:{option:s set_by:s} pieces:i merged:{phone:i laptop:i}",
);
pub static CHECKOUT: Kind = Kind::new(
    "CheckoutStarted",
    SERVICE,
    "status:s pieces:i total:n currency:s",
);
pub static CHECKED_OUT: Kind = Kind::new("CartCheckedOut", SERVICE, "status:s");
pub static REOPENED: Kind = Kind::new("CheckoutFailed", SERVICE, "status:s reason:s");
pub static ABANDONED: Kind = Kind::new("CartAbandoned", SERVICE, "status:s idle_hours:i");
pub static PAID: Kind = Kind::new(
    "PaymentTaken",
    PAY,
    "payment_id:s cart_id:s amount:n currency:s reference:s",
);
pub static REFUSED: Kind = Kind::new("PaymentRefused", PAY, "payment_id:s cart_id:s reason:s");
pub static REMIND: Kind = Kind::new("SendReminder", SERVICE, "about:s requested_after:i");

/// The type of an operation on a device.
pub fn kind(op: &Op, device: Device) -> &'static Kind {
    let kinds = match op {
        Op::Change { delta, .. } if *delta < 0 => &ITEM_REMOVED,
        Op::Change { .. } => &ITEM_ADDED,
        Op::Add { .. } => &COUPON_ADDED,
        Op::Remove { .. } => &COUPON_REMOVED,
        Op::Deliver { .. } => &DELIVERY_CHOSEN,
    };
    &kinds[device as usize]
}

// The step, by its place in the process.
pub const PAYMENT: usize = 0;

pub static PROCESS: Process = Process {
    id: "cart-checkout",
    style: Style::Choreography,
    start: &["CheckoutStarted"],
    steps: &[Step {
        name: "take payment",
        participant: PAY,
        begins: &["CheckoutStarted"],
        success: &["PaymentTaken"],
        failure: &["PaymentRefused"],
        timeout: MINUTE.saturating_mul(15),
        ..Step::PLAIN
    }],
    timeout: HOUR,
    turned: &[],
    completed: &["CartCheckedOut"],
    cancelled: &["CheckoutFailed"],
    parked: &[],
    resumed: &[],
};
