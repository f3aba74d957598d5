//! What a typed text may mean: streams and event types by fuzzy match, an event by its id. Goes
//! through all names, so it is never called on the window's thread; looks at no payload.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::log::{Bound, Cut, IdRef, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task, TypeIx};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Streams and types shown; the rest is counted.
const SHOWN: usize = 8;

/// Letters of a name that are looked at.
const LONGEST: usize = 400;

/// Names between two looks whether anybody still waits.
const PATCH: usize = 1024;

/// Asks what a text may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct AskNames {
    /// The log.
    pub subject: Subject,
    /// The moment of the figures.
    pub cut: Cut,
    /// The text.
    pub text: String,
    /// Where one is, which decides what comes first where nothing is typed.
    pub near: Near,
}

/// Where one is among the streams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Near {
    /// The one that is looked at.
    pub stream: Option<StreamIx>,
    /// Those looked at before it, the last one first.
    pub recent: Vec<StreamIx>,
}

impl AskNames {
    /// Whether the answers to both name the same: the figures of one may be of a store that has grown since.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        let order = |own: &Self| (own.subject.session, own.subject.log.generation());
        order(self) == order(other) && (&self.text, &self.near) == (&other.text, &other.near)
    }
}

impl Question for AskNames {
    type Answer = Names;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn outdates(&self, before: &Self) -> bool {
        self.text != before.text
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Names, Unanswered> {
        let (log, cut) = (&*self.subject.log, &self.cut);
        if self.text.is_empty() && self.near != Near::default() {
            return Ok(around(log, cut, &self.near, asked.task)?);
        }
        Ok(find(log, cut, &self.text, asked.task)?)
    }
}

/// What was found, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// The text that was looked for.
    pub text: String,
    /// The best streams.
    pub streams: Vec<FoundStream>,
    /// How many streams match.
    pub matching: u64,
    /// The best event types.
    pub types: Vec<FoundType>,
    /// The event whose id was typed.
    pub event: Option<EventIx>,
}

/// A stream whose name matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundStream {
    /// Which.
    pub stream: StreamIx,
    /// Its events as of the cursor.
    pub known: usize,
    /// Its events in the whole store.
    pub events: usize,
    /// The last as of the cursor.
    pub last: Option<EventIx>,
    /// The places of the letters that match, ascending.
    pub marks: Vec<u32>,
}

/// An event type whose name matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundType {
    /// Which.
    pub event_type: TypeIx,
    /// The places of the letters that match, ascending.
    pub marks: Vec<u32>,
}

/// Matches names against words: letters in order, not necessarily side by side, case ignored.
#[derive(Debug)]
pub struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    letters: Vec<char>,
    words: Vec<String>,
}

/// What a whole word is worth: more than any number of letters, so that `77` finds account-77 before
/// account-777.
const WORD: u32 = 10_000;

impl Fuzzy {
    /// A matcher for the words of `text`; each must match.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        Self {
            pattern: Pattern::new(
                text,
                CaseMatching::Ignore,
                Normalization::Smart,
                AtomKind::Fuzzy,
            ),
            matcher: Matcher::new(config),
            letters: Vec::new(),
            words: parts(text).map(str::to_owned).collect(),
        }
    }

    /// How well `name` matches; `None` where it does not. Anything matches no words at all.
    pub fn score(&mut self, name: &str) -> Option<u32> {
        let score = self
            .pattern
            .score(letters(name, &mut self.letters), &mut self.matcher)?;
        let is_whole = |word: &&String| parts(name).any(|part| part.eq_ignore_ascii_case(word));
        let whole = self.words.iter().filter(is_whole).count() as u32;
        Some(score.saturating_add(whole.saturating_mul(WORD)))
    }

    /// The places of the letters that match, ascending.
    pub fn marks(&mut self, name: &str) -> Vec<u32> {
        let name = letters(name, &mut self.letters);
        let mut marks = Vec::new();
        self.pattern.indices(name, &mut self.matcher, &mut marks);
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

/// The words of a name or a text.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// By letters rather than by graphemes, so that marks are places in `chars()`.
fn letters<'a>(name: &'a str, buffer: &'a mut Vec<char>) -> Utf32Str<'a> {
    if name.is_ascii() {
        return Utf32Str::Ascii(&name.as_bytes()[..name.len().min(LONGEST)]);
    }
    buffer.clear();
    buffer.extend(name.chars().take(LONGEST));
    Utf32Str::Unicode(buffer)
}

/// Looks for `text`; figures are as of `cut`.
///
/// # Errors
/// [`Cancelled`] when somebody typed on.
fn find(log: &Log, cut: &Cut, text: &str, task: &Task) -> Result<Names, Cancelled> {
    let mut fuzzy = Fuzzy::new(text);
    let (streams, matching) = best(log.streams().iter(), &mut fuzzy, task)?;
    let (types, _) = best(log.types().iter(), &mut fuzzy, task)?;
    let mut found = Names {
        text: text.to_owned(),
        matching,
        event: log.find_event(IdRef::new(text.trim())),
        ..Names::default()
    };
    for ix in streams {
        task.check()?;
        let stream = StreamIx(ix);
        let marks = fuzzy.marks(log.stream_name(stream));
        found.streams.push(figures(log, cut, stream, marks));
    }
    found.types = types
        .into_iter()
        .map(|ix| FoundType {
            event_type: TypeIx(ix),
            marks: fuzzy.marks(log.type_name(TypeIx(ix))),
        })
        .collect();
    Ok(found)
}

/// Events looked back through for streams that were written to lately.
const LATELY: u32 = 20_000;

/// The streams that one may want to go to from where one is: those looked at before, then those of the
/// same category that were written to last as of the cursor, then others.
fn around(log: &Log, cut: &Cut, near: &Near, task: &Task) -> Result<Names, Cancelled> {
    let there = |stream: &StreamIx| stream.at() < log.streams().len();
    let mut streams: Vec<StreamIx> = Vec::with_capacity(SHOWN);
    let mut add = |stream: StreamIx| {
        let room = streams.len() < SHOWN && Some(stream) != near.stream;
        if room && there(&stream) && !streams.contains(&stream) {
            streams.push(stream);
        }
    };
    near.recent.iter().for_each(|stream| add(*stream));
    let end = cut.outside().0;
    let lately = (end.saturating_sub(LATELY)..end).rev().map(EventIx);
    let lately = lately.filter(|event| cut.holds(log, *event));
    let lately: Vec<StreamIx> = lately.map(|event| log.stream(event)).collect();
    task.check()?;
    let category = near.stream.filter(there).map(|stream| log.category(stream));
    let is_kin = |stream: &&StreamIx| Some(log.category(**stream)) == category;
    lately.iter().filter(is_kin).for_each(|stream| add(*stream));
    lately.iter().for_each(|stream| add(*stream));
    let figures = |stream| figures(log, cut, stream, Vec::new());
    Ok(Names {
        matching: log.streams().len() as u64,
        streams: streams.into_iter().map(figures).collect(),
        ..Names::default()
    })
}

fn figures(log: &Log, cut: &Cut, stream: StreamIx, marks: Vec<u32>) -> FoundStream {
    let events = log.stream_events(stream);
    let (known, last) = if cut.is_prefix() {
        let known = events.partition_point(|event| *event < cut.outside());
        (known, known.checked_sub(1).map(|at| events[at]))
    } else {
        let mut known = events.iter().filter(|event| cut.holds(log, **event));
        (known.clone().count(), known.next_back().copied())
    };
    FoundStream {
        stream,
        known,
        events: events.len(),
        last,
        marks,
    }
}

/// The best few by score, then the shorter, then the earlier; and how many match at all.
fn best<'a>(
    names: impl Iterator<Item = &'a str>,
    fuzzy: &mut Fuzzy,
    task: &Task,
) -> Result<(Vec<u32>, u64), Cancelled> {
    let mut kept: Vec<(std::cmp::Reverse<u32>, usize, u32)> = Vec::with_capacity(SHOWN + 1);
    let mut matching = 0;
    for (ix, name) in names.enumerate() {
        if ix % PATCH == 0 {
            task.check()?;
        }
        let Some(score) = fuzzy.score(name) else {
            continue;
        };
        matching += 1;
        let entry = (std::cmp::Reverse(score), name.len(), ix as u32);
        let at = kept.partition_point(|other| *other < entry);
        if at < SHOWN {
            kept.insert(at, entry);
            kept.truncate(SHOWN);
        }
    }
    Ok((kept.into_iter().map(|(_, _, ix)| ix).collect(), matching))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_the_letters_of_a_match(name in "\\PC{0,30}", text in "[a-z0-9 -]{0,6}") {
            let mut fuzzy = Fuzzy::new(&text);
            if fuzzy.score(&name).is_some() {
                let count = name.chars().count() as u32;
                prop_assert!(fuzzy.marks(&name).iter().all(|mark| *mark < count));
            }
        }

        #[test]
        fn a_name_matches_itself_and_its_pieces(name in "[a-z]{2,8}-[0-9]{1,4}") {
            let pieces = name.replace('-', " ");
            prop_assert!(Fuzzy::new(&name).score(&name).is_some());
            prop_assert!(Fuzzy::new(&pieces).score(&name).is_some());
        }
    }

    #[test]
    fn the_best_comes_first_and_the_rest_is_counted() {
        let names: Vec<String> = (0..2000).map(|n| format!("account-{n}")).collect();
        let task = Task::new();
        let mut fuzzy = Fuzzy::new("acc 77");
        let (found, matching) = best(names.iter().map(String::as_str), &mut fuzzy, &task).unwrap();
        assert_eq!(found[0], 77);
        assert_eq!(found.len(), SHOWN);
        assert!(matching > 10);
        assert_eq!(fuzzy.marks("account-77"), [0, 1, 2, 8, 9]);
        task.cancel();
        let stopped = best(names.iter().map(String::as_str), &mut fuzzy, &task);
        assert_eq!(stopped, Err(Cancelled));
    }
}
