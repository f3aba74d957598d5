//! How the answer that a view shows stands to the question that it asks now: nothing may silently be of
//! another moment than the cursor's, and what has no answer says why.

use std::time::Duration;

use egui::{Frame, Margin, Ui};

use crate::gui::command::{Command, Outbox};
use crate::gui::theme::sizes;
use crate::gui::widgets::{Notice, Severity};
use crate::worker::{Question, Slot, Unanswered};

/// For so long an older answer may stand as it is: shorter than anybody reads.
const GRACE: Duration = Duration::from_millis(200);

/// How much of an answer that is late can be seen.
const FADED: f32 = 0.45;

/// How an answer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gui) enum Standing {
    /// It is the answer to what is asked, or will be in a moment.
    Current,
    /// It is of an earlier question, and the answer to this one takes its time.
    Late,
    /// There is none.
    Unanswered(Unanswered),
}

impl Standing {
    /// Of what is shown from `slot`.
    pub fn of<Q: Question>(ui: &Ui, slot: &Slot<Q>) -> Self {
        if let Some(why) = slot.unanswered() {
            return Self::Unanswered(why.clone());
        }
        let Some(since) = slot.pending_since() else {
            return Self::Current;
        };
        let waited = since.elapsed();
        if waited >= GRACE {
            return Self::Late;
        }
        ui.request_repaint_after(GRACE - waited);
        Self::Current
    }

    /// Whether what is shown is not what was asked for.
    pub fn is_old(&self) -> bool {
        *self != Self::Current
    }

    /// Whether there is no answer and none is on its way.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered(_))
    }

    /// Fades what is drawn into `ui` while it is of an earlier question.
    pub fn fade(&self, ui: &mut Ui) {
        if self.is_old() {
            ui.multiply_opacity(FADED);
        }
    }

    /// Says why there is no answer, with a way to ask again. `what` begins the sentence: "The state".
    pub fn tell(&self, ui: &mut Ui, what: &str, outbox: &mut Outbox) {
        let (severity, sentence) = match self {
            Self::Current | Self::Late => return,
            Self::Unanswered(Unanswered::Cancelled) => (
                Severity::Info,
                format!("{what} was called off before it was as of the cursor"),
            ),
            Self::Unanswered(Unanswered::Failed(sentence)) => (Severity::Error, sentence.clone()),
        };
        let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let notice = Notice::new(severity, &sentence).action("Try again");
            if notice.show(ui).action.is_some() {
                outbox.send(Command::Again);
            }
        });
    }
}
