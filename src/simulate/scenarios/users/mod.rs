//! A directory of users whose events have changed three times in two years: a field was added, a
//! field was taken apart, and one type was replaced by another. Among them user-123, the classic
//! example, to the letter.

mod events;
mod people;

use std::time::Duration;

use super::super::chance::{DAY, HOUR, after, hour, utc, weekday};
use super::super::kernel::{
    Arrivals, Column, Inbox, KeyedBy, OnPoison, Role, Scale, Sim, Source, Spec, Story, Stream,
    Trail, ViewSpec, World,
};
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Off};

// The consumers, by their place in the table.
const MAILS: usize = 0;

const OBSERVER: Spec = Spec {
    name: "",
    reads: &["user"],
    from: Source::Broker,
    role: Role::Observer,
    cost: Duration::from_millis(40),
    gather: Duration::ZERO,
    batch: 50,
    inbox: Inbox::Kept,
    poison: OnPoison::Unaware,
};
static CONSUMERS: [Spec; 4] = [
    Spec {
        name: "mail-service",
        role: Role::Service,
        cost: Duration::from_millis(700),
        ..OBSERVER
    },
    Spec {
        name: "directory",
        from: Source::Log,
        inbox: Inbox::None,
        ..OBSERVER
    },
    Spec {
        name: "crm-sync",
        cost: Duration::from_secs(2),
        gather: Duration::from_secs(30),
        poison: OnPoison::DeadLetters,
        ..OBSERVER
    },
    Spec {
        name: "search-index",
        reads: &[],
        from: Source::Log,
        gather: Duration::from_secs(5),
        inbox: Inbox::None,
        poison: OnPoison::Blocks,
        ..OBSERVER
    },
];

static VIEW: ViewSpec = ViewSpec {
    table: "user_directory",
    key: "user_id",
    keyed_by: KeyedBy::Stream,
    categories: &["user"],
    columns: &[
        Column::text(
            "email",
            &[
                "UserCreated/email",
                "EmailChanged/new",
                "EmailCorrected/new",
            ],
        ),
        Column::count("email_changes", &["EmailChanged/new"]),
        Column::count("password_resets", &["PasswordReset/reset"]),
    ],
    consumer: "directory",
};

const CLASSIC: Stream = Stream::numbered("user", 123);
/// The user whose address support had changed by mistake.
const CORRECTED: u64 = 131;

/// What there is.
pub fn world() -> World {
    World {
        name: "users",
        span: utc(2023, 6, 1, 0, 0)..utc(2025, 5, 31, 18, 0),
        clocks: &[("user-service", Off::Ahead), ("mail-service", Off::Behind)],
        consumers: &CONSUMERS,
        published: &["user"],
        view: &VIEW,
        snapshots: &[],
        process: &events::PROCESS,
        command: &events::SEND_WELCOME,
        breaking: ("PasswordResetRequested", "valid_minutes"),
        shown: const { &[CLASSIC, Stream::numbered("user", CORRECTED)] },
        quiet: None,
        interruptions: Vec::new(),
        extra: &[],
        // No stream is long enough for snapshots.
        lacks: &[Fault::SnapshotDisagrees],
    }
}

/// The second schema versions, and the third.
fn releases() -> [Timestamp; 2] {
    [utc(2024, 3, 1, 9, 0), utc(2024, 11, 1, 9, 0)]
}

/// Somebody with an account.
#[derive(Clone, Debug)]
struct User {
    number: u64,
    person: u64,
    moves: u64,
    /// Which of their mail addresses they have, and how many they have had.
    email: u32,
    emails: u32,
    /// How often the family name has changed.
    names: u32,
}

/// A link by which somebody may choose a new password.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    user: u64,
    number: u64,
}

/// Something that is to be done at its time.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Classic(usize),
    Tick,
    Register,
    ChangeEmail(usize),
    /// Support changes the wrong user's address, and notices.
    Mistake(usize),
    Correct(usize, Trail),
    Rename(usize),
    Move(usize),
    Forget(usize),
    /// What users do so many times, of which so many are left.
    Often(usize, usize, (u32, u32)),
    Mail(Link, Trail),
    Reset(Link, Trail),
    Expire(Link, Trail),
}

/// The directory.
pub struct Directory {
    arrivals: Arrivals,
    users: Vec<User>,
    /// How much each of them does, in hundredths of what is usual.
    busy: u64,
    resets: u64,
}

type S = Sim<Task>;

/// Events that a user comes to, in hundredths; one of them is the registration.
const EVENTS_PER_USER: u64 = 364;
/// There are no more users than that, so that they do not fill the memory; they do more instead.
const MOST_USERS: u64 = 250_000;

impl Directory {
    /// A directory of the size that gives about so many events.
    pub fn new(Scale { events, parts }: Scale) -> Self {
        let span = utc(2023, 6, 2, 6, 0)..utc(2025, 5, 20, 0, 0);
        let users = events.saturating_sub(3) * 97 / EVENTS_PER_USER;
        let most = MOST_USERS / parts;
        let each = EVENTS_PER_USER * users.max(most) / most.max(1);
        Self {
            arrivals: Arrivals::new(span, HOUR, users.min(most), weight),
            users: Vec::new(),
            busy: (each - 100) * 100 / (EVENTS_PER_USER - 100),
            resets: 0,
        }
    }
}

/// More people come in the first year than in the second, and few at night.
fn weight(at: Timestamp) -> u64 {
    let day = if weekday(at) < 5 { 3 } else { 2 };
    let first_year = if at < utc(2024, 6, 1, 0, 0) { 3 } else { 2 };
    match hour(at) {
        6..22 => day * first_year,
        _ => 0,
    }
}

impl Story for Directory {
    type Task = Task;

    fn begin(&mut self, sim: &mut S) {
        people::plan_classic(sim);
        sim.at(after(sim.now(), DAY), Task::Tick);
        events::inherent(sim);
    }

    fn work(&mut self, task: Task, sim: &mut S) {
        match task {
            Task::Classic(line) => people::classic(sim, line),
            Task::Tick => sim.tick(&mut self.arrivals, Task::Tick, |_| Task::Register),
            Task::Register => self.register(sim),
            Task::ChangeEmail(user) => self.change_email(sim, user),
            Task::Mistake(user) => self.mistake(sim, user),
            Task::Correct(user, trail) => self.correct(sim, user, &trail),
            Task::Rename(user) => self.rename(sim, user),
            Task::Move(user) => self.change_address(sim, user),
            Task::Often(habit, user, times) => self.do_often(sim, habit, user, times),
            Task::Forget(user) => self.forget_password(sim, user),
            Task::Mail(link, trail) => people::mail(sim, link, &trail),
            Task::Reset(link, trail) => people::reset(sim, link, &trail),
            Task::Expire(link, trail) => people::expire(sim, link, &trail),
        }
    }
}
