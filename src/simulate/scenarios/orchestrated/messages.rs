//! How commands and answers are written down.

use super::super::super::chance::Person;
use super::super::super::json::Json;
use super::super::super::kernel::{Draft, Kind, Mark, Status, Stream, Trail};
use super::super::super::output::Command;
use super::events::{self, BOOKING, CHARGING, RESERVING};
use super::{Checkout, Heard, Order, S, Sent};
use crate::model::Timestamp;

/// A charge or a booking that fails turns the checkout back.
const TURN: [&[Mark]; 2] = [
    &[Mark::Fail(CHARGING), Mark::Now(Status::Compensating)],
    &[Mark::Fail(BOOKING), Mark::Now(Status::Compensating)],
];
const COMMAND: &str = ",\"kind\":\"command\"";
const REPLY: &str = ",\"kind\":\"reply\"";

pub const fn checkout(number: u64) -> Stream {
    Stream::numbered("checkout", number)
}

pub const fn order(number: u64) -> Stream {
    Stream::numbered("order", number)
}

impl Order {
    pub const fn kind(self) -> &'static Kind {
        match self {
            Self::Reserve => &events::RESERVE,
            Self::Charge => &events::CHARGE,
            Self::Book => &events::BOOK,
            Self::Refund => &events::REFUND,
            Self::Release => &events::RELEASE,
        }
    }

    /// Whom it is for, by their place among the consumers.
    pub const fn participant(self) -> usize {
        match self {
            Self::Reserve | Self::Release => 1,
            Self::Charge | Self::Refund => 2,
            Self::Book => 3,
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Reserve => "reserving",
            Self::Charge => "charging",
            Self::Book => "booking",
            Self::Refund | Self::Release => "compensating",
        }
    }

    /// How long the orchestrator waits for an answer.
    pub const fn patience_s(self) -> u64 {
        match self {
            Self::Reserve | Self::Release => 15,
            Self::Charge | Self::Refund => 30,
            Self::Book => 20,
        }
    }

    pub const fn asked(self, attempt: u32) -> &'static [Mark] {
        match (self, attempt) {
            (Self::Reserve, 1) => &[Mark::Begin(RESERVING)],
            (Self::Reserve, _) => &[Mark::Again(RESERVING)],
            (Self::Charge, 1) => &[Mark::Begin(CHARGING)],
            (Self::Charge, _) => &[Mark::Again(CHARGING)],
            (Self::Book, 1) => &[Mark::Begin(BOOKING)],
            (Self::Book, _) => &[Mark::Again(BOOKING)],
            (Self::Refund, 1) => &[Mark::Undo(CHARGING)],
            (Self::Release, 1) => &[Mark::Undo(RESERVING)],
            (Self::Refund | Self::Release, _) => &[],
        }
    }

    /// The answer's type and what it means.
    pub const fn answered(self, heard: Heard) -> (&'static Kind, &'static [Mark]) {
        match (self, heard) {
            (Self::Reserve, Heard::Done) => (&events::RESERVED, &[Mark::Done(RESERVING)]),
            (Self::Reserve, _) => (&events::UNAVAILABLE, &[Mark::Fail(RESERVING)]),
            (Self::Charge, Heard::Done) => (&events::CHARGED, &[Mark::Done(CHARGING)]),
            (Self::Charge, Heard::No) => (&events::DECLINED, TURN[0]),
            (Self::Charge, Heard::NotNow) => (&events::GATEWAY_DOWN, &[]),
            (Self::Book, Heard::Done) => (&events::BOOKED, &[Mark::Done(BOOKING)]),
            (Self::Book, _) => (&events::REFUSED, TURN[1]),
            (Self::Refund, Heard::Done) => (&events::REFUNDED, &[Mark::Undone(CHARGING)]),
            (Self::Refund, _) => (&events::REFUND_FAILED, &[]),
            (Self::Release, _) => (&events::RELEASED, &[Mark::Undone(RESERVING)]),
        }
    }

    pub const fn reason(self, heard: Heard) -> &'static str {
        match (self, heard) {
            (Self::Reserve, _) => "sold out",
            (Self::Charge, Heard::No) => "card declined",
            (Self::Charge, _) => "gateway answers 503",
            (Self::Book, _) => "address not served",
            _ => "card no longer valid",
        }
    }
}

impl Checkout {
    pub fn placed(&self) -> String {
        let address = Person(self.customer).address(0);
        let customer = Json::object()
            .shown(
                "customer_id",
                format_args!("customer-{}", self.customer + 1),
            )
            .shown("name", Person(self.customer));
        let ship_to = Json::object()
            .text("city", address.city)
            .text("country", address.country);
        Json::object()
            .shown("order_id", order(self.number))
            .object_at("customer", customer)
            .money("amount", self.amount)
            .text("currency", "EUR")
            .int("pieces", self.pieces)
            .object_at("ship_to", ship_to)
            .end()
    }

    pub fn started(&self) -> String {
        Json::object()
            .shown("checkout_id", checkout(self.number))
            .shown("order_id", order(self.number))
            .text("status", "started")
            .money("amount", self.amount)
            .text("currency", "EUR")
            .end()
    }

    /// Records a command; its trail.
    pub fn command(&self, sim: &mut S, sent: &Sent, trail: &Trail) -> Trail {
        let order = sent.order;
        let data = Json::object()
            .shown("command_id", sent.id)
            .shown("order_id", self::order(self.number))
            .text("status", order.status())
            .int("attempt", sent.attempt.into())
            .int("timeout_s", order.patience_s() as i64)
            .end();
        let draft = Draft {
            metadata: COMMAND.to_owned(),
            ..Draft::new(checkout(self.number), order.kind(), data)
        };
        sim.record(trail, draft.marks(order.asked(sent.attempt)))
    }

    /// A command that was answered, or that nobody has answered yet, for the table of commands.
    pub fn settled(&self, sent: &Sent, answer: Option<(Timestamp, Heard)>) -> Command {
        let rejected = answer
            .filter(|(_, heard)| *heard != Heard::Done)
            .map(|(_, heard)| sent.order.reason(heard));
        Command {
            id: sent.id,
            name: sent.order.kind().name,
            stream: checkout(self.number),
            sent_at: sent.at,
            handled_at: answer.map(|(at, _)| at),
            rejected,
            attempts: sent.attempt,
            correlation: sent.correlation,
        }
    }

    /// An answer as it will be recorded.
    pub fn reply(&self, sim: &mut S, order: Order, heard: Heard, trail: &Trail) -> Draft {
        let (kind, marks) = order.answered(heard);
        let answers = trail.cause.map_or(trail.correlation, |(id, _)| id);
        let data = Json::object()
            .shown("answers", answers)
            .shown("order_id", self::order(self.number));
        let data = match heard {
            Heard::Done => {
                let reference = sim.rng.bits() >> 24;
                data.shown("reference", format_args!("{reference:010x}"))
            }
            _ => data.text("reason", order.reason(heard)),
        };
        let draft = Draft {
            metadata: REPLY.to_owned(),
            ..Draft::new(checkout(self.number), kind, data.end())
        };
        draft.marks(marks)
    }
}
