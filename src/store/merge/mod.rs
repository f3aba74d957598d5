//! Several files as one store: each is opened, indexed and followed by itself, and their logs are
//! put together into one. Nothing here reads a file.

mod names;
mod payloads;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use self::names::StreamNames;
use self::payloads::Payloads;
use super::{Followed, OpenError, Recognition, Store};
use crate::log::{Clock, Log, LogBuilder, Order, PayloadReader, RawChunk, Source, Standing};
use crate::model::{EventIx, StreamIx, Task};

pub(super) use names::file_names;

/// Events put into the common log at a time.
const CHUNK: usize = 1 << 16;

/// What decides the order of events of several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// Time, then the order of the files, then the position in the file.
    #[default]
    Time,
    /// The order of the files, then the position in the file.
    Listed,
}

/// Several files as one store.
#[derive(Debug)]
pub(super) struct Merged {
    files: Vec<File>,
    join: Join,
    streams: StreamNames,
    /// Where the last event put into the common log stands.
    last: Option<Standing>,
    payloads: Arc<Payloads>,
}

#[derive(Debug)]
struct File {
    name: Arc<str>,
    store: Store,
    builder: LogBuilder,
    log: Log,
    /// How many of its events are in the common log.
    taken: u32,
    /// The order in which they were taken.
    generation: u64,
}

impl Merged {
    /// `stores` under `names`, in the order of the files.
    pub fn new(stores: Vec<Store>, names: Vec<String>, join: Join) -> Self {
        let payloads = Payloads(stores.iter().map(Store::payloads).collect());
        let files = names.into_iter().zip(stores).map(|(name, store)| File {
            name: name.into(),
            builder: store.builder(),
            store,
            log: Log::default(),
            taken: 0,
            generation: 0,
        });
        Self {
            files: files.collect(),
            join,
            streams: StreamNames::default(),
            last: None,
            payloads: Arc::new(payloads),
        }
    }

    /// The files.
    pub fn stores(&self) -> impl Iterator<Item = &Store> {
        self.files.iter().map(|file| &file.store)
    }

    /// The first file: there are at least two.
    pub fn first(&self) -> &Store {
        &self.files[0].store
    }

    /// The names of the files with the stores in them.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Store)> {
        self.files.iter().map(|file| (&*file.name, &file.store))
    }

    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        Arc::clone(&self.payloads) as Arc<dyn PayloadReader>
    }

    /// A builder for the common log, which is ordered here.
    pub fn builder() -> LogBuilder {
        LogBuilder::new(Order::Given)
    }

    /// What the files were taken for, as one.
    pub fn recognition(&self) -> Recognition {
        let of = |get: fn(&Recognition) -> &str| {
            distinct(self.stores().map(|store| get(store.recognition()))).join(", ")
        };
        let mut reasons: Vec<(String, u32)> = Vec::new();
        for (name, store) in self.named() {
            let everywhere = |reason| {
                let mut all = self.stores().map(|store| &store.recognition().reasons);
                all.all(|reasons| reasons.contains(reason))
            };
            for reason in &store.recognition().reasons {
                let reason = match everywhere(reason) {
                    true => reason.clone(),
                    false => (format!("{name}: {}", reason.0), reason.1),
                };
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        let confidence = self.stores().map(|store| store.recognition().confidence);
        Recognition {
            id: of(|one| &one.id),
            name: of(|one| &one.name),
            confidence: confidence.min().unwrap_or(0),
            reasons,
            runner_up: None,
            notes: of(|one| &one.notes),
        }
    }

    /// Indexes the files one after the other, then puts their events together.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), OpenError> {
        for file in &mut self.files {
            task.set_done(0);
            file.store.index(&mut file.builder, task, &mut |_| {})?;
            file.log = file.builder.finish().0;
        }
        self.put_together(builder, task, publish)
    }

    /// Looks for new events in all files.
    pub fn follow_at(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<Followed, OpenError> {
        let mut trouble = None;
        for file in &mut self.files {
            match file.store.follow_at(now, &mut file.builder, task) {
                Ok(Followed::Rewritten) => return Ok(Followed::Rewritten),
                Ok(Followed::Same) => {}
                Ok(Followed::Appended) => file.log = file.builder.finish().0,
                // The other files go on; it is told when nothing else is new.
                Err(error) => trouble = Some(error),
            }
        }
        if self
            .files
            .iter()
            .all(|file| file.taken as usize == file.log.len())
        {
            return trouble.map_or(Ok(Followed::Same), Err);
        }
        if self.streams.learn(&self.sources()?) {
            // A stream that was the only one of its name gets another name.
            return Ok(Followed::Rewritten);
        }
        self.put_together(builder, task, &mut |_| {})?;
        Ok(Followed::Appended)
    }

    /// Adds the events of the files' logs that are not in the common log; all of them anew where
    /// some belong before its head.
    fn put_together(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), OpenError> {
        let sources: Arc<[Source]> = self.sources()?.into();
        self.streams.learn(&sources);
        let moved = |file: &File| file.taken > 0 && file.generation != file.log.generation();
        let moved = self.files.iter().any(moved);
        let mut order = self.untaken(&sources);
        if moved || order.first().is_some_and(|first| Some(*first) < self.last) {
            builder.begin_again();
            self.files.iter_mut().for_each(|file| file.taken = 0);
            order = self.untaken(&sources);
        }
        let clock = self.common_clock();
        builder.made_of(Arc::clone(&sources), clock);
        for standings in order.chunks(CHUNK) {
            task.check()?;
            let mut raw = RawChunk::default();
            for &(_, file, event) in standings {
                let name = |stream: StreamIx| self.streams.of(&sources, file, stream);
                sources[file as usize].copy(file, event, &mut raw, &name);
            }
            builder.append(raw);
            publish(builder);
        }
        for file in &mut self.files {
            file.taken = file.log.len() as u32;
            file.generation = file.log.generation();
        }
        self.last = order.last().copied().or(self.last);
        Ok(())
    }

    /// The events that are not in the common log, in its order.
    fn untaken(&self, sources: &[Source]) -> Vec<Standing> {
        let mut order: Vec<Standing> = Vec::new();
        for ((file, source), number) in self.files.iter().zip(sources).zip(0..) {
            let events = (file.taken..source.log.len() as u32).map(EventIx);
            order.extend(events.map(|event| source.standing(number, event)));
        }
        order.sort_unstable();
        order
    }

    fn sources(&self) -> Result<Vec<Source>, OpenError> {
        let common = self.common_clock();
        let source = |file: &File| {
            let clock = match self.join {
                Join::Listed => None,
                Join::Time => Some(common.unwrap_or_else(|| file.log.default_clock())),
            };
            let untimed = clock.is_some_and(|clock| !file.log.has_clock(clock));
            if untimed && !file.log.is_empty() {
                return Err(OpenError::NoTimes {
                    path: file.store.path().to_owned(),
                });
            }
            Ok(Source {
                name: Arc::clone(&file.name),
                log: file.log.clone(),
                clock,
            })
        };
        self.files.iter().map(source).collect()
    }

    /// The clock by which all files have times, the choice of the first file first.
    fn common_clock(&self) -> Option<Clock> {
        let logs = || {
            self.files
                .iter()
                .map(|file| &file.log)
                .filter(|log| !log.is_empty())
        };
        let first = logs().next()?.default_clock();
        let mut clocks = [first, Clock::Recorded, Clock::Occurred].into_iter();
        clocks.find(|&clock| logs().all(|log| log.has_clock(clock)))
    }
}

/// Each text once, in the order of their first appearance.
pub(super) fn distinct<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        let text = text.as_ref();
        if !text.is_empty() && !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    found
}
