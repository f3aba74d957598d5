//! What users do: register, change their address or name, move, forget their password. And what
//! support does to one of them.

use std::ops::Range;

use super::super::super::chance::{Address, DAY, HOUR, MINUTE, Person, utc};
use super::super::super::json::Json;
use super::super::super::kernel::{
    Class, Draft, Failure, Kind, Mark, Status, Story as _, Stream, Trail,
};
use super::events::{self, CHOOSE, MAIL, Versions};
use super::{CLASSIC, CORRECTED, Directory, Link, MAILS, S, Task, User, releases};
use crate::model::Timestamp;

const LOCALES: [&str; 6] = ["de-DE", "en-GB", "fr-FR", "nl-NL", "pl-PL", "sv-SE"];

type Habit = (u64, Range<u32>, fn(usize) -> Task);

/// What users do beside registering: how many of a thousand, after how many days.
const HABITS: [Habit; 5] = [
    (520, 20..420, Task::ChangeEmail),
    (240, 40..500, Task::Rename),
    (700, 2..300, Task::Move),
    (520, 30..600, Task::Forget),
    (380, 200..700, Task::Forget),
];

/// The classic example: one user, three facts.
fn story() -> [(Timestamp, &'static Kind, Json); 3] {
    let changed = |old, new| Json::object().text("old", old).text("new", new);
    let created = Json::object()
        .text("email", "old@example.com")
        .text("name", "Alice");
    [
        (utc(2023, 6, 1, 0, 0), &events::CREATED[0], created),
        (
            utc(2023, 9, 15, 0, 0),
            &events::EMAIL[0],
            changed("old@example.com", "new@example.com"),
        ),
        (
            utc(2024, 1, 15, 0, 0),
            &events::NAME[0],
            changed("Alice", "Alice B"),
        ),
    ]
}

pub fn plan_classic(sim: &mut S) {
    for (line, (at, ..)) in story().into_iter().enumerate() {
        sim.at(at, Task::Classic(line));
    }
}

pub fn classic(sim: &mut S, line: usize) {
    if let Some((_, kind, data)) = story().into_iter().nth(line) {
        let trail = sim.command("ChangeUser", CLASSIC);
        sim.note(&trail, Draft::new(CLASSIC, kind, data.end()));
    }
}

/// The schema version of the day.
fn today(sim: &S, versions: &'static Versions) -> &'static Kind {
    let released = releases().iter().filter(|at| **at <= sim.now()).count();
    &versions[released]
}

impl User {
    fn stream(&self) -> Stream {
        Stream::numbered("user", self.number)
    }

    fn email(&self) -> String {
        let short = Person(self.person).short();
        match self.email {
            0 => format!("{short}@example.com"),
            n => format!(
                "{short}.{}@example.org",
                self.number * 7 % 90 + u64::from(n)
            ),
        }
    }

    /// The name as a payload has it: in one piece, or taken apart.
    fn name(&self, data: Json, key: &str, kind: &Kind) -> Json {
        let (given, family) = (Person(self.person).given(), self.family());
        if kind.version < 3 {
            return data.shown(key, format_args!("{given} {family}"));
        }
        let name = Json::object().text("given", given).text("family", &family);
        data.object_at(key, name)
    }

    fn family(&self) -> String {
        let family = Person(self.person).family();
        match self.names {
            0 => family.to_owned(),
            n => format!(
                "{family}-{}",
                Person(self.person + 7 * u64::from(n)).family()
            ),
        }
    }
}

impl Directory {
    pub(super) fn register(&mut self, sim: &mut S) {
        let nth = self.users.len();
        let user = User {
            number: 124 + nth as u64,
            person: nth as u64,
            moves: 0,
            email: 0,
            emails: 0,
            names: 0,
        };
        let kind = today(sim, &events::CREATED);
        let data = Json::object().text("email", &user.email());
        let data = user.name(data, "name", kind);
        let data = match kind.version > 1 && sim.rng.chance(700) {
            true => data.text("locale", sim.rng.pick::<&str>(&LOCALES)),
            false => data,
        };
        if sim.rng.chance(30) {
            sim.rejected("RegisterUser", user.stream(), "the address is taken");
        }
        let trail = sim.command("RegisterUser", user.stream());
        sim.note(&trail, Draft::new(user.stream(), kind, data.end()));
        if user.number == CORRECTED {
            sim.at(utc(2024, 4, 16, 8, 21), Task::Mistake(nth));
        }
        self.users.push(user);
        let more = self.busy % 100;
        let times = self.busy / 100 + u64::from(more > 0 && sim.rng.chance(more * 10));
        for (habit, (per_mille, ..)) in HABITS.iter().enumerate() {
            if sim.rng.chance(*per_mille) {
                plan(sim, habit, nth, (times as u32, times as u32));
            }
        }
    }

    /// Does what a user does several times, and plans the next time: all at once would be much to
    /// remember.
    pub(super) fn do_often(
        &mut self,
        sim: &mut S,
        habit: usize,
        nth: usize,
        (times, left): (u32, u32),
    ) {
        let (_, _, task) = HABITS[habit];
        self.work(task(nth), sim);
        if left > 1 {
            plan(sim, habit, nth, (times, left - 1));
        }
    }

    pub(super) fn change_email(&mut self, sim: &mut S, nth: usize) {
        self.give_email(sim, nth, "ChangeEmail");
    }

    fn give_email(&mut self, sim: &mut S, nth: usize, command: &'static str) -> Trail {
        let user = &mut self.users[nth];
        let old = user.email();
        user.emails += 1;
        user.email = user.emails;
        let data = Json::object()
            .text("old", &old)
            .text("new", &user.email())
            .end();
        let (stream, kind) = (user.stream(), today(sim, &events::EMAIL));
        let trail = sim.command(command, stream);
        sim.record(&trail, Draft::new(stream, kind, data))
    }

    /// The wrong user's address is changed; an hour later somebody notices.
    pub(super) fn mistake(&mut self, sim: &mut S, nth: usize) {
        let trail = self.give_email(sim, nth, "ChangeEmailForUser");
        sim.after(HOUR..HOUR * 3, Task::Correct(nth, trail));
    }

    pub(super) fn correct(&mut self, sim: &mut S, nth: usize, trail: &Trail) {
        let user = &mut self.users[nth];
        let old = user.email();
        user.email -= 1;
        let data = Json::object()
            .text("old", &old)
            .text("new", &user.email())
            .end();
        sim.note(trail, Draft::new(user.stream(), &events::CORRECTED, data));
    }

    pub(super) fn rename(&mut self, sim: &mut S, nth: usize) {
        let kind = today(sim, &events::NAME);
        let user = &mut self.users[nth];
        let data = user.name(Json::object(), "old", kind);
        user.names += 1;
        let data = user.name(data, "new", kind).end();
        let trail = sim.command("RenameUser", user.stream());
        sim.note(&trail, Draft::new(user.stream(), kind, data));
    }

    pub(super) fn change_address(&mut self, sim: &mut S, nth: usize) {
        let user = &mut self.users[nth];
        let person = Person(user.person);
        let (moves, stream) = (user.moves, user.stream());
        user.moves += 1;
        let new = person.address(moves + 1);
        let (kind, data) = if sim.now() < releases()[1] {
            let data = match moves {
                0 => Json::object().raw("old", "null"),
                _ => line(Json::object(), "old", person.address(moves)),
            };
            (today(sim, &events::ADDRESS), line(data, "new", new))
        } else {
            let Address { number, street, .. } = new;
            let address = Json::object()
                .shown("street", format_args!("{street} {number}"))
                .text("postcode", new.postcode)
                .text("city", new.city)
                .text("country", new.country);
            let data = Json::object()
                .object_at("address", address)
                .int("moved", user.moves as i64);
            (&events::ADDRESS_V2, data)
        };
        let trail = sim.command("MoveUser", stream);
        sim.note(&trail, Draft::new(stream, kind, data.end()));
        if sim.rng.chance(300) {
            sim.after(DAY * 90..DAY * 400, Task::Move(nth));
        }
    }

    pub(super) fn forget_password(&mut self, sim: &mut S, nth: usize) {
        if sim.now() < releases()[0] {
            // The first system had a telephone number for that.
            return;
        }
        self.resets += 1;
        let stream = self.users[nth].stream();
        let requested = Json::object()
            .int("number", self.resets as i64)
            .text(
                "channel",
                if self.resets.is_multiple_of(4) {
                    "app"
                } else {
                    "web"
                },
            )
            .int("valid_minutes", 60);
        let data = Json::object().object_at("requested", requested).end();
        let trail = sim.command("RequestPasswordReset", stream);
        let about = Stream::numbered("password-reset", self.resets);
        let trail = sim.saga(&trail, about);
        let draft = Draft::new(stream, &events::REQUESTED, data);
        let trail = sim.record(&trail, draft.marks(&[Mark::Begin(MAIL)]));
        let link = Link {
            user: self.users[nth].number,
            number: self.resets,
        };
        sim.when_handled(MAILS, Task::Mail(link, trail));
    }
}

/// Plans what a user does so many times, of which so many are left.
fn plan(sim: &mut S, habit: usize, nth: usize, (times, left): (u32, u32)) {
    let (_, days, task) = &HABITS[habit];
    let span = DAY * days.start / times..DAY * days.end / times;
    let task = match times {
        1 => task(nth),
        _ => Task::Often(habit, nth, (times, left)),
    };
    sim.after(span, task);
}

impl Link {
    const fn user(&self) -> Stream {
        Stream::numbered("user", self.user)
    }

    fn json(&self) -> Json {
        Json::object().int("number", self.number as i64)
    }
}

pub fn mail(sim: &mut S, link: Link, trail: &Trail) {
    let mailed = link.json().text("template", "reset-link");
    let data = Json::object().object_at("mailed", mailed).end();
    let draft = Draft::new(link.user(), &events::MAILED, data);
    let marks = &[Mark::Done(MAIL), Mark::Begin(CHOOSE)];
    let trail = sim.record(trail, draft.marks(marks));
    if sim.rng.chance(820) {
        sim.after(MINUTE..MINUTE * 50, Task::Reset(link, trail));
    } else {
        sim.after(MINUTE * 60..MINUTE * 61, Task::Expire(link, trail));
    }
}

pub fn reset(sim: &mut S, link: Link, trail: &Trail) {
    let reset = link.json().int("sessions_ended", sim.rng.between(0, 3));
    let data = Json::object().object_at("reset", reset).end();
    let draft = Draft::new(link.user(), &events::RESET, data);
    let marks = &[Mark::Done(CHOOSE), Mark::Now(Status::Completed)];
    sim.note(trail, draft.marks(marks));
}

pub fn expire(sim: &mut S, link: Link, trail: &Trail) {
    let data = Json::object().object_at("expired", link.json()).end();
    let draft = Draft::new(link.user(), &events::EXPIRED, data)
        .marks(&[Mark::Fail(CHOOSE), Mark::Now(Status::Failed)])
        .failure(Failure {
            class: Class::Business,
            reason: "the link was not used in time",
        });
    sim.note(trail, draft);
}

/// An address in one line, as the first two versions have it.
fn line(data: Json, key: &str, address: Address) -> Json {
    let Address {
        number,
        street,
        postcode,
        city,
        ..
    } = address;
    data.shown(key, format_args!("{street} {number}, {postcode} {city}"))
}
