// orders.db: every order as the read model order_summary has it, and since when that is wrong.
fromCategory('order')
  .foreachStream()
  .when({
    $init: () => ({ customer: null, status: null, total: null, city: null }),
    ShippingAddressChanged(s, e) {
      s.city = e.data.new.city;
    },
    $any(s, e) {
      if (e.data.customer) s.customer = e.data.customer.name;
      if (e.data.status !== undefined) s.status = e.data.status;
      if (e.data.totals) s.total = e.data.totals.total;
      if (e.data.shipping_address) s.city = e.data.shipping_address.city;
    },
  });
