// downloads.db: seats and use of every licence, in the order in which it was recorded.
fromCategory('licence')
  .foreachStream()
  .when({
    $init: () => ({ product_id: null, seats: null, in_use: null, minutes: 0, uses: 0 }),
    LicenceUsed(s, e) {
      s.minutes += e.data.usage.minutes;
      s.uses += 1;
    },
    $any(s, e) {
      if (e.data.product_id !== undefined) s.product_id = e.data.product_id;
      if (e.data.seats !== undefined) s.seats = e.data.seats;
      if (e.data.in_use !== undefined) s.in_use = e.data.in_use;
    },
  });
