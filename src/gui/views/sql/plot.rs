//! An answer over time: a line for each of its numbers, with the cursor through them.

use egui::{Rangef, Ui, vec2};
use egui_plot::{
    AxisHints, Corner, GridInput, GridMark, HoverPosition, Legend, Line, Plot, PlotPoint,
    PlotPoints, VLine,
};

use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::model::Timestamp;
use crate::model::time::{Style, Zone};
use crate::sql::Series;

/// The lines of an answer, ready to be drawn. Seconds since the first time: more than that a plot's
/// numbers do not hold.
#[derive(Default)]
pub(super) struct Lines {
    number: u64,
    origin: i64,
    lines: Vec<(String, Vec<PlotPoint>)>,
}

impl Lines {
    fn prepare(&mut self, number: u64, series: &[Series]) {
        if self.number == number {
            return;
        }
        let times = series.iter().flat_map(|series| series.points.first());
        self.origin = times
            .map(|(time, _)| time.micros())
            .min()
            .unwrap_or_default();
        self.number = number;
        let point =
            |(time, value): &(Timestamp, f64)| PlotPoint::new(since(*time, self.origin), *value);
        let lines = series.iter().map(|series| {
            let points = series.points.iter().map(point);
            (series.name.clone(), points.collect())
        });
        self.lines = lines.collect();
    }

    /// Draws the lines of the answer that has this number, over the room there is.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, (number, series): (u64, &[Series])) {
        self.prepare(number, series);
        let t = ui.tokens();
        let (origin, zone) = (self.origin, model.zone());
        let lines = &self.lines;
        let cursor = self.cursor(model);
        let hint = |axis: AxisHints<'static>| {
            let apart = axis.label_spacing(Rangef::new(28.0, 56.0));
            apart
                .tick_label_color(t.text3)
                .tick_label_font(Face::Cell.font())
        };
        let moments = AxisHints::new_x().formatter(move |mark: GridMark, _| {
            let style = match mark.step_size {
                ..1.0 => Style::AsNeeded,
                _ => Style::Seconds,
            };
            let moment = zone.format_bare(time(mark.value, origin), style);
            short(&moment, mark.step_size)
        });
        Plot::new("answer over time")
            .custom_x_axes(vec![hint(moments).label_spacing(Rangef::new(64.0, 96.0))])
            .custom_y_axes(vec![hint(AxisHints::new_y())])
            .x_grid_spacer(move |input| marks(&input, origin, zone))
            .legend(Legend::default().position(Corner::LeftTop))
            .set_margin_fraction(vec2(0.04, 0.08))
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .show_background(false)
            .grid_color(t.border)
            .label_formatter(move |at| near(at, origin, zone))
            .show(ui, |plot| {
                for (at, (name, points)) in lines.iter().enumerate() {
                    let line = Line::new(name.as_str(), PlotPoints::Borrowed(points));
                    let line = line.id((name.as_str(), at)).color(t.category(at));
                    plot.line(line.width(1.5));
                }
                if let Some(cursor) = cursor {
                    let line = VLine::new("", cursor).color(t.cursor);
                    plot.vline(line.width(sizes::CURSOR_LINE).allow_hover(false));
                }
            });
    }

    /// Where the cursor is, unless it is so far off that it would leave no room for the lines.
    fn cursor(&self, model: &Model) -> Option<f64> {
        let at = since(model.cursor.time()?, self.origin);
        let last = self.lines.iter().filter_map(|(_, points)| points.last());
        let last = last.map(|point| point.x).fold(0.0, f64::max);
        (0.0..=last * 1.1).contains(&at).then_some(at)
    }
}

/// What stands at the pointer.
fn near(at: &HoverPosition<'_>, origin: i64, zone: Zone) -> Option<String> {
    let HoverPosition::NearDataPoint {
        plot_name,
        position,
        ..
    } = at
    else {
        return None;
    };
    let moment = zone.format_bare(time(position.x, origin), Style::AsNeeded);
    Some(format!("{plot_name}: {}\n{moment} {zone}", position.y))
}

fn since(time: Timestamp, origin: i64) -> f64 {
    time.micros().saturating_sub(origin) as f64 / 1e6
}

fn time(x: f64, origin: i64) -> Timestamp {
    Timestamp::from_micros(origin.saturating_add((x * 1e6).round() as i64))
}

/// Steps between marks that people count in, in seconds.
const STEPS: [f64; 16] = [
    0.001,
    0.01,
    0.1,
    1.0,
    5.0,
    15.0,
    60.0,
    300.0,
    900.0,
    3600.0,
    10_800.0,
    43_200.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
    31_536_000.0,
];

/// Marks at round moments of the zone.
fn marks(input: &GridInput, origin: i64, zone: Zone) -> Vec<GridMark> {
    let first = STEPS.partition_point(|step| *step < input.base_step_size);
    let steps = &STEPS[first.min(STEPS.len() - 1)..(first + 3).min(STEPS.len())];
    // Where a day begins in the zone, by the first time of the plot.
    let wall = zone.format_bare(Timestamp::from_micros(origin), Style::Micros);
    let into_day = seconds_into_day(&wall).unwrap_or_default();
    let (least, most) = input.bounds;
    let mut marks = Vec::new();
    for step in steps {
        let from = ((least + into_day) / step).ceil();
        let to = ((most + into_day) / step).floor();
        if to - from > 1000.0 {
            continue;
        }
        let mut at = from;
        while at <= to {
            marks.push(GridMark {
                value: at * step - into_day,
                step_size: *step,
            });
            at += 1.0;
        }
    }
    marks
}

/// Of `2024-12-31 23:59:59.5`.
fn seconds_into_day(wall: &str) -> Option<f64> {
    let clock = wall.rsplit([' ', 'T']).next()?;
    let mut parts = clock.split(':').map(str::parse::<f64>);
    let mut next = || parts.next().and_then(Result::ok);
    Some(next()? * 3600.0 + next()? * 60.0 + next()?)
}

/// As much of a moment as marks so far apart tell apart.
fn short(moment: &str, step: f64) -> String {
    let (date, clock) = moment.split_once(' ').unwrap_or((moment, ""));
    if step >= 86_400.0 || step >= 60.0 && clock == "00:00:00" {
        date.to_owned()
    } else if step >= 60.0 {
        clock.get(..5).unwrap_or(clock).to_owned()
    } else {
        clock.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_round_moments_of_the_zone() {
        let origin = "2024-11-05T22:30:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .micros();
        let input = GridInput {
            bounds: (0.0, 86_400.0),
            base_step_size: 3600.0,
        };
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let marks = marks(&input, origin, zone);
        let days: Vec<String> = marks
            .iter()
            .filter(|mark| mark.step_size == 43_200.0)
            .map(|mark| zone.format_bare(time(mark.value, origin), Style::Seconds))
            .collect();
        assert_eq!(days, ["2024-11-06 00:00:00", "2024-11-06 12:00:00"]);
        assert_eq!(short("2024-11-06 00:00:00", 3600.0), "2024-11-06");
        assert_eq!(short("2024-11-06 12:00:00", 3600.0), "12:00");
        assert_eq!(short("2024-11-06 12:00:05", 5.0), "12:00:05");
    }
}
