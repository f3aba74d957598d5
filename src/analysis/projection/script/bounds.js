// What the engine cannot stop: going through an array takes no step of it. One that is longer than memory could
// hold is not gone through, and of those that are written the holes are counted. And what a definition has made
// of built-in objects before its first event is kept in mind. Runs before the prelude.
(function (host) {
  "use strict";

  const { Array, InternalError, JSON, Object, Reflect } = globalThis;
  const { isArray } = Array;
  const { apply, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const { defineProperty } = Object;
  // For the prelude, which writes each state that has changed and gives no list of keys.
  const { stringify } = JSON;
  const tooMuch = () => { throw new InternalError("out of memory"); };
  const isTooLong = (list) => list !== undefined && list !== null && list.length > host.longest;
  const isLongPart = (one) => one !== null && typeof one === "object" && isTooLong(one);
  function guard(object, name, isTooMuch) {
    const own = object[name];
    const guarded = { [name](...given) {
      if (isTooMuch(this, given)) tooMuch();
      return apply(own, this, given);
    } }[name];
    defineProperty(object, name, { value: guarded, writable: true, configurable: true });
  }
  for (const name of ["copyWithin", "every", "fill", "filter", "find", "findIndex", "findLast", "findLastIndex",
    "flat", "flatMap", "forEach", "includes", "indexOf", "join", "lastIndexOf", "map", "reduce", "reduceRight", "reverse", "shift",
    "slice", "some", "sort", "splice", "toLocaleString", "toReversed", "toSorted", "toSpliced", "toString", "unshift"]) {
    guard(Array.prototype, name, (list) => isTooLong(list));
  }
  guard(Array.prototype, "concat", (list, parts) => {
    for (let n = 0; n < parts.length; n++) if (isLongPart(parts[n])) return true;
    return isTooLong(list);
  });
  guard(JSON, "stringify", (_, given) => isArray(given[1]) && isTooLong(given[1]));
  // Arrays of so many items are looked at for holes, of which so many are written.
  const [MANY, HOLES] = [100_000, 1 << 20];
  let holes = 0;
  defineProperty(Array.prototype, "toJSON", {
    value() {
      if (isTooLong(this)) tooMuch();
      for (let n = 0; this.length > MANY && n < this.length; n++) if (!(n in this) && ++holes > HOLES) tooMuch();
      return this;
    },
    writable: true, configurable: true,
  });

  // What handlers rely on, as it is once the definition has run: by number, since it is gone through often.
  const objects = [], keys = [], values = [], called = [];
  function settle() {
    for (const name of ["Array", "Function", "JSON", "Map", "Math", "Number", "Object", "Reflect", "RegExp", "Set", "String"]) {
      const kind = globalThis[name];
      for (const [object, of] of [[kind, name], [kind && kind.prototype, `${name}.prototype`]]) {
        for (const key of object ? ownKeys(object) : []) {
          const { value } = getOwnPropertyDescriptor(object, key);
          if (typeof value !== "function") continue;
          const at = objects.length;
          objects[at] = object; keys[at] = key; values[at] = value; called[at] = `${of}.${String(key)}`;
        }
      }
    }
  }
  // The names of what is not as it was any more.
  function changed() {
    const names = [];
    for (let n = 0; n < objects.length; n++) {
      let is = false;
      try { is = objects[n][keys[n]] === values[n]; } catch { /* it is another one, then */ }
      if (!is) names[names.length] = called[n];
    }
    return names;
  }
  return { begin() { holes = 0; }, settle, changed, stringify };
})
