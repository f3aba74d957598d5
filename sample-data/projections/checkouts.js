// orders-orchestrated.db: how far every checkout came, what it had to try, and why it failed, as the
// read model checkout_board has it.
fromCategory('checkout')
  .foreachStream()
  .when({
    $init: () => ({ status: null, amount: null, attempts: 0, note: null }),
    $any(s, e) {
      if (e.data.status !== undefined) s.status = e.data.status;
      if (e.data.amount !== undefined) s.amount = e.data.amount;
      if (e.data.timeout_s !== undefined) s.attempts += 1;
      if (e.data.reason !== undefined) s.note = e.data.reason;
    },
  });
