//! How statuses of sagas and meanings of their events look: the same everywhere in the view.

use egui::{Align2, Color32, Painter, Rect};

use crate::analysis::saga::{Class, Meaning, Outcome, Status};
use crate::gui::theme::{Face, Tokens, TokensExt, Tone};
use crate::gui::widgets::{StatusShape, paint_grounded, paint_line};

/// The colour, the shape and the word of a status.
pub(super) const fn status(status: Status) -> (Tone, StatusShape, &'static str) {
    match status {
        Status::Running => (Tone::Running, StatusShape::TriangleRight, "Running"),
        Status::Completed => (Tone::Completed, StatusShape::Disc, "Completed"),
        Status::Failed => (Tone::Failed, StatusShape::Cross, "Failed"),
        Status::Compensating => (
            Tone::Compensating,
            StatusShape::TriangleLeft,
            "Compensating",
        ),
        Status::Compensated => (Tone::Compensated, StatusShape::Ring, "Compensated"),
        Status::Stuck => (Tone::Stuck, StatusShape::TriangleUp, "Stuck"),
        Status::Parked => (Tone::Parked, StatusShape::Bars, "Parked"),
    }
}

/// The colour of a step.
pub(super) const fn outcome(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Running => Tone::Running,
        Outcome::Completed => Tone::Completed,
        Outcome::Failed => Tone::Failed,
        Outcome::Abandoned => Tone::Neutral,
    }
}

/// The colour of an event by what it means.
pub(super) fn meaning(t: &Tokens, meaning: Meaning) -> Color32 {
    match meaning {
        Meaning::Plain => t.text2,
        Meaning::Failure => t.failed,
        Meaning::Undoing => t.compensating,
    }
}

/// The colour of a class of failures.
pub(super) const fn class(class: Class) -> Tone {
    match class {
        Class::Transient => Tone::Warning,
        Class::Business => Tone::Failed,
        Class::System | Class::Unrecoverable => Tone::Error,
    }
}

/// Words at the left of a rectangle; where their ink is.
pub(super) fn words(
    painter: &Painter,
    rect: Rect,
    text: &str,
    (face, colour): (Face, Color32),
) -> Rect {
    paint_line(painter, rect, Align2::LEFT_CENTER, text, face, colour)
}

/// Words on a ground of their own, where lines go through.
pub(super) fn on_ground(
    painter: &Painter,
    room: Rect,
    text: &str,
    (face, ink): (Face, Color32),
) -> Rect {
    let ground = painter.ctx().tokens().panel;
    paint_grounded(
        painter,
        room,
        Align2::LEFT_CENTER,
        text,
        face,
        (ink, ground),
    )
}
