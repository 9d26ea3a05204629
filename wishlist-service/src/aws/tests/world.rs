//! A queue of its own on the emulator, a list with its links, and a shop that counts who visits it.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use wishlist_core::Result;
use wishlist_core::clock::{ManualClock, SystemRandom, Timestamp};
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{Item, ItemDraft, Viewer, WishlistDraft};
use wishlist_core::operations::Engine;
use wishlist_core::queue::{Message, Queue};
use wishlist_core::table::EmbeddedTable;
use wishlist_scraper::{FetchSettings, Fetcher, Loopback, Politeness, PrivateAddresses, Scraper, Visitor, handle};

use super::super::connector::Connector;
use super::super::roots;
use super::super::sqs_queue::SqsQueue;
use super::super::sqs_receiver::SqsReceiver;
use crate::telemetry::{Invocation, TraceHeader};

/// Longer than anything here takes, so that what never comes fails the test.
const AT_MOST: Duration = Duration::from_secs(30);

const KETTLE: &str = r#"<!doctype html><title>Kettle</title><meta property="og:type" content="product">
<meta property="og:title" content="Enamel kettle"><meta property="product:price:amount" content="39.00">
<meta property="product:price:currency" content="EUR">"#;

#[expect(clippy::disallowed_methods, reason = "the test command says where the emulator is")]
pub(super) fn emulator() -> String {
    let variable = "WISHLIST_TEST_MINISTACK";
    std::env::var(variable).unwrap_or_else(|_| panic!("`{variable}` is not set; run `cargo xtask test aws`"))
}

pub(super) fn client() -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(emulator())
        .credentials_provider(Credentials::new("test", "secret", None, None, "tests"))
        .http_client(connector());
    Client::from_conf(config.build())
}

/// As the program makes it.
pub(super) fn connector() -> Connector {
    Connector::new(roots::trusted(None).unwrap())
}

/// Makes a queue with these attributes, under a name that no other has. Answers its address.
pub(super) async fn make_queue(client: &Client, attributes: &[(QueueAttributeName, String)]) -> String {
    let name = format!("wishlist-{}", uuid_of_now());
    let mut call = client.create_queue().queue_name(name);
    for (attribute, value) in attributes {
        call = call.attributes(attribute.clone(), value);
    }
    call.send().await.unwrap().queue_url.unwrap()
}

pub(super) fn uuid_of_now() -> String {
    let ids = wishlist_core::ids::Ids::new(Arc::new(wishlist_core::clock::SystemClock), Arc::new(SystemRandom));
    ids.mint::<ItemId>().to_string()
}

/// A number that SQS tells of a queue.
pub(super) async fn attribute(client: &Client, url: &str, name: QueueAttributeName) -> String {
    let answer = client.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await.unwrap();
    answer.attributes.unwrap().remove(&name).unwrap()
}

/// A page that waits for its gate.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) url: String,
    visits: AtomicUsize,
    arrived: Semaphore,
    gate: Semaphore,
}

impl Shop {
    async fn open() -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/kettle", listener.local_addr().unwrap());
        let (arrived, gate) = (Semaphore::new(0), Semaphore::new(Semaphore::MAX_PERMITS));
        let shop = Arc::new(Self { url, visits: AtomicUsize::new(0), arrived, gate });
        let router = Router::new().route("/kettle", get(Self::show)).with_state(Arc::clone(&shop));
        tokio::spawn(axum::serve(listener, router).into_future());
        shop
    }

    async fn show(State(shop): State<Arc<Self>>) -> Html<&'static str> {
        shop.visits.fetch_add(1, Ordering::SeqCst);
        shop.arrived.add_permits(1);
        shop.gate.acquire().await.unwrap().forget();
        Html(KETTLE)
    }

    /// Lets every visitor wait from now on.
    pub(super) fn close_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(super) fn open_gate(&self) {
        self.gate.add_permits(1000);
    }

    /// Waits for the next visitor.
    pub(super) async fn arrived(&self) {
        in_time(self.arrived.acquire()).await.unwrap().forget();
    }

    pub(super) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

pub(super) struct World {
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) queue: SqsQueue,
    pub(super) engine: Engine,
    pub(super) clock: Arc<ManualClock>,
    pub(super) shop: Arc<Shop>,
    table: Arc<EmbeddedTable>,
    alice: Viewer,
    list: WishlistId,
}

impl World {
    pub(super) async fn open() -> Self {
        Self::with(&[(QueueAttributeName::VisibilityTimeout, "30".to_owned())]).await
    }

    pub(super) async fn with(attributes: &[(QueueAttributeName, String)]) -> Self {
        let client = client();
        let url = make_queue(&client, attributes).await;
        let sender = client.clone();
        let queue = SqsQueue::new(|| sender, url.clone());
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        let engine = engine(&table, Arc::new(queue.clone()), &clock);
        let alice = Viewer { user: "alice".parse().unwrap() };
        let draft = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
        let list = engine.create_wishlist(&alice, &draft, None).await.unwrap().id;
        Self { client, url, queue, engine, clock, shop: Shop::open().await, table, alice, list }
    }

    /// The same data, over another queue.
    pub(super) fn over(&self, queue: Arc<dyn Queue>) -> Engine {
        engine(&self.table, queue, &self.clock)
    }

    /// Adds the kettle by an engine.
    pub(super) async fn add_by(&self, engine: &Engine) -> ItemId {
        let draft = ItemDraft { url: Some(self.shop.url.clone()), ..ItemDraft::default() };
        engine.add_item(&self.alice, self.list, &draft, None).await.unwrap().item.id
    }

    pub(super) async fn add(&self) -> ItemId {
        self.add_by(&self.engine).await
    }

    pub(super) fn message(&self, item_id: ItemId) -> Message {
        Message::Visit { wishlist_id: self.list, item_id, url: self.shop.url.parse().unwrap() }
    }

    pub(super) async fn item(&self, item: ItemId) -> Item {
        self.engine.find_item(&self.alice, self.list, item).await.unwrap()
    }

    /// How many messages wait, and how many are hidden because somebody works at them.
    pub(super) async fn left(&self) -> (String, String) {
        let waiting = attribute(&self.client, &self.url, QueueAttributeName::ApproximateNumberOfMessages).await;
        let hidden =
            attribute(&self.client, &self.url, QueueAttributeName::ApproximateNumberOfMessagesNotVisible).await;
        (waiting, hidden)
    }

    /// A worker that visits pages.
    pub(super) async fn work(&self) -> Working {
        let settings = FetchSettings { private_addresses: PrivateAddresses::Allow, ..FetchSettings::default() };
        let scraper = Arc::new(Scraper::new(Fetcher::new(settings).unwrap()));
        let politeness = Politeness { loopback: Loopback::Free, ..Politeness::default() };
        let visitor = Visitor::new(self.engine.clone(), scraper, politeness);
        self.work_by(move |message| handle(visitor.clone(), message)).await
    }

    /// A worker that does something of the test's with each message.
    pub(super) async fn work_by<H, F>(&self, handle: H) -> Working
    where
        H: Fn(Message) -> F + Send + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let receiver = SqsReceiver::open(self.client.clone(), self.url.clone()).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let handled = Arc::new(Semaphore::new(0));
        let counted = Arc::clone(&handled);
        let task = tokio::spawn(async move {
            let counting = move |message| {
                let (work, counted) = (handle(message), Arc::clone(&counted));
                async move {
                    let done = work.await;
                    counted.add_permits(1);
                    done
                }
            };
            receiver.work(counting, 8, async { drop(stopped.await) }).await;
        });
        Working { stop, task, handled }
    }
}

fn engine(table: &Arc<EmbeddedTable>, queue: Arc<dyn Queue>, clock: &Arc<ManualClock>) -> Engine {
    Engine::new(table.clone(), queue, clock.clone(), Arc::new(SystemRandom))
}

/// A worker under way.
pub(super) struct Working {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    handled: Arc<Semaphore>,
}

impl Working {
    /// Waits until so many messages more were handled.
    pub(super) async fn handled(&self, messages: u32) {
        in_time(self.handled.acquire_many(messages)).await.unwrap().forget();
    }

    /// Tells the worker to stop, and answers what to wait for until it has.
    pub(super) fn stop(self) -> impl Future<Output = ()> {
        self.stop.send(()).unwrap();
        async { in_time(self.task).await.unwrap() }
    }
}

pub(super) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(AT_MOST, work).await.expect("it did not happen in time")
}

/// Does `work` as a part of this trace.
pub(super) async fn within<T>(trace: Option<TraceHeader>, work: impl Future<Output = T>) -> T {
    Invocation { id: None, trace }.scope(work).await
}
