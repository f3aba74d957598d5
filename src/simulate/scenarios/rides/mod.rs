//! Two weeks of taxi rides. When one ends, five services want to know: the payment, the receipt, the
//! rating, the look for fraud, the figures. Each has its own speed, its pauses, and its bad day.

mod events;
mod flow;

use std::time::Duration;

use super::super::chance::{MINUTE, SECOND, after, hour, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, Inbox, Interruption, KeyedBy, OnPoison, Regime, Role, Scale, Sim, Source,
    Spec, Story, Stream, Trail, ViewSpec, World,
};
use super::super::truth::Finding;
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Off};

const TICK: Duration = MINUTE.saturating_mul(5);

/// Rides by the hour in UTC, on a working day and at the weekend.
const RHYTHM: [[u64; 24]; 2] = [
    [
        6, 3, 2, 1, 2, 8, 22, 34, 30, 20, 16, 18, 22, 20, 18, 20, 28, 38, 36, 30, 26, 24, 20, 12,
    ],
    [
        40, 34, 24, 12, 5, 3, 4, 8, 12, 16, 20, 22, 24, 22, 22, 24, 28, 32, 36, 40, 44, 48, 50, 46,
    ],
];

// The consumers, by their place in the table.
const DISPATCH: usize = 0;
const PAYMENT: usize = 1;
const RECEIPTS: usize = 2;
const RATINGS: usize = 3;
const FRAUD: usize = 4;

const OBSERVER: Spec = Spec {
    name: "",
    reads: &["ride"],
    from: Source::Broker,
    role: Role::Observer,
    cost: Duration::from_millis(120),
    gather: Duration::ZERO,
    batch: 40,
    inbox: Inbox::Kept,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 9] = [
    Spec {
        name: "dispatch-service",
        role: Role::Service,
        ..OBSERVER
    },
    Spec {
        name: "payment-service",
        role: Role::Service,
        cost: Duration::from_millis(480),
        ..OBSERVER
    },
    Spec {
        name: "receipt-mailer",
        reads: &["payment"],
        cost: Duration::from_secs(2),
        gather: Duration::from_secs(5),
        batch: 10,
        poison: OnPoison::DeadLetters,
        ..OBSERVER
    },
    Spec {
        name: "rating-prompt",
        cost: Duration::from_millis(300),
        gather: Duration::from_secs(60),
        ..OBSERVER
    },
    Spec {
        name: "fraud-scoring",
        reads: &["payment"],
        cost: Duration::from_secs(9),
        batch: 5,
        ..OBSERVER
    },
    Spec {
        name: "analytics",
        reads: &[],
        from: Source::Log,
        cost: Duration::from_millis(30),
        gather: Duration::from_secs(300),
        batch: 400,
        inbox: Inbox::None,
        poison: OnPoison::Blocks,
        ..OBSERVER
    },
    Spec {
        name: "driver-earnings",
        from: Source::Log,
        cost: Duration::from_millis(9),
        inbox: Inbox::None,
        ..OBSERVER
    },
    Spec {
        name: "surge-pricing",
        from: Source::Log,
        cost: Duration::from_millis(4),
        batch: 20,
        inbox: Inbox::None,
        ..OBSERVER
    },
    Spec {
        name: "audit-export",
        reads: &["payment", "fraud"],
        from: Source::Log,
        cost: Duration::from_millis(50),
        gather: Duration::from_secs(30),
        inbox: Inbox::None,
        ..OBSERVER
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "driver_earnings",
    key: "driver_id",
    keyed_by: KeyedBy::Field("/driver_id"),
    categories: &["ride"],
    columns: &[
        Column::count("rides", &["RideCompleted/fare"]),
        Column::sum("earned", &["RideCompleted/fare/amount"]),
        Column::sum("metres", &["RideCompleted/metres"]),
    ],
    consumer: "driver-earnings",
};

const FIRST: u64 = 70_401;

/// What there is.
pub fn world() -> World {
    World {
        name: "rides",
        span: utc(2024, 10, 1, 4, 0)..utc(2024, 10, 15, 4, 0),
        clocks: &[
            ("rider-app", Off::Ahead),
            ("dispatch-service", Off::Behind),
            ("driver-app", Off::Ahead),
            ("payment-service", Off::Behind),
        ],
        consumers: &CONSUMERS,
        published: &["ride", "payment"],
        view: &VIEW,
        snapshots: &[],
        process: &events::PROCESS,
        command: &events::NOTIFY,
        breaking: ("FraudChecked", "score"),
        shown: const { &[Stream::numbered("ride", FIRST + 41)] },
        quiet: None,
        interruptions: interruptions(),
        extra: &[],
        // No stream is long enough for snapshots.
        lacks: &[Fault::SnapshotDisagrees],
    }
}

/// The mailer crashed on a Monday night and nobody noticed before Wednesday; the figures pause for
/// two backups; on a Thursday the look for fraud could not get on.
fn interruptions() -> Vec<Interruption> {
    let one = |consumer, when, regime| Interruption {
        consumer,
        when,
        regime,
    };
    let at = |day, hour, minute| utc(2024, 10, day, hour, minute);
    vec![
        one(
            "receipt-mailer",
            at(7, 22, 40)..at(9, 9, 5),
            Regime::Stopped,
        ),
        one("analytics", at(5, 0, 30)..at(5, 6, 0), Regime::Stopped),
        one("analytics", at(12, 0, 30)..at(12, 6, 0), Regime::Stopped),
        one(
            "fraud-scoring",
            at(10, 11, 30)..at(10, 22, 40),
            Regime::Stalled,
        ),
    ]
}

/// What the author of the scenario has decided for a ride; nothing in the store says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Paid,
    NoDriver,
    /// The rider cancels while the driver is on the way.
    Cancelled,
    /// The card is declined for good.
    Unpaid,
    /// The driver's telephone went dead; nobody ended the ride.
    Lost,
}

#[derive(Clone, Copy, Debug)]
pub struct Ride {
    number: u64,
    fate: Fate,
    driver: u64,
    rider: u64,
    metres: i64,
    /// How long it takes.
    seconds: i64,
    /// The area where it begins.
    from: &'static str,
}

/// What is done for a ride.
#[derive(Clone, Copy, Debug)]
pub enum Leg {
    Assign,
    GiveUp,
    Arrive,
    Start,
    Cancel,
    Complete,
    Charge(u32),
    Receipt,
    Prompt,
    Rate,
    Check,
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Tick,
    Request,
    Ride(Ride, Leg, Trail),
}

/// The town.
pub struct Rides {
    arrivals: Arrivals,
    requested: u64,
    drivers: u64,
}

type S = Sim<Task>;

/// Events that a ride comes to, in hundredths.
const EVENTS_PER_RIDE: u64 = 908;

impl Rides {
    /// A town of the size that gives about so many events.
    pub fn new(Scale { events, .. }: Scale) -> Self {
        let rides = (events * 97 / EVENTS_PER_RIDE).max(1);
        Self {
            arrivals: Arrivals::new(world().span, TICK, rides, weight),
            requested: 0,
            drivers: (events / 150).max(12),
        }
    }
}

fn weight(at: Timestamp) -> u64 {
    RHYTHM[usize::from(weekday(at) >= 5)][hour(at)]
}

impl Story for Rides {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        sim.at(after(sim.now(), SECOND), Task::Tick);
        for interruption in interruptions() {
            let kind = match interruption.regime {
                Regime::Stalled => Fault::ConsumerStalled,
                _ => Fault::ConsumerStopped,
            };
            let finding = Finding {
                consumer: Some(interruption.consumer),
                ..Finding::named(kind.name())
            };
            sim.inherent(finding.during(interruption.when.start, interruption.when.end));
        }
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Request),
            Task::Request => self.request(sim),
            Task::Ride(ride, leg, trail) => flow::go(sim, ride, leg, &trail),
        }
    }
}
