//! The systems that can be simulated, each with a story of its own.

mod bank;
mod carts;
mod downloads;
mod orchestrated;
mod orders;
mod rides;
mod users;

use std::fmt;

use super::fault::Fault;
use super::kernel::{Process, Setup, Totals, World, run};
use super::truth::Witness;

macro_rules! scenarios {
    ($($scenario:ident, $name:literal, $module:ident, $story:ident, $about:literal;)+) => {
        /// What kind of system is simulated.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scenario {
            $(#[doc = $about] $scenario,)+
        }

        impl Scenario {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$scenario),+];

            /// Its name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$scenario => $name),+ }
            }

            /// What it is, in a sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$scenario => $about),+ }
            }

            pub(super) fn world(self) -> World {
                match self { $(Self::$scenario => $module::world()),+ }
            }

            pub(super) fn run(self, world: World, setup: Setup) -> (Totals, Option<Witness>) {
                match self {
                    $(Self::$scenario => {
                        let story = $module::$story::new(setup.scale);
                        run(story, world, setup)
                    })+
                }
            }
        }
    };
}

scenarios! {
    OrdersChoreographed, "orders-choreographed", orders, Shop,
        "A shop whose services react to each other's events.";
    OrdersOrchestrated, "orders-orchestrated", orchestrated, Shop,
        "A shop whose orchestrator sends commands, retries, compensates and parks.";
    Bank, "bank", bank, Bank,
        "A small bank's accounts, transfers and cards over two years.";
    Users, "users", users, Directory,
        "User accounts whose schemas change three times in two years.";
    Rides, "rides", rides, Rides,
        "Taxi rides whose end is news for five consumers, each with its own speed.";
    Downloads, "downloads", downloads, Downloads,
        "Software licences, counted by events that carry ids only and often come late.";
    Carts, "carts", carts, Carts,
        "Shopping carts on two devices that are offline at times and whose clocks disagree.";
}

impl Scenario {
    /// A shorter name.
    #[must_use]
    pub const fn alias(self) -> Option<&'static str> {
        match self {
            Self::OrdersChoreographed => Some("orders"),
            _ => None,
        }
    }

    /// The one of a name or an alias.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let is = |scenario: &Self| scenario.name() == name || scenario.alias() == Some(name);
        Self::ALL.iter().copied().find(is)
    }

    /// The faults that have a place in it.
    #[must_use]
    pub fn faults(self) -> Vec<Fault> {
        let world = self.world();
        let has = |fault: &Fault| !world.lacks.contains(fault);
        Fault::ALL.iter().copied().filter(has).collect()
    }

    /// The definition of its business process, as a file of the workspace.
    #[must_use]
    pub fn saga_definition(self) -> String {
        let process: &Process = self.world().process;
        process.to_toml(self.about())
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
