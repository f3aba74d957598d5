//! A JSON event store: recognised, indexed, followed.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, RwLock};

use super::mapping::Mapping;
use super::{
    Block, Check, FileIx, Growth, Item, JsonError, RecordPlace, Records, Resume, ScanOptions, Tail,
};
use crate::log::{
    Body, Log, LogBuilder, Order, PayloadReader, Place, Problem, RawChunk, Unreadable,
};
use crate::model::{Cancelled, EventIx, Task};
use crate::store::News;
use crate::store::layout::{JsonFacts, Layout, OrderBy};
use crate::store::pipeline;
use crate::store::row::{Found, Interpreter};

/// Records looked at to recognise a layout.
const SAMPLE: usize = 200;

/// Bytes of JSON lines read as one block, beyond the first.
const BLOCK: u64 = 8 << 20;

/// An opened JSON store.
#[derive(Debug)]
pub(in crate::store) struct JsonSource {
    shared: Arc<Shared>,
    file: String,
    resume: Option<Resume>,
}

/// What reading payloads needs, too.
#[derive(Debug)]
struct Shared {
    records: RwLock<Arc<Records>>,
    mapping: Mapping,
}

impl Shared {
    fn records(&self) -> Arc<Records> {
        match self.records.read() {
            Ok(records) => Arc::clone(&records),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }
}

impl JsonSource {
    /// Opens the file or folder and looks what it is.
    pub fn open(path: &Path, task: &Task) -> Result<(Records, JsonFacts), JsonError> {
        let records = Records::open(path, task)?;
        let mut facts = JsonFacts::default();
        for sample in records.sample(SAMPLE)? {
            let around = sample.context.fields.iter().map(|(name, _)| name.clone());
            let keyed = sample
                .context
                .stream_key
                .is_some()
                .then(|| "stream".to_owned());
            let file = sample.context.file.is_some().then(|| "file".to_owned());
            for name in around.chain(keyed).chain(file) {
                if !facts.around.contains(&name) {
                    facts.around.push(name);
                }
            }
            facts.records.push(sample.text);
        }
        Ok((records, facts))
    }

    pub fn new(records: Records, layout: Layout, file: &str) -> Self {
        let shared = Shared {
            records: RwLock::new(Arc::new(records)),
            mapping: Mapping::new(layout),
        };
        Self {
            shared: Arc::new(shared),
            file: file.to_owned(),
            resume: None,
        }
    }

    pub fn builder(&self) -> LogBuilder {
        let events = &self.shared.mapping.layout.events;
        let order = match events.order {
            OrderBy::Position => Order::Found,
            OrderBy::Key => Order::Given,
            OrderBy::Time => Order::Time,
        };
        LogBuilder::new(order).with_clock(events.clock)
    }

    pub fn layout(&self) -> &Layout {
        &self.shared.mapping.layout
    }

    pub fn records(&self) -> Arc<Records> {
        self.shared.records()
    }

    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        Arc::clone(&self.shared) as Arc<dyn PayloadReader>
    }

    /// Reads everything that was not read yet. While following, an unfinished last line waits.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        tail: Tail,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), JsonError> {
        let records = self.records();
        let blocks = match &self.resume {
            Some(resume) => vec![records.rest(resume)],
            None => {
                let problems = records.problems().iter().map(|problem| Problem {
                    place: records.locate(problem),
                    message: problem.message.clone(),
                });
                builder.report(problems);
                blocks(&records).map_err(|source| JsonError::Unreadable {
                    source,
                    path: self.file.clone().into(),
                })?
            }
        };
        task.set_total(records.size().unwrap_or(0));
        let options = ScanOptions {
            tail,
            check: Check::Grammar,
        };
        let readers = if blocks.len() > 1 { 2 } else { 1 };
        let mut all: Vec<pipeline::Reader<'_, Scanned, JsonError>> = Vec::new();
        for _ in 0..readers {
            let mut interpreter = Interpreter::new(&self.shared.mapping.layout.events, &self.file);
            let (records, mapping, blocks) = (&records, &self.shared.mapping, &blocks);
            all.push(Box::new(move |at| {
                scan(
                    records,
                    mapping,
                    &mut interpreter,
                    &blocks[at],
                    options,
                    task,
                )
            }));
        }
        let (mut resume, mut before) = (None, 0);
        pipeline::in_order(blocks.len(), all, &mut |_, scanned: Scanned| {
            let Scanned {
                mut chunk,
                numbered,
                end,
            } = scanned;
            for (at, problem) in numbered {
                chunk.problems[at].place = records.locate(&problem.counted_from(before));
            }
            if blocks.len() > 1 {
                before += end.number;
            }
            builder.append(chunk);
            resume = Some(Resume {
                number: if blocks.len() > 1 { before } else { end.number },
                ..end
            });
            publish(builder);
        })?;
        self.resume = resume.or(self.resume.take());
        Ok(())
    }

    /// Looks whether the store has changed since the last read.
    pub fn news(&self) -> io::Result<News> {
        let Some(resume) = &self.resume else {
            return Ok(News::None);
        };
        Ok(match self.records().grown(resume)? {
            Growth::Same => News::None,
            Growth::Appended(_) => News::Appended,
            Growth::Rewritten => News::Rewritten,
        })
    }
}

/// A first block that is read at once, then large ones.
fn blocks(records: &Records) -> io::Result<Vec<Block>> {
    let parts = usize::try_from(records.size()? / BLOCK).unwrap_or(1).max(1);
    if parts == 1 {
        return Ok(vec![records.whole()]);
    }
    records.split_blocks(parts)
}

struct Scanned {
    chunk: RawChunk,
    /// Which problems of the chunk have numbers that count from the start of the block.
    numbered: Vec<(usize, super::Problem)>,
    end: Resume,
}

fn scan(
    records: &Records,
    mapping: &Mapping,
    interpreter: &mut Interpreter<'_>,
    block: &Block,
    options: ScanOptions,
    task: &Task,
) -> Result<Scanned, JsonError> {
    let mut chunk = RawChunk::default();
    let mut numbered = Vec::new();
    let lines = matches!(records.shape(), super::Shape::Lines);
    let end = records.scan(block, options, task, &mut |item| {
        let before = chunk.problems.len();
        let (file, number, message) = match item {
            Item::Problem(problem) => {
                let place = String::new();
                chunk.problems.push(Problem {
                    place,
                    message: problem.message.clone(),
                });
                numbered.push((before, problem));
                return ControlFlow::Continue(());
            }
            Item::Record(record) => {
                let body = mapping.looks_inside().then(|| mapping.body(record.text));
                let mut found = Found::default();
                let read = mapping.find(record.text, record.context, &mut found);
                if let Some(body) = &body {
                    mapping.find_inside(body, &mut found);
                }
                let place = pack(record.place);
                match read {
                    Ok(()) => interpreter.push(&mut chunk, &found, place, &String::new),
                    Err(error) => chunk.problems.push(Problem {
                        place: String::new(),
                        message: error.to_string(),
                    }),
                }
                (record.place.file, record.place.number, String::new())
            }
        };
        let place = if lines {
            super::Place::Line(number)
        } else {
            super::Place::Item(number)
        };
        for at in before..chunk.problems.len() {
            numbered.push((
                at,
                super::Problem {
                    file,
                    place,
                    message: message.clone(),
                },
            ));
        }
        ControlFlow::Continue(())
    })?;
    Ok(Scanned {
        chunk,
        numbered,
        end: end.resume,
    })
}

/// A file in the highest 20 bits, a byte of it in the others.
fn pack(place: RecordPlace) -> Place {
    Place {
        at: i64::from(place.file.0) << 44 | place.start as i64,
        extent: place.length,
    }
}

fn unpack(place: Place) -> RecordPlace {
    let start = place.at as u64 & ((1 << 44) - 1);
    RecordPlace {
        file: FileIx((place.at >> 44) as u32),
        start,
        length: place.extent,
        number: 0,
    }
}

impl PayloadReader for Shared {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        let records = self.records();
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            let place = unpack(log.place(event));
            let body = match records.read_back(place) {
                Err(error) => Err(Unreadable::Damaged(error.to_string())),
                Ok(text) => self.checked(log, event, &text, records.context(place)),
            };
            each(event, body);
        }
        Ok(())
    }
}

impl Shared {
    /// The body, if the record is still the event that was indexed.
    fn checked(
        &self,
        log: &Log,
        event: EventIx,
        text: &str,
        around: &super::Context,
    ) -> Result<Body, Unreadable> {
        let mut chunk = RawChunk::default();
        let body = self.mapping.body(text);
        let mut found = Found::default();
        if self.mapping.find(text, around, &mut found).is_err() {
            return Err(Unreadable::Rewritten);
        }
        self.mapping.find_inside(&body, &mut found);
        let stream = log.stream_name(log.stream(event));
        let mut interpreter = Interpreter::new(&self.mapping.layout.events, stream);
        interpreter.push(&mut chunk, &found, Place::default(), &String::new);
        if chunk.is(stream, log.type_name(log.event_type(event))) {
            Ok(body)
        } else {
            Err(Unreadable::Rewritten)
        }
    }
}
