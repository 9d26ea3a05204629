//! Wishlists as JavaScript holds them.

use std::fmt;

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use wishlist_bridge::{Call, Started, Wishlists};

use crate::options::{Connect, Open};
use crate::replies::{Replies, Reply};
use crate::work::{Closing, Opening};
use crate::{opaque, thrown};

/// Wishlists in this process or of a server, and where their replies go.
#[napi(js_name = "NativeWishlists")]
pub struct NativeWishlists {
    wishlists: Wishlists,
    replies: Replies,
}

/// One call, by its parts.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct Request {
    /// The operation's name in the contract.
    pub operation: String,
    /// In capitals.
    pub method: String,
    /// The parts of the path, not yet encoded.
    pub path: Vec<String>,
    /// The parameters of the query, names and values in turn.
    pub query: Vec<String>,
    /// The body, JSON.
    pub body: Option<String>,
    /// Whether the caller has to be signed in.
    pub is_signed: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub is_idempotent: bool,
    /// Whether it takes an `If-Match`.
    pub is_conditional: bool,
    /// An `Idempotency-Key` of the caller's own.
    pub key: Option<String>,
    /// The version that the record must still have.
    pub version: Option<i64>,
}

/// A call under way that can be given up.
#[napi]
pub struct Ticket(Started);

#[napi]
impl NativeWishlists {
    /// Opens a file, on a thread of Node's pool.
    #[napi]
    pub fn open(path: String, options: Open, reply: Reply) -> napi::Result<AsyncTask<Opening>> {
        Ok(AsyncTask::new(Opening { path, options: options.into(), replies: Replies::to(&reply)? }))
    }

    /// Wishlists of a server.
    #[napi(catch_unwind)]
    pub fn connect(url: String, options: Connect, reply: Reply) -> napi::Result<Self> {
        let wishlists = Wishlists::connect(&url, options.into()).map_err(|e| thrown(&e))?;
        Ok(Self::of(wishlists, Replies::to(&reply)?))
    }

    /// The same wishlists, called as this person.
    #[napi(catch_unwind)]
    pub fn as_user(&self, name: String) -> napi::Result<Self> {
        let wishlists = self.wishlists.as_user(&name).map_err(|e| thrown(&e))?;
        Ok(Self::of(wishlists, self.replies.clone()))
    }

    /// Begins a call; its reply is told under this number. What is thrown here is not told again.
    #[napi(catch_unwind)]
    pub fn start(&self, id: u32, request: Request) -> napi::Result<()> {
        self.begin(id, request).map(drop)
    }

    /// The same with what gives the call up.
    #[napi(catch_unwind)]
    pub fn start_with_ticket(&self, id: u32, request: Request) -> napi::Result<Ticket> {
        self.begin(id, request).map(Ticket)
    }

    /// The tokens of whoever signed in, JSON.
    #[napi(catch_unwind)]
    pub fn session(&self) -> Option<String> {
        self.wishlists.session()
    }

    /// Closes, on a thread of Node's pool, since visits may still end.
    #[napi]
    pub fn close(&self) -> AsyncTask<Closing> {
        AsyncTask::new(Closing(self.wishlists.clone()))
    }
}

#[napi]
impl Ticket {
    /// Gives the call up: its reply is not told, unless it is under way already.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

impl NativeWishlists {
    pub(crate) fn of(wishlists: Wishlists, replies: Replies) -> Self {
        Self { wishlists, replies }
    }

    fn begin(&self, id: u32, request: Request) -> napi::Result<Started> {
        let replies = self.replies.clone();
        let done = move |result: Result<_, _>| replies.tell(id, result.map(Vec::from));
        self.wishlists.start(request.into(), done).map_err(|e| thrown(&e))
    }
}

impl From<Request> for Call {
    fn from(request: Request) -> Self {
        let mut query = Vec::with_capacity(request.query.len() / 2);
        let mut texts = request.query.into_iter();
        while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
            query.push((name, value));
        }
        Self {
            operation: request.operation,
            method: request.method,
            path: request.path,
            query,
            body: request.body.map(String::into_bytes),
            is_signed: request.is_signed,
            is_idempotent: request.is_idempotent,
            is_conditional: request.is_conditional,
            key: request.key,
            version: request.version,
        }
    }
}

impl fmt::Debug for NativeWishlists {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        opaque(formatter, "NativeWishlists")
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        opaque(formatter, "Ticket")
    }
}
