//! Time running by itself. Pure: the frame tells how long it took.

use crate::model::time::Span;

/// Seconds of the store per second of the clock.
pub const SPEEDS: [u32; 9] = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000];

/// Whether and how fast time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playback {
    /// Whether it runs.
    pub state: PlayState,
    /// Seconds of the store per second of the clock; in a store without times, events.
    pub speed: u32,
    /// Millionths of an event that have passed beyond whole ones.
    begun: u64,
}

/// Whether time runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayState {
    /// It stands.
    #[default]
    Paused,
    /// It runs.
    Playing,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            state: PlayState::Paused,
            speed: 3_600,
            begun: 0,
        }
    }
}

impl Playback {
    /// Whether time runs.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.state == PlayState::Playing
    }

    /// Starts or stops it.
    pub fn toggle(&mut self) {
        self.state = if self.is_playing() {
            PlayState::Paused
        } else {
            PlayState::Playing
        };
    }

    /// Stops it.
    pub fn pause(&mut self) {
        self.state = PlayState::Paused;
    }

    /// How much of the store's time passes in `seconds` of a frame; a frame that hung counts for a
    /// tenth of a second.
    #[must_use]
    pub fn passes(&self, seconds: f32) -> Span {
        let seconds = f64::from(seconds.clamp(0.0, 0.1));
        Span::from_micros((seconds * f64::from(self.speed) * 1e6) as i64)
    }

    /// How many events pass in `seconds` of a frame, in a store without times. What is left over of
    /// one counts in the next frame.
    #[must_use]
    pub fn passing_events(&mut self, seconds: f32) -> u32 {
        let millionths = self.begun + self.passes(seconds).micros().max(0).cast_unsigned();
        self.begun = millionths % 1_000_000;
        u32::try_from(millionths / 1_000_000).unwrap_or(u32::MAX)
    }
}
