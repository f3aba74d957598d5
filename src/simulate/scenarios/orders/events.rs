//! What the services of the shop record, and the process that nobody owns.

use std::time::Duration;

use super::super::super::chance::{DAY, HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};

macro_rules! address {
    () => {
        "{street:s postcode:s city:s country:s}"
    };
}
macro_rules! placed {
    () => {
        concat!(
            "order_id:s status:s customer:{customer_id:s name:s} currency:s ",
            "lines:[{sku:s name:s quantity:i unit_price:n amount:n}] ",
            "totals:{goods:n shipping:n tax_included:n total:n} shipping_address:",
            address!(),
            " payment:{method:s}"
        )
    };
}

const SHOP: &str = "order-service";
const STORE: &str = "inventory-service";
const PAY: &str = "payment-service";
const SHIP: &str = "shipping-service";
const MOVED: &str = "order_id:s lines:[{sku:s quantity:i}] stock:*{on_hand:i reserved:i} reason?:s";

pub static PLACED: Kind = Kind::new("OrderPlaced", SHOP, placed!());
pub static PLACED_2: Kind = PLACED.version(2, concat!(placed!(), " channel?:s"));
pub static AMENDED: Kind = Kind::new(
    "OrderAmended",
    SHOP,
    "lines:[{sku:s name:s quantity:i unit_price:n amount:n}] \
     totals:{goods:n shipping:n tax_included:n total:n} amendment:s",
);
pub static REDIRECTED: Kind = Kind::new(
    "ShippingAddressChanged",
    SHOP,
    concat!("old:", address!(), " new:", address!()),
);
pub static PAID: Kind = Kind::new("OrderPaid", SHOP, "status:s payment:{payment_id:s paid:n}");
pub static SHIPPED: Kind = Kind::new(
    "OrderShipped",
    SHOP,
    "status:s shipment:{shipment_id:s carrier:s tracking:s}",
);
pub static CANCEL_REQUESTED: Kind = Kind::new(
    "OrderCancelRequested",
    SHOP,
    "status:s cancellation:{reason:s by:s}",
);
pub static CANCELLED: Kind = Kind::new("OrderCancelled", SHOP, "status:s cancellation:{reason:s}");
pub static COMPLETED: Kind = Kind::new("OrderCompleted", SHOP, "status:s");

pub static OPENED: Kind = Kind::new(
    "WarehouseOpened",
    STORE,
    "warehouse:s stock:*{on_hand:i reserved:i}",
);
pub static RECEIVED: Kind = Kind::new(
    "StockReceived",
    STORE,
    "delivery:s lines:[{sku:s quantity:i}] stock:*{on_hand:i reserved:i}",
);
pub static RESERVED: Kind = Kind::new("InventoryReserved", STORE, MOVED);
pub static REJECTED: Kind = Kind::new(
    "InventoryRejected",
    STORE,
    "order_id:s missing:{sku:s wanted:i available:i}",
);
pub static ADJUSTED: Kind = Kind::new("InventoryAdjusted", STORE, MOVED);
pub static RELEASED: Kind = Kind::new("InventoryReleased", STORE, MOVED);
pub static PICKED: Kind = Kind::new("InventoryPicked", STORE, MOVED);

pub static DECLINED: Kind = Kind::new(
    "PaymentDeclined",
    PAY,
    "payment_id:s order_id:s status:s attempt:i reason:s next_attempt_in_s:i",
);
pub static PROCESSED: Kind = Kind::new("PaymentProcessed", PAY, PROCESSED_FIELDS);
const PROCESSED_FIELDS: &str =
    "payment_id:s order_id:s status:s method:s currency:s amount:n provider_reference:s";
pub static PROCESSED_2: Kind = PROCESSED.version(
    2,
    "payment_id:s order_id:s status:s method:s currency:s amount:n provider_reference:s fee?:n",
);
pub static FAILED: Kind = Kind::new(
    "PaymentFailed",
    PAY,
    "payment_id:s order_id:s status:s method:s currency:s amount:n reason:s",
);
pub static REFUNDED: Kind = Kind::new(
    "RefundIssued",
    PAY,
    "status:s refund:{amount:n currency:s reference:s}",
);

pub static SHIPMENT_CREATED: Kind = Kind::new(
    "ShipmentCreated",
    SHIP,
    concat!(
        "shipment_id:s order_id:s status:s carrier:s pieces:i address:",
        address!()
    ),
);
pub static DISPATCHED: Kind = Kind::new("ShipmentDispatched", SHIP, "status:s tracking:s");
pub static DELIVERED: Kind = Kind::new("ShipmentDelivered", SHIP, "status:s delivered_to:s");
pub static SHIPMENT_CANCELLED: Kind = Kind::new("ShipmentCancelled", SHIP, "status:s reason:s");
pub static RECALL_FAILED: Kind = Kind::new("ShipmentRecallFailed", SHIP, "recall:s reason:s");

pub static SEND_CONFIRMATION: Kind =
    Kind::new("SendConfirmationMail", SHOP, "about:s requested_after:i");

// The steps, by their place in the process.
pub const RESERVE: usize = 0;
pub const PAYMENT: usize = 1;
pub const CREATE: usize = 2;
pub const DISPATCH: usize = 3;
pub const DELIVER: usize = 4;

pub static PROCESS: Process = Process {
    id: "order",
    style: Style::Choreography,
    start: &["OrderPlaced"],
    steps: &[
        Step {
            name: "reserve inventory",
            participant: STORE,
            begins: &["OrderPlaced"],
            success: &["InventoryReserved"],
            failure: &["InventoryRejected"],
            compensation: &["InventoryReleased"],
            timeout: MINUTE.saturating_mul(30),
            ..Step::PLAIN
        },
        Step {
            name: "take payment",
            participant: PAY,
            begins: &["InventoryReserved"],
            success: &["PaymentProcessed"],
            retry: &["PaymentDeclined"],
            failure: &["PaymentFailed"],
            compensation: &["RefundIssued"],
            timeout: DAY.saturating_mul(4),
        },
        Step {
            name: "create shipment",
            participant: SHIP,
            begins: &["PaymentProcessed"],
            success: &["ShipmentCreated"],
            compensation: &["ShipmentCancelled"],
            timeout: HOUR.saturating_mul(2),
            ..Step::PLAIN
        },
        Step {
            name: "dispatch",
            participant: SHIP,
            begins: &["ShipmentCreated"],
            success: &["ShipmentDispatched"],
            timeout: DAY.saturating_mul(5),
            ..Step::PLAIN
        },
        Step {
            name: "deliver",
            participant: SHIP,
            begins: &["ShipmentDispatched"],
            success: &["ShipmentDelivered"],
            timeout: DAY.saturating_mul(7),
            ..Step::PLAIN
        },
    ],
    timeout: Duration::from_hours(6),
    turned: &["OrderCancelRequested"],
    completed: &["OrderCompleted"],
    cancelled: &["OrderCancelled"],
    parked: &[],
    resumed: &[],
};
