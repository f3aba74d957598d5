//! A definition brought to life in its world: what the prelude gives back to call.

use std::rc::Rc;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Function, Object, Persistent};

use super::catches::Guarded;
use super::error::{FILE, UPCASTERS};
use super::host::Host;
use super::{Plan, ScriptError};
use crate::analysis::projection::Script;

const PRELUDE: &str = include_str!("prelude.js");
const BOUNDS: &str = include_str!("bounds.js");

/// What can be called.
pub(super) struct Api {
    pub step: Persistent<Function<'static>>,
    pub partition: Persistent<Function<'static>>,
    pub upcast: Persistent<Function<'static>>,
    pub state: Persistent<Function<'static>>,
    pub met: Persistent<Function<'static>>,
    pub result: Persistent<Function<'static>>,
    pub changed: Persistent<Function<'static>>,
    pub put: Persistent<Function<'static>>,
    pub forget: Persistent<Function<'static>>,
    pub reset: Persistent<Function<'static>>,
    pub lane: Persistent<Function<'static>>,
    pub failed_at: Persistent<Function<'static>>,
    pub watch: Persistent<Function<'static>>,
    pub strayed: Persistent<Function<'static>>,
}

impl Api {
    fn of<'js>(ctx: &Ctx<'js>, api: &Object<'js>) -> rquickjs::Result<Self> {
        let get = |name: &str| -> rquickjs::Result<Persistent<Function<'static>>> {
            let function: Function<'js> = api.get(name)?;
            Ok(Persistent::save(ctx, function))
        };
        Ok(Self {
            step: get("step")?,
            partition: get("partition")?,
            upcast: get("upcast")?,
            state: get("state")?,
            met: get("met")?,
            result: get("result")?,
            changed: get("changed")?,
            put: get("put")?,
            forget: get("forget")?,
            reset: get("reset")?,
            lane: get("lane")?,
            failed_at: get("failedAt")?,
            watch: get("watch")?,
            strayed: get("strayed")?,
        })
    }
}

/// Runs the prelude, then the upcasters, then the definition.
pub(super) fn define(
    ctx: &Ctx<'_>,
    host: &Rc<Host>,
    definition: &Script,
) -> Result<(Api, Plan, Guarded), ScriptError> {
    let text = Guarded::new(&definition.text);
    let run = || -> rquickjs::Result<(Api, String)> {
        let prelude: Function<'_> = ctx.eval_with_options(PRELUDE, options("prelude"))?;
        let bounds: Function<'_> = ctx.eval_with_options(BOUNDS, options("prelude"))?;
        let host = host.object(ctx)?;
        let bounds: Object<'_> = bounds.call((host.clone(),))?;
        let api: Object<'_> = prelude.call((host, bounds))?;
        if let Some(upcasters) = &definition.upcasters {
            let upcasters = Guarded::new(upcasters).text;
            ctx.eval_with_options::<(), _>(upcasters, options(UPCASTERS))?;
        }
        ctx.eval_with_options::<(), _>(&*text.text, options(FILE))?;
        let define: Function<'_> = api.get("define")?;
        let plan: String = define.call(())?;
        Ok((Api::of(ctx, &api)?, plan))
    };
    let made = run().map_err(|error| text.as_written(ScriptError::of(ctx, error)));
    let (api, plan) = made?;
    let plan = serde_json::from_str(&plan).map_err(|error| ScriptError::new(error.to_string()))?;
    Ok((api, plan, text))
}

pub(super) fn options(file: &str) -> EvalOptions {
    let mut options = EvalOptions::default();
    options.filename = Some(file.to_owned());
    options.strict = false;
    options
}
