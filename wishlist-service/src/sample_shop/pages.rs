//! The pages, one row each. In their text `{{origin}}` stands for the address at which they are served.

use std::time::Duration;

use axum::http::StatusCode;

/// A page of a shop.
pub(super) struct Page {
    pub(super) path: &'static str,
    pub(super) html: &'static str,
    pub(super) status: StatusCode,
    /// How long the page lets its visitor wait, so that there is progress to see.
    pub(super) delay: Duration,
}

/// What a page shows or needs beside itself.
pub(super) struct Asset {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) text: &'static str,
}

macro_rules! page {
    ($path:literal, $file:literal, $status:ident, $millis:literal) => {
        Page {
            path: $path,
            html: include_str!(concat!("../../sample-shop/", $file)),
            status: StatusCode::$status,
            delay: Duration::from_millis($millis),
        }
    };
}

macro_rules! picture {
    ($file:literal) => {
        Asset {
            path: concat!("/pictures/", $file),
            content_type: "image/svg+xml",
            text: include_str!(concat!("../../sample-shop/pictures/", $file)),
        }
    };
}

/// Every make-up that a shop's page commonly has, and two pages that sell nothing.
#[rustfmt::skip]
pub(super) const PAGES: &[Page] = &[
    page!("/fennel-and-fog/enamel-kettle", "kettle.html", OK, 240),      // JSON-LD
    page!("/fennel-and-fog/picnic-blanket", "blanket.html", OK, 410),    // microdata
    page!("/fennel-and-fog/field-notebook", "notebook.html", OK, 150),   // Open Graph and product metas only
    page!("/fennel-and-fog/storm-lantern", "lantern.html", OK, 620),     // sale and list price
    page!("/fennel-and-fog/speckled-teapot", "teapot.html", OK, 330),    // a JSON-LD graph; out of stock
    page!("/ostermoor/hobelbank-luise", "workbench.html", OK, 900),      // German, euros, to be ordered ahead
    page!("/fennel-and-fog/journal/waxing-your-own-cloth", "journal.html", OK, 500), // an article
    page!("/fennel-and-fog/tin-mug", "gone.html", NOT_FOUND, 190),       // no longer there
];

pub(super) const ASSETS: &[Asset] = &[
    Asset {
        path: "/style.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("../../sample-shop/style.css"),
    },
    picture!("kettle.svg"),
    picture!("blanket.svg"),
    picture!("notebook.svg"),
    picture!("lantern.svg"),
    picture!("teapot.svg"),
    picture!("workbench.svg"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_heavy() {
        for page in PAGES {
            assert!(page.html.len() <= 30 * 1024, "{} has {} bytes", page.path, page.html.len());
        }
    }

    #[test]
    fn every_page_lets_its_visitor_wait_for_a_time_of_its_own() {
        let mut delays: Vec<u128> = PAGES.iter().map(|page| page.delay.as_millis()).collect();
        delays.sort_unstable();
        assert!(delays.iter().all(|delay| (150..=900).contains(delay)), "{delays:?}");
        assert!(delays.windows(2).all(|pair| pair[0] != pair[1]), "{delays:?}");
    }

    #[test]
    fn every_link_and_picture_leads_to_something_that_is_served() {
        let paths: Vec<&str> =
            PAGES.iter().map(|page| page.path).chain(ASSETS.iter().map(|asset| asset.path)).collect();
        for page in PAGES {
            for rest in page.html.split("{{origin}}").skip(1) {
                let path = rest.split(['"', '#']).next().unwrap();
                assert!(path == "/" || paths.contains(&path), "{} links to {path}", page.path);
            }
        }
    }

    #[test]
    fn structured_data_is_json() {
        let mut found = 0;
        for page in PAGES {
            for rest in page.html.split("<script type=\"application/ld+json\">").skip(1) {
                let json = rest.split("</script>").next().unwrap();
                serde_json::from_str::<serde_json::Value>(json).unwrap_or_else(|e| panic!("{}: {e}", page.path));
                found += 1;
            }
        }
        assert_eq!(found, 4);
    }
}
