//! What the town's services record, and the process of a ride.

use super::super::super::chance::{HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};

const APP: &str = "rider-app";
const CONTROL: &str = "dispatch-service";
const DRIVER: &str = "driver-app";
const PAY: &str = "payment-service";

pub static REQUESTED: Kind = Kind::new(
    "RideRequested",
    APP,
    "ride_id:s rider_id:s status:s pickup:{area:s} dropoff:{area:s}",
);
pub static ASSIGNED: Kind = Kind::new(
    "DriverAssigned",
    CONTROL,
    "status:s driver_id:s pickup_in_s:i",
);
pub static NOT_FOUND: Kind = Kind::new("NoDriverFound", CONTROL, "status:s searched_s:i");
pub static CANCELLED: Kind = Kind::new(
    "RideCancelled",
    APP,
    "status:s cancellation:{by:s reason:s}",
);
pub static ARRIVED: Kind = Kind::new("DriverArrived", DRIVER, "status:s waits_at:{area:s}");
pub static STARTED: Kind = Kind::new("RideStarted", DRIVER, "status:s driver_id:s");
pub static COMPLETED: Kind = Kind::new(
    "RideCompleted",
    DRIVER,
    "status:s driver_id:s metres:i duration_s:i fare:{amount:n currency:s}",
);
pub static CHARGED: Kind = Kind::new(
    "PaymentCharged",
    PAY,
    "payment_id:s ride_id:s status:s amount:n currency:s reference:s",
);
pub static DECLINED: Kind = Kind::new(
    "PaymentDeclined",
    PAY,
    "payment_id:s ride_id:s status:s attempt:i reason:s next_attempt_in_s:i",
);
pub static UNPAID: Kind = Kind::new(
    "PaymentFailed",
    PAY,
    "payment_id:s ride_id:s status:s reason:s amount:n",
);
pub static RECEIPT: Kind = Kind::new(
    "ReceiptSent",
    "receipt-mailer",
    "receipt_id:s ride_id:s amount:n currency:s",
);
pub static PROMPTED: Kind = Kind::new(
    "RatingRequested",
    "rating-prompt",
    "rating_id:s ride_id:s driver_id:s",
);
pub static RATED: Kind = Kind::new("RideRated", APP, "stars:i comment?:s");
pub static CHECKED: Kind = Kind::new(
    "FraudChecked",
    "fraud-scoring",
    "check_id:s ride_id:s score:i verdict:s",
);
pub static NOTIFY: Kind = Kind::new("NotifyDriver", CONTROL, "about:s requested_after:i");

// The steps, by their place in the process.
pub const ASSIGN: usize = 0;
pub const DRIVE: usize = 1;
pub const CHARGE: usize = 2;

pub static PROCESS: Process = Process {
    id: "ride",
    style: Style::Choreography,
    start: &["RideRequested"],
    steps: &[
        Step {
            name: "assign a driver",
            participant: CONTROL,
            begins: &["RideRequested"],
            success: &["DriverAssigned"],
            failure: &["NoDriverFound"],
            timeout: MINUTE.saturating_mul(10),
            ..Step::PLAIN
        },
        Step {
            name: "drive",
            participant: DRIVER,
            begins: &["DriverAssigned"],
            success: &["RideCompleted"],
            failure: &["RideCancelled"],
            timeout: HOUR.saturating_mul(3),
            ..Step::PLAIN
        },
        Step {
            name: "charge the rider",
            participant: PAY,
            begins: &["RideCompleted"],
            success: &["PaymentCharged"],
            retry: &["PaymentDeclined"],
            failure: &["PaymentFailed"],
            timeout: MINUTE.saturating_mul(30),
            ..Step::PLAIN
        },
    ],
    timeout: MINUTE.saturating_mul(30),
    turned: &[],
    completed: &["PaymentCharged"],
    cancelled: &["NoDriverFound", "RideCancelled", "PaymentFailed"],
    parked: &[],
    resumed: &[],
};
