//! The quick way of events into handlers: where the source of a handler shows that it reads some fields
//! of the payload and nothing else of it, only those are handed over, as values, in a single call. Building
//! objects that nobody looks at is what JavaScript costs most. The outcome is that of the long way.

use rquickjs::function::Args;
use rquickjs::{Ctx, Function, Persistent, Value};

use super::api::Api;
use super::plan::{Fact, Plan};
use crate::model::json::{Picker, Pointer, pointer};

/// The lanes of a definition.
pub(super) struct Lanes {
    picker: Picker,
    /// Of each slot the field, as a JSON pointer.
    paths: Vec<String>,
    /// The slot of the field that tells partitions apart, where there is one.
    key: Option<usize>,
    lanes: Vec<Lane>,
}

/// A lane's place among those of its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneIx(usize);

struct Lane {
    handler: String,
    /// Compiled when it is first used.
    function: Option<Persistent<Function<'static>>>,
    facts: Vec<Fact>,
    /// Of the picker, by field.
    slots: Vec<usize>,
}

/// What a lane is told of an event.
pub(super) trait Facts {
    /// The number of its partition, unless a function of the definition finds it.
    fn number(&self) -> Option<u32>;

    /// Adds a fact.
    fn push(&self, fact: Fact, args: &mut Args<'_>) -> rquickjs::Result<()>;
}

impl Lanes {
    pub fn of(plan: &Plan) -> Self {
        let mut fields: Vec<&str> = plan.by_field.as_deref().into_iter().collect();
        let mut lanes = Vec::with_capacity(plan.lanes.len());
        for (handler, own) in &plan.lanes {
            let slots = own.fields.iter().map(|field| {
                let known = fields.iter().position(|known| known == field);
                known.unwrap_or_else(|| {
                    fields.push(field);
                    fields.len() - 1
                })
            });
            lanes.push(Lane {
                handler: handler.clone(),
                function: None,
                facts: own.facts.clone(),
                slots: slots.collect(),
            });
        }
        let pointers: Vec<Pointer> = fields
            .iter()
            .map(|field| Pointer::through([*field]))
            .collect();
        Self {
            paths: fields.iter().map(|field| pointer_to(field)).collect(),
            picker: Picker::new(&pointers),
            key: plan.by_field.as_ref().map(|_| 0),
            lanes,
        }
    }

    pub const fn picker(&self) -> &Picker {
        &self.picker
    }

    /// The field of each slot, as a JSON pointer.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The slot of the field that tells partitions apart, where there is one.
    pub const fn key(&self) -> Option<usize> {
        self.key
    }

    /// The lane of a handler, if it has one.
    pub fn find(&self, handler: &str) -> Option<LaneIx> {
        let mut lanes = self.lanes.iter();
        lanes.position(|lane| lane.handler == handler).map(LaneIx)
    }

    /// Calls the handler of a lane. Where a function finds the partition: its number, negative where the event
    /// is in none.
    pub fn call(
        &mut self,
        ctx: &Ctx<'_>,
        api: &Api,
        LaneIx(lane): LaneIx,
        facts: &impl Facts,
        values: &[Option<&str>],
    ) -> rquickjs::Result<Option<i32>> {
        let lane = &mut self.lanes[lane];
        let function = match &lane.function {
            Some(function) => function,
            None => {
                let made: Function<'_> = api.lane.clone().restore(ctx)?.call((&*lane.handler,))?;
                lane.function.insert(Persistent::save(ctx, made))
            }
        };
        let mut args = Args::new(ctx.clone(), 1 + lane.facts.len() + lane.slots.len());
        if let Some(number) = facts.number() {
            args.push_arg(number)?;
        }
        for &fact in &lane.facts {
            facts.push(fact, &mut args)?;
        }
        for &slot in &lane.slots {
            match values.get(slot).copied().flatten() {
                Some(text) => args.push_arg(value(ctx, text)?)?,
                None => args.push_arg(rquickjs::Undefined)?,
            }
        }
        function.clone().restore(ctx)?.call_arg(args)
    }
}

fn pointer_to(field: &str) -> String {
    let mut path = String::new();
    pointer::push(&mut path, field);
    path
}

/// A key as JavaScript makes it of a value of JSON.
pub(super) enum Key<'k> {
    /// This text.
    Text(&'k str),
    /// None: the event is in no partition.
    Nowhere,
    /// For JavaScript to tell.
    Unknown,
}

impl<'k> Key<'k> {
    pub fn of(value: Option<&'k str>) -> Self {
        /// Integers of so many digits are written as JavaScript writes them.
        const DIGITS: usize = 15;
        let Some(text) = value else {
            return Self::Nowhere;
        };
        match text.as_bytes() {
            b"null" => Self::Nowhere,
            b"true" | b"false" | b"0" => Self::Text(text),
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => {
                Self::Text(&text[1..text.len() - 1])
            }
            [b'1'..=b'9', ..]
                if text.len() <= DIGITS && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Self::Text(text)
            }
            _ => Self::Unknown,
        }
    }
}

/// A value of JSON, as `JSON.parse` has it.
fn value<'js>(ctx: &Ctx<'js>, text: &str) -> rquickjs::Result<Value<'js>> {
    let plain = || {
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains('\\')).then_some(inner)
    };
    match text.as_bytes() {
        [b'"', ..] => match plain() {
            Some(inner) => Ok(rquickjs::String::from_str(ctx.clone(), inner)?.into_value()),
            None => ctx.json_parse(text),
        },
        [b'-' | b'0'..=b'9', ..] => match text.parse::<f64>() {
            Ok(number) => Ok(number_of(ctx, number)),
            Err(_) => ctx.json_parse(text),
        },
        _ => ctx.json_parse(text),
    }
}

/// Integers are quicker for the engine; a zero keeps its sign.
fn number_of<'js>(ctx: &Ctx<'js>, number: f64) -> Value<'js> {
    let integer = number as i32;
    match f64::from(integer) == number && (integer != 0 || number.is_sign_positive()) {
        true => Value::new_int(ctx.clone(), integer),
        false => Value::new_float(ctx.clone(), number),
    }
}
