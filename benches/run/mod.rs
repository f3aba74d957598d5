//! Runs cases in turns and says what came of it. Knows nothing of stores.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::data::Failure;

/// Measures one run of a case, which may leave out what does not count.
pub struct Watch {
    began: Instant,
    took: Option<Duration>,
}

impl Watch {
    /// What was done up to now does not count.
    pub fn restart(&mut self) {
        self.began = Instant::now();
    }

    /// What is done from now on does not count.
    pub fn stop(&mut self) {
        self.took = Some(self.began.elapsed());
    }

    /// The case has measured itself.
    pub fn set(&mut self, took: Duration) {
        self.took = Some(took);
    }
}

type Run<'a> = Box<dyn FnMut(&mut Watch) -> Result<u64, Failure> + 'a>;

/// Something measured: `run` does all of it once and returns a count that must not change.
pub struct Case<'a> {
    what: Cow<'a, str>,
    run: Run<'a>,
    times: Vec<Duration>,
    count: Option<u64>,
}

impl<'a> Case<'a> {
    /// A case that was not run yet.
    pub fn new(
        what: impl Into<Cow<'a, str>>,
        run: impl FnMut(&mut Watch) -> Result<u64, Failure> + 'a,
    ) -> Self {
        Self {
            what: what.into(),
            run: Box::new(run),
            times: Vec::new(),
            count: None,
        }
    }

    /// Whether `part` is a part of its name.
    pub fn is(&self, part: &str) -> bool {
        self.what.contains(part)
    }

    fn once(&mut self) -> Result<Duration, Failure> {
        let mut watch = Watch {
            began: Instant::now(),
            took: None,
        };
        let count = (self.run)(&mut watch)?;
        let took = watch.took.unwrap_or_else(|| watch.began.elapsed());
        let before = self.count.replace(count);
        if before.is_some_and(|before| before != count) {
            return Err(format!("{}: two runs counted differently", self.what).into());
        }
        Ok(took)
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

/// Runs all cases once to warm up, then `runs` times, turn by turn.
///
/// # Errors
/// That of the first case that failed.
pub fn in_turns(cases: &mut [Case<'_>], runs: usize) -> Result<(), Failure> {
    for run in 0..=runs {
        for case in &mut *cases {
            let took = case.once()?;
            if run > 0 {
                case.times.push(took);
            }
        }
        eprintln!(
            "run {run} of {runs} done{}",
            if run == 0 { " (to warm up)" } else { "" }
        );
    }
    Ok(())
}

/// Prints a line for each case, with its ratio to the case called `peer`.
pub fn print_table(cases: &[Case<'_>], peer: &str) {
    let peer = cases
        .iter()
        .find(|case| case.what == peer)
        .map(Case::median);
    let width = cases.iter().map(|case| case.what.len()).max().unwrap_or(0);
    println!(
        "{:width$}  {:>10}  {:>21}  {:>7}  count",
        "what", "median ms", "range ms", "ratio"
    );
    for case in cases {
        let millis = |time: &Duration| time.as_secs_f64() * 1000.0;
        let low = case.times.iter().min().map_or(0.0, millis);
        let high = case.times.iter().max().map_or(0.0, millis);
        let median = case.median();
        let ratio = peer.map_or_else(
            || "-".to_owned(),
            |peer| format!("{:.3}", median.as_secs_f64() / peer.as_secs_f64()),
        );
        println!(
            "{:width$}  {:>10.2}  {:>21}  {ratio:>7}  {}",
            case.what,
            millis(&median),
            format!("{low:.2} to {high:.2}"),
            case.count.unwrap_or(0),
        );
    }
}
