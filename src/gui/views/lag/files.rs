//! What an export of each page writes: what the page shows.

use crate::gui::model::LagPage;
use crate::model::Timestamp;
use crate::worker::LagFile;

/// The file of a page that shows events recorded from a moment on.
pub(super) const fn of(page: LagPage, from: Option<Timestamp>) -> LagFile {
    match page {
        LagPage::Lag => LagFile::Consumers,
        LagPage::Distribution => LagFile::Distribution(from),
        LagPage::Reread => LagFile::Rereads(from),
        LagPage::Pipeline => LagFile::Pipeline,
        LagPage::Outbox => LagFile::Outbox,
        LagPage::DeadLetters => LagFile::DeadLetters,
    }
}

/// What its name ends with.
pub(super) const fn name(page: LagPage) -> &'static str {
    match page {
        LagPage::Lag => "lag",
        LagPage::Distribution => "delays",
        LagPage::Reread => "read-your-writes",
        LagPage::Pipeline => "pipeline",
        LagPage::Outbox => "outbox",
        LagPage::DeadLetters => "dead-letters",
    }
}

/// What is written, in a sentence.
pub(super) const fn hint(page: LagPage) -> &'static str {
    match page {
        LagPage::Lag => {
            "Write all consumers as of the cursor; as JSON with the outbox and the dead letters"
        }
        LagPage::Distribution => "Write how long events took each consumer, as of the cursor",
        LagPage::Reread => {
            "Write for each consumer who misses their own write, as of the cursor; as JSON with the remedies"
        }
        LagPage::Pipeline => "Write all parts of the way of events, as of the cursor",
        LagPage::Outbox => {
            "Write all messages of the outbox, as of the cursor; as JSON with its outages"
        }
        LagPage::DeadLetters => "Write all dead letters, as of the cursor",
    }
}
