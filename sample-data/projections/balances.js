// bank.db: what every account holds, as the read model account_balances has it. Move the cursor to
// 31 December 2024 and read account-77.
fromCategory('account')
  .foreachStream()
  .when({
    $init: () => ({ owner: null, status: null, balance: null, bookings: 0 }),
    $any(s, e) {
      if (e.data.owner !== undefined) s.owner = e.data.owner;
      if (e.data.status !== undefined) s.status = e.data.status;
      if (e.data.balance !== undefined) s.balance = e.data.balance.amount;
      if (e.data.amount !== undefined) s.bookings += 1;
    },
  })
  .outputState();
