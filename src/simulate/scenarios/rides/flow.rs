//! The way of a ride from the request to the receipt.

use std::time::Duration;

use super::super::super::chance::{HOUR, MINUTE, Money, SECOND};
use super::super::super::json::Json;
use super::super::super::kernel::{Class, Draft, Failure, Mark, Status, Stream, Trail};
use super::events::{self, ASSIGN, CHARGE, DRIVE};
use super::{DISPATCH, FIRST, FRAUD, Fate, Leg, PAYMENT, RATINGS, RECEIPTS, Ride, Rides, S, Task};

const AREAS: [&str; 10] = [
    "Airport",
    "Central Station",
    "Harbour",
    "Old Town",
    "University",
    "West Quay",
    "Trade Fair",
    "Hospital",
    "Stadium",
    "Garden Suburb",
];
const COMMENTS: [&str; 6] = [
    "Friendly driver",
    "Very clean car",
    "Took a detour",
    "Perfect, thank you",
    "Arrived late",
    "Good music",
];
/// How often a card is tried.
const TRIES: u32 = 4;

impl Ride {
    const fn stream(&self, category: &'static str) -> Stream {
        Stream::numbered(category, self.number)
    }

    const fn driver(&self) -> Stream {
        Stream::numbered("driver", self.driver)
    }

    const fn fare(&self) -> Money {
        let cents = 390 + self.metres * 17 / 100 + self.seconds * 6 / 10;
        Money(cents / 10 * 10)
    }

    fn of(&self, id: &str, category: &'static str) -> Json {
        Json::object()
            .shown(id, self.stream(category))
            .shown("ride_id", self.stream("ride"))
    }
}

impl Rides {
    pub(super) fn request(&mut self, sim: &mut S) {
        let fate = match sim.rng.below(1000) {
            0..35 => Fate::NoDriver,
            35..95 => Fate::Cancelled,
            95..107 => Fate::Unpaid,
            107..112 => Fate::Lost,
            _ => Fate::Paid,
        };
        let from = sim.rng.below(10) as usize;
        let metres = sim.rng.between(1200, 9000) + sim.rng.between(0, 9000);
        let ride = Ride {
            number: FIRST + self.requested,
            fate,
            driver: 1 + sim.rng.below(self.drivers),
            rider: 1 + sim.rng.below(self.requested * 2 / 3 + 50),
            metres,
            seconds: metres / 8 + sim.rng.between(120, 600),
            from: AREAS[from],
        };
        self.requested += 1;
        let to = AREAS[(from + 1 + sim.rng.below(9) as usize) % AREAS.len()];
        let area = |name: &str| Json::object().text("area", name);
        let data = Json::object()
            .shown("ride_id", ride.stream("ride"))
            .shown("rider_id", format_args!("rider-{}", ride.rider))
            .text("status", "requested")
            .object_at("pickup", area(ride.from))
            .object_at("dropoff", area(to))
            .end();
        let trail = sim.command("RequestRide", ride.stream("ride"));
        let trail = sim.saga(&trail, ride.stream("ride"));
        let draft = Draft::new(ride.stream("ride"), &events::REQUESTED, data);
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(ASSIGN)]));
        let leg = match ride.fate {
            Fate::NoDriver => Leg::GiveUp,
            _ => Leg::Assign,
        };
        sim.when_handled(DISPATCH, Task::Ride(ride, leg, trail));
    }
}

/// Does what is due for a ride and plans what follows.
pub fn go(sim: &mut S, ride: Ride, leg: Leg, trail: &Trail) {
    match leg {
        Leg::Assign => assign(sim, ride, trail),
        Leg::GiveUp => give_up(sim, ride, trail),
        Leg::Arrive => arrive(sim, ride, trail),
        Leg::Start => start(sim, ride, trail),
        Leg::Cancel => cancel(sim, ride, trail),
        Leg::Complete => complete(sim, ride, trail),
        Leg::Charge(attempt) => charge(sim, ride, attempt, trail),
        Leg::Receipt => receipt(sim, ride, trail),
        Leg::Prompt => prompt(sim, ride, trail),
        Leg::Rate => rate(sim, ride, trail),
        Leg::Check => check(sim, ride, trail),
    }
}

fn assign(sim: &mut S, ride: Ride, trail: &Trail) {
    let pickup = sim.rng.between(90, 660);
    let data = Json::object()
        .text("status", "assigned")
        .shown("driver_id", ride.driver())
        .int("pickup_in_s", pickup)
        .end();
    let draft = Draft::new(ride.stream("ride"), &events::ASSIGNED, data);
    let marks = &[Mark::Done(ASSIGN), Mark::Begin(DRIVE)];
    let trail = sim.record(trail, draft.marks(marks));
    let way = Duration::from_secs(pickup.unsigned_abs());
    match ride.fate {
        Fate::Cancelled => sim.after(SECOND * 20..way, Task::Ride(ride, Leg::Cancel, trail)),
        _ => {
            sim.after(way..way + SECOND, Task::Ride(ride, Leg::Arrive, trail));
            let boarded = way + SECOND * 20..way + MINUTE * 3;
            sim.after(boarded, Task::Ride(ride, Leg::Start, trail));
        }
    }
}

fn arrive(sim: &mut S, ride: Ride, trail: &Trail) {
    let data = Json::object()
        .text("status", "waiting")
        .object_at("waits_at", Json::object().text("area", ride.from))
        .end();
    sim.note(
        trail,
        Draft::new(ride.stream("ride"), &events::ARRIVED, data),
    );
}

fn give_up(sim: &mut S, ride: Ride, trail: &Trail) {
    let data = Json::object()
        .text("status", "no driver")
        .int("searched_s", sim.rng.between(120, 240))
        .end();
    let draft = Draft::new(ride.stream("ride"), &events::NOT_FOUND, data)
        .marks(&[Mark::Fail(ASSIGN), Mark::Now(Status::Failed)])
        .failure(business("no driver was free"));
    sim.note(trail, draft);
    sim.seal(ride.stream("ride"));
}

fn cancel(sim: &mut S, ride: Ride, trail: &Trail) {
    let cancellation = Json::object()
        .text("by", "rider")
        .text("reason", "waited too long");
    let data = Json::object()
        .text("status", "cancelled")
        .object_at("cancellation", cancellation)
        .end();
    let draft = Draft::new(ride.stream("ride"), &events::CANCELLED, data)
        .marks(&[Mark::Fail(DRIVE), Mark::Now(Status::Failed)])
        .failure(business("cancelled by the rider"));
    sim.note(trail, draft);
    sim.seal(ride.stream("ride"));
}

fn start(sim: &mut S, ride: Ride, trail: &Trail) {
    let data = Json::object()
        .text("status", "started")
        .shown("driver_id", ride.driver())
        .end();
    let trail = sim.record(
        trail,
        Draft::new(ride.stream("ride"), &events::STARTED, data),
    );
    if ride.fate != Fate::Lost {
        let lasts = Duration::from_secs(ride.seconds.unsigned_abs());
        sim.after(
            lasts..lasts + SECOND,
            Task::Ride(ride, Leg::Complete, trail),
        );
    }
}

fn complete(sim: &mut S, ride: Ride, trail: &Trail) {
    let fare = Json::object()
        .money("amount", ride.fare())
        .text("currency", "EUR");
    let data = Json::object()
        .text("status", "completed")
        .shown("driver_id", ride.driver())
        .int("metres", ride.metres)
        .int("duration_s", ride.seconds)
        .object_at("fare", fare)
        .end();
    let draft = Draft::new(ride.stream("ride"), &events::COMPLETED, data);
    let marks = &[Mark::Done(DRIVE), Mark::Begin(CHARGE)];
    let trail = sim.record(trail, draft.marks(marks));
    sim.when_handled(PAYMENT, Task::Ride(ride, Leg::Charge(1), trail));
    sim.when_handled(RATINGS, Task::Ride(ride, Leg::Prompt, trail));
    sim.seal(ride.stream("ride"));
}

fn charge(sim: &mut S, ride: Ride, attempt: u32, trail: &Trail) {
    let stream = ride.stream("payment");
    let data = ride.of("payment_id", "payment");
    let declined = ride.fate == Fate::Unpaid || sim.rng.chance(40);
    if declined && attempt < TRIES {
        let pause = 4_u64 << (attempt * 2);
        let data = data
            .text("status", "declined")
            .int("attempt", attempt.into())
            .text("reason", "do not honour")
            .int("next_attempt_in_s", pause as i64)
            .end();
        let draft = Draft::new(stream, &events::DECLINED, data);
        let trail = sim.record(trail, draft.marks(&[Mark::Again(CHARGE)]));
        let pause = Duration::from_secs(pause);
        let again = Task::Ride(ride, Leg::Charge(attempt + 1), trail);
        sim.after(pause..pause + SECOND, again);
        return;
    }
    if declined {
        let data = data
            .text("status", "failed")
            .text("reason", "do not honour")
            .money("amount", ride.fare())
            .end();
        let draft = Draft::new(stream, &events::UNPAID, data)
            .marks(&[Mark::Fail(CHARGE), Mark::Now(Status::Failed)])
            .failure(business("card declined"));
        let trail = sim.record(trail, draft);
        sim.when_handled(FRAUD, Task::Ride(ride, Leg::Check, trail));
        sim.seal(stream);
        return;
    }
    let reference = sim.rng.bits() >> 24;
    let data = data
        .text("status", "charged")
        .money("amount", ride.fare())
        .text("currency", "EUR")
        .shown("reference", format_args!("ch_{reference:010x}"))
        .end();
    let draft = Draft::new(stream, &events::CHARGED, data);
    let marks = &[Mark::Done(CHARGE), Mark::Now(Status::Completed)];
    let trail = sim.record(trail, draft.marks(marks));
    sim.when_handled(RECEIPTS, Task::Ride(ride, Leg::Receipt, trail));
    sim.when_handled(FRAUD, Task::Ride(ride, Leg::Check, trail));
    sim.seal(stream);
}

fn receipt(sim: &mut S, ride: Ride, trail: &Trail) {
    let data = ride
        .of("receipt_id", "receipt")
        .money("amount", ride.fare())
        .text("currency", "EUR")
        .end();
    sim.note(
        trail,
        Draft::new(ride.stream("receipt"), &events::RECEIPT, data),
    );
    sim.seal(ride.stream("receipt"));
}

fn prompt(sim: &mut S, ride: Ride, trail: &Trail) {
    let data = ride
        .of("rating_id", "rating")
        .shown("driver_id", ride.driver())
        .end();
    let trail = sim.record(
        trail,
        Draft::new(ride.stream("rating"), &events::PROMPTED, data),
    );
    if sim.rng.chance(420) {
        sim.after(MINUTE..HOUR * 5, Task::Ride(ride, Leg::Rate, trail));
    } else {
        sim.seal(ride.stream("rating"));
    }
}

fn rate(sim: &mut S, ride: Ride, trail: &Trail) {
    let stars = [5, 5, 5, 5, 4, 4, 3, 2][sim.rng.below(8) as usize];
    let data = Json::object().int("stars", stars);
    let data = match sim.rng.chance(250) {
        true => data.text("comment", sim.rng.pick::<&str>(&COMMENTS)),
        false => data,
    };
    sim.note(
        trail,
        Draft::new(ride.stream("rating"), &events::RATED, data.end()),
    );
    sim.seal(ride.stream("rating"));
}

fn check(sim: &mut S, ride: Ride, trail: &Trail) {
    let score = sim.rng.between(1, 60) + if ride.fate == Fate::Unpaid { 35 } else { 0 };
    let data = ride
        .of("check_id", "fraud")
        .int("score", score)
        .text("verdict", if score > 70 { "look at it" } else { "fine" })
        .end();
    sim.note(
        trail,
        Draft::new(ride.stream("fraud"), &events::CHECKED, data),
    );
    sim.seal(ride.stream("fraud"));
}

const fn business(reason: &'static str) -> Failure {
    let class = Class::Business;
    Failure { class, reason }
}
