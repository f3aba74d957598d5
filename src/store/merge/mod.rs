//! Several files as one store: each is opened, indexed and followed by itself, and their logs are
//! put together into one. Nothing here reads a file.

mod names;
mod newcomers;
mod order;
mod pace;
mod payloads;
mod rows;
mod tables;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use self::names::StreamNames;
use self::order::{InOrder, sorted};
use self::pace::Pace;
use self::payloads::Payloads;
use self::rows::Rows;
use super::{Followed, OpenError, Recognition, Store, Tail};
use crate::log::{
    Clock, Log, LogBuilder, Order, PayloadReader, Place, RawChunk, RowSource, Source, TableSource,
};
use crate::model::{EventIx, StreamIx, Task};

pub(super) use names::file_names;
pub(super) use newcomers::Newcomers;
pub(super) use tables::Tables;

/// Events put into the common log at a time.
const CHUNK: usize = 1 << 15;

/// What decides the order of events of several files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// Time, then the order of the files, then the position in the file.
    #[default]
    Time,
    /// The same where all files have times, else as listed.
    TimeIfAny,
    /// The order of the files, then the position in the file.
    Listed,
}

/// Several files as one store.
#[derive(Debug)]
pub(super) struct Merged {
    files: Vec<File>,
    join: Join,
    streams: StreamNames,
    /// The clocks by which the events in the common log stand, for each file.
    clocks: Vec<Option<Clock>>,
    payloads: Arc<Payloads>,
    rows: Arc<Rows>,
    /// What kept a file from being followed, as of the last look.
    trouble: Option<String>,
    /// Where they are those of a folder.
    newcomers: Option<Newcomers>,
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
        let names: Vec<Arc<str>> = names.into_iter().map(Arc::from).collect();
        let rows = names.iter().cloned().zip(stores.iter().map(Store::rows));
        let rows = Arc::new(Rows(rows.collect()));
        let files = names.into_iter().zip(stores).map(|(name, store)| File {
            name,
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
            clocks: vec![None; payloads.0.len()],
            payloads: Arc::new(payloads),
            rows,
            trouble: None,
            newcomers: None,
        }
    }

    /// Looks for files that come to be, too, while it is followed.
    pub fn look_for(&mut self, newcomers: Newcomers) {
        self.newcomers = Some(newcomers);
    }

    /// What kept a file from being followed at the last look, where others went on.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
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

    pub fn rows(&self) -> Arc<dyn RowSource> {
        Arc::clone(&self.rows) as Arc<dyn RowSource>
    }

    /// The tables of those of its stores that `meant` picks.
    pub fn tables(&self, meant: impl Fn(&Store) -> bool) -> Arc<dyn TableSource> {
        let own = self.files.iter().filter(|file| meant(&file.store));
        let own = own.map(|file| (Arc::clone(&file.name), file.store.tables()));
        Arc::new(Tables(own.collect()))
    }

    /// Its stores, each by itself.
    pub fn into_stores(self) -> impl Iterator<Item = Store> {
        self.files.into_iter().map(|file| file.store)
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

    /// Indexes the files one after the other, then puts their events together. A stream that was shown
    /// meanwhile and has a namesake in a file that came later makes [`Followed::Rewritten`] of it.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        tail: Tail,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<Followed, OpenError> {
        let sizes: Vec<u64> = self.files.iter().map(|file| file.store.size()).collect();
        let mut pace = Pace::new(&sizes, task);
        for number in 0..self.files.len() {
            self.index_file(number, builder, tail, &pace, publish)?;
            pace.next();
        }
        self.streams.learn(&self.sources()?);
        if self.streams.are_renamed() && !builder.is_empty() {
            self.files.iter_mut().for_each(|file| file.taken = 0);
            self.streams.settle();
            return Ok(Followed::Rewritten);
        }
        if self.join != Join::Listed && !builder.is_empty() {
            // What was shown of the first file was but a beginning.
            self.begin_again(builder);
        }
        self.put_together(builder, task, publish)?;
        Ok(Followed::Appended)
    }

    /// Indexes a file. While following, its events are shown as they come where no other file's can
    /// stand before them; where time decides, the first ones of the first file are, until all can be
    /// put in order.
    fn index_file(
        &mut self,
        number: usize,
        builder: &mut LogBuilder,
        tail: Tail,
        pace: &Pace<'_>,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), OpenError> {
        let most = match (tail, self.join) {
            (Tail::Following, Join::Listed) => usize::MAX,
            (Tail::Following, _) if number == 0 => CHUNK,
            (Tail::Following | Tail::AtRest, _) => 0,
        };
        let mut sources: Vec<Source> = (self.files.iter())
            .map(|file| Source {
                name: Arc::clone(&file.name),
                log: file.log.clone(),
                clock: None,
            })
            .collect();
        let Self { files, streams, .. } = self;
        let File {
            store,
            builder: own,
            log,
            taken,
            generation,
            ..
        } = &mut files[number];
        store.index(own, tail, pace.part(), &mut |own| {
            pace.tell();
            if *taken as usize >= most.min(own.len()) {
                return;
            }
            sources[number].log = own.snapshot();
            // A name that turns out to be that of two streams is for the end.
            streams.learn(&sources);
            if streams.are_renamed() {
                return;
            }
            let events = *taken..own.len().min(most) as u32;
            *taken = events.end;
            *generation = sources[number].log.generation();
            builder.made_of(sources.clone().into(), None);
            let events = events.map(|event| (number as u32, EventIx(event)));
            builder.append(copy(&sources, streams, events));
            publish(builder);
        })?;
        *log = own.finish().0;
        Ok(())
    }

    fn begin_again(&mut self, builder: &mut LogBuilder) {
        builder.begin_again();
        self.files.iter_mut().for_each(|file| file.taken = 0);
    }

    /// Looks for new events in all files, and for new files.
    pub fn follow_at(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<Followed, OpenError> {
        let (mut trouble, mut came) = (None, Followed::Same);
        if let Some(newcomers) = &mut self.newcomers
            && newcomers.have_come(task)?
        {
            return Ok(Followed::Rewritten);
        }
        for file in &mut self.files {
            match file.store.follow_at(now, &mut file.builder, task) {
                Ok(Followed::Rewritten) => return Ok(Followed::Rewritten),
                Ok(Followed::Same) => {}
                Ok(Followed::Appended) => {
                    file.log = file.builder.finish().0;
                    came = Followed::Appended;
                }
                Err(OpenError::Cancelled(cancelled)) => return Err(cancelled.into()),
                // The other files go on.
                Err(error) => trouble = Some(error),
            }
        }
        self.trouble = trouble.as_ref().map(ToString::to_string);
        // What came while another file had trouble, too.
        let taken = |file: &File| file.taken as usize == file.log.len();
        if came == Followed::Same && self.files.iter().all(taken) {
            return trouble.map_or(Ok(Followed::Same), Err);
        }
        self.streams.learn(&self.sources()?);
        if self.streams.are_renamed() {
            // A stream that was the only one of its name gets another name.
            return Ok(Followed::Rewritten);
        }
        self.put_together(builder, task, &mut |_| {})?;
        Ok(Followed::Appended)
    }

    /// Adds the events of the files' logs that are not in the common log, and those anew that stand
    /// after the first of them; all where a file's own order is another now, or other clocks decide.
    fn put_together(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), OpenError> {
        let sources: Arc<[Source]> = self.sources()?.into();
        self.streams.learn(&sources);
        let clocks: Vec<Option<Clock>> = sources.iter().map(|source| source.clock).collect();
        let moved = |file: &File| file.taken > 0 && file.generation != file.log.generation();
        let moved = self.files.iter().any(moved) || self.clocks != clocks;
        if moved && !builder.is_empty() {
            self.begin_again(builder);
        }
        self.streams.settle();
        self.clocks = clocks;
        let mut events: Vec<Vec<u32>> = (self.files.iter().zip(&*sources))
            .map(|(file, source)| sorted(source, (file.taken..source.log.len() as u32).collect()))
            .collect();
        let kept = forget_after(builder, &sources, &mut events);
        builder.made_of(Arc::clone(&sources), self.common_clock());
        let mut in_order = InOrder::new(&sources, events);
        // What stays where it is stands in chunks of its own, and can stay the next time.
        let mut size = if kept > 0 { kept } else { CHUNK };
        loop {
            task.check()?;
            let chunk = copy(&sources, &self.streams, in_order.by_ref().take(size));
            if chunk.is_empty() {
                break;
            }
            builder.append(chunk);
            publish(builder);
            size = CHUNK;
        }
        for file in &mut self.files {
            file.taken = file.log.len() as u32;
            file.generation = file.log.generation();
        }
        Ok(())
    }

    fn sources(&self) -> Result<Vec<Source>, OpenError> {
        let common = self.common_clock();
        let clock = |file: &File| common.unwrap_or_else(|| file.log.default_clock());
        let timed = |file: &File| file.log.is_empty() || file.log.has_clock(clock(file));
        let by_time = match self.join {
            Join::Listed => false,
            Join::Time => true,
            Join::TimeIfAny => self.files.iter().all(timed),
        };
        let source = |file: &File| {
            let clock = by_time.then(|| clock(file));
            if by_time && !timed(file) {
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

/// Events of files as rows of the common log.
fn copy(
    sources: &[Source],
    streams: &StreamNames,
    events: impl Iterator<Item = (u32, EventIx)>,
) -> RawChunk {
    let mut raw = RawChunk::default();
    for (file, event) in events {
        let name = |stream: StreamIx| streams.of(sources, file, stream);
        sources[file as usize].copy(file, event, &mut raw, &name);
    }
    raw
}

/// Takes the events out of the common log that stand after the first of `events`, and puts them with
/// these. How many come first that only share a chunk with them.
fn forget_after(builder: &mut LogBuilder, sources: &[Source], events: &mut [Vec<u32>]) -> usize {
    let standing = |file: usize, event| sources[file].standing(file as u32, EventIx(event));
    let firsts = (events.iter().enumerate())
        .filter_map(|(file, events)| Some(standing(file, *events.first()?)));
    let Some(first) = firsts.min() else { return 0 };
    let of = |place: Place| standing(place.extent as usize, place.at as u32);
    let displaced = builder.partition_point(|place| of(place) < first);
    let forgotten = builder.forget_from(EventIx(displaced as u32));
    let mut again: Vec<Vec<u32>> = vec![Vec::new(); events.len()];
    for place in forgotten {
        again[place.extent as usize].push(place.at as u32);
    }
    for ((events, mut again), source) in events.iter_mut().zip(again).zip(sources) {
        again.append(events);
        *events = sorted(source, again);
    }
    displaced - builder.len()
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
