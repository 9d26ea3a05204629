//! Many items in one call.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use serde::{Deserialize, Serialize};

use super::items::{MAX_ITEMS, create, full, with_room};
use super::{AddedItem, Decision, Engine, NamedCall};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, LeaseId, WishlistId};
use crate::model::{IdempotencyKey, Item, ItemDraft, Lease, PageUrl, Rank, Typed, Viewer};
use crate::table::{Condition, Entity, Stored, Transaction};

/// The most items of one batch.
const MAX_BATCH: usize = 100;

/// Items of one commit: an item is two changes, and the list, the caller's rate and the call's name are three, of the hundred
/// that a commit may have.
const CHUNK: usize = 45;

/// For how long a named batch is its worker's alone: a chunk takes milliseconds.
const LEASE: Duration = Duration::from_mins(1);

/// How far a batch is. With the drafts, which a caller sends again, it says what every item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Progress {
    /// The ids of the drafts that are right, in their order.
    ids: Vec<ItemId>,
    /// The items with the same URL that were there before each.
    duplicates: Vec<Option<ItemId>>,
    created_at: Timestamp,
    /// The chunks that were added: how many items found room, and the slot of the first of them.
    chunks: Vec<(usize, u64)>,
    /// Who is at it.
    lease: Option<Lease>,
}

/// The drafts that are right, by their place in the batch.
type Checked = Vec<(usize, Option<PageUrl>, Typed)>;

/// A batch under way.
struct Batch<'a> {
    viewer: &'a Viewer,
    list: WishlistId,
    checked: Checked,
    call: Option<NamedCall>,
    lease: LeaseId,
}

impl Engine {
    /// Adds up to 100 items, each as [`Engine::add_item`] would: the answer has one result a draft, in their order. One
    /// round trip to read and one write for each 45 of them; of a chunk for which the list has not enough room the first
    /// ones are added.
    ///
    /// Under a key, a call that ended before all chunks were added goes on with the next one when it is sent again.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] for no draft or more than 100; [`Kind::IdempotencyMismatch`];
    /// [`Kind::InProgress`] where a call under the same key is at it. What is wrong with one draft is its own result.
    pub async fn add_items(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        drafts: &[ItemDraft],
        key: Option<&IdempotencyKey>,
    ) -> Result<Vec<Result<AddedItem>>> {
        let call = NamedCall::of(self, viewer, key, "add_items", &(list, drafts))?;
        if drafts.is_empty() || drafts.len() > MAX_BATCH {
            self.open_wishlist(viewer, list).await?;
            return Err(Error::invalid("/items", format!("expected 1 to {MAX_BATCH} items, not {}", drafts.len())));
        }
        let (mut checked, mut results) = (Vec::new(), Vec::new());
        for (place, draft) in drafts.iter().enumerate() {
            results.push(match draft.check() {
                Ok((url, typed)) => {
                    checked.push((place, url, typed));
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let batch = Batch { viewer, list, checked, call, lease: self.ids().mint() };
        let (progress, failed) = self.add_batch(&batch).await?;
        for (place, result) in batch.results(&progress, failed) {
            results[place] = Some(result);
        }
        Ok(results.into_iter().flatten().collect())
    }

    /// Adds what is not yet added; where that fails behind the first chunk, also why.
    async fn add_batch(&self, batch: &Batch<'_>) -> Result<(Progress, Option<Error>)> {
        let mut progress = self.begin(batch).await?;
        let mut failed = None;
        while progress.chunks.len() < batch.chunk_count() {
            match self.decide(|| self.decide_chunk(batch, &progress)).await {
                Ok(further) => {
                    let first = progress.chunks.len() * CHUNK;
                    progress = further;
                    let added = progress.chunks.last().map_or(0, |(added, _)| *added);
                    let items = (first..first + added).zip(0..).map(|(nth, slot)| batch.item(&progress, nth, slot));
                    let items: Vec<_> = items.collect();
                    join_all(items.iter().map(|item| self.hint_visit(item, Duration::ZERO))).await;
                }
                Err(error) => {
                    self.let_go(batch).await;
                    // Where nothing was added the fault is the whole call's.
                    if progress.chunks.is_empty() {
                        return Err(error);
                    }
                    failed = Some(error);
                    break;
                }
            }
        }
        Ok((progress, failed))
    }

    /// The progress of a new batch, or of one that another worker has left.
    async fn begin(&self, batch: &Batch<'_>) -> Result<Progress> {
        let fresh = self.plan(batch).await;
        let Some(call) = &batch.call else { return fresh };
        let fresh = &fresh;
        self.decide(|| async move {
            let now = self.clock().now();
            let lease = Some(Lease { id: batch.lease, until: now + LEASE });
            let mut transaction = Transaction::new(self.ids());
            let Some((stored, mut progress)) = call.kept::<Progress>(self).await? else {
                let mut progress = match fresh {
                    Ok(fresh) => fresh.clone(),
                    Err(_) => self.plan(batch).await?,
                };
                progress.lease = lease;
                transaction.create(&call.with_answer(&progress)?)?;
                return Ok(Decision::Commit(transaction, progress));
            };
            if progress.chunks.len() == batch.chunk_count() {
                return Ok(Decision::Done(progress));
            }
            // A lease that ends later than one begun now is from before the clock went back, and holds nobody up.
            if progress.lease.is_some_and(|lease| lease.until > now && lease.until <= now + LEASE) {
                let message = "a call with this idempotency key is under way; send it again in a minute";
                return Err(Error::new(Kind::InProgress, message));
            }
            progress.lease = lease;
            transaction.replace(stored.revision, &call.with_answer(&progress)?)?;
            Ok(Decision::Commit(transaction, progress))
        })
        .await
    }

    async fn plan(&self, batch: &Batch<'_>) -> Result<Progress> {
        self.open_wishlist(batch.viewer, batch.list).await?;
        let ids: Vec<ItemId> = batch.checked.iter().map(|_| self.ids().mint()).collect();
        let holders = batch.checked.iter().map(|(_, url, _)| self.holder_of(batch.list, url.as_ref()));
        let mut duplicates = try_join_all(holders).await?;
        let mut first = HashMap::new();
        for ((duplicate, (_, url, _)), id) in duplicates.iter_mut().zip(&batch.checked).zip(&ids) {
            if let Some(url) = url {
                let first = *first.entry(url).or_insert(*id);
                *duplicate = duplicate.or((first != *id).then_some(first));
            }
        }
        Ok(Progress { ids, duplicates, created_at: self.clock().now(), chunks: Vec::new(), lease: None })
    }

    /// Adds the next chunk, with the progress in the same commit.
    async fn decide_chunk(&self, batch: &Batch<'_>, progress: &Progress) -> Result<Decision<Progress>> {
        let first = progress.chunks.len() * CHUNK;
        let chunk = &batch.checked[first..batch.checked.len().min(first + CHUNK)];
        let (opened, charge) =
            tokio::join!(self.open_wishlist(batch.viewer, batch.list), self.charge(batch.viewer, visits_of(chunk)));
        let (stored, now) = (opened?, self.clock().now());
        let room = MAX_ITEMS.saturating_sub(stored.value.total_count()) as usize;
        let added = chunk.len().min(room);
        let (wishlist, slot) = with_room(&stored.value, u32::try_from(added).unwrap_or(u32::MAX), now)?;
        let mut further = progress.clone();
        further.chunks.push((added, slot));
        further.lease = progress.lease.map(|lease| Lease { until: now + LEASE, ..lease });
        let mut transaction = Transaction::new(self.ids());
        if added > 0 {
            transaction.replace(stored.revision, &wishlist)?;
            for (nth, place) in (first..first + added).zip(0..) {
                create(&mut transaction, &batch.item(&further, nth, place))?;
            }
            // Of those for which there is no room nothing is visited.
            let visits = visits_of(&chunk[..added]);
            if let Some(charge) = charge?.filter(|_| visits > 0) {
                charge.add(&mut transaction, visits)?;
            }
        }
        if let Some((kept, _)) = self.still_ours(batch).await? {
            transaction.replace(kept.revision, &kept.value.with_answer(&further)?)?;
        }
        let nothing = added == 0 && batch.call.is_none();
        Ok(if nothing { Decision::Done(further) } else { Decision::Commit(transaction, further) })
    }

    /// The record of a named batch, if its lease is still this worker's.
    async fn still_ours(&self, batch: &Batch<'_>) -> Result<Option<(Stored<NamedCall>, Progress)>> {
        let Some(call) = &batch.call else { return Ok(None) };
        let kept = call.kept::<Progress>(self).await?;
        let ours = kept.filter(|(_, progress)| progress.lease.is_some_and(|lease| lease.id == batch.lease));
        let taken = || Error::new(Kind::InProgress, "another call with this idempotency key has taken over");
        ours.map(Some).ok_or_else(taken)
    }

    /// Leaves a named batch to the next call with its name, as far as it is by its record: the chunk that failed may have
    /// been added for all that. A failure here costs the next call the lease's minute.
    async fn let_go(&self, batch: &Batch<'_>) {
        let let_go = self.decide(|| async {
            let Some((kept, progress)) = self.still_ours(batch).await? else { return Ok(Decision::Done(())) };
            let mut transaction = Transaction::new(self.ids());
            if progress.chunks.is_empty() {
                transaction.delete(kept.value.key(), Condition::Revision(kept.revision));
            } else {
                let free = Progress { lease: None, ..progress };
                transaction.replace(kept.revision, &kept.value.with_answer(&free)?)?;
            }
            Ok(Decision::Commit(transaction, ()))
        });
        drop(let_go.await);
    }
}

impl Batch<'_> {
    fn chunk_count(&self) -> usize {
        self.checked.len().div_ceil(CHUNK)
    }

    /// The `nth` draft that is right as an item, the one at `place` of its chunk.
    fn item(&self, progress: &Progress, nth: usize, place: u64) -> Item {
        let (_, url, typed) = &self.checked[nth];
        let slot = progress.chunks[nth / CHUNK].1 + place;
        let item = Item::new(progress.ids[nth], self.list, url.clone(), typed.clone(), progress.created_at);
        Item { rank: Rank::of_slot(slot), ..item }
    }

    /// What became of each draft that is right.
    fn results(&self, progress: &Progress, mut failed: Option<Error>) -> Vec<(usize, Result<AddedItem>)> {
        let result = |(nth, (place, ..)): (usize, &(usize, Option<PageUrl>, Typed))| {
            let within = nth % CHUNK;
            let result = match (progress.chunks.get(nth / CHUNK), &mut failed) {
                (Some((added, _)), _) if within < *added => Ok(AddedItem {
                    item: self.item(progress, nth, within as u64),
                    duplicate_of: progress.duplicates[nth],
                }),
                (None, Some(error)) => Err(error.hand_on()),
                _ => Err(full()),
            };
            (*place, result)
        };
        self.checked.iter().enumerate().map(result).collect()
    }
}

/// The visits that some of a batch ask for.
fn visits_of(drafts: &[(usize, Option<PageUrl>, Typed)]) -> u32 {
    u32::try_from(drafts.iter().filter(|(_, url, _)| url.is_some()).count()).unwrap_or(u32::MAX)
}
