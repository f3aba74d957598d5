// What a projection finds in its world: the words of KurrentDB's projections, a clock and dice that give
// the same on every run, and the loop that hands events to handlers. Runs before the definition; `host`
// is what Rust gives and is gone before the definition runs, `bounds` what bounds.js gives.
(function (host, bounds) {
  "use strict";

  // Built-in objects as they were: a definition may put something else in the place of its own.
  const { Array, Error, Function, Map, Number, Promise, Proxy, RegExp, Set, String } = globalThis;
  const copied = (from) => globalThis.Object.create(null, globalThis.Object.getOwnPropertyDescriptors(from));
  const [JSON, Object, Reflect] = [globalThis.JSON, globalThis.Object, globalThis.Reflect].map(copied);
  JSON.stringify = bounds.stringify;
  const { isFinite, isNaN } = Number;
  const { isArray } = Array;
  const { includes, indexOf, slice } = String.prototype;
  const OF_MAPS = Object.getOwnPropertyDescriptors(Map.prototype);
  // One whose methods are its own.
  const ownMap = () => Object.defineProperties(new Map(), OF_MAPS);

  // The definition, as its calls tell it.
  const def = {
    options: {}, from: null, perStream: false, partitionBy: null, handlers: null,
    transforms: [], shared: false, outputTo: null, output: false,
  };

  const refuse = (word) => { throw new Error(word); };
  const texts = (list) => list.flat(Infinity).map(String);

  function result() {
    const step = {
      transformBy(f) { def.transforms.push({ kind: "transform", f }); return step; },
      filterBy(f) { def.transforms.push({ kind: "filter", f }); return step; },
      outputTo(name, partitions) { def.outputTo = [String(name), partitions && String(partitions)]; return step; },
      outputState() { def.output = true; return step; },
    };
    return step;
  }

  function source(from) {
    if (def.from) refuse("only one from… can stand in a projection");
    def.from = from;
    const step = {
      foreachStream() { def.perStream = true; return step; },
      partitionBy(f) { def.partitionBy = f; return step; },
      when(handlers) {
        if (def.handlers) refuse("only one when(…) can stand in a projection");
        if (handlers === null || typeof handlers !== "object") refuse("when(…) takes an object of handlers");
        def.handlers = handlers;
        def.shared = typeof handlers.$initShared === "function";
        return result();
      },
      whenAny(f) { return step.when({ $any: f }); },
      transformBy(f) { def.handlers = def.handlers || {}; return result().transformBy(f); },
      filterBy(f) { def.handlers = def.handlers || {}; return result().filterBy(f); },
      outputState() { def.handlers = def.handlers || {}; return result().outputState(); },
    };
    return step;
  }

  const [EMIT, LINK, COPY] = ["emit(stream, type, data)", "linkTo(stream, event)", "copyTo(stream, event)"];
  const LINK_STREAM = "linkStreamTo(stream, other)";
  const named = (value, call, what) =>
    value === undefined || value === null || value === "" ? refuse(`${call} needs ${what}`) : String(value);
  const placed = (event, call) =>
    event === undefined || event === null || event.position === undefined
      ? refuse(`${call} needs an event that a handler was given`) : String(event.position);

  const world = {
    options(o) { Object.assign(def.options, o); },
    fromAll() { return source({ kind: "all", names: [] }); },
    fromStream(name) { return source({ kind: "streams", names: texts([name]) }); },
    fromStreams(...names) { return source({ kind: "streams", names: texts(names) }); },
    fromCategory(name) { return source({ kind: "categories", names: texts([name]) }); },
    fromCategories(...names) { return source({ kind: "categories", names: texts(names) }); },
    fromStreamsMatching() { refuse("fromStreamsMatching takes the state of another projection, which is not there"); },
    emit(stream, type, data, metadata) {
      host.output("emit", named(stream, EMIT, "a stream"), named(type, EMIT, "an event type"), text(data), text(metadata));
    },
    linkTo(stream, event, metadata) { host.output("link", named(stream, LINK, "a stream"), "", placed(event, LINK), text(metadata)); },
    copyTo(stream, event, metadata) { host.output("copy", named(stream, COPY, "a stream"), "", placed(event, COPY), text(metadata)); },
    linkStreamTo(stream, other, metadata) {
      host.output("link_stream", named(stream, LINK_STREAM, "a stream"), "", named(other, LINK_STREAM, "another stream"), text(metadata));
    },
    log(...things) { host.log(things.map((thing) => typeof thing === "string" ? thing : text(thing)).join(" ")); },
    lookup(table, key) {
      if (key === undefined || key === null) return undefined;
      const found = host.lookup(String(table), String(key));
      return found === undefined ? undefined : JSON.parse(found);
    },
    upcast(upcasters) { def.upcasters = upcasters; },
  };
  world.emitStateUpdated = () => {};
  // What every throw of the definition begins with, so that what is no error has a place as well.
  let thrownAt;
  world.$throws = () => { thrownAt = new Error().stack; };
  world.$thrownAt = () => { const at = thrownAt; thrownAt = undefined; return at; };
  // What every catch of the definition begins with: what the engine ran out of ends the projection. Null is
  // what it throws where there is no memory even for an error, and what a definition may throw.
  world.$caught = (thrown) => {
    if (thrown === null && thrownAt === undefined) throw thrown;
    if (thrown instanceof Error && host.isEnd(`${thrown.name}: ${thrown.message}`)) throw thrown;
    thrownAt = undefined;
  };
  const text = (value) => value === undefined ? undefined : JSON.stringify(value);
  for (const name of Object.keys(world)) {
    Object.defineProperty(globalThis, name, { value: world[name], writable: false, enumerable: false });
  }
  Object.defineProperty(globalThis, "console", { value: Object.freeze({ log: world.log, info: world.log, warn: world.log, error: world.log }) });

  // --- a clock and dice that give the same on every run: the event's time, and its place as a seed.
  // They are asked for when somebody looks; dice are thrown anew for each handler that is called.
  const clock = { isFresh: true, turn: -1, seed: 1, partition: undefined };
  const RealDate = Date;
  const bare = /^\s*\d{4}-\d\d-\d\d[T ][\d:.]+\s*$/;
  const zoned = (value) => typeof value === "string" && bare.test(value) ? value.trim().replace(" ", "T") + "Z" : value;
  function FixedDate(...given) {
    if (!new.target) return new RealDate(host.millis()).toISOString();
    const date = given.length === 0 ? new RealDate(host.millis())
      : given.length === 1 ? new RealDate(zoned(given[0]))
      : new RealDate(RealDate.UTC(...given));
    return Object.setPrototypeOf(date, new.target.prototype);
  }
  FixedDate.prototype = RealDate.prototype;
  FixedDate.prototype.constructor = FixedDate;
  FixedDate.now = () => host.millis();
  FixedDate.UTC = RealDate.UTC;
  FixedDate.parse = (value) => RealDate.parse(zoned(value));
  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    const proto = RealDate.prototype;
    proto["get" + part] = proto["getUTC" + part];
    if (part !== "Day") proto["set" + part] = proto["setUTC" + part];
  }
  RealDate.prototype.getTimezoneOffset = () => 0;
  RealDate.prototype.toString = RealDate.prototype.toUTCString;
  globalThis.Date = FixedDate;
  Math.random = () => {
    // xorshift32
    const turn = host.turn();
    if (clock.isFresh || clock.turn !== turn) { clock.isFresh = false; clock.turn = turn; clock.seed = host.seed(); }
    let x = clock.seed | 0;
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    clock.seed = x;
    return (x >>> 0) / 4294967296;
  };

  // What tells the time of the machine, or when memory is cleared up, is no part of that world.
  for (const name of ["performance", "WeakRef", "FinalizationRegistry"]) delete globalThis[name];

  // --- payloads: only what handlers touch is handed over. While a type is being learnt its payloads are
  // whole and note what is touched; later they hold the touched keys, and anything else brings the rest.
  function proxied(sparse, whole, learnt, note) {
    let full = null;
    const all = (why) => {
      if (full === null) { full = Object.assign(whole(), sparse); note(why); }
      return full;
    };
    return new Proxy(sparse, {
      get(target, key) {
        if (full !== null) return full[key];
        if (key in target || key in learnt) return target[key];
        if (typeof key === "symbol") return all("*")[key];
        return all(key)[key];
      },
      has(target, key) {
        if (full !== null) return key in full;
        return key in target || (!(key in learnt) && key in all(key));
      },
      set(target, key, value) { all("*")[key] = value; return true; },
      deleteProperty(target, key) { return delete all("*")[key]; },
      ownKeys() { return Reflect.ownKeys(all("*")); },
      getOwnPropertyDescriptor(target, key) {
        const found = Reflect.getOwnPropertyDescriptor(all("*"), key);
        if (found) found.configurable = true;
        return found;
      },
      defineProperty(target, key, what) { return Reflect.defineProperty(all("*"), key, what); },
      getPrototypeOf() { return Object.prototype; },
    });
  }

  // Text that begins as an object or an array and is neither: a payload that was cut off.
  function isBroken(text) {
    if (!/^\s*[{[]/.test(text)) return false;
    try { JSON.parse(text); return false; } catch { return true; }
  }

  const kinds = ownMap();
  function kindOf(type) {
    let kind = kinds.get(type);
    // A set of learnt keys is never changed: payloads handed out earlier keep theirs.
    if (kind === undefined) { kind = { learnt: Object.create(null) }; kinds.set(type, kind); }
    return kind;
  }

  function dataOf(n, type) {
    const sparse = host.data(n);
    if (sparse === undefined) return undefined;
    const value = JSON.parse(sparse);
    if (typeof value === "string" && isBroken(value)) return undefined;
    if (value === null || typeof value !== "object" || isArray(value) || host.isWhole(n)) return value;
    const kind = kindOf(type);
    return proxied(value, () => JSON.parse(host.whole(n)), kind.learnt, (key) => {
      if (key !== "*") kind.learnt = Object.assign(Object.create(null), kind.learnt, { [key]: true });
      host.touched(n, key);
    });
  }

  // The event that upcasters have changed, and the version that they made of it.
  const upgraded = { n: undefined, version: undefined };

  class ProjectedEvent {
    #n; #partition;
    constructor(n, type, streamId, sequenceNumber, position) {
      this.#n = n;
      this.#partition = clock.partition;
      this.eventType = type;
      this.streamId = streamId;
      this.sequenceNumber = sequenceNumber;
      this.position = position;
      if (upgraded.n !== n) return;
      // What upcasters have made is there while the event is handled, and an event may be kept.
      this.data = JSON.parse(host.whole(n));
      this.#keep("schemaVersion", upgraded.version);
    }
    #keep(name, value) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    }
    #fact(name) { return host.fact(this.#n, name); }
    get type() { return this.eventType; }
    get isJson() { return this.#keep("isJson", host.isJson(this.#n)); }
    get data() { return this.#keep("data", dataOf(this.#n, this.eventType)); }
    set data(value) { this.#keep("data", value); }
    get body() { return this.data; }
    set body(value) { this.data = value; }
    get bodyRaw() { return host.whole(this.#n); }
    get dataRaw() { return host.whole(this.#n); }
    get metadata() {
      const raw = host.metadata(this.#n);
      return this.#keep("metadata", raw === undefined ? undefined : JSON.parse(raw));
    }
    get metadataRaw() { return host.metadata(this.#n); }
    get linkMetadata() { return undefined; }
    get linkMetadataRaw() { return undefined; }
    get partition() { return this.#partition; }
    get category() { return this.#fact("category"); }
    get eventId() { return this.#fact("id"); }
    get time() { return this.#fact("time"); }
    get created() { return this.#fact("time"); }
    get recordedAt() { return this.#fact("recorded"); }
    get occurredAt() { return this.#fact("occurred"); }
    get correlationId() { return this.#fact("correlation"); }
    get causationId() { return this.#fact("causation"); }
    set schemaVersion(value) { this.#keep("schemaVersion", value); }
    get schemaVersion() { return this.#fact("schema"); }
  }

  // --- states as text: JSON, and where that leaves something out, after a line feed the same with marks for
  // what JSON has no words for, so that a state is the same after it was saved. Rust tells of the marks.
  const MARK = "\u0000as";
  const odd = { isNoted: false };
  for (const kind of [Function, Map, Set]) {
    Object.defineProperty(kind.prototype, "toJSON", {
      value() { odd.isNoted = true; return kind === Function ? undefined : { ...this }; },
      writable: true, configurable: true,
    });
  }
  function kept(value) {
    odd.isNoted = false;
    bounds.begin();
    const plain = text(value);
    // No number is told as null.
    if (!odd.isNoted && !(plain !== undefined && Reflect.apply(includes, plain, ["null"]))) return plain;
    let isMarked = false;
    const mark = (as, of) => { isMarked = true; return { [MARK]: as, of }; };
    const marked = JSON.stringify(value, function (key, told) {
      const own = this[key];
      if (typeof own === "number" && !isFinite(own)) return mark(String(own));
      if (typeof own === "function") return mark("function");
      if (own instanceof Map) return mark("Map", [...own]);
      if (own instanceof Set) return mark("Set", [...own]);
      return told;
    });
    return isMarked ? (plain ?? "null") + "\n" + marked : plain;
  }
  function revived(saved) {
    const at = Reflect.apply(indexOf, saved, ["\n"]);
    if (at < 0) return JSON.parse(saved);
    return JSON.parse(Reflect.apply(slice, saved, [at + 1]), (key, value) => {
      const as = value !== null && typeof value === "object" ? value[MARK] : undefined;
      if (as === undefined) return value;
      if (as === "function") return () => refuse("a function in a state is not kept from one event to the next");
      return as === "Map" ? new Map(value.of) : as === "Set" ? new Set(value.of) : Number(as);
    });
  }

  // --- the loop
  const states = []; // by the number of the partition, without holes; undefined where it was not met yet, or is so
  const empty = ownMap(); // the numbers of those whose state is undefined
  let atHand = []; // the numbers of all that were met, for whoever goes back: that takes no more than they did
  const numbers = ownMap(); // of partitions that a function finds, by their keys
  let shared; // of definitions with $initShared
  let isSharedDirty = false;
  const SHARED = -1; // instead of a number
  let handlers = {};
  let upcasters = null;

  function fresh() {
    return typeof handlers.$init === "function" ? handlers.$init() : {};
  }
  const isMet = (number) => states[number] !== undefined || empty.has(number);
  function put(number, state) {
    while (states.length <= number) states[states.length] = undefined;
    if (states[number] === undefined) atHand[atHand.length] = number;
    states[number] = state;
    if (state === undefined) empty.set(number, true);
  }
  // The state of a partition where that is not at hand: as it was saved, or the first one.
  function meet(number) {
    if (empty.has(number)) return undefined;
    const saved = host.saved(number);
    put(number, saved === undefined ? fresh() : revived(saved));
    return states[number];
  }
  function numberOf(key) {
    let number = numbers.get(key);
    if (number === undefined) { number = host.number(key); numbers.set(key, number); }
    return number;
  }
  function sharedState() {
    if (shared === undefined) {
      const saved = host.saved(SHARED);
      shared = saved === undefined ? handlers.$initShared() : revived(saved);
    }
    return shared;
  }

  // --- what a function does with the event that it is given as its n-th parameter: the fields of the payload
  // and the facts that it reads; null where its source does not show that this is all.
  const FACTS = { eventType: "eventType: type", type: "type", streamId: "streamId",
    sequenceNumber: "sequenceNumber", position: "position", body: "body: data" };
  // What a lane has to be told of these, each once.
  const TOLD = ["type", "streamId", "sequenceNumber", "position"];
  const told = (facts) => TOLD.filter((name) => facts.includes(name) || name === "type" && facts.includes("eventType"));
  const lanes = {};
  const at = { number: -1 };
  // The field that a function gives back, where it is written so that this is all it does.
  const FIELD = /^\s*(?:\(\s*([\w$]+)\s*\)|([\w$]+))\s*=>\s*([\w$]+)\s*\.\s*(?:data|body)\s*\.\s*([A-Za-z_$][\w$]*)\s*$/;
  function fieldOf(f) {
    const found = FIELD.exec(Function.prototype.toString.call(f));
    return found && (found[1] || found[2]) === found[3] && !(found[4] in {}) ? found[4] : null;
  }
  const HEAD = /^(?:function\b\s*[\w$]*|[\w$]+|'[^'\\]*'|"[^"\\]*")?\s*\(([^()]*)\)/;
  const ARROW = /^([\w$]+)\s*=>/;
  function reads(f, n) {
    const source = Function.prototype.toString.call(f);
    if (/\b(?:arguments|eval|with|async|yield)\b|\\[ux]|^\s*(?:get|set|\*)\s/.test(source)) return null;
    const arrow = ARROW.exec(source);
    const head = arrow || HEAD.exec(source);
    if (!head) return null;
    const parameters = head[1].split(",").map((name) => name.trim()).filter((name) => name !== "");
    if (!parameters.every((name) => /^[A-Za-z_$][\w$]*$/.test(name))) return null;
    const fields = new Set(), facts = new Set();
    const body = source.slice(head[0].length).replace(/^\s*=>/, "");
    if (parameters.length <= n) return { fields: [], facts: [], isFlat: true };
    const name = parameters[n].replace(/[$]/g, "\\$&");
    for (const found of body.matchAll(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "g"))) {
      const before = body.slice(0, found.index);
      // A property of something else that is called so.
      if (/(?<!\.\.)\.\s*$/.test(before)) continue;
      const rest = body.slice(found.index + found[0].length);
      const field = /^\s*\??\.\s*(data|body)\s*\??\.\s*([A-Za-z_$][\w$]*)(?!\s*\(|[\w$])/.exec(rest);
      const fact = /^\s*\.\s*(eventType|type|streamId|sequenceNumber|position)(?![\w$])/.exec(rest);
      if (field && !(field[2] in {})) {
        fields.add(field[2]);
        if (field[1] === "body") facts.add("body");
      } else if (fact) facts.add(fact[1]);
      else return null;
    }
    return { fields: [...fields], facts: [...facts], isFlat: isFlat(body) };
  }
  // Whether there is no function within a function: one that could look at the event later. Where that is not
  // plain to see, there may be one.
  const BEFORE_BLOCKS = /(?<![\w$.])(?:if|for|while|switch|catch)\s*$/;
  function isFlat(body) {
    // Expressions and comments may hold quotes and brackets that are none.
    if (/=>|`|\b(?:function|class)\b|\\\n|\/.*[\/*'"]/.test(body)) return false;
    const bare = body.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
    for (const found of bare.matchAll(/\)\s*\{/g)) {
      let open = found.index, depth = 1;
      while (depth > 0 && --open >= 0) depth += bare[open] === ")" ? 1 : bare[open] === "(" ? -1 : 0;
      const word = BEFORE_BLOCKS.exec(bare.slice(0, Math.max(open, 0)));
      if (!word || !beginsStatement(bare.slice(0, word.index).trimEnd())) return false;
    }
    return true;
  }
  // Whether a statement may begin behind that; of an object a method may be called like one.
  function beginsStatement(before) {
    if (/(?<![\w$.])(?:get|set|static|async)$|[,*]$/.test(before)) return false;
    const block = /^$|\)$|(?<![\w$.])(?:else|do|try|finally)$/;
    return !before.endsWith("{") || block.test(before.slice(0, -1).trimEnd());
  }

  // What a handler gives back as the next state.
  function given(after) {
    if (after instanceof Promise) refuse("a handler cannot be async: nobody waits for what it promises");
    return after;
  }
  function begin(partition) {
    clock.isFresh = true; clock.partition = partition;
    thrownAt = undefined; bounds.begin();
  }

  // The fields of an event that one given back may have beside its payload.
  const OWN = ["data", "eventType", "schemaVersion", "metadata"];
  const COPIED = [...OWN, "streamId", "sequenceNumber", "position", "isJson"];
  // What an upcaster means by what it gives back: the event with another payload, or that payload. It is
  // given the event, so what it took for the payload shows in what comes out.
  function payload(type, version, given, before) {
    const wrong = (what) => refuse(`the upcaster of ${type} from version ${version} ${what}; it is given the event, whose payload is e.data, and gives back the new payload`);
    let data = given === undefined ? before.data : given;
    if (given !== null && typeof given === "object" && "data" in given) {
      const more = Object.keys(given).filter((key) => !("eventType" in given ? COPIED : OWN).includes(key));
      if (more.length > 0 && "eventType" in given) wrong(`puts ${more[0]} beside the payload`);
      if (more.length === 0) data = given.data;
    }
    const isPlain = (value) => value !== null && typeof value === "object" && (isArray(value) || Object.prototype.toString.call(value) === "[object Object]");
    // What was text or a number may be so again.
    if (data === undefined || typeof data === "function" || typeof data === "symbol" || isPlain(JSON.parse(before.was)) && !isPlain(data)) {
      wrong("gives back what is no payload");
    }
    if (data !== null && typeof data === "object") {
      const none = Object.keys(data).find((key) => isNaN(data[key]));
      if (none !== undefined) wrong(`makes ${none} of what is no number`);
    }
    return data;
  }

  // What stands outside the handlers and can change, by name, as text.
  const outside = { looks: [], was: ownMap() };
  function seen() {
    const found = ownMap();
    const note = (name, value) => {
      if (typeof value === "function") return;
      let as;
      try {
        as = typeof value === "bigint" ? String(value) : value instanceof RegExp ? `at ${value.lastIndex}` : kept(value) ?? typeof value;
      } catch (error) {
        if (host.isEnd(`${error && error.name}: ${error && error.message}`)) throw error;
        as = "?";
      }
      found.set(name, as);
    };
    for (let n = 0; n < outside.looks.length; n++) {
      const { name, isConst, look } = outside.looks[n];
      const value = look();
      if (!isConst || value !== null && typeof value === "object") note(name, value);
    }
    for (const name of Object.keys(globalThis)) note(name, globalThis[name]);
    return found;
  }

  const api = {
    define() {
      if (!def.from) refuse("a projection begins with fromAll(), fromStream(…) or fromCategory(…)");
      handlers = def.handlers || {};
      upcasters = def.upcasters || null;
      const names = Object.keys(handlers).filter((name) => typeof handlers[name] === "function" && !name.startsWith("$init"));
      def.byField = def.partitionBy ? fieldOf(def.partitionBy) : null;
      const none = { fields: [], facts: [], isFlat: true };
      const by = def.partitionBy && def.byField === null ? reads(def.partitionBy, 0) : none;
      for (const name of names) {
        const own = by && !def.shared ? reads(handlers[name], 1) : null;
        if (own === null) continue;
        const both = (what) => [...new Set([...by[what], ...own[what]])];
        lanes[name] = { fields: both("fields"), facts: both("facts"), isFlat: by.isFlat && own.isFlat };
      }
      bounds.settle();
      return JSON.stringify({
        lanes: Object.fromEntries(Object.entries(lanes).map(([name, lane]) => [name, { fields: lane.fields, facts: told(lane.facts) }])),
        by_field: def.byField,
        from: def.from, per_stream: def.perStream, partition_by: !!def.partitionBy, handlers: names, shared: def.shared,
        options: def.options, output_to: def.outputTo, transforms: def.transforms.length,
        upcasters: upcasters ? Object.fromEntries(Object.entries(upcasters).map(([type, steps]) => [type, Object.keys(steps)])) : {},
      });
    },
    // The partition of an event, or undefined where it is in none.
    partition(n, type, streamId, version, position) {
      begin(undefined);
      const key = def.partitionBy(new ProjectedEvent(n, type, streamId, version, position));
      return key === undefined || key === null ? undefined : String(key);
    },
    step(handler, key, number, n, type, streamId, version, position) {
      begin(key);
      const event = new ProjectedEvent(n, type, streamId, version, position);
      let state = states[number];
      if (state === undefined) state = meet(number);
      let after;
      if (def.shared) {
        const pair = [state, sharedState()];
        const made = given(handlers[handler](pair, event));
        const [own, common] = made === undefined ? pair : made;
        after = own; shared = common; isSharedDirty = true;
      } else {
        after = given(handlers[handler](state, event));
      }
      if (after !== undefined) states[number] = after;
    },
    // The quick way of events to a handler of which its source shows which fields it reads: called with the
    // number of the partition, those facts and those fields. Where a function finds the partition it gives
    // back its number, -1 where the event is in none. Where nothing can look at an event later, all share one.
    lane(name) {
      const { fields, facts, isFlat } = lanes[name];
      const by = def.byField === null ? def.partitionBy : undefined;
      const parameters = [...(by ? [] : ["number"]), ...told(facts), ...fields.map((_, n) => "v" + n)];
      const data = fields.map((field, n) => `${field}: v${n}`).join(", ");
      const event = ["data", ...facts.map((fact) => FACTS[fact])].join(", ");
      const assigned = (object, parts) => parts.map((part) => part.split(": ")).map(([name, of]) => `${object}.${name} = ${of || name};`);
      const filled = [...assigned("data", data ? data.split(", ") : []), ...assigned("event", event.split(", ").slice(1))].join(" ");
      const blank = ["data", ...facts.map((fact) => fact === "body" ? FACTS.body : `${fact}: undefined`)].join(", ");
      const [once, each] = isFlat
        ? [`const data = { ${fields.map((field) => `${field}: undefined`).join(", ")} }; const event = { ${blank} };`, filled]
        : ["", `const data = { ${data} }; const event = { ${event} };`];
      return new Function("clock", "given", "at", "states", "meet", "numberOf", "handlers", "by", `
        ${once}
        return function (${parameters}) {
          ${each}
          ${by ? "at.number = -1; const found = by(event); if (found === undefined || found === null) return -1;" : ""}
          ${by ? "const number = at.number = numberOf(String(found)); clock.isFresh = true;" : ""}
          let state = states[number];
          if (state === undefined) state = meet(number);
          const after = handlers[${JSON.stringify(name)}](state, event);
          if (after !== undefined) states[number] = given(after);
          ${by ? "return number;" : ""}
        }`)(clock, given, at, states, meet, numberOf, handlers, by);
    },
    // The number of the partition of the event that a lane failed on which finds it itself; -1 where it came to
    // none.
    failedAt() { thrownAt = undefined; return at.number; },
    // The payload of an event after its upcasters, as text; undefined where none applies.
    upcast(n, type, streamId, sequenceNumber, position, version) {
      const steps = upcasters && upcasters[type];
      if (!steps) return undefined;
      begin(undefined);
      upgraded.n = undefined;
      let at = version, data, was;
      while (typeof steps[at] === "function") {
        if (was === undefined) { was = host.stored(n) ?? "null"; data = JSON.parse(was); }
        else was = JSON.stringify(data);
        const event = new ProjectedEvent(n, type, streamId, sequenceNumber, position);
        event.data = data;
        event.schemaVersion = at;
        const made = steps[at](event);
        data = payload(type, at, made, { data: event.data, was: JSON.stringify(JSON.parse(was)) });
        const next = isFinite(Number(at)) ? String(Number(at) + 1) : at;
        if (next === at) break;
        at = next;
      }
      if (was === undefined) return undefined;
      upgraded.n = n; upgraded.version = at;
      return JSON.stringify(data);
    },
    // Watches a variable outside the handlers, as `look` finds it; without one, what they are now is what they
    // are at first.
    watch(name, isConst, look) {
      if (look) outside.looks[outside.looks.length] = { name, isConst, look };
      else outside.was = seen();
    },
    // The names of what has changed there.
    strayed() {
      const is = seen();
      const names = bounds.changed();
      for (const map of [is, outside.was]) {
        for (const name of map.keys()) {
          if (is.get(name) !== outside.was.get(name) && !(map === outside.was && is.has(name))) names[names.length] = name;
        }
      }
      return names;
    },
    // The state of a partition as text; undefined for one that does not exist.
    state(number) {
      if (number === SHARED) return shared === undefined ? host.saved(SHARED) : kept(shared);
      return isMet(number) ? kept(states[number]) : host.saved(number);
    },
    // The state that a handler of a partition meets, as text: the first one where there is none yet.
    met(number) {
      if (number === SHARED) return kept(sharedState());
      const own = api.state(number);
      return own === undefined ? kept(fresh()) : own;
    },
    // What transformBy and filterBy make of a state, both as they are kept: they see what handlers see.
    result(state) {
      let value = revived(state);
      for (let n = 0; n < def.transforms.length; n++) {
        const step = def.transforms[n];
        if (step.kind === "filter") { if (!step.f(value)) return undefined; } else { value = step.f(value); }
      }
      return kept(value === undefined ? null : value);
    },
    // The states of these partitions as text, and of the shared one where it has changed since the last time:
    // their numbers, and the texts.
    changed(wanted) {
      const numbers = [], texts = [];
      const note = (number, state) => { numbers[numbers.length] = number; texts[texts.length] = kept(state) ?? "null"; };
      for (let n = 0; n < wanted.length; n++) if (isMet(wanted[n])) note(wanted[n], states[wanted[n]]);
      if (isSharedDirty) { note(SHARED, shared); isSharedDirty = false; }
      return [numbers, texts];
    },
    // As it was before, so nothing of it has changed.
    put(number, state) {
      if (number === SHARED) shared = revived(state);
      else put(number, revived(state));
    },
    forget(number) {
      if (number < states.length) states[number] = undefined;
      empty.delete(number);
    },
    // Goes back to what is saved.
    reset() {
      for (let n = 0; n < atHand.length; n++) states[atHand[n]] = undefined;
      atHand = [];
      empty.clear(); shared = undefined; isSharedDirty = false;
    },
  };
  return api;
})
