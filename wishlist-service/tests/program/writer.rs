//! A client that makes calls of all kinds, sends each again until it is answered, and knows what must be there then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use wishlist_core::clock::{Random, SeededRandom};

use crate::person::Person;

/// Before a call is sent again that found no server or was asked to come later.
const PAUSE: Duration = Duration::from_millis(20);

/// The most lists that a writer has at a time, so that moves and deletions meet lists with items.
const LISTS: usize = 5;

/// The most calls that are sent again at the end: the last ones, in which most broke off.
const REPLAYED: usize = 30;

/// An item as its writer knows it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) state: &'static str,
}

/// A list as its writer knows it, its items in their order.
#[derive(Debug)]
pub(crate) struct KnownList {
    pub(crate) id: String,
    pub(crate) items: Vec<Known>,
}

/// A call that was answered.
struct Answered {
    path: String,
    body: Option<Value>,
    key: String,
    answer: (StatusCode, Value),
}

/// Sends calls to the server that lives, over all its lives.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) person: Person,
    pub(crate) address: watch::Receiver<String>,
    /// Calls that were answered.
    pub(crate) answered: Arc<AtomicUsize>,
    /// Those that were sent more than once.
    pub(crate) resent: Arc<AtomicUsize>,
}

impl Caller {
    /// Sends a call until it is answered, and says whether it was sent before.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> (StatusCode, Value, bool) {
        let mut sent_before = false;
        loop {
            let address = self.address.borrow().clone();
            if let Ok((status, answer)) = self.person.send_named(method.clone(), &address, path, body, key).await
                && status != StatusCode::SERVICE_UNAVAILABLE
                && answer["code"] != "in_progress"
            {
                self.answered.fetch_add(1, Ordering::Relaxed);
                self.resent.fetch_add(usize::from(sent_before), Ordering::Relaxed);
                return (status, answer, sent_before);
            }
            sent_before = true;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// One client with lists of its own, and one list that all writers add to.
pub(crate) struct Writer {
    caller: Caller,
    name: usize,
    shared: String,
    shop: String,
    random: SeededRandom,
    calls: usize,
    answered: Vec<Answered>,
    /// Its lists that are there.
    pub(crate) lists: Vec<KnownList>,
    /// Its lists that it deleted.
    pub(crate) deleted: Vec<String>,
    /// The items that it added to the list of all.
    pub(crate) added: Vec<String>,
}

impl Writer {
    pub(crate) fn new(caller: Caller, name: usize, shared: &str, shop: &str, seed: u64) -> Self {
        Self {
            caller,
            name,
            shared: shared.to_owned(),
            shop: shop.to_owned(),
            random: SeededRandom::new(seed ^ name as u64),
            calls: 0,
            answered: Vec::new(),
            lists: Vec::new(),
            deleted: Vec::new(),
            added: Vec::new(),
        }
    }

    /// Works until it is told to stop, then sends the last calls once more: they are answered as before.
    pub(crate) async fn work(mut self, stop: Arc<AtomicBool>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            self.turn().await;
        }
        let last = self.answered.len().saturating_sub(REPLAYED);
        for Answered { path, body, key, answer } in self.answered.split_off(last) {
            let (status, again, _) = self.caller.call(Method::POST, &path, body.as_ref(), Some(&key)).await;
            assert_eq!((status, again), answer, "{path} under {key}");
        }
        self
    }

    async fn turn(&mut self) {
        let (from, to) = (self.any_list(), self.any_list());
        match (self.below(20), from, to) {
            (0, ..) | (_, None, _) if self.lists.len() < LISTS => self.create_list().await,
            (1, Some(list), _) if self.lists.len() == LISTS => self.delete_list(list).await,
            (2 | 3, ..) => self.add_to_shared().await,
            (chosen, Some(from), Some(to)) if self.lists[from].items.len() > 2 => {
                let nth = self.below(self.lists[from].items.len());
                match chosen {
                    4 | 5 => self.place(from, nth).await,
                    6 | 7 => self.move_or_copy("move", from, nth, to).await,
                    8 => self.move_or_copy("copy", from, nth, to).await,
                    9..=11 => self.receive_or_restore(from, nth).await,
                    12 => self.remove(from, nth).await,
                    13 | 14 => self.update(from, nth).await,
                    15 => self.refresh(from, nth).await,
                    _ => self.add(from).await,
                }
            }
            (_, list, _) => self.add(list.unwrap_or_default()).await,
        }
    }

    async fn create_list(&mut self) {
        let list = self.post("/wishlists", Some(json!({ "name": "Birthday" })), StatusCode::CREATED).await;
        self.lists.push(KnownList { id: text(&list["id"]), items: Vec::new() });
    }

    async fn delete_list(&mut self, list: usize) {
        let id = self.lists.swap_remove(list).id;
        self.delete(&format!("/wishlists/{id}")).await;
        self.deleted.push(id);
    }

    async fn add(&mut self, list: usize) {
        let path = self.items(list);
        let draft = self.draft();
        let item = self.post(&path, Some(draft), StatusCode::CREATED).await;
        self.lists[list].items.push(known(&item));
    }

    async fn add_to_shared(&mut self) {
        let (path, draft) = (format!("/wishlists/{}/items", self.shared), self.draft());
        let item = self.post(&path, Some(draft), StatusCode::CREATED).await;
        self.added.push(text(&item["id"]));
    }

    async fn place(&mut self, list: usize, nth: usize) {
        let items = &self.lists[list].items;
        let other = (nth + 1 + self.below(items.len() - 1)) % items.len();
        let (path, neighbour) = (format!("{}/{}/place", self.items(list), items[nth].id), items[other].id.clone());
        let side = ["before", "after"][self.below(2)];
        self.post(&path, Some(json!({ side: neighbour })), StatusCode::OK).await;
        let items = &mut self.lists[list].items;
        let item = items.remove(nth);
        let beside = items.iter().position(|item| item.id == neighbour).unwrap();
        items.insert(beside + usize::from(side == "after"), item);
    }

    async fn move_or_copy(&mut self, what: &str, from: usize, nth: usize, to: usize) {
        let path = format!("{}/{}/{what}", self.items(from), self.lists[from].items[nth].id);
        let status = if what == "copy" { StatusCode::CREATED } else { StatusCode::OK };
        let item = self.post(&path, Some(json!({ "wishlistId": self.lists[to].id })), status).await;
        // A move to the list where the item is leaves it where it stands.
        if what == "copy" {
            self.lists[to].items.push(known(&item));
        } else if from != to {
            let item = self.lists[from].items.remove(nth);
            self.lists[to].items.push(item);
        }
    }

    async fn receive_or_restore(&mut self, list: usize, nth: usize) {
        let item = &self.lists[list].items[nth];
        let (verb, state) = if item.state == "active" { ("receive", "received") } else { ("restore", "active") };
        let path = format!("{}/{}/{verb}", self.items(list), item.id);
        self.post(&path, None, StatusCode::OK).await;
        self.lists[list].items[nth].state = state;
    }

    async fn remove(&mut self, list: usize, nth: usize) {
        let item = self.lists[list].items.remove(nth);
        self.delete(&format!("{}/{}", self.items(list), item.id)).await;
    }

    async fn update(&mut self, list: usize, nth: usize) {
        let path = format!("{}/{}", self.items(list), self.lists[list].items[nth].id);
        let draft = self.draft();
        let (status, item, _) = self.caller.call(Method::PUT, &path, Some(&draft), None).await;
        assert_eq!(status, StatusCode::OK, "{item}");
        let item = &mut self.lists[list].items[nth];
        (item.url, item.title) = (optional(&draft["url"]), optional(&draft["title"]));
    }

    async fn refresh(&mut self, list: usize, nth: usize) {
        let item = &self.lists[list].items[nth];
        if item.url.is_some() {
            let path = format!("{}/{}/refresh", self.items(list), item.id);
            self.post(&path, None, StatusCode::ACCEPTED).await;
        }
    }

    async fn post(&mut self, path: &str, body: Option<Value>, expected: StatusCode) -> Value {
        self.calls += 1;
        let key = format!("writer-{}-{}", self.name, self.calls);
        let (status, answer, _) = self.caller.call(Method::POST, path, body.as_ref(), Some(&key)).await;
        assert_eq!(status, expected, "{path}: {answer}");
        let answered = Answered { path: path.to_owned(), body, key, answer: (status, answer.clone()) };
        self.answered.push(answered);
        answer
    }

    /// Deletes; what was deleted by a call whose answer was lost is not there when it is sent again.
    async fn delete(&self, path: &str) {
        let (status, answer, sent_before) = self.caller.call(Method::DELETE, path, None, None).await;
        let gone = status == StatusCode::NO_CONTENT || (sent_before && status == StatusCode::NOT_FOUND);
        assert!(gone, "{path}: {status} {answer}");
    }

    /// A draft with a link, a title or both; some links are in many items.
    fn draft(&self) -> Value {
        let (page, title) = (self.below(300), format!("Typed {}-{}", self.name, self.calls));
        let url = format!("http://{}/{page}", self.shop);
        match self.below(4) {
            0 => json!({ "title": title }),
            1 => json!({ "url": url, "title": title }),
            _ => json!({ "url": url }),
        }
    }

    fn items(&self, list: usize) -> String {
        format!("/wishlists/{}/items", self.lists[list].id)
    }

    fn any_list(&self) -> Option<usize> {
        (!self.lists.is_empty()).then(|| self.below(self.lists.len()))
    }

    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).unwrap()
    }
}

/// What an answer says of an item that was just added: it has no values of a page yet, or it has them from a visit before.
pub(crate) fn known(item: &Value) -> Known {
    let title = (item["sources"]["title"] == "user").then(|| text(&item["title"]));
    Known { id: text(&item["id"]), url: optional(&item["url"]), title, state: "active" }
}

fn optional(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn text(value: &Value) -> String {
    optional(value).unwrap_or_else(|| panic!("a text was expected, not {value}"))
}
