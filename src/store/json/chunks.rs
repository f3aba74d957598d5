//! From records to chunks of rows: blocks of lines side by side, anything else record by record.

use std::ops::ControlFlow;

use super::judge::{Judge, repeats};
use super::mapping::Mapping;
use super::payloads::{Reading, pack};
use super::{
    Block, Item, JsonError, Problem, Record, RecordPlace, Records, Resume, ScanOptions, Weight,
};
use crate::log::{self, RawChunk};
use crate::model::Task;
use crate::store::layout::Role;
use crate::store::pipeline;
use crate::store::row::{Found, Interpreter, NAMELESS, Value};

/// Bytes of JSON lines read as one block, after the first ones, which are small so that the first
/// screen is there at once.
pub(super) const BLOCK: u64 = 8 << 20;
pub(super) const FIRST_BYTES: [u64; 2] = [256 << 10, 1 << 20];

/// Records of anything else read as one chunk, after the first ones.
const RECORDS: usize = 1 << 15;
const FIRST_RECORDS: [usize; 2] = [1_000, 8_000];

/// The first screen of a store that is read record by record.
pub(super) const FIRST_SCREEN: usize = FIRST_RECORDS[0];

/// Reads blocks of lines side by side; where reading goes on.
pub(super) fn by_blocks<'r>(
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
    pipeline::in_order(blocks.len(), all, &mut |_, scanned: Scanned| {
        let end = scanned.end.clone();
        take(scanned.located(records, before));
        before += end.number;
        resume = Some(Resume {
            number: before,
            ..end
        });
    })?;
    Ok(resume)
}

/// Reads on from a block's start in chunks of so many records; where reading goes on.
pub(super) fn by_records(
    mut block: Block,
    mut reader: Reader<'_>,
    take: &mut dyn FnMut(RawChunk),
) -> Result<Resume, JsonError> {
    let mut sizes = FIRST_RECORDS.into_iter();
    loop {
        let most = sizes.next().unwrap_or(RECORDS);
        let scanned = reader.scan(&block, most)?;
        let end = scanned.end.clone();
        let full = scanned.chunk.len() >= most;
        take(scanned.located(reader.records, 0));
        if !full {
            return Ok(end);
        }
        block = reader.records.rest(&end);
    }
}

/// A problem with its place in words.
pub(super) fn located(records: &Records, problem: &Problem) -> log::Problem {
    log::Problem {
        place: records.locate(problem),
        message: problem.message.clone(),
    }
}

/// What a block held.
pub(super) struct Scanned {
    chunk: RawChunk,
    /// Which problems of the chunk are where, perhaps counted from the start of the block.
    numbered: Vec<(usize, Problem)>,
    pub end: Resume,
}

impl Scanned {
    /// The rows, with the places of their problems counted on from `before`.
    pub fn located(mut self, records: &Records, before: u64) -> RawChunk {
        for (at, problem) in self.numbered {
            let problem = problem.counted_from(before);
            self.chunk.problems[at].place = records.locate(&problem);
        }
        self.chunk
    }
}

/// One thread's way through the records.
pub(super) struct Reader<'r> {
    records: &'r Records,
    /// One for each source of the layout.
    sources: Vec<(&'r Mapping, Interpreter<'r>)>,
    judge: Judge,
    options: ScanOptions,
    task: &'r Task,
}

impl<'r> Reader<'r> {
    pub fn new(reading: &'r Reading, options: ScanOptions, task: &'r Task) -> Self {
        Self {
            records: &reading.records,
            sources: reading.sources(),
            judge: Judge::default(),
            options,
            task,
        }
    }

    /// The records of a block, or the first `most` of them.
    pub fn scan(&mut self, block: &Block, most: usize) -> Result<Scanned, JsonError> {
        let (records, options, task) = (self.records, self.options, self.task);
        let mut chunk = RawChunk::default();
        let mut numbered = Vec::new();
        // What was told of the record that comes next.
        let mut ahead: Vec<Problem> = Vec::new();
        let end = records.scan(block, options, task, &mut |item| {
            let before = chunk.problems.len();
            match item {
                Item::Problem(problem) if problem.weight != Weight::All => ahead.push(problem),
                Item::Problem(problem) => {
                    chunk.lose(placeless(problem.message.clone()));
                    numbered.push((before, problem));
                }
                Item::Record(record) => {
                    chunk.next_record();
                    for problem in ahead.drain(..) {
                        numbered.push((chunk.problems.len(), problem.clone()));
                        match problem.weight {
                            Weight::Nothing => chunk.note(placeless(problem.message)),
                            _ => chunk.problems.push(placeless(problem.message)),
                        }
                    }
                    let before = chunk.problems.len();
                    self.push(record, &mut chunk);
                    for at in before..chunk.problems.len() {
                        numbered.push((at, about(records, record.place)));
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

    fn push(&mut self, record: Record<'_>, chunk: &mut RawChunk) {
        let last = self.sources.len() - 1;
        let (mapping, interpreter) = &mut self.sources[usize::from(record.source).min(last)];
        let taken = match mapping.take(&mut self.judge, record.text) {
            Ok(taken) => taken,
            Err(message) => {
                chunk.lose(placeless(message));
                return;
            }
        };
        let repeated = taken.repeated.as_deref();
        (chunk.problems).extend(repeated.map(|key| placeless(repeats(key))));
        let parts = mapping.parts_inside(&taken);
        let mut found = Found::default();
        mapping.find(&taken, record.context, &mut found);
        mapping.find_inside(&taken, &parts, record.context, &mut found);
        let links = mapping.links(record.text);
        chunk
            .problems
            .extend(mapping.unknown_link(&links).map(placeless));
        if mapping.is_first_link_own() {
            let own = links.first().map_or(NAMELESS, |link| link);
            found.set(Role::Stream, Value::Text(own.into()));
        }
        mapping.look_up(&mut found);
        interpreter.push(chunk, &found, pack(record.place), &String::new);
        for link in &links {
            let category = mapping.category_of_link(link);
            chunk.link(link, None, || {
                category.map_or_else(
                    || interpreter.category_of_link(link, &Value::Null),
                    str::to_owned,
                )
            });
        }
    }
}

/// A problem of the record at `place`, its message left out.
fn about(records: &Records, place: RecordPlace) -> Problem {
    Problem {
        file: place.file,
        place: records.counted(place.file)(place.number),
        message: String::new(),
        weight: Weight::Part,
    }
}

/// A problem whose place is known to the block only.
fn placeless(message: String) -> log::Problem {
    log::Problem {
        place: String::new(),
        message,
    }
}
