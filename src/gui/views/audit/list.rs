//! The findings as rows, in groups.

use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Chosen, Grouped, mark};
use crate::analysis::audit::{AuditReport, Evidence, Finding, Severity};
use crate::gui::theme::{Face, TokensExt, icons, sizes};
use crate::gui::widgets::{focus_ring, paint_line};
use crate::render::grouped;

/// Draws the rows; says which was chosen anew.
pub(super) fn show(
    ui: &mut Ui,
    report: &AuditReport,
    by: Grouped,
    chosen: Option<&Finding>,
) -> Option<Chosen> {
    let mut choice = None;
    let mut rows = |ui: &mut Ui, wanted: &dyn Fn(&Finding) -> bool| {
        for finding in report.findings.iter().filter(|finding| wanted(finding)) {
            let same = report
                .findings
                .iter()
                .filter(|own| own.rule == finding.rule);
            let words = words(finding, nth(report, finding), same.count());
            if row(ui, finding, chosen, &words) {
                choice = Some(Chosen {
                    rule: finding.rule,
                    nth: nth(report, finding),
                });
            }
        }
    };
    match by {
        Grouped::Severity => {
            for severity in Severity::ALL {
                let count = report
                    .findings
                    .iter()
                    .filter(|own| own.severity == severity)
                    .count();
                if count > 0 {
                    let name = match severity {
                        Severity::Error => "Errors",
                        Severity::Warning => "Warnings",
                        Severity::Info => "Notes",
                    };
                    group(ui, name, count);
                    rows(ui, &|finding| finding.severity == severity);
                }
            }
        }
        Grouped::Rule => {
            let mut names: Vec<&str> = report.findings.iter().map(|own| own.rule).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let count = report
                    .findings
                    .iter()
                    .filter(|own| own.rule == name)
                    .count();
                group(ui, name, count);
                rows(ui, &|finding| finding.rule == name);
            }
        }
    }
    choice
}

/// Which of its rule's findings one is.
fn nth(report: &AuditReport, finding: &Finding) -> usize {
    let same = report
        .findings
        .iter()
        .filter(|own| own.rule == finding.rule);
    same.take_while(|own| !std::ptr::eq(*own, finding)).count()
}

/// The head of a group.
pub(super) fn group(ui: &mut Ui, name: &str, count: usize) {
    let t = ui.tokens();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), sizes::ROW_TABLE + 2.0));
    ui.painter().rect_filled(rect, 0.0, t.bg);
    let text = rect.shrink2(vec2(sizes::PAD_TEXT, 0.0));
    let align = Align2::LEFT_CENTER;
    let ink = paint_line(
        ui.painter(),
        text,
        align,
        name,
        Face::SecondaryStrong,
        t.text2,
    );
    let rest = text.with_min_x(ink.right() + 8.0);
    paint_line(
        ui.painter(),
        rest,
        align,
        &grouped(count as u64),
        Face::Secondary,
        t.text2,
    );
}

/// How a finding is called.
struct Words {
    shown: String,
    /// For those who do not see what stands around it.
    name: String,
}

/// Findings of one rule have one headline: what each is about tells them apart, else its sentence.
fn words(finding: &Finding, nth: usize, of: usize) -> Words {
    let whole = format!("{}: {}", finding.title, finding.explanation);
    let shown = match about(finding).filter(|_| of > 1) {
        Some(about) => format!("{}: {about}", finding.title),
        None if nth == 0 => finding.title.to_owned(),
        None => whole.clone(),
    };
    let name = match nth {
        0 => finding.title.to_owned(),
        _ => whole,
    };
    Words { shown, name }
}

/// What its rule says, else the one consumer that all of its evidence is about, else the one type.
fn about(finding: &Finding) -> Option<&str> {
    if let Some(about) = &finding.about {
        return Some(about);
    }
    let one = |of: fn(&Evidence) -> Option<&str>| {
        let mut all = finding.evidence.iter().map(of);
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    };
    one(|own| own.consumer.as_deref()).or_else(|| one(|own| own.event_type.as_deref()))
}

/// One finding; whether it was clicked.
fn row(ui: &mut Ui, finding: &Finding, chosen: Option<&Finding>, words: &Words) -> bool {
    let is_chosen = chosen.is_some_and(|chosen| std::ptr::eq(chosen, finding));
    let t = ui.tokens();
    let (colour, icon) = mark(ui, finding.severity);
    let size = vec2(ui.available_width(), sizes::ROW_FINDING);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_chosen, &words.name));
    if is_chosen {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let left = rect.left() + sizes::PAD_TEXT;
    let place = Rect::from_center_size(pos2(left + 8.0, rect.center().y), vec2(16.0, 16.0));
    icons::paint(ui.painter(), place, icon, colour);
    let number = rect.with_max_x(rect.right() - sizes::PAD_TEXT);
    let count = grouped(finding.count);
    let ink = paint_line(
        ui.painter(),
        number,
        Align2::RIGHT_CENTER,
        &count,
        Face::Cell,
        t.text2,
    );
    let text = rect.with_min_x(left + 26.0).with_max_x(ink.left() - 8.0);
    let face = if is_chosen {
        Face::BodyStrong
    } else {
        Face::Body
    };
    let (align, shown) = (Align2::LEFT_CENTER, &words.shown);
    paint_line(ui.painter(), text, align, shown, face, t.text);
    focus_ring(ui, &response);
    let clicked = response.clicked();
    response.on_hover_text(&finding.explanation);
    clicked
}
