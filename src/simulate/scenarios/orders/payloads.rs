//! What the events of an order say. A plain merge of the payloads of a stream is its state: a status
//! in each event, totals as a whole, lines as a whole.

use super::super::super::chance::{Address, Money, Person};
use super::super::super::json::Json;
use super::super::super::truth::Finding;
use super::stock::{ARTICLES, Line};
use super::{Method, Order, S, second_release};
use crate::model::Timestamp;

const FREE_SHIPPING_FROM: Money = Money(5000);
const SHIPPING: Money = Money(490);
const CARRIERS: [&str; 3] = ["Parcel North", "Velo Courier", "Post"];

/// An order has a name and an address in it, which an audit may point out.
pub fn personal_data(sim: &mut S) {
    sim.inherent(Finding {
        types: vec!["OrderPlaced", "ShippingAddressChanged", "ShipmentCreated"],
        detail: Some("names and addresses of customers".to_owned()),
        ..Finding::named("personal-data")
    });
}

impl Method {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::BankTransfer => "bank_transfer",
        }
    }
}

/// An address as a payload has it.
pub fn address_json(address: Address) -> Json {
    let Address { number, street, .. } = address;
    Json::object()
        .shown("street", format_args!("{street} {number}"))
        .text("postcode", address.postcode)
        .text("city", address.city)
        .text("country", address.country)
}

fn line_json(line: &Line) -> Json {
    let article = &ARTICLES[line.article];
    Json::object()
        .text("sku", article.sku)
        .text("name", article.name)
        .int("quantity", line.quantity)
        .money("unit_price", article.price)
        .money("amount", line.amount())
}

impl Order {
    pub fn address(&self) -> Address {
        Person(self.customer).address(self.moves)
    }

    fn goods(&self) -> Money {
        self.lines.iter().map(Line::amount).sum()
    }

    fn shipping(&self) -> Money {
        if self.goods() >= FREE_SHIPPING_FROM {
            Money(0)
        } else {
            SHIPPING
        }
    }

    pub fn total(&self) -> Money {
        self.goods() + self.shipping()
    }

    fn totals(&self) -> Json {
        let total = self.total();
        // Prices hold 19 % of tax already.
        let tax = Money((total.0 * 19 + 59) / 119);
        Json::object()
            .money("goods", self.goods())
            .money("shipping", self.shipping())
            .money("tax_included", tax)
            .money("total", total)
    }

    pub fn placed(&self, at: Timestamp) -> String {
        let customer = Json::object()
            .shown(
                "customer_id",
                format_args!("customer-{}", self.customer + 1),
            )
            .shown("name", Person(self.customer));
        let data = Json::object()
            .shown("order_id", format_args!("order-{}", self.number))
            .text("status", "placed")
            .object_at("customer", customer)
            .text("currency", "EUR")
            .list("lines", self.lines.iter().map(line_json))
            .object_at("totals", self.totals())
            .object_at("shipping_address", address_json(self.address()))
            .object_at("payment", Json::object().text("method", self.method.name()));
        if at < second_release() {
            return data.end();
        }
        let app = self.number.is_multiple_of(3);
        data.text("channel", if app { "app" } else { "web" }).end()
    }

    pub fn amended(&self) -> String {
        Json::object()
            .list("lines", self.lines.iter().map(line_json))
            .object_at("totals", self.totals())
            .text("amendment", "one piece less")
            .end()
    }

    /// What begins every payload of the payment.
    pub fn payment(&self, status: &str) -> Json {
        Json::object()
            .shown("payment_id", format_args!("payment-{}", self.number))
            .shown("order_id", format_args!("order-{}", self.number))
            .text("status", status)
    }

    pub fn processed(&self, at: Timestamp, reference: u64) -> String {
        let total = self.total();
        let data = self
            .payment("processed")
            .text("method", self.method.name())
            .text("currency", "EUR")
            .money("amount", total)
            .shown("provider_reference", format_args!("pr_{reference:012x}"));
        if at < second_release() {
            return data.end();
        }
        data.money("fee", total.share(140) + Money(15)).end()
    }

    pub fn failed(&self, reason: &str) -> String {
        self.payment("failed")
            .text("method", self.method.name())
            .text("currency", "EUR")
            .money("amount", self.total())
            .text("reason", reason)
            .end()
    }

    pub fn paid(&self) -> String {
        let payment = Json::object()
            .shown("payment_id", format_args!("payment-{}", self.number))
            .money("paid", self.total());
        Json::object()
            .text("status", "paid")
            .object_at("payment", payment)
            .end()
    }

    pub const fn carrier(&self) -> &'static str {
        CARRIERS[(self.number % 3) as usize]
    }

    pub fn tracking(&self) -> String {
        let digits = self.number * 738_113 % 1_000_000_000;
        format!("{}{digits:09}", &self.carrier()[..1])
    }

    pub fn shipment(&self) -> String {
        Json::object()
            .shown("shipment_id", format_args!("shipment-{}", self.number))
            .shown("order_id", format_args!("order-{}", self.number))
            .text("status", "created")
            .text("carrier", self.carrier())
            .int("pieces", self.lines.iter().map(|line| line.quantity).sum())
            .object_at("address", address_json(self.address()))
            .end()
    }

    pub fn shipped(&self) -> String {
        let shipment = Json::object()
            .shown("shipment_id", format_args!("shipment-{}", self.number))
            .text("carrier", self.carrier())
            .text("tracking", &self.tracking());
        Json::object()
            .text("status", "shipped")
            .object_at("shipment", shipment)
            .end()
    }
}
