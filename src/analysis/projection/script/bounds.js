// What the engine cannot stop: going through an array takes no step of it. One that is longer than memory could
// hold is not gone through, and of those that are written the holes are counted. Runs before the prelude.
(function (host) {
  "use strict";

  const { Array, InternalError, Object, Reflect } = globalThis;
  const tooMuch = () => { throw new InternalError("out of memory"); };
  const isTooLong = (list) => list !== undefined && list !== null && list.length > host.longest;
  for (const name of ["concat", "copyWithin", "every", "fill", "filter", "find", "findIndex", "findLast", "findLastIndex",
    "flat", "flatMap", "forEach", "includes", "indexOf", "join", "lastIndexOf", "map", "reduce", "reduceRight", "reverse", "shift",
    "slice", "some", "sort", "splice", "toLocaleString", "toReversed", "toSorted", "toSpliced", "toString", "unshift"]) {
    const own = Array.prototype[name];
    const guarded = { [name](...given) {
      if (isTooLong(this) || name === "concat" && given.some((one) => Array.isArray(one) && isTooLong(one))) tooMuch();
      return Reflect.apply(own, this, given);
    } }[name];
    Object.defineProperty(Array.prototype, name, { value: guarded, writable: true, configurable: true });
  }
  // Arrays of so many items are looked at for holes, of which so many are written.
  const [MANY, HOLES] = [100_000, 1 << 20];
  let holes = 0;
  Object.defineProperty(Array.prototype, "toJSON", {
    value() {
      if (isTooLong(this)) tooMuch();
      for (let n = 0; this.length > MANY && n < this.length; n++) if (!(n in this) && ++holes > HOLES) tooMuch();
      return this;
    },
    writable: true, configurable: true,
  });
  // Once the definition has run these are as they are: what a handler makes of them would hold for events
  // that were handled before it, too. Errors and plain objects are left: people give theirs other names.
  function settle() {
    for (const kind of [Array, Function, Map, Number, Promise, RegExp, Set, String]) Object.freeze(kind).prototype && Object.freeze(kind.prototype);
    for (const kind of [JSON, Math, Object, Reflect]) Object.freeze(kind);
  }
  return { begin() { holes = 0; }, settle };
})
