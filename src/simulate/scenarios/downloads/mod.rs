//! Software licences of organisations, three months of downloads and use. Events carry ids and
//! nothing else: who and what they mean stands in tables beside the log, each row with its version.
//! Laptops are often offline, so that what they report comes late and out of order.

mod entities;
mod events;
mod flow;

use std::time::Duration;

use super::super::chance::{DAY, HOUR, SECOND, after, hour, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story, Strategy,
    Stream, Trail, ViewSpec, World,
};
use super::super::truth::Finding;
use crate::model::Timestamp;
use crate::simulate::fault::Off;

// The consumers, by their place in the table.
const SEATS: usize = 0;
const DELIVERY: usize = 1;

const OBSERVER: Spec = Spec {
    name: "",
    reads: &["licence"],
    from: Source::Log,
    role: Role::Observer,
    cost: Duration::from_millis(12),
    gather: Duration::from_secs(2),
    batch: 60,
    inbox: Inbox::None,
    poison: OnPoison::Unaware,
};
const SERVICE: Spec = Spec {
    reads: &["download"],
    from: Source::Broker,
    role: Role::Service,
    cost: Duration::from_millis(160),
    gather: Duration::ZERO,
    inbox: Inbox::Kept,
    ..OBSERVER
};
static CONSUMERS: [Spec; 6] = [
    Spec {
        name: "entitlement-service",
        ..SERVICE
    },
    Spec {
        name: "download-service",
        reads: &["download", "licence"],
        ..SERVICE
    },
    Spec {
        name: "licence-usage",
        ..OBSERVER
    },
    Spec {
        name: "billing",
        role: Role::Observer,
        reads: &["licence"],
        cost: Duration::from_secs(1),
        gather: Duration::from_secs(60),
        poison: OnPoison::DeadLetters,
        ..SERVICE
    },
    Spec {
        name: "compliance-report",
        reads: &[],
        gather: Duration::from_secs(600),
        batch: 500,
        poison: OnPoison::Blocks,
        ..OBSERVER
    },
    Spec {
        name: "popularity",
        reads: &["download"],
        gather: Duration::from_secs(30),
        ..OBSERVER
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "licence_usage",
    key: "licence_id",
    keyed_by: KeyedBy::Stream,
    categories: &["licence"],
    columns: &[
        Column::text("product_id", &["/product_id"]),
        Column::number("seats", &["/seats"]),
        Column::number("in_use", &["/in_use"]),
        Column::sum("minutes", &["LicenceUsed/usage/minutes"]),
        Column::count("uses", &["LicenceUsed/usage"]),
    ],
    consumer: "licence-usage",
};

/// What there is.
pub fn world() -> World {
    World {
        name: "downloads",
        span: utc(2024, 7, 1, 6, 0)..utc(2024, 9, 30, 20, 0),
        clocks: &[
            ("download-service", Off::Either),
            ("entitlement-service", Off::Either),
        ],
        consumers: &CONSUMERS,
        published: &["licence", "download"],
        view: &VIEW,
        snapshots: &[("licence", &[Strategy::Periodic(30)])],
        process: &events::PROCESS,
        command: &events::NOTIFY,
        breaking: ("DownloadCompleted", "bytes"),
        shown: const { &[Stream::numbered("licence", 7)] },
        quiet: None,
        interruptions: Vec::new(),
        extra: &entities::TABLES,
        lacks: &[],
    }
}

/// A licence of an organisation for a product.
#[derive(Clone, Copy, Debug)]
struct Licence {
    product: usize,
    organisation: u64,
    seats: i64,
    in_use: i64,
}

/// Somebody's computer.
#[derive(Clone, Copy, Debug)]
struct Device {
    number: u64,
    user: u64,
    /// Whether it is seldom online.
    travels: bool,
}

/// What the author of the scenario has decided for a download; nothing in the store says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Completed,
    /// Nobody fetches it.
    Expired,
    /// The agent on the device stopped; nothing is heard of it.
    Silent,
}

#[derive(Clone, Copy, Debug)]
pub struct Download {
    number: u64,
    licence: usize,
    device: Device,
    fate: Fate,
}

/// What is done for a download.
#[derive(Clone, Copy, Debug)]
pub enum Leg {
    Take,
    Link,
    Complete(Timestamp),
    Expire,
    Release,
    Abandon,
    /// The device reports a use, which was then.
    Use(Timestamp),
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Issue,
    Tick,
    Request,
    Rename,
    Download(Download, Leg, Trail),
}

/// The licence desk.
pub struct Downloads {
    arrivals: Arrivals,
    licences: Vec<Licence>,
    /// How many there will be.
    size: usize,
    devices: Vec<Device>,
    downloads: u64,
    uses: u64,
}

type S = Sim<Task>;

/// Events that a download comes to, in hundredths.
const EVENTS_PER_DOWNLOAD: u64 = 770;

impl Downloads {
    /// A desk of the size that gives about so many events.
    pub fn new(Scale { events, parts }: Scale) -> Self {
        let size = (events / 60).clamp(4, (20_000 / parts).max(4));
        let downloads = events.saturating_sub(size) * 98 / EVENTS_PER_DOWNLOAD;
        let span = utc(2024, 7, 2, 6, 0)..utc(2024, 9, 30, 6, 0);
        Self {
            arrivals: Arrivals::new(span, HOUR, downloads, weight),
            licences: Vec::new(),
            size: size as usize,
            devices: Vec::new(),
            downloads: 0,
            uses: 0,
        }
    }
}

fn weight(at: Timestamp) -> u64 {
    let day = if weekday(at) < 5 { 10 } else { 1 };
    // A new version every fourth week.
    let fresh = if (at.micros() / 86_400_000_000).rem_euclid(28) < 3 {
        3
    } else {
        1
    };
    match hour(at) {
        7..18 => 6 * day * fresh,
        18..22 => day * fresh,
        _ => 0,
    }
}

impl Story for Downloads {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        entities::products(sim);
        for nth in 0..self.size as u64 {
            let share = DAY.as_micros() as u64 * 40 * nth / self.size as u64;
            let early = nth < 4;
            let wait = if early {
                SECOND * nth as u32
            } else {
                Duration::from_micros(share)
            };
            sim.at(after(sim.now(), wait), Task::Issue);
        }
        sim.at(after(sim.now(), DAY), Task::Tick);
        sim.at(after(sim.now(), DAY * 20), Task::Rename);
        sim.inherent(Finding {
            detail: Some("names of people stand in the table users".to_owned()),
            ..Finding::named("personal-data")
        });
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Issue => self.issue(sim),
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Request),
            Task::Request => self.request(sim),
            Task::Rename => self.rename(sim),
            Task::Download(download, leg, trail) => self.go(sim, download, leg, &trail),
        }
    }
}
