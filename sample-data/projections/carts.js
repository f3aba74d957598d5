// carts.db: where every cart stands, as whichever device wrote last said it.
fromCategory('cart')
  .foreachStream()
  .when({
    $init: () => ({ status: null, pieces: null, delivery: null, merges: 0 }),
    $any(s, e) {
      if (e.data.status !== undefined) s.status = e.data.status;
      if (e.data.pieces !== undefined) s.pieces = e.data.pieces;
      if (e.data.delivery) s.delivery = e.data.delivery.option;
      if (e.data.merged !== undefined) s.merges += 1;
    },
  });
