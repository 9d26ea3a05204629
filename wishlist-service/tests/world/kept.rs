//! Walks to what worlds found broken, each mended since. A seed makes another walk once anything about walks changes; these stay.

#![expect(clippy::unreadable_literal, reason = "as the worlds print them")]

use super::play::{play, sqlite};
use super::store::Sabotage;
use super::walk::Action::{Call, Deliver, Store, Wait};
use super::walk::Deed::{Add, AddSeveral, CreateList, Edit, Lists, Remove};
use super::walk::Hiding::{Hidden, Seen};
use super::walk::Naming::{Named, Unnamed};
use super::walk::Step;
use super::walk::StoreFault::Stale;

/// A visit outlives its lease of the page, another worker visits that and tells the item, and the first one told it once more what it had
/// found before. Found by seed 3257 as I8.
const OLDER_VISIT: &[Step] = &[
    Step { action: Call { person: 0, deed: CreateList, naming: Unnamed }, polls: 0, chance: 4575889355625451223 },
    Step { action: Call { person: 0, deed: Add, naming: Unnamed }, polls: 5, chance: 4039131671105177417 },
    Step { action: Call { person: 0, deed: Add, naming: Unnamed }, polls: 2, chance: 2401930173356576090 },
    Step { action: Wait(10), polls: 5, chance: 11882908421183614948 },
    Step { action: Call { person: 0, deed: Add, naming: Named }, polls: 3, chance: 15277521572163898719 },
    Step { action: Call { person: 0, deed: Add, naming: Named }, polls: 2, chance: 8298988192944520314 },
    Step { action: Store(Stale, 6), polls: 3, chance: 18016281583060128793 },
    Step { action: Call { person: 0, deed: Edit, naming: Named }, polls: 3, chance: 579078341983339904 },
    Step { action: Deliver { message: 57455, hiding: Seen }, polls: 3, chance: 12502907535101497549 },
    Step { action: Wait(100), polls: 0, chance: 7355298741088717498 },
    Step { action: Deliver { message: 58262, hiding: Hidden }, polls: 4, chance: 16753649219149575066 },
    Step { action: Call { person: 0, deed: Lists, naming: Unnamed }, polls: 2, chance: 969811538008029258 },
    Step { action: Call { person: 0, deed: Remove, naming: Unnamed }, polls: 1, chance: 11553855532607592482 },
    Step { action: Call { person: 0, deed: AddSeveral, naming: Named }, polls: 2, chance: 8887933969257444299 },
    Step { action: Call { person: 0, deed: Add, naming: Named }, polls: 5, chance: 12299543268196250939 },
    Step { action: Wait(1000), polls: 0, chance: 4606260696307262924 },
    Step { action: Call { person: 0, deed: Edit, naming: Unnamed }, polls: 0, chance: 10182876779921330998 },
    Step { action: Deliver { message: 52355, hiding: Hidden }, polls: 0, chance: 15951615396127490474 },
    Step { action: Call { person: 0, deed: Add, naming: Named }, polls: 3, chance: 6323565260275799343 },
    Step { action: Wait(1), polls: 5, chance: 9526762688317804088 },
    Step { action: Deliver { message: 18091, hiding: Hidden }, polls: 5, chance: 13338737976419983367 },
    Step { action: Wait(100), polls: 3, chance: 4200712194238762022 },
    Step { action: Deliver { message: 64335, hiding: Hidden }, polls: 2, chance: 3610286097977247736 },
    Step { action: Wait(1), polls: 1, chance: 3407703279616519403 },
];

#[test]
fn an_older_visit_is_not_told_behind_a_newer_one() {
    let played = play(3257, OLDER_VISIT, &sqlite, Sabotage::None);
    assert!(played.broken.is_none(), "{:?}", played.broken);
}
