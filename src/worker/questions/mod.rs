//! What can be asked of the background: one struct a question, with its answer. Each is thin: what an
//! answer means is for `analysis` to say; here stands what it depends on, where it is worked out, and
//! what is kept for the next.

mod audit;
mod deeper;
mod event;
mod fields;
mod lag;
mod lists;
mod names;
mod overview;
mod preview;
mod projected;
mod runs;
mod saga_definitions;
mod saga_map;
mod sagas;
mod search;
mod shown_state;
mod sql;
mod state;
mod timeline;
mod trials;
mod written;

pub use audit::{AskAudit, FoundAudit};
pub use deeper::{AskAdvice, AskMerge, AskSides, AskTrace};
pub use event::{AskEvent, AskLines, AskLinks, AskRow, Inspected, PayloadText};
pub use fields::{FieldKind, FieldRow, FieldRows, Fold, Folds, Touched};
pub use lag::{AskDelays, AskLag, AskLagChart, AskLagCharts, AskStages, LagCharts, Watched};
pub use lists::{AskCounts, AskStreams, Counts, StreamsWanted};
pub use names::{AskNames, FoundStream, FoundType, Fuzzy, Names, Near};
pub use overview::{
    AskOverview, CategoryRow, Finding, FindingKind, FoundPlace, PlaceTarget, StoreOverview,
    TypeRow, WholeStore, fold_rules, store_facts,
};
pub use preview::{AskPreview, Preview, PreviewRow};
pub use projected::{
    Arrived, AskConsumers, AskProjected, AskStop, PartitionSort, PartitionsWanted, Projected,
};
pub use runs::{Going, PartitionRow, ProjectionSettings};
pub use saga_definitions::{AskSagaDefinitions, DeclaredSaga};
pub use saga_map::{AskSagaMap, MapAndVariants};
pub use sagas::{
    AskSaga, AskSagaDurations, AskSagaGlances, AskSagas, AskSagasBeside, AskSagasOverTime,
    SagaFilter, SagaInFull, SagaList, SagaSort, SagasAt,
};
pub use search::{Search, SearchEnd, SearchPart};
pub use shown_state::{AskDifferences, AskFieldNames, AskFields, AskStateText, FoundState};
pub use sql::{AskSql, Told};
pub use state::{AskState, AskValues, Found, Values};
pub use timeline::{AskTimeline, Idle, Mark, Timeline, Whole};
pub use trials::{
    AskAttached, AskComparison, AskMeasured, AskReadModel, AskRepeated, AskRetried, AskTables,
    Attached,
};
pub use written::{AskCheck, AskDefinitions, Bundled, Definitions, Written};

pub(super) use lag::{course, lag, measured};
pub(super) use lists::streams;
pub(super) use written::reading;
