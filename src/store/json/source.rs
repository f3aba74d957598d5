//! A JSON event store: recognised, indexed, followed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::chunks::{BLOCK, FIRST_BYTES, FIRST_SCREEN, Reader, by_blocks, by_records, located};
use super::follow::Succession;
use super::mapping::Mappings;
use super::payloads::{Payloads, Reading};
use super::scan::LONGEST;
use super::{Block, Check, Inside, JsonError, Look, Records, Resume, Sample, ScanOptions, Tail};
use crate::log::{LogBuilder, Order, PayloadReader};
use crate::model::Task;
use crate::model::json::{Pointer, walk};
use crate::store::Followed;
use crate::store::layout::{JsonFacts, Layout, OrderBy};

/// Records looked at to recognise a layout.
const SAMPLE: usize = 200;

/// Problems that are told of a file that has no records.
const PROBLEMS: usize = 3;

/// How long an unfinished end waits for the rest.
const PATIENCE: Duration = Duration::from_secs(2);

/// An opened JSON store.
#[derive(Debug)]
pub(in crate::store) struct JsonSource {
    reading: Arc<Reading>,
    payloads: Arc<Payloads>,
    resume: Option<Resume>,
    end: End,
    /// How many problems were reported last that more text may mend.
    unmended: usize,
    /// Since when the file is as it is, where that is cut off in the middle.
    cut: Option<(Instant, Stamp)>,
}

/// What becomes of an unfinished end.
#[derive(Clone, Copy, Debug)]
enum End {
    /// It was looked at.
    Settled,
    /// It waits from the next look on.
    New,
    /// Nothing has come after it since then.
    Waiting(Instant),
}

/// By what it is seen that a writer is still at it.
type Stamp = (u64, Option<SystemTime>);

impl JsonSource {
    /// Opens the file, or the folder but `without` some of its files, and looks what it is, and what
    /// there is for each of the layouts.
    pub fn open(
        path: &Path,
        without: &[PathBuf],
        look: Look,
        told: &[Layout],
        task: &Task,
    ) -> Result<(Records, JsonFacts), JsonError> {
        let records = Records::open_without(path, without, look, task)?;
        // What is looked at again counts no more.
        let task = &task.part();
        let mut facts = JsonFacts::default();
        let samples = records.sample(SAMPLE, task)?;
        let fields = |sample: &Sample| Arc::clone(&sample.context.fields);
        let first = samples.first().map(fields).unwrap_or_default();
        for (name, value) in &*first {
            let same = |sample: &Sample| {
                let own = sample.context.fields.iter().find(|(own, _)| own == name);
                own.is_some_and(|(_, own)| own == value)
            };
            if !samples.iter().all(same) {
                facts.apart.push(name.clone());
            }
        }
        for sample in samples {
            let around = sample.context.fields.iter().map(|(name, _)| name.clone());
            let keyed = sample.context.key.is_some().then(|| "stream".to_owned());
            let file = records.is_folder().then(|| "file".to_owned());
            for name in around.chain(keyed).chain(file) {
                if !facts.around.contains(&name) {
                    facts.around.push(name);
                }
            }
            facts.records.push(sample.text);
        }
        facts.members = records.members().to_vec();
        if facts.records.is_empty() {
            facts.problems = records.first_problems(PROBLEMS, task)?;
        }
        for layout in told {
            let Some(path) = layout.events.records.as_ref() else {
                continue;
            };
            let first = path.keys().first();
            let texts = match first.is_some_and(|key| facts.members.contains(key)) {
                true if layout.is_of_document(&facts.members) => {
                    let samples = records.sample_of(layout, SAMPLE, task)?;
                    samples.into_iter().map(|sample| sample.text).collect()
                }
                true => continue,
                // Where nothing is there, nobody looks through the whole file for it.
                false => within(&facts.records, path),
            };
            facts.told.insert(layout.id.clone(), texts);
        }
        Ok((records, facts))
    }

    /// Made ready to be read by `layout`.
    pub fn new(
        mut records: Records,
        layout: Layout,
        file: &str,
        task: &Task,
    ) -> Result<Self, JsonError> {
        let task = &task.part();
        records.plan_by(&layout, task)?;
        let mut known = BTreeMap::new();
        for (name, lookup) in &layout.lookup {
            let values = records.look_up(lookup, task)?;
            known.insert(name.clone(), Arc::new(values));
        }
        let reading = Arc::new(Reading {
            records,
            mapping: Arc::new(Mappings::new(layout, &known)),
            file: file.to_owned(),
        });
        Ok(Self {
            payloads: Arc::new(Payloads::new(Arc::clone(&reading))),
            reading,
            resume: None,
            end: End::Settled,
            unmended: 0,
            cut: None,
        })
    }

    pub fn builder(&self) -> LogBuilder {
        let events = &self.layout().events;
        let order = match events.order {
            OrderBy::Position => Order::Found,
            OrderBy::Key => Order::Given,
            OrderBy::PositionOrTime => Order::Mingled,
            OrderBy::Time => Order::Time,
        };
        LogBuilder::new(order).with_clock(events.clock)
    }

    pub fn layout(&self) -> &Layout {
        &self.reading.mapping.layout
    }

    pub fn records(&self) -> &Records {
        &self.reading.records
    }

    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        Arc::clone(&self.payloads) as Arc<dyn PayloadReader>
    }

    /// Reads everything that was not read yet. While following, an unfinished end waits.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        tail: Tail,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), JsonError> {
        let done = self.resume.as_ref().map_or(0, |resume| resume.byte);
        task.set_done(done);
        task.set_total(self.records().size().unwrap_or(0));
        self.read_on(builder, task, publish)?;
        if tail == Tail::AtRest || !self.records().can_grow() {
            self.settle(builder, &task.part())?;
        } else {
            self.end = End::New;
        }
        Ok(())
    }

    /// Reads the first records, which may yet turn out to be of another store than they seem.
    pub fn first_screen(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), JsonError> {
        let reading = Arc::clone(&self.reading);
        let mut reader = Reader::new(&reading, self.options(Tail::Following), task);
        let scanned = reader.scan(&reading.records.whole(), FIRST_SCREEN)?;
        self.resume = Some(scanned.end.clone());
        builder.append(scanned.located(&reading.records, 0));
        publish(builder);
        Ok(())
    }

    /// Goes on by what `whole` found, which has looked at all of the file, if that is what the first
    /// records seemed to be of.
    pub fn go_on_by(
        &mut self,
        whole: &Self,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<Followed, JsonError> {
        let Some(resume) = &self.resume else {
            return Ok(Followed::Rewritten);
        };
        let records = whole.records();
        let same = whole.layout() == self.layout();
        if !same || records.succession(self.records(), resume, &task.part())? != Succession::GoesOn
        {
            return Ok(Followed::Rewritten);
        }
        let problems = records.problems().iter();
        builder.report_loss(problems.map(|problem| located(records, problem)));
        self.turn_to(Arc::clone(&whole.reading));
        Ok(Followed::Same)
    }

    /// Reads what has come since the last read. An unfinished end waits for the rest until nothing
    /// has come for two seconds.
    pub fn follow(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<Followed, JsonError> {
        let Some(resume) = &self.resume else {
            return Ok(Followed::Same);
        };
        let before = (builder.len(), builder.problem_count());
        match self
            .records()
            .grown(resume)
            .map_err(|error| self.unreadable(error))?
        {
            Followed::Rewritten => match self.written_anew(now, task)? {
                Followed::Appended => self.take_in(now, builder, task)?,
                other => return Ok(other),
            },
            Followed::Appended => self.take_in(now, builder, task)?,
            Followed::Same => match self.end {
                End::Settled => {}
                End::New => self.end = End::Waiting(now),
                End::Waiting(since) if now.saturating_duration_since(since) < PATIENCE => {}
                End::Waiting(_) => self.settle(builder, task)?,
            },
        }
        Ok(match before == (builder.len(), builder.problem_count()) {
            true => Followed::Same,
            false => Followed::Appended,
        })
    }

    fn take_in(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<(), JsonError> {
        builder.retract(std::mem::take(&mut self.unmended));
        self.cut = None;
        self.end = End::Waiting(now);
        self.read_on(builder, task, &mut |_| {})
    }

    /// Looks whether a file that was written anew begins with all that was read of it: then it has
    /// been appended to. One that is cut off is given time, since its writer may be at it.
    fn written_anew(&mut self, now: Instant, task: &Task) -> Result<Followed, JsonError> {
        let path = self.records().path();
        let stamp = fs::metadata(path).map(|file| (file.len(), file.modified().ok()));
        let stamp = stamp.map_err(|error| self.unreadable(error))?;
        let resume = self.resume.as_ref().filter(|_| self.records().is_traced());
        let Some(resume) = resume else {
            return Ok(Followed::Rewritten);
        };
        let opened = Records::open(path, Look::Whole, task).and_then(|mut records| {
            records.plan_by(self.layout(), task)?;
            Ok(records)
        });
        let records = match opened {
            Ok(records) => Some(records),
            Err(JsonError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(_) => None,
        };
        let succession = match &records {
            Some(records) => records.succession(self.records(), resume, task)?,
            None => Succession::Unfinished,
        };
        match (succession, records) {
            (Succession::GoesOn, Some(records)) => {
                let reading = Reading {
                    records,
                    mapping: Arc::clone(&self.reading.mapping),
                    file: self.reading.file.clone(),
                };
                self.turn_to(Arc::new(reading));
                Ok(Followed::Appended)
            }
            (Succession::Another, _) => Ok(Followed::Rewritten),
            _ => {
                let known = self.cut.filter(|(_, known)| *known == stamp);
                let (since, _) = *self.cut.insert(known.unwrap_or((now, stamp)));
                let waited = now.saturating_duration_since(since);
                Ok(match waited < PATIENCE {
                    true => Followed::Same,
                    false => Followed::Rewritten,
                })
            }
        }
    }

    /// Goes on after what was read, in another reading of the same events.
    fn turn_to(&mut self, reading: Arc<Reading>) {
        self.payloads.turn_to(Arc::clone(&reading));
        self.reading = reading;
        if let Some(resume) = &mut self.resume
            && resume.inside == Inside::Closed
        {
            resume.inside = Inside::Array;
        }
    }

    /// Reads on up to an unfinished end.
    fn read_on(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), JsonError> {
        let reading = Arc::clone(&self.reading);
        let records = &reading.records;
        // A folder is read again as a whole when anything in it changes.
        let tail = match records.is_folder() {
            true => Tail::AtRest,
            false => Tail::Following,
        };
        let reader = || Reader::new(&reading, self.options(tail), task);
        let blocks = match &self.resume {
            Some(_) => None,
            None => {
                let problems = records.problems().iter();
                builder.report_loss(problems.map(|problem| located(records, problem)));
                records.split_lines(&FIRST_BYTES, BLOCK, task)?
            }
        };
        let mut take = |chunk| {
            builder.append(chunk);
            publish(builder);
        };
        let resume = match (blocks, &self.resume) {
            (Some(blocks), _) => by_blocks(&blocks, &reader, &mut take)?,
            (None, Some(resume)) => Some(by_records(records.rest(resume), reader(), &mut take)?),
            (None, None) => Some(by_records(records.whole(), reader(), &mut take)?),
        };
        self.resume = resume.or(self.resume.take());
        Ok(())
    }

    /// Takes the end as it is: what is whole is an event, what is not is reported until it is.
    fn settle(&mut self, builder: &mut LogBuilder, task: &Task) -> Result<(), JsonError> {
        self.end = End::Settled;
        let Some(resume) = self.resume.clone().filter(|_| !self.records().is_folder()) else {
            return Ok(());
        };
        let records = self.records();
        // What has come since is for the next look.
        let seen = match records.can_grow() {
            true => resume.seen,
            false => u64::MAX,
        };
        let block = Block {
            end: seen,
            ..records.rest(&resume)
        };
        let mut reader = Reader::new(&self.reading, self.options(Tail::AtRest), task);
        let scanned = reader.scan(&block, usize::MAX)?;
        let end = scanned.end.clone();
        let chunk = scanned.located(records, 0);
        self.unmended = match end.byte == resume.byte {
            true => chunk.problems.len(),
            false => 0,
        };
        builder.append(chunk);
        self.resume = Some(Resume {
            seen: resume.seen,
            modified: resume.modified,
            ..end
        });
        Ok(())
    }

    const fn options(&self, tail: Tail) -> ScanOptions {
        ScanOptions {
            tail,
            check: Check::Framing,
            longest: LONGEST,
        }
    }

    fn unreadable(&self, source: io::Error) -> JsonError {
        JsonError::Unreadable {
            source,
            path: self.records().path().to_owned(),
        }
    }
}

/// What stands in records where a layout says that its records are.
fn within(records: &[String], path: &Pointer) -> Vec<String> {
    let mut texts = Vec::new();
    for record in records {
        // One that is no JSON has none.
        let _ = walk(record, path.keys(), &mut Vec::new(), &mut |text, _| {
            texts.push(text.to_owned());
        });
    }
    texts.truncate(SAMPLE);
    texts
}
