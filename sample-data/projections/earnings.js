// rides.jsonl: what every driver earned. Money is counted in
// cents, since halves of cents add up.
fromCategory('ride')
  .partitionBy((e) => e.data.driver_id)
  .when({
    $init: () => ({ rides: 0, cents: 0, metres: 0 }),
    // Whoever was assigned has a row.
    $any() {},
    RideCompleted(s, e) {
      s.rides += 1;
      s.cents += Math.round(e.data.fare.amount * 100);
      s.metres += e.data.metres;
    },
  })
  .transformBy((s) => ({ rides: s.rides, earned: s.cents / 100, metres: s.metres }));
