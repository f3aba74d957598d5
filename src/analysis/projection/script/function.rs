//! A function from JSON to JSON that somebody has written, alone in a world without a clock, without dice
//! and without an outside: the same values give the same value on every machine.

use std::rc::Rc;

use rquickjs::context::EvalOptions;
use rquickjs::{Context, Ctx, Runtime};
use serde_json::Value;

use super::ScriptError;
use super::error::FILE;
use super::limits::{Limits, Meter, Stopped, world};
use crate::model::Task;

/// Takes away what could tell one run from another.
const WORLD: &str = r#"
for (const name of ["performance", "WeakRef", "FinalizationRegistry"]) delete globalThis[name];
Math.random = () => 0.5;
globalThis.Date = class extends Date {
  constructor(...given) { super(...(given.length ? given : [0])); }
  static now() { return 0; }
};
"#;

/// A function that somebody has written.
pub struct WrittenFunction {
    source: Rc<str>,
    context: Context,
    _runtime: Runtime,
    meter: Meter,
}

impl WrittenFunction {
    /// The function that `source` is, an expression such as `(a, b) => a + b`.
    ///
    /// # Errors
    /// Where it does not hold, or is no function.
    pub fn new(source: &str, limits: Limits) -> Result<Self, ScriptError> {
        let (runtime, context, meter) = world(limits)?;
        let own = Self {
            // An expression may begin on the first line: errors then have the place that is seen.
            source: format!("({source}\n)").into(),
            context,
            _runtime: runtime,
            meter,
        };
        own.run(&Task::new(), |ctx| {
            let _: rquickjs::Value<'_> = ctx.eval(WORLD)?;
            let value: rquickjs::Value<'_> = ctx.eval_with_options(&*own.source, options())?;
            Ok(value.is_function())
        })
        .and_then(|is_function| match is_function {
            true => Ok(()),
            false => Err(ScriptError::new("this is no function: write (a, b) => …")),
        })?;
        Ok(own)
    }

    /// What it makes of these values; null where it gives nothing back.
    ///
    /// # Errors
    /// Where it throws, or takes too long or too much.
    pub fn call(&self, given: &[&Value], task: &Task) -> Result<Value, ScriptError> {
        let text = self.run(task, |ctx| {
            let function: rquickjs::Function<'_> =
                ctx.eval_with_options(&*self.source, options())?;
            let mut args = rquickjs::function::Args::new(ctx.clone(), given.len());
            for value in given {
                args.push_arg(ctx.json_parse(value.to_string())?)?;
            }
            let made: rquickjs::Value<'_> = function.call_arg(args)?;
            match ctx.json_stringify(made)? {
                Some(text) => Ok(Some(text.to_string()?)),
                None => Ok(None),
            }
        })?;
        let read = text.map_or(Ok(Value::Null), |text| serde_json::from_str(&text));
        read.map_err(|error| ScriptError::new(error.to_string()))
    }

    fn run<T>(
        &self,
        task: &Task,
        work: impl for<'js> FnOnce(&Ctx<'js>) -> rquickjs::Result<T>,
    ) -> Result<T, ScriptError> {
        self.meter.work_for(task);
        self.meter.begin();
        let done = self
            .context
            .with(|ctx| work(&ctx).map_err(|error| ScriptError::of(&ctx, error)));
        done.map_err(|error| match self.meter.stopped() {
            Some(Stopped::Time) => ScriptError::new("it took too long and was stopped"),
            Some(Stopped::Cancelled) => ScriptError::new("it was called off"),
            None => error,
        })
    }
}

fn options() -> EvalOptions {
    let mut options = EvalOptions::default();
    options.filename = Some(FILE.to_owned());
    options
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn called(source: &str, given: &[&Value]) -> Result<Value, String> {
        let function = WrittenFunction::new(source, Limits::default());
        let function = function.map_err(|error| error.to_string())?;
        let made = function.call(given, &Task::new());
        made.map_err(|error| error.to_string())
    }

    #[test]
    fn values_come_and_go_as_json() {
        let given = [&json!([1, 2.5]), &json!({"n": 3})];
        let made = called("(list, more) => [...list, more.n]", &given);
        assert_eq!(made, Ok(json!([1, 2.5, 3])));
        assert_eq!(called("() => undefined", &[]), Ok(Value::Null));
        assert_eq!(
            called("function () { return 7 } // seven", &[]),
            Ok(json!(7))
        );
    }

    #[test]
    fn what_does_not_hold_is_told_with_its_place() {
        assert!(called("7", &[]).unwrap_err().contains("no function"));
        let thrown = called("(a) => {\n  throw new Error('no')\n}", &[]);
        assert!(
            thrown
                .as_ref()
                .is_err_and(|told| told.starts_with("no (line 2")),
            "{thrown:?}"
        );
        assert!(called("(a => ", &[]).unwrap_err().contains("SyntaxError"));
    }

    #[test]
    fn there_is_no_clock_and_no_end_without_one() {
        let twice = ["() => [Date.now(), +new Date(), Math.random(), typeof performance]"; 2];
        let [one, two] = twice.map(|source| called(source, &[]));
        assert_eq!(one, two);
        let endless = called("() => { while (true); }", &[]);
        assert!(endless.is_err_and(|told| told.contains("too long")));
        assert!(
            called(
                "() => { const a = []; while (true) a.push('x'.repeat(1e6) + a.length) }",
                &[]
            )
            .is_err()
        );
        let after = WrittenFunction::new(
            "(n) => n ? 1 : (() => { while (true); })()",
            Limits::default(),
        )
        .unwrap();
        assert!(after.call(&[&json!(0)], &Task::new()).is_err());
        assert_eq!(after.call(&[&json!(1)], &Task::new()), Ok(json!(1)));
    }
}
