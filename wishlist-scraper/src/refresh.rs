//! From a page that is due by itself to what its watchers are told: visited again while somebody watches it, removed when
//! nobody has for a day.

use std::time::Duration;

use wishlist_core::Result;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{JobId, LeaseId};
use wishlist_core::model::{Lease, PageUrl, Refresh, VisitedPage};
use wishlist_core::operations::{Decision, Engine, Told};
use wishlist_core::table::keys::PageDigest;
use wishlist_core::table::{Stored, Transaction};

use crate::ending::{Cause, Ending};
use crate::visit::{Visited, Visitor, is_paused};

/// By how much longer than a first fill a refresh waits for a lane, at most: nobody looks at a clock for it, and a thousand
/// pages of one host that asked every second would keep others from theirs.
const LONGER: Duration = Duration::from_mins(5);

/// What a worker holds while it is at a page.
struct Held {
    lease: LeaseId,
    digest: PageDigest,
    url: PageUrl,
    began_at: Timestamp,
}

enum Taken {
    Held(Box<Held>),
    Unwatched,
    Nothing,
}

/// What there is to do for a page now.
struct Wanted {
    visit: bool,
    look: bool,
}

impl Visitor {
    /// Does what there is to do for a page that is due: any message may be wrong, late or double, and only the page's record
    /// counts. Answers the page's host, empty where there was nothing to do, and what became of it.
    ///
    /// # Errors
    /// Those of the table; the page stays due.
    pub async fn refresh(&self, page: &PageDigest) -> Result<(String, Visited)> {
        let lease = self.engine().ids().mint();
        let held = match self.engine().decide(|| self.decide_page_lease(page, lease)).await? {
            Taken::Held(held) => held,
            Taken::Nothing => return Ok((String::new(), Visited::Nothing)),
            Taken::Unwatched => {
                let removed = self.engine().remove_page(page).await?;
                return Ok((String::new(), if removed { Visited::Removed } else { Visited::Nothing }));
            }
        };
        let (cause, fault) = self.ask(&held.url, held.lease).await;
        let given_back = self.give_page_back(&held, cause).await;
        let visited = fault.map_or(given_back, Err)?;
        Ok((held.url.host().to_owned(), visited))
    }

    async fn decide_page_lease(&self, digest: &PageDigest, lease: LeaseId) -> Result<Decision<Taken>> {
        let nothing = || Ok(Decision::Done(Taken::Nothing));
        let now = self.engine().clock().now();
        let Some(stored) = self.engine().find_page(digest).await? else { return nothing() };
        let Some(refresh) = stored.value.refresh else { return nothing() };
        if Engine::is_held(stored.value.lease, now) {
            return nothing();
        }
        let mut page = stored.value.clone();
        let wanted = self.wanted(&page, &refresh, now);
        if !wanted.visit && !wanted.look {
            // A time that the settings have done away with, or that a visit in between has, would have the sweeper come again
            // and again.
            let not_while_fresh = if page.is_fresh(now) { now + VisitedPage::FRESH } else { now };
            let visit_at = refresh.visit_at.filter(|_| self.refresh_every().is_some());
            let visit_at = visit_at.map(|visit| visit.max(not_while_fresh));
            page.refresh = Some(Refresh { visit_at, ..refresh });
            page.put_in_order();
            return self.put_page(&stored, &page, Taken::Nothing);
        }
        if self.engine().count_watchers(digest, 1).await? == 0 {
            let since = refresh.unwatched_since.unwrap_or(now);
            if now.since(since) >= VisitedPage::KEPT {
                return Ok(Decision::Done(Taken::Unwatched));
            }
            let look_at = since + VisitedPage::KEPT;
            page.refresh = Some(Refresh { visit_at: None, look_at, unwatched_since: Some(since), ..refresh });
            page.put_in_order();
            return self.put_page(&stored, &page, Taken::Nothing);
        }
        let taken = if wanted.visit {
            let (began_at, url) = (page.begin(now), page.url.clone());
            page.lease = Some(Lease::new(lease, now));
            Taken::Held(Box::new(Held { lease, digest: digest.clone(), url, began_at }))
        } else {
            Taken::Nothing
        };
        page.watch(now);
        self.put_page(&stored, &page, taken)
    }

    fn wanted(&self, page: &VisitedPage, refresh: &Refresh, now: Timestamp) -> Wanted {
        let look = refresh.look_at <= now;
        let left_alone = is_paused(page.not_before, now);
        let due = refresh.visit_at.map_or(look, |visit| visit <= now);
        let visit = self.refresh_every().is_some() && due && !left_alone && !page.is_fresh(now);
        Wanted { visit, look }
    }

    fn put_page(&self, stored: &Stored<VisitedPage>, page: &VisitedPage, taken: Taken) -> Result<Decision<Taken>> {
        if *page == stored.value {
            return Ok(Decision::Done(taken));
        }
        let mut transaction = Transaction::new(self.engine().ids());
        transaction.replace(stored.revision, page)?;
        Ok(Decision::Commit(transaction, taken))
    }

    /// Ends the lease by one commit with what was found, if it is still held, and has the watchers told what is new.
    async fn give_page_back(&self, held: &Held, cause: Cause) -> Result<Visited> {
        let (visited, job) = self.engine().decide(|| self.decide_page_ending(held, &cause)).await?;
        if let Some(job) = job {
            self.engine().hint_job(job).await;
        }
        Ok(visited)
    }

    async fn decide_page_ending(&self, held: &Held, cause: &Cause) -> Result<Decision<(Visited, Option<JobId>)>> {
        let page = self.engine().find_page(&held.digest).await?;
        let page = page.filter(|page| page.value.lease.is_some_and(|lease| lease.id == held.lease));
        let Some(page) = page else { return Ok(Decision::Done((Visited::Superseded, None))) };
        let now = self.engine().clock().now();
        let ending = Ending::of(cause, page.value.tries, |bound| self.engine().jitter(bound));
        let mut settled = self.page_after(&page.value, &ending, held.began_at, now);
        if let (Ending::Aside(pause), Some(refresh)) = (&ending, &mut settled.page.refresh) {
            refresh.visit_at = Some(now + *pause + self.engine().jitter(LONGER));
            settled.page.put_in_order();
        }
        let mut transaction = Transaction::new(self.engine().ids());
        let job = self.engine().keep_visit(&mut transaction, page.revision, &settled, Told::Watchers)?;
        Ok(Decision::Commit(transaction, (ending.visited(), job)))
    }
}
