//! The way of a download, and the use that follows from it.

use std::time::Duration;

use super::super::super::chance::{DAY, HOUR, MINUTE, after, before};
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Stream, Trail};
use super::events::{self, DELIVER, SEAT};
use super::{DELIVERY, Device, Download, Downloads, Fate, Leg, Licence, S, SEATS, Task, entities};
use crate::model::Timestamp;

/// How long a link is good for.
const VALID: Duration = DAY.saturating_mul(2);

fn licence(nth: usize) -> Stream {
    Stream::numbered("licence", nth as u64 + 1)
}

impl Download {
    const fn stream(&self) -> Stream {
        Stream::numbered("download", self.number)
    }

    /// The seat as events name it.
    fn seat(&self) -> Json {
        Json::object()
            .shown("download_id", self.stream())
            .shown("device_id", format_args!("device-{}", self.device.number))
    }
}

impl Downloads {
    pub(super) fn issue(&mut self, sim: &mut S) {
        let nth = self.licences.len();
        let organisation = nth as u64 * 2 / 3;
        if nth == 0 || (nth as u64 - 1) * 2 / 3 != organisation {
            entities::organisation(sim, organisation);
        }
        let issued = Licence {
            product: sim.rng.below(entities::WARES.len() as u64) as usize,
            organisation,
            seats: sim.rng.between(4, 9),
            in_use: 0,
        };
        let data = Json::object()
            .shown("licence_id", licence(nth))
            .shown(
                "organisation_id",
                format_args!("organisation-{}", organisation + 1),
            )
            .shown("product_id", format_args!("product-{}", issued.product + 1))
            .int("seats", issued.seats)
            .int("in_use", 0)
            .end();
        let trail = sim.command("IssueLicence", licence(nth));
        sim.note(&trail, Draft::new(licence(nth), &events::ISSUED, data));
        self.licences.push(issued);
    }

    fn device(&mut self, sim: &mut S, organisation: u64) -> Device {
        // Most downloads go to a device that is known.
        if self.devices.len() > 8 && sim.rng.chance(650) {
            let known = sim.rng.below(self.devices.len() as u64) as usize;
            return self.devices[known];
        }
        let number = self.devices.len() as u64 + 1;
        let device = Device {
            number,
            user: number - 1,
            travels: sim.rng.chance(400),
        };
        entities::user_and_device(sim, device, organisation);
        self.devices.push(device);
        device
    }

    pub(super) fn request(&mut self, sim: &mut S) {
        let nth = sim.rng.below(self.licences.len() as u64) as usize;
        let Licence {
            product,
            organisation,
            ..
        } = self.licences[nth];
        self.downloads += 1;
        let device = self.device(sim, organisation);
        let download = Download {
            number: self.downloads,
            licence: nth,
            device,
            fate: match sim.rng.below(100) {
                0..9 => Fate::Expired,
                9 => Fate::Silent,
                _ => Fate::Completed,
            },
        };
        let data = Json::object()
            .shown("download_id", download.stream())
            .shown("licence_id", licence(nth))
            .shown("product_id", format_args!("product-{}", product + 1))
            .shown("device_id", format_args!("device-{}", device.number))
            .shown("user_id", format_args!("user-{}", device.user + 1))
            .text("status", "requested")
            .end();
        let trail = sim.command("RequestDownload", download.stream());
        let trail = sim.saga(&trail, download.stream());
        let draft = Draft::new(download.stream(), &events::REQUESTED, data);
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(SEAT)]));
        sim.when_handled(SEATS, Task::Download(download, Leg::Take, trail));
    }

    pub(super) fn go(&mut self, sim: &mut S, download: Download, leg: Leg, trail: &Trail) {
        match leg {
            Leg::Take => self.take(sim, download, trail),
            Leg::Link => link(sim, download, trail),
            Leg::Complete(at) => self.complete(sim, download, at, trail),
            Leg::Expire => self.expire(sim, download, trail),
            Leg::Release => self.release(sim, download, trail),
            Leg::Abandon => self.abandon(sim, download, trail),
            Leg::Use(at) => self.use_it(sim, download, at),
        }
    }

    fn take(&mut self, sim: &mut S, download: Download, trail: &Trail) {
        let stream = licence(download.licence);
        let held = &mut self.licences[download.licence];
        if held.in_use >= held.seats {
            let refused = Json::object()
                .shown("download_id", download.stream())
                .text("reason", "all seats are taken");
            let data = Json::object().object_at("refused", refused).end();
            let draft = Draft::new(stream, &events::REFUSED, data)
                .marks(&[Mark::Fail(SEAT)])
                .failure(business("all seats are taken"));
            let trail = sim.record(trail, draft);
            sim.when_handled(DELIVERY, Task::Download(download, Leg::Abandon, trail));
            self.extend(sim, download.licence);
            return;
        }
        held.in_use += 1;
        let data = Json::object()
            .object_at("seat", download.seat())
            .int("in_use", held.in_use)
            .end();
        let draft = Draft::new(stream, &events::TAKEN, data);
        let marks = &[Mark::Done(SEAT), Mark::Begin(DELIVER)];
        let trail = sim.record(trail, draft.marks(marks));
        sim.when_handled(DELIVERY, Task::Download(download, Leg::Link, trail));
    }

    /// Whoever runs out of seats buys more.
    fn extend(&mut self, sim: &mut S, nth: usize) {
        let held = &mut self.licences[nth];
        held.seats += 5;
        let data = Json::object()
            .int("added", 5)
            .int("seats", held.seats)
            .end();
        let trail = sim.command("AddSeats", licence(nth));
        sim.note(&trail, Draft::new(licence(nth), &events::EXTENDED, data));
    }

    /// The device says that it has it; offline devices say so late.
    fn complete(&mut self, sim: &mut S, download: Download, happened: Timestamp, trail: &Trail) {
        let data = Json::object()
            .text("status", "completed")
            .int("bytes", sim.rng.between(40, 900) * 1_048_576)
            .end();
        let draft = Draft {
            occurred_at: Some(happened),
            ..Draft::new(download.stream(), &events::COMPLETED, data)
        };
        let marks = &[Mark::Done(DELIVER), Mark::Now(Status::Completed)];
        let trail = sim.record(trail, draft.marks(marks));
        sim.seal(download.stream());
        // What is used is reported when the device is online.
        for _ in 0..sim.rng.between(2, 6) {
            let wait = sim.rng.delay(HOUR..DAY * 21);
            let used = after(sim.now(), wait);
            let offline = match download.device.travels {
                true => sim.rng.delay(MINUTE..HOUR * 70),
                false => sim.rng.delay(MINUTE / 60..MINUTE),
            };
            sim.at(
                after(used, offline),
                Task::Download(download, Leg::Use(used), trail),
            );
        }
    }

    fn use_it(&mut self, sim: &mut S, download: Download, happened: Timestamp) {
        self.uses += 1;
        let usage = Json::object()
            .int("number", self.uses as i64)
            .shown(
                "device_id",
                format_args!("device-{}", download.device.number),
            )
            .shown("user_id", format_args!("user-{}", download.device.user + 1))
            .int("minutes", sim.rng.between(3, 240));
        let data = Json::object().object_at("usage", usage).end();
        let draft = Draft {
            occurred_at: Some(happened),
            ..Draft::new(licence(download.licence), &events::USED, data)
        };
        let trail = sim.start();
        sim.note(&trail, draft);
    }

    fn expire(&mut self, sim: &mut S, download: Download, trail: &Trail) {
        let data = Json::object().text("status", "expired").end();
        let draft = Draft::new(download.stream(), &events::EXPIRED, data)
            .marks(&[
                Mark::Fail(DELIVER),
                Mark::Now(Status::Compensating),
                Mark::Undo(SEAT),
            ])
            .failure(business("nobody fetched it"));
        let trail = sim.record(trail, draft);
        sim.when_handled(SEATS, Task::Download(download, Leg::Release, trail));
    }

    fn release(&mut self, sim: &mut S, download: Download, trail: &Trail) {
        let held = &mut self.licences[download.licence];
        held.in_use -= 1;
        let data = Json::object()
            .object_at("released", download.seat())
            .int("in_use", held.in_use)
            .end();
        let draft = Draft::new(licence(download.licence), &events::RELEASED, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Undone(SEAT)]));
        sim.when_handled(DELIVERY, Task::Download(download, Leg::Abandon, trail));
    }

    fn abandon(&self, sim: &mut S, download: Download, trail: &Trail) {
        let expired = download.fate == Fate::Expired;
        // Whoever was refused has no fate of their own any more.
        let (reason, marks): (_, &'static [Mark]) =
            match expired && sim.version(download.stream()) > 2 {
                true => ("nobody fetched it", &[Mark::Now(Status::Compensated)]),
                false => ("all seats are taken", &[Mark::Now(Status::Failed)]),
            };
        let data = Json::object()
            .text("status", "abandoned")
            .text("reason", reason)
            .end();
        let draft = Draft::new(download.stream(), &events::ABANDONED, data);
        sim.note(trail, draft.marks(marks));
        sim.seal(download.stream());
    }
}

fn link(sim: &mut S, download: Download, trail: &Trail) {
    let data = Json::object()
        .text("status", "ready")
        .object_at("link", Json::object().int("valid_hours", 48))
        .end();
    let draft = Draft::new(download.stream(), &events::LINKED, data);
    match download.fate {
        Fate::Silent => sim.note(trail, draft),
        Fate::Expired => {
            let trail = sim.record(trail, draft);
            sim.after(
                VALID..VALID + MINUTE,
                Task::Download(download, Leg::Expire, trail),
            );
        }
        Fate::Completed => {
            sim.note(trail, draft);
            let fetched = after(sim.now(), sim.rng.delay(MINUTE..HOUR));
            let offline = match download.device.travels && sim.rng.chance(500) {
                true => sim.rng.delay(HOUR..HOUR * 60),
                false => Duration::ZERO,
            };
            let reported = after(fetched, offline);
            let happened = before(fetched, MINUTE / 120);
            sim.at(
                reported,
                Task::Download(download, Leg::Complete(happened), *trail),
            );
        }
    }
}

const fn business(reason: &'static str) -> Failure {
    let class = Class::Business;
    Failure { class, reason }
}
