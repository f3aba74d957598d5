//! From the fields of a row to what it says.

use super::fields::OfRow;
use crate::log::{
    Checkpoint, CheckpointHistory, Command, DeadLetter, OutboxMessage, Processed, Published, Saga,
    Says, Schema, SideKind, Snapshot,
};
use crate::model::Version;

/// What a row of that kind says.
pub(super) fn says(kind: SideKind, row: &mut OfRow<'_, '_>) -> rusqlite::Result<Says> {
    Ok(match kind {
        SideKind::Checkpoints => Says::Checkpoint(checkpoint(row)?),
        SideKind::CheckpointHistory => Says::CheckpointHistory(CheckpointHistory {
            consumer: consumer(row)?,
            partition: row.text("partition")?,
            reached: row.mark()?,
            at: row.time("at")?,
        }),
        SideKind::Snapshots => Says::Snapshot(Snapshot {
            stream: row.text("stream")?,
            version: row.integer("version")?.map(Version),
            reached: row.mark()?,
            state: row.payload("state")?,
            taken_at: row.time("taken_at")?,
            strategy: row.text("strategy")?,
        }),
        SideKind::Outbox => Says::Outbox(outbox(row)?),
        SideKind::Processed => Says::Processed(Processed {
            consumer: row.text("consumer")?,
            of: row.mark()?,
            processed_at: row.time("processed_at")?,
            attempts: row.integer("attempts")?,
        }),
        SideKind::DeadLetters => Says::DeadLetter(DeadLetter {
            consumer: row.text("consumer")?,
            of: row.mark()?,
            message_type: row.text("type")?,
            payload: row.payload("payload")?,
            error: row.text("error")?,
            at: row.time("at")?,
            attempts: row.integer("attempts")?,
            status: row.text("status")?,
        }),
        SideKind::Sagas => Says::Saga(saga(row)?),
        SideKind::Schemas => Says::Schema(Schema {
            event_type: row.text("type")?,
            version: row.text("version")?,
            schema: row.payload("schema")?,
            registered_at: row.time("registered_at")?,
        }),
        SideKind::Commands => Says::Command(Command {
            id: row.text("id")?,
            command_type: row.text("type")?,
            stream: row.text("stream")?,
            correlation: row.text("correlation_id")?,
            causation: row.text("causation_id")?,
            sent_at: row.time("sent_at")?,
            handled_at: row.time("handled_at")?,
            payload: row.payload("payload")?,
            status: row.text("status")?,
            attempts: row.integer("attempts")?,
        }),
    })
}

fn consumer(row: &OfRow<'_, '_>) -> rusqlite::Result<String> {
    let named = row.text("consumer")?;
    Ok(named.unwrap_or_else(|| row.file().to_owned()))
}

fn checkpoint(row: &mut OfRow<'_, '_>) -> rusqlite::Result<Checkpoint> {
    Ok(Checkpoint {
        consumer: consumer(row)?,
        partition: row.text("partition")?,
        reached: row.mark()?,
        categories: row.texts("categories")?,
        types: row.texts("types")?,
        status: row.text("status")?,
        error: row.text("error")?,
        updated_at: row.time("updated_at")?,
    })
}

fn outbox(row: &mut OfRow<'_, '_>) -> rusqlite::Result<OutboxMessage> {
    let published = row.text("published")?;
    Ok(OutboxMessage {
        id: row.text("id")?,
        of: row.mark()?,
        message_type: row.text("type")?,
        stream: row.text("stream")?,
        payload: row.payload("payload")?,
        created_at: row.time("created_at")?,
        published_at: row.time("published_at")?,
        published: published.and_then(|word| match word.as_str() {
            "yes" | "1" => Some(Published::Yes),
            "no" | "0" => Some(Published::No),
            "failed" => Some(Published::Failed),
            _ => None,
        }),
        attempts: row.integer("attempts")?,
        status: row.text("status")?,
        error: row.text("error")?,
    })
}

fn saga(row: &mut OfRow<'_, '_>) -> rusqlite::Result<Saga> {
    Ok(Saga {
        saga: row.text("saga")?,
        saga_type: row.text("type")?,
        state: row.payload("state")?,
        status: row.text("status")?,
        correlations: row.texts("correlation")?,
        version: row.integer("version")?,
        started_at: row.time("started_at")?,
        ended_at: row.time("ended_at")?,
        updated_at: row.time("updated_at")?,
        error: row.text("error")?,
    })
}
