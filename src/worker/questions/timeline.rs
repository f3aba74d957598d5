//! What the time panel draws: events counted over a window of time, lane by lane. What holds for
//! the whole log is kept between jobs, so that zooming costs the window and a new selection costs
//! its stream. Knows no pixels, no colours and no thread.

use std::sync::Arc;

use crate::analysis::density::{
    Axis, Density, Gap, LaneBy, LaneCounts, Lanes, Scale, density, idle,
};
use crate::log::{Bound, Clock, Cut, Log};
use crate::model::{Cancelled, EventIx, StreamIx, Task};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// What happens to stretches without events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    /// They are drawn short.
    #[default]
    Collapsed,
    /// They take the room that is theirs.
    Shown,
}

/// Asks for events counted over time.
#[derive(Clone, Debug, PartialEq)]
pub struct AskTimeline {
    /// The log.
    pub subject: Subject,
    /// The clock; a log without it is counted by order.
    pub clock: Clock,
    /// By what events are told apart.
    pub by: LaneBy,
    /// The first visible value, on the scale of the log and the clock.
    pub from: i64,
    /// The last visible value.
    pub to: i64,
    /// Bins over the window, and over the whole store.
    pub bins: usize,
    /// What happens to idle stretches.
    pub idle: Idle,
    /// The stream whose events are marked.
    pub stream: Option<StreamIx>,
}

impl Question for AskTimeline {
    type Answer = Timeline;
    const ROOM: Room = Room::Timeline;

    fn answer(&self, asked: Asked<'_>) -> Result<Timeline, Unanswered> {
        let kept: &mut Timelines = asked.desk.of(self.subject.session);
        Ok(kept.find(self.clone(), asked.task)?)
    }
}

/// What was counted. Everything in it is about its own log, which may be older than the one shown.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// What was asked.
    pub request: AskTimeline,
    /// The window with its gaps.
    pub axis: Axis,
    /// Where each bin begins on the axis.
    pub starts: Arc<Vec<i64>>,
    /// Events by lane and bin, those after the cursor among them.
    pub density: Arc<Density>,
    /// What holds for the whole log.
    pub whole: Arc<Whole>,
    /// Events of the selected stream in the window, at most three to a bin.
    pub marks: Vec<Mark>,
    /// How many it really has there.
    pub marked: usize,
}

impl Timeline {
    /// Events of each lane as of a cut of `shown`, the log on screen: a few thousand steps, whatever
    /// the log. Where that is another one by now, as of the same moment of the log counted.
    #[must_use]
    pub fn counts_at(&self, shown: &Arc<Log>, cut: &Cut) -> Vec<u32> {
        let Whole { lanes, counts, .. } = &*self.whole;
        let log = &self.request.subject.log;
        if Arc::ptr_eq(shown, log) && cut.clock() == self.request.clock {
            return counts.at(log, lanes, cut);
        }
        let cut = log.cut(self.request.clock, cut.bound());
        counts.at(log, lanes, &cut)
    }
}

/// An event of the selected stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The event.
    pub event: EventIx,
    /// Where it lies on the axis.
    pub value: i64,
}

/// What holds for a whole log.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The lanes.
    pub lanes: Lanes,
    /// Their names, and the place of each in the log's dictionary of them; none for the others.
    pub names: Vec<(String, Option<u32>)>,
    /// Their counts as of any moment.
    pub counts: LaneCounts,
    /// Events by bin over the whole store.
    pub strip: Vec<u32>,
}

/// What the parts of an answer depend on.
#[derive(Clone, Debug, PartialEq)]
struct WholeKey {
    generation: u64,
    events: usize,
    clock: Clock,
    by: LaneBy,
    bins: usize,
}

#[derive(Debug)]
struct Window {
    axis: Axis,
    starts: Arc<Vec<i64>>,
    density: Arc<Density>,
}

type WindowKey = (WholeKey, i64, i64, Idle);

/// The parts of the last answer.
#[derive(Debug, Default)]
struct Timelines {
    whole: Option<(WholeKey, Arc<Whole>)>,
    window: Option<(WindowKey, Window)>,
}

impl Timelines {
    fn find(&mut self, request: AskTimeline, task: &Task) -> Result<Timeline, Cancelled> {
        let log = &request.subject.log;
        let key = WholeKey {
            generation: log.generation(),
            events: log.len(),
            clock: request.clock,
            by: request.by,
            bins: request.bins,
        };
        let head = log.cut(request.clock, Bound::Head);
        let whole = match &self.whole {
            Some((known, whole)) if *known == key => Arc::clone(whole),
            _ => {
                let whole = Arc::new(Whole::count(log, &head, &request, task)?);
                self.whole = Some((key.clone(), Arc::clone(&whole)));
                whole
            }
        };
        let window_key = (key, request.from, request.to, request.idle);
        if self.window.as_ref().is_none_or(|kept| kept.0 != window_key) {
            let window = Window::count(log, &head, &whole.lanes, &request, task)?;
            self.window = Some((window_key, window));
        }
        let Some((_, window)) = &self.window else {
            return Err(Cancelled);
        };
        let (marks, marked) = match request.stream {
            Some(stream) if stream.at() < log.streams().len() => {
                marks(log, &window.axis, stream, request.bins, task)?
            }
            _ => (Vec::new(), 0),
        };
        Ok(Timeline {
            axis: window.axis.clone(),
            starts: Arc::clone(&window.starts),
            density: Arc::clone(&window.density),
            whole,
            marks,
            marked,
            request,
        })
    }
}

impl Whole {
    fn count(log: &Log, head: &Cut, request: &AskTimeline, task: &Task) -> Result<Self, Cancelled> {
        let lanes = Lanes::choose(log, head, request.by, task)?;
        let dictionary = match request.by {
            LaneBy::Category => Some(log.categories()),
            LaneBy::Type => Some(log.types()),
            LaneBy::Nothing => None,
        };
        let names = (0..lanes.len()).map(|lane| {
            let name = lanes.name(log, lane);
            let others = lane + 1 == lanes.len();
            let place = dictionary
                .filter(|_| !others)
                .and_then(|all| all.find(name));
            (name.to_owned(), place)
        });
        let scale = Scale::of(log, request.clock);
        let strip = match scale.extent(log) {
            None => Vec::new(),
            Some((from, to)) => {
                let axis = Axis::new(scale, from, to);
                let counted = density(log, head, &axis, &Lanes::one(), request.bins, task)?;
                let lane = counted.lanes.into_iter().next();
                lane.map(|lane| lane.counts).unwrap_or_default()
            }
        };
        Ok(Self {
            names: names.collect(),
            counts: LaneCounts::build(log, &lanes, task)?,
            lanes,
            strip,
        })
    }
}

impl Window {
    fn count(
        log: &Log,
        head: &Cut,
        lanes: &Lanes,
        request: &AskTimeline,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let scale = Scale::of(log, request.clock);
        let plain = Axis::new(scale, request.from, request.to);
        let gaps: Vec<Gap> = match request.idle {
            Idle::Collapsed => longest(idle(log, head, &plain, task)?, request.bins),
            Idle::Shown => Vec::new(),
        };
        let axis = Axis::with_gaps(scale, request.from, request.to, &gaps);
        let bins = request.bins.max(1);
        let start = |bin: usize| axis.value(bin as f64 / bins as f64);
        Ok(Self {
            starts: Arc::new((0..bins).map(start).collect()),
            density: Arc::new(density(log, head, &axis, lanes, bins, task)?),
            axis,
        })
    }
}

/// Bins for which one gap may be drawn short: room enough for its edges and its length in words.
const BINS_TO_A_GAP: usize = 40;

/// The longest gaps, as many as can be told apart, in order.
fn longest(mut gaps: Vec<Gap>, bins: usize) -> Vec<Gap> {
    let length = |gap: &Gap| gap.to.saturating_sub(gap.from);
    gaps.sort_by_key(|gap| std::cmp::Reverse(length(gap)));
    gaps.truncate((bins / BINS_TO_A_GAP).max(1));
    gaps.sort_by_key(|gap| gap.from);
    gaps
}

/// Marks to a bin: as many as there are points on the screen.
const TO_A_BIN: usize = 3;

fn marks(
    log: &Log,
    axis: &Axis,
    stream: StreamIx,
    bins: usize,
    task: &Task,
) -> Result<(Vec<Mark>, usize), Cancelled> {
    let columns = bins.max(1) * TO_A_BIN;
    let mut taken: Vec<Option<Mark>> = vec![None; columns + 1];
    let mut marked = 0;
    for (n, event) in log.stream_events(stream).into_iter().enumerate() {
        if n % 4096 == 0 {
            task.check()?;
        }
        let value = axis.scale().value(log, event);
        let Some(value) = value.filter(|&value| axis.contains(value)) else {
            continue;
        };
        marked += 1;
        let column = (axis.place(value) * columns as f64) as usize;
        taken[column.min(columns)].get_or_insert(Mark { event, value });
    }
    Ok((taken.into_iter().flatten().collect(), marked))
}
