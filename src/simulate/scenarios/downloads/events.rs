//! What is recorded: ids, numbers and a status, and the process of a download.

use super::super::super::chance::{DAY, HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};

const DESK: &str = "licence-desk";
const DOWNLOADS: &str = "download-service";
const SEATS: &str = "entitlement-service";
const DEVICE: &str = "device-agent";

pub static ISSUED: Kind = Kind::new(
    "LicenceIssued",
    DESK,
    "licence_id:s organisation_id:s product_id:s seats:i in_use:i",
);
pub static EXTENDED: Kind = Kind::new("SeatsAdded", DESK, "added:i seats:i");
pub static REQUESTED: Kind = Kind::new(
    "DownloadRequested",
    DOWNLOADS,
    "download_id:s licence_id:s product_id:s device_id:s user_id:s status:s",
);
pub static TAKEN: Kind = Kind::new(
    "SeatTaken",
    SEATS,
    "seat:{download_id:s device_id:s} in_use:i",
);
pub static REFUSED: Kind = Kind::new("SeatRefused", SEATS, "refused:{download_id:s reason:s}");
pub static RELEASED: Kind = Kind::new(
    "SeatReleased",
    SEATS,
    "released:{download_id:s device_id:s} in_use:i",
);
pub static LINKED: Kind = Kind::new("LinkCreated", DOWNLOADS, "status:s link:{valid_hours:i}");
pub static COMPLETED: Kind = Kind::new("DownloadCompleted", DEVICE, "status:s bytes:i");
pub static EXPIRED: Kind = Kind::new("DownloadExpired", DOWNLOADS, "status:s");
pub static ABANDONED: Kind = Kind::new("DownloadAbandoned", DOWNLOADS, "status:s reason:s");
pub static USED: Kind = Kind::new(
    "LicenceUsed",
    DEVICE,
    "usage:{number:i device_id:s user_id:s minutes:i}",
);
pub static NOTIFY: Kind = Kind::new("NotifyOwner", DESK, "about:s requested_after:i");

// The steps, by their place in the process.
pub const SEAT: usize = 0;
pub const DELIVER: usize = 1;

pub static PROCESS: Process = Process {
    id: "download",
    style: Style::Choreography,
    start: &["DownloadRequested"],
    steps: &[
        Step {
            name: "take a seat",
            participant: SEATS,
            begins: &["DownloadRequested"],
            success: &["SeatTaken"],
            failure: &["SeatRefused"],
            compensation: &["SeatReleased"],
            timeout: MINUTE.saturating_mul(30),
            ..Step::PLAIN
        },
        Step {
            name: "deliver",
            participant: DEVICE,
            begins: &["SeatTaken"],
            success: &["DownloadCompleted"],
            failure: &["DownloadExpired"],
            timeout: DAY.saturating_mul(4),
            ..Step::PLAIN
        },
    ],
    timeout: HOUR,
    turned: &[],
    completed: &["DownloadCompleted"],
    cancelled: &["DownloadAbandoned"],
    parked: &[],
    resumed: &[],
};
