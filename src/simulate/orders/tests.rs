//! The shop keeps its story and the laws of its own trade.

use super::super::samples::SEED;
use super::*;

fn shop() -> Vec<Event> {
    simulate(SEED)
}

fn of<'a>(events: &'a [Event], stream: &str) -> Vec<&'a Event> {
    events
        .iter()
        .filter(|event| event.stream == stream)
        .collect()
}

fn types<'a>(events: &[&'a Event]) -> Vec<&'a str> {
    events.iter().map(|event| event.event_type).collect()
}

#[test]
fn the_same_seed_gives_the_same_shop_and_another_gives_another() {
    let text = |seed| format!("{:?}", simulate(Seed(seed)));
    assert_eq!(text(5), text(5));
    assert_ne!(text(5), text(6));
}

#[test]
fn nothing_happens_in_the_maintenance() {
    assert!(
        shop()
            .iter()
            .all(|event| !maintenance().contains(&event.recorded_at))
    );
}

#[test]
fn order_1042_is_amended_redirected_and_delivered() {
    let shop = shop();
    let order = of(&shop, "order-1042");
    assert_eq!(
        types(&order),
        [
            "OrderPlaced",
            "OrderAmended",
            "ShippingAddressChanged",
            "OrderPaid",
            "OrderShipped",
            "OrderDelivered",
            "OrderCompleted",
        ]
    );
    let [paid_at, shipped_at] = [order[3], order[4]].map(|event| event.recorded_at);
    assert!(
        after(paid_at, Duration::from_hours(1)) < shipped_at,
        "an hour before is a good question"
    );
    assert_eq!(order[1].data["totals"]["total"].to_string(), "66.00");
}

#[test]
fn stuck_orders_and_the_missing_refund_are_there() {
    let shop = shop();
    for stuck in ["payment-1077", "payment-1196"] {
        assert_eq!(types(&of(&shop, stuck)), ["PaymentAuthorized"], "{stuck}");
    }
    assert_eq!(types(&of(&shop, "shipment-1148")), ["ShipmentCreated"]);
    assert_eq!(
        types(&of(&shop, "payment-1093")).last(),
        Some(&"RefundRequested")
    );
    let count = |name| shop.iter().filter(|event| event.event_type == name).count();
    assert!(count("PaymentFailed") > 5 && count("RefundIssued") > 5 && count("EmailChanged") > 5);
}

#[test]
fn no_shelf_ever_holds_less_than_nothing() {
    for event in shop().iter().filter(|event| event.category == "inventory") {
        for key in ["on_hand", "reserved", "available"] {
            assert!(event.data[key].as_i64() >= Some(0), "{event:?}");
        }
    }
}

#[test]
fn consumers_only_go_forward_and_never_ahead_of_the_log() {
    let shop = shop();
    let side = side_tables(&shop, SEED);
    let mut last = std::collections::HashMap::new();
    for row in &side.checkpoints {
        let before = last.insert(row.consumer, row.position);
        assert!(before < Some(row.position));
        assert!(shop[row.position.0 as usize - 1].recorded_at < row.at && row.at <= closing());
    }
    assert_eq!(last.len(), 3);
    assert_eq!(side.dead_letters.len(), 3);
    assert!(
        side.outbox
            .iter()
            .filter(|row| row.published_at.is_none())
            .count()
            > 0
    );
    assert!(side.snapshots.len() > 10);
    assert!(
        side.snapshots
            .iter()
            .all(|row| row.state["name"].is_string())
    );
}
