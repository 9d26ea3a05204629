//! The day as a page to read.

use super::day::{ASSUMPTIONS, Day, SAMPLE, Sharing, live};

/// A figure of a day: what it is, and its text.
type Figure = (&'static str, fn(&Day) -> String);

/// The day that is in the documentation.
pub(super) const SEED: u64 = 1;

/// `docs/generated/day-of-visits.md`.
pub(crate) fn markdown() -> String {
    let of = ASSUMPTIONS;
    format!(
        "# A day of visits\n\
         \n\
         A simulation by a seed, of one of every {SAMPLE} pages with all of its items, second by second; figures are for all\n\
         pages. {} million pages are watched, half of them by one item, the kth part by at least k, up to 1,000; each is\n\
         visited once a day. {} million items are added, half of them with links that others have. Evenings are five times as\n\
         busy as mornings. The workers make {} visits a second in either case. A page is asked for when it is due; that\n\
         the sweeper looks once a minute is not in the waits. [Scaling](../scaling.md) says what follows.\n\
         \n\
         {}",
        of.pages / 1_000_000,
        of.added / 1_000_000,
        of.visits_per_second,
        table(SEED)
    )
}

/// Both days beside each other.
pub(super) fn table(seed: u64) -> String {
    let (shared, alone) = (live(Sharing::Pages, seed), live(Sharing::Nothing, seed));
    let rows: [Figure; 9] = [
        ("items, millions", |day| millions(day.items)),
        ("visits made, millions", |day| millions(day.visits)),
        ("new items answered by another's visit, millions", |day| millions(day.answered)),
        ("still waiting at midnight, millions", |day| millions(day.waiting)),
        ("wait of half of the visits, at most", |day| time(day.ages[0])),
        ("wait of 99 of 100, at most", |day| time(day.ages[1])),
        ("longest wait", |day| time(day.ages[2])),
        ("visits of the page that was visited most", |day| day.most_visited.to_string()),
        ("write units a second of a shard of the due index to keep up, busiest minute; it takes 1,000", |day| {
            day.shard_writes.to_string()
        }),
    ];
    let head = "| | a page is visited for all its items | every item for itself |\n| --- | --- | --- |\n";
    rows.iter()
        .fold(head.to_owned(), |table, (name, of)| table + &format!("| {name} | {} | {} |\n", of(&shared), of(&alone)))
}

fn millions(count: u64) -> String {
    format!("{}.{}", count / 1_000_000, count % 1_000_000 / 100_000)
}

fn time(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_to_be_read() {
        assert_eq!([time(5), time(600), time(7200)], ["5 s", "10 min", "2 h"]);
        assert_eq!([millions(749_999_000), millions(0)], ["749.9", "0.0"]);
    }
}
