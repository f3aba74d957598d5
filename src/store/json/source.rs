//! A JSON event store: recognised, indexed, followed.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::mapping::Mapping;
use super::scan::{Judge, repeats};
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

/// Bytes of JSON lines read as one block, after the first ones, which are small so that the first
/// screen is there at once.
const BLOCK: u64 = 8 << 20;
const FIRST_BYTES: [u64; 2] = [256 << 10, 1 << 20];

/// Records of anything else read as one chunk, after the first ones.
const RECORDS: usize = 1 << 16;
const FIRST_RECORDS: [usize; 2] = [1_000, 8_000];

/// How long an unfinished last line waits for its end.
const PATIENCE: Duration = Duration::from_secs(2);

/// An opened JSON store.
#[derive(Debug)]
pub(in crate::store) struct JsonSource {
    shared: Arc<Shared>,
    resume: Option<Resume>,
    /// Since when nothing has come after what was read last; `None` once that was looked at.
    waiting: Option<Instant>,
}

/// What reading payloads needs, too.
#[derive(Debug)]
struct Shared {
    records: Arc<Records>,
    mapping: Mapping,
    /// The stream of a store that knows none.
    file: String,
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
            records: Arc::new(records),
            mapping: Mapping::new(layout),
            file: file.to_owned(),
        };
        Self {
            shared: Arc::new(shared),
            resume: None,
            waiting: None,
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
        Arc::clone(&self.shared.records)
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
        task.set_total(records.size().unwrap_or(0));
        let options = ScanOptions {
            tail,
            check: Check::Framing,
        };
        let reader = || Reader {
            records: &records,
            mapping: &self.shared.mapping,
            interpreter: Interpreter::new(&self.shared.mapping.layout.events, &self.shared.file),
            judge: Judge::default(),
            options,
            task,
        };
        let blocks = match &self.resume {
            Some(_) => None,
            None => {
                builder.report(
                    records
                        .problems()
                        .iter()
                        .map(|problem| located(&records, problem)),
                );
                let split = records.split_lines(&FIRST_BYTES, BLOCK);
                split.map_err(|source| self.unreadable(source))?
            }
        };
        let resume = match blocks {
            Some(blocks) => by_blocks(&blocks, &reader, &mut |chunk| {
                builder.append(chunk);
                publish(builder);
            })?,
            None => {
                let from = match &self.resume {
                    Some(resume) => records.rest(resume),
                    None => records.whole(),
                };
                by_records(from, reader(), &mut |chunk| {
                    builder.append(chunk);
                    publish(builder);
                })?
            }
        };
        self.resume = resume.or(self.resume.take());
        Ok(())
    }

    /// Reads what has come since the last read. An unfinished last line waits for its end until
    /// nothing has come for two seconds.
    pub fn follow(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<News, JsonError> {
        let Some(resume) = &self.resume else {
            return Ok(News::None);
        };
        let growth = self.records().grown(resume);
        match growth.map_err(|source| self.unreadable(source))? {
            Growth::Rewritten => Ok(News::Rewritten),
            Growth::Appended(_) => {
                self.index(builder, Tail::Following, task, &mut |_| {})?;
                self.waiting = Some(now);
                Ok(News::Appended)
            }
            Growth::Same => {
                let waited = self
                    .waiting
                    .map(|since| now.saturating_duration_since(since));
                if waited.is_none_or(|waited| waited < PATIENCE) {
                    return Ok(News::None);
                }
                self.waiting = None;
                self.index(builder, Tail::AtRest, task, &mut |_| {})?;
                Ok(News::Appended)
            }
        }
    }

    fn unreadable(&self, source: io::Error) -> JsonError {
        let records = self.records();
        let path = records.files().next().map(|(path, _)| path.to_owned());
        JsonError::Unreadable {
            source,
            path: path.unwrap_or_default(),
        }
    }
}

/// Reads blocks of lines side by side; where reading goes on.
fn by_blocks<'r>(
    blocks: &[Block],
    reader: &dyn Fn() -> Reader<'r>,
    take: &mut dyn FnMut(RawChunk),
) -> Result<Option<Resume>, JsonError> {
    let readers = if blocks.len() > FIRST_BYTES.len() {
        2
    } else {
        1
    };
    let mut all: Vec<pipeline::Reader<'_, Scanned, JsonError>> = Vec::new();
    for _ in 0..readers {
        let mut reader = reader();
        all.push(Box::new(move |at| reader.scan(&blocks[at], usize::MAX)));
    }
    let records = reader().records;
    let (mut resume, mut before) = (None, 0);
    pipeline::in_order(blocks.len(), all, &mut |_, mut scanned: Scanned| {
        for (at, problem) in scanned.numbered {
            let problem = problem.counted_from(before);
            scanned.chunk.problems[at].place = records.locate(&problem);
        }
        before += scanned.end.number;
        take(scanned.chunk);
        resume = Some(Resume {
            number: before,
            ..scanned.end
        });
    })?;
    Ok(resume)
}

/// Reads on from a block's start in chunks of so many records; where reading goes on.
fn by_records(
    mut block: Block,
    mut reader: Reader<'_>,
    take: &mut dyn FnMut(RawChunk),
) -> Result<Option<Resume>, JsonError> {
    let mut sizes = FIRST_RECORDS.into_iter();
    loop {
        let most = sizes.next().unwrap_or(RECORDS);
        let mut scanned = reader.scan(&block, most)?;
        for (at, problem) in scanned.numbered {
            scanned.chunk.problems[at].place = reader.records.locate(&problem);
        }
        let full = scanned.chunk.len() >= most;
        take(scanned.chunk);
        if !full {
            return Ok(Some(scanned.end));
        }
        block = reader.records.rest(&scanned.end);
    }
}

fn located(records: &Records, problem: &super::Problem) -> Problem {
    Problem {
        place: records.locate(problem),
        message: problem.message.clone(),
    }
}

struct Scanned {
    chunk: RawChunk,
    /// Which problems of the chunk are where, perhaps counted from the start of the block.
    numbered: Vec<(usize, super::Problem)>,
    end: Resume,
}

/// One thread's way through the records.
struct Reader<'r> {
    records: &'r Records,
    mapping: &'r Mapping,
    interpreter: Interpreter<'r>,
    judge: Judge,
    options: ScanOptions,
    task: &'r Task,
}

impl Reader<'_> {
    /// The records of a block, or the first `most` of them.
    fn scan(&mut self, block: &Block, most: usize) -> Result<Scanned, JsonError> {
        let (records, options, task) = (self.records, self.options, self.task);
        let mut chunk = RawChunk::default();
        let mut numbered = Vec::new();
        let end = records.scan(block, options, task, &mut |item| {
            let before = chunk.problems.len();
            match item {
                Item::Problem(problem) => {
                    chunk.problems.push(placeless(problem.message.clone()));
                    numbered.push((before, problem));
                }
                Item::Record(record) => {
                    self.push(record, &mut chunk);
                    for at in before..chunk.problems.len() {
                        let problem = super::Problem {
                            file: record.place.file,
                            place: records.counted(record.place.file)(record.place.number),
                            message: String::new(),
                        };
                        numbered.push((at, problem));
                    }
                }
            }
            if chunk.len() >= most {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok(Scanned {
            chunk,
            numbered,
            end: end.resume,
        })
    }

    fn push(&mut self, record: super::Record<'_>, chunk: &mut RawChunk) {
        let mapping = self.mapping;
        let body = mapping.looks_inside().then(|| mapping.body(record.text));
        let mut found = Found::default();
        match mapping.find(&mut self.judge, record.text, record.context, &mut found) {
            Ok(None) => {}
            Ok(Some(key)) => chunk.problems.push(placeless(repeats(&key))),
            Err(message) => {
                chunk.problems.push(placeless(message));
                return;
            }
        }
        if let Some(body) = &body {
            mapping.find_inside(body, &mut found);
        }
        self.interpreter
            .push(chunk, &found, pack(record.place), &String::new);
    }
}

/// A problem whose place is known to the block only.
fn placeless(message: String) -> Problem {
    Problem {
        place: String::new(),
        message,
    }
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
        let mut check = Known {
            judge: Judge::default(),
            interpreter: Interpreter::new(&self.mapping.layout.events, &self.file),
        };
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            let place = unpack(log.place(event));
            let body = match self.records.read_back(place) {
                Ok(text) => self.checked(&mut check, log, event, &text),
                Err(JsonError::Unreadable { source, .. })
                    if source.kind() == io::ErrorKind::UnexpectedEof =>
                {
                    Err(Unreadable::Rewritten)
                }
                Err(error) => Err(Unreadable::Damaged(error.to_string())),
            };
            each(event, body);
        }
        Ok(())
    }

    fn likely(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        may: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<EventIx>, Cancelled> {
        if !self.mapping.is_verbatim() {
            return Ok(events.to_vec());
        }
        let mut found = Vec::new();
        for (n, &event) in events.iter().enumerate() {
            if n % 64 == 0 {
                task.check()?;
            }
            // Reading says what is wrong with a record.
            let text = self.records.read_back(unpack(log.place(event)));
            if text.map_or(true, |text| may(text.as_bytes())) {
                found.push(event);
            }
        }
        Ok(found)
    }
}

/// What it takes to tell whether a record is still the event that was indexed.
struct Known<'m> {
    judge: Judge,
    interpreter: Interpreter<'m>,
}

impl Shared {
    /// The body, if the record is still the event that was indexed.
    fn checked(
        &self,
        known: &mut Known<'_>,
        log: &Log,
        event: EventIx,
        text: &str,
    ) -> Result<Body, Unreadable> {
        let body = self.mapping.body(text);
        let around = self.records.context(unpack(log.place(event)));
        let mut found = Found::default();
        let readable = self
            .mapping
            .find(&mut known.judge, text, around, &mut found);
        self.mapping.find_inside(&body, &mut found);
        if readable.is_ok() && known.interpreter.is_same(&found, log, event) {
            Ok(body)
        } else {
            Err(Unreadable::Rewritten)
        }
    }
}
