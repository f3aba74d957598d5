//! What the events of an order say. A plain merge of the payloads of a stream is its state: a
//! status in each event, totals as a whole, lines as a whole.

use serde_json::{Value, json};

use super::super::money::Money;
use super::goods::{Line, Shelf};
use super::{Method, Order, second_release};
use crate::model::Timestamp;

const FREE_SHIPPING_FROM: Money = Money(5000);
const SHIPPING: Money = Money(490);

impl Method {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::BankTransfer => "bank_transfer",
        }
    }
}

impl Order {
    pub(super) fn stream(&self, category: &str) -> String {
        format!("{category}-{}", self.number)
    }

    fn goods(&self, shelves: &[Shelf]) -> Money {
        self.lines
            .iter()
            .map(|line| shelves[line.shelf].price.times(line.quantity))
            .sum()
    }

    fn shipping(&self, shelves: &[Shelf]) -> Money {
        if self.goods(shelves) >= FREE_SHIPPING_FROM {
            Money(0)
        } else {
            SHIPPING
        }
    }

    pub(super) fn total(&self, shelves: &[Shelf]) -> Money {
        self.goods(shelves) + self.shipping(shelves)
    }

    fn totals(&self, shelves: &[Shelf]) -> Value {
        let total = self.total(shelves);
        // Prices hold 19 % of tax already.
        let tax = Money((total.0 * 19 + 59) / 119);
        json!({
            "goods": self.goods(shelves),
            "shipping": self.shipping(shelves),
            "tax_included": tax,
            "total": total,
        })
    }

    fn line_values(&self, shelves: &[Shelf]) -> Vec<Value> {
        let value = |&Line { shelf, quantity }: &Line| {
            let Shelf {
                sku, name, price, ..
            } = shelves[shelf];
            let amount = price.times(quantity);
            json!({
                "sku": sku,
                "name": name,
                "quantity": quantity,
                "unit_price": price,
                "amount": amount,
            })
        };
        self.lines.iter().map(value).collect()
    }

    pub(super) fn placed(
        &self,
        at: Timestamp,
        (customer_id, name): (&str, &str),
        shelves: &[Shelf],
    ) -> Value {
        let mut data = json!({
            "order_id": self.stream("order"),
            "status": "placed",
            "customer": { "customer_id": customer_id, "name": name },
            "currency": "EUR",
            "lines": self.line_values(shelves),
            "totals": self.totals(shelves),
            "shipping_address": self.address,
            "payment": { "method": self.method.name() },
        });
        if at >= second_release() {
            data["channel"] = json!(if self.number.is_multiple_of(3) {
                "app"
            } else {
                "web"
            });
        }
        data
    }

    pub(super) fn amended(&self, shelves: &[Shelf]) -> Value {
        json!({
            "lines": self.line_values(shelves),
            "totals": self.totals(shelves),
            "amendment": "one piece less",
        })
    }

    pub(super) fn authorized(&self, shelves: &[Shelf], reference: u64) -> Value {
        json!({
            "payment_id": self.stream("payment"),
            "order_id": self.stream("order"),
            "status": "authorized",
            "method": self.method.name(),
            "currency": "EUR",
            "authorized": self.total(shelves),
            "provider_reference": format!("pr_{reference:012x}"),
        })
    }

    pub(super) fn payment_failed(&self, shelves: &[Shelf], reason: &str) -> Value {
        json!({
            "payment_id": self.stream("payment"),
            "order_id": self.stream("order"),
            "status": "failed",
            "method": self.method.name(),
            "currency": "EUR",
            "requested": self.total(shelves),
            "failure": reason,
        })
    }

    pub(super) fn captured(&self, at: Timestamp, shelves: &[Shelf]) -> Value {
        let total = self.total(shelves);
        let mut data = json!({ "status": "captured", "captured": total });
        if at >= second_release() {
            data["fee"] = json!(total.share(140) + Money(15));
        }
        data
    }

    pub(super) fn paid(&self, shelves: &[Shelf]) -> Value {
        json!({
            "status": "paid",
            "payment": { "payment_id": self.stream("payment"), "paid": self.total(shelves) },
        })
    }

    pub(super) fn shipment(&self, carrier: &str) -> Value {
        json!({
            "shipment_id": self.stream("shipment"),
            "order_id": self.stream("order"),
            "status": "created",
            "carrier": carrier,
            "address": self.address,
            "pieces": self.lines.iter().map(|line| line.quantity).sum::<i64>(),
        })
    }
}
