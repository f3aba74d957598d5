//! Lag while the store is followed: another process writes a WAL database, and its consumer, of which
//! the store keeps the present only, keeps up, falls behind, stalls and recovers.

use std::path::Path;

use asof::analysis::lag::{self, Certainty, ConsumerLag, Course, LagOptions, Samples, Status};
use asof::log::Bound;
use asof::model::Timestamp;

use crate::opened::Opened;
use crate::writer::Writer;

const MINUTE: i64 = 60_000_000;
const BEGIN: i64 = 1_735_732_800_000_000;

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
CREATE TABLE events (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, category TEXT NOT NULL, version INTEGER NOT NULL,
  type TEXT NOT NULL, schema_version INTEGER, event_id TEXT NOT NULL, recorded_at INTEGER NOT NULL,
  occurred_at INTEGER, correlation_id TEXT, causation_id TEXT, data TEXT NOT NULL, metadata TEXT
);
CREATE TABLE checkpoints (
  consumer TEXT NOT NULL, partition TEXT NOT NULL DEFAULT '', position INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, categories TEXT, PRIMARY KEY (consumer, partition)
);
INSERT INTO checkpoints VALUES ('mailer', '', 0, 1735732800000000, 'order');
";

struct Scene {
    opened: Opened,
    samples: Samples,
    writer: Writer,
    minute: i64,
    events: i64,
    reached: i64,
}

impl Scene {
    fn on(store: &Path) -> Self {
        let mut writer = Writer::on(store);
        writer.run(SCHEMA);
        insert(&mut writer, 1, BEGIN);
        Self {
            opened: Opened::followed(store),
            samples: Samples::default(),
            writer,
            minute: 0,
            events: 1,
            reached: 0,
        }
    }

    /// A minute in which so many events are recorded and so many processed, as seen at its end.
    fn minute(&mut self, recorded: i64, processed: i64) -> ConsumerLag {
        self.minute += 1;
        let now = BEGIN + self.minute * MINUTE;
        for _ in 0..recorded {
            self.events += 1;
            insert(&mut self.writer, self.events, now - MINUTE / 2);
        }
        self.reached = (self.reached + processed).min(self.events);
        let reached = self.reached;
        self.writer.run(&format!(
            "UPDATE checkpoints SET position = {reached}, updated_at = {now} WHERE consumer = 'mailer'"
        ));
        self.look(Timestamp::from_micros(now))
    }

    fn look(&mut self, now: Timestamp) -> ConsumerLag {
        self.opened.follow();
        let Self {
            opened, samples, ..
        } = self;
        assert_eq!(opened.log.len() as i64, self.events);
        let rows = opened.store.rows();
        samples.take(&*rows, now, &opened.task).unwrap();
        let clock = opened.log.default_clock();
        let course = Course::read(&opened.log, &*rows, samples, clock, &opened.task).unwrap();
        let cut = opened.log.cut(clock, Bound::Head);
        let options = LagOptions {
            now: Some(now),
            ..LagOptions::default()
        };
        let payloads = opened.store.payloads();
        let report = lag::report(&course, &*payloads, &cut, &options, &opened.task).unwrap();
        report.consumers.into_iter().next().unwrap()
    }
}

fn insert(writer: &mut Writer, position: i64, at: i64) {
    writer.run(&format!(
        "INSERT INTO events VALUES ({position}, 'order-{position}', 'order', 1, 'OrderPlaced', 1, 'event-{position}', {at}, {at}, NULL, NULL, '{{}}', NULL)"
    ));
}

#[test]
fn a_consumer_lags_stalls_and_recovers_while_it_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::on(&folder.path().join("live.db"));
    for _ in 0..12 {
        let own = scene.minute(2, 3);
        assert_eq!((own.lag_events, own.lag_ms), (Some(0), Some(0)));
        assert_eq!(own.status, Some(Status::Ok));
        assert_eq!(own.certainty, Certainty::Sampled);
    }
    // Behind, and ever more so.
    let mut own = scene.minute(5, 2);
    assert_eq!(
        own.status,
        Some(Status::Ok),
        "it had caught up a minute ago"
    );
    for _ in 0..12 {
        own = scene.minute(5, 2);
    }
    assert_eq!(own.status, Some(Status::Warning));
    assert_eq!(own.lag_events, Some(39));
    assert!(own.growth.is_some_and(|growth| growth > 0.0) && own.eta_s.is_none());
    // It shows life, and stands.
    for _ in 0..12 {
        own = scene.minute(1, 0);
    }
    assert_eq!(own.status, Some(Status::Stalled));
    let blocking = own.blocking_event.unwrap();
    assert_eq!(blocking.position.position.0, scene.reached + 1);
    assert_eq!(own.since, Some(Timestamp::from_micros(BEGIN + 25 * MINUTE)));
    // It gets less, and is gone.
    own = scene.minute(1, 20);
    assert_eq!(own.status, Some(Status::Ok));
    assert!(own.eta_s.is_some_and(|eta| eta > 0.0), "{own:?}");
    for _ in 0..3 {
        own = scene.minute(1, 20);
    }
    assert_eq!((own.lag_events, own.status), (Some(0), Some(Status::Ok)));
    scene.writer.close();
}
