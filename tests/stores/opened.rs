//! A store, opened and indexed, and the questions that tests ask it.

// Each test binary asks some of them.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use asof::analysis::replay::{
    Detail, FoldRules, Series, Source, StateReport, StateRequest, at_version, state,
};
use asof::log::{Arrangement, Body, Bound, Log, LogBuilder, Problem, Unreadable};
use asof::model::time::Zone;
use asof::model::{EventIx, StreamIx, Task, Timestamp, Version};
use asof::store::layout::Layout;
use asof::store::{Followed, OpenError, OpenOptions, SideRows, Store, Tail};
use serde_json::Value;

pub fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    folder.join(name)
}

/// A side table with exactly so many rows.
pub fn counted(rows: u64) -> Option<SideRows> {
    Some(SideRows::Exactly(rows))
}

pub struct Opened {
    pub store: Store,
    pub builder: LogBuilder,
    pub log: Log,
    pub arrangement: Arrangement,
    pub task: Task,
}

impl Opened {
    pub fn fixture(name: &str) -> Self {
        Self::open(&fixture(name))
    }

    pub fn open(path: &Path) -> Self {
        Self::with(path, &OpenOptions::default()).unwrap()
    }

    pub fn by(path: &Path, layout: Layout) -> Self {
        let layout = Some(layout);
        Self::with(path, &OpenOptions { layout }).unwrap()
    }

    pub fn with(path: &Path, options: &OpenOptions) -> Result<Self, OpenError> {
        Self::read(path, options, Tail::AtRest)
    }

    /// As the window opens it, with a writer that may be at work.
    pub fn followed(path: &Path) -> Self {
        Self::read(path, &OpenOptions::default(), Tail::Following).unwrap()
    }

    fn read(path: &Path, options: &OpenOptions, tail: Tail) -> Result<Self, OpenError> {
        let task = Task::new();
        let mut store = Store::open(path, options, &task)?;
        let mut builder = store.builder();
        while store.index(&mut builder, tail, &task, &mut |_| {})? == Followed::Rewritten {
            builder = store.builder();
        }
        let (log, arrangement) = builder.finish();
        Ok(Self {
            store,
            builder,
            log,
            arrangement,
            task,
        })
    }

    pub fn follow(&mut self) -> Followed {
        self.follow_at(Instant::now())
    }

    pub fn follow_at(&mut self, now: Instant) -> Followed {
        let followed = self.store.follow_at(now, &mut self.builder, &self.task);
        (self.log, self.arrangement) = self.builder.finish();
        followed.unwrap()
    }

    pub fn layout(&self) -> &str {
        &self.store.recognition().id
    }

    pub fn stream(&self, name: &str) -> StreamIx {
        let found = self.log.streams().find(name);
        StreamIx(found.unwrap_or_else(|| panic!("a stream {name}")))
    }

    pub fn events(&self, stream: &str) -> Vec<EventIx> {
        self.log.stream_events(self.stream(stream))
    }

    pub fn kind(&self, event: EventIx) -> &str {
        self.log.type_name(self.log.event_type(event))
    }

    pub fn time(&self, event: EventIx) -> String {
        let time = self.log.time(event, self.log.default_clock());
        time.map_or_else(String::new, |time| time.to_string())
    }

    pub fn id(&self, event: EventIx) -> String {
        let id = self.log.event_id(event);
        id.map_or_else(String::new, |id| id.to_string())
    }

    pub fn types(&self) -> BTreeMap<&str, usize> {
        let mut types = BTreeMap::new();
        for event in self.log.events() {
            *types.entry(self.kind(event)).or_default() += 1;
        }
        types
    }

    pub fn positions(&self) -> Vec<i64> {
        let positions = self.log.events().map(|event| self.log.position(event).0);
        positions.collect()
    }

    pub fn problems(&self) -> Vec<String> {
        let sentence = |problem: &Problem| format!("{}: {}", problem.place, problem.message);
        self.log.problems().iter().map(sentence).collect()
    }

    pub fn try_body(&self, event: EventIx) -> Result<Body, Unreadable> {
        self.bodies(&[event]).remove(0)
    }

    pub fn bodies(&self, events: &[EventIx]) -> Vec<Result<Body, Unreadable>> {
        let (mut bodies, mut asked) = (Vec::new(), Vec::new());
        let reader = self.store.payloads();
        let read = reader.read(&self.log, events, &self.task, &mut |event, body| {
            asked.push(event);
            bodies.push(body);
        });
        read.unwrap();
        assert_eq!(asked, events);
        bodies
    }

    pub fn data(&self, event: EventIx) -> Value {
        self.try_body(event).unwrap().data.value().unwrap()
    }

    pub fn metadata(&self, event: EventIx) -> Value {
        self.try_body(event).unwrap().metadata.value().unwrap()
    }

    /// Everything that the index and the payload reader say, to compare two ways of reading.
    pub fn dump(&self) -> Vec<String> {
        let events: Vec<EventIx> = self.log.events().collect();
        let bodies = self.bodies(&events);
        let line = |(event, body): (EventIx, Result<Body, Unreadable>)| {
            format!(
                "{} {} {} {} {} {} {:?}",
                self.log.position(event).0,
                self.log.stream_name(self.log.stream(event)),
                self.log.version(event).0,
                self.kind(event),
                self.time(event),
                self.id(event),
                body.map(|body| body.data.json().map(str::to_owned)),
            )
        };
        events.into_iter().zip(bodies).map(line).collect()
    }

    pub fn at_time(&self, stream: &str, time: &str) -> StateReport {
        let time: Timestamp = time.parse().unwrap();
        self.at(stream, Bound::Time(time))
    }

    pub fn at_version(&self, stream: &str, version: i64) -> StateReport {
        let event = at_version(&self.log, self.stream(stream), Version(version));
        self.at(stream, Bound::Event(event.unwrap()))
    }

    pub fn at_head(&self, stream: &str) -> StateReport {
        self.at(stream, Bound::Head)
    }

    pub fn at(&self, stream: &str, bound: Bound) -> StateReport {
        let reader = self.store.payloads();
        let source = Source {
            log: &self.log,
            payloads: &*reader,
            task: &self.task,
        };
        let rules = FoldRules {
            drop_keys: self.store.layout().events.envelope_copies.clone(),
        };
        let mut series = Series::new(self.stream(stream), rules);
        series.grow(source).unwrap();
        let request = StateRequest {
            store: "store",
            cut: self.log.cut(self.log.default_clock(), bound),
            diff_to: None,
            detail: Detail::State,
            zone: Zone::Utc,
        };
        state(&series, source, &request).unwrap()
    }

    /// The sum of the numbers under `key` of the stream's events that `keep` lets pass.
    pub fn sum(&self, stream: &str, key: &str, keep: impl Fn(EventIx) -> bool) -> String {
        let events = self.events(stream);
        let events: Vec<EventIx> = events.into_iter().filter(|event| keep(*event)).collect();
        let mut cents = 0;
        for body in self.bodies(&events) {
            let data = body.unwrap().data.value().unwrap();
            let amount = &data[key];
            let amount = amount.get("_data_").unwrap_or(amount);
            cents += amount.as_str().map_or(0, in_cents);
        }
        format!(
            "{}{}.{:02}",
            if cents < 0 { "-" } else { "" },
            cents.abs() / 100,
            cents.abs() % 100
        )
    }

    pub fn before(&self, time: &str) -> impl Fn(EventIx) -> bool + '_ {
        let until: Timestamp = time.parse().unwrap();
        move |event| {
            let own = self.log.time(event, self.log.default_clock());
            own.is_some_and(|own| own <= until)
        }
    }
}

fn in_cents(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = format!("{whole}{fraction:0<2}");
    digits.parse().unwrap()
}
