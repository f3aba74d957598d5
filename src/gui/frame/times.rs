//! How long frames take on the processor.

use std::time::Duration;

/// How long the last frames took on the processor.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameTimes {
    /// The last one.
    pub last: Duration,
    /// The longest of the last second or so.
    pub worst: Duration,
    /// What the present one has taken before it is drawn.
    before: Duration,
}

impl FrameTimes {
    /// Notes what was done before the present frame is drawn.
    pub(in crate::gui) fn note_before(&mut self, took: Duration) {
        self.before = took;
    }

    /// Notes that the present frame is drawn.
    pub(in crate::gui) fn note_drawing(&mut self, took: Duration) {
        let took = self.before + took;
        self.last = took;
        self.worst = took.max(self.worst.mul_f32(0.98));
    }
}
