//! Wishlists, wherever they are.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use wishlist_client::{Client, ErrorKind};
use wishlist_core::ids::UserId;

use crate::call::Call;
use crate::embedded::{Embedded, Within, untold};
use crate::failure::Failure;
use crate::options::{ConnectOptions, OpenOptions};
use crate::runtime::{Runtime, Started};

/// The address of a router in this process, where requests need one.
const HERE: &str = "http://embedded.invalid";

/// Wishlists in a file, with the whole engine in this process, or those of a server. Clones share it.
#[derive(Clone, Debug)]
pub struct Wishlists {
    client: Client,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    runtime: Runtime,
    embedded: Option<Arc<Embedded>>,
}

impl Wishlists {
    /// Opens a file of wishlists, or makes it. Several processes may have it open. Calls are nobody's until
    /// [`as_user`](Self::as_user) says whose, or somebody signs in.
    ///
    /// # Errors
    ///
    /// `Invalid` for a file that is not ours or is of a newer version, `Unavailable` for a place that cannot be written.
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self, Failure> {
        let (runtime, path) = (Runtime::start()?, path.as_ref().to_owned());
        let opened = runtime.wait(async move { Embedded::open(&path, options).await.map_err(|e| untold(&e)) });
        let embedded = Arc::new(opened?);
        let client = client_within(&embedded, None)?;
        Ok(Self { client, shared: Arc::new(Shared { runtime, embedded: Some(embedded) }) })
    }

    /// Calls the server at `url`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// `Invalid` for what is no address of a server, no session, or no certificate.
    pub fn connect(url: &str, options: ConnectOptions) -> Result<Self, Failure> {
        let mut builder = Client::builder(url);
        if let Some(timeout) = options.timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(tries) = options.tries {
            builder = builder.tries(tries);
        }
        if let Some(session) = options.session {
            let session = serde_json::from_str(&session).map_err(|_| {
                Failure::new(ErrorKind::Invalid, "`session` is none; expected what `session()` told, as it was")
            })?;
            builder = builder.session(session);
        }
        if let Some(pem) = options.root_certificates {
            builder = builder.root_certificates(&pem)?;
        }
        let client = builder.build()?;
        Ok(Self { client, shared: Arc::new(Shared { runtime: Runtime::start()?, embedded: None }) })
    }

    /// The same wishlists, called as this person: a name of the host program's own, which is not looked up anywhere. One read,
    /// and one write when the name comes for the first time.
    ///
    /// # Errors
    ///
    /// `Invalid` for what is no user id, and for a server, where people sign in; `Unauthenticated` for somebody who had
    /// everything deleted, until that has happened.
    pub fn as_user(&self, name: &str) -> Result<Self, Failure> {
        self.shared.runtime.check()?;
        let Some(embedded) = &self.shared.embedded else {
            let message = "`as_user` is for wishlists in this process; of a server, call `sign_in`";
            return Err(Failure::new(ErrorKind::Invalid, message));
        };
        let user: UserId = name.parse().map_err(|error: wishlist_core::Error| {
            Failure::new(ErrorKind::Invalid, format!("`name` is `{name}`: {error}"))
        })?;
        let (known, person) = (Arc::clone(embedded), user.clone());
        self.shared.runtime.wait(async move { known.register(&person).await })?;
        Ok(Self { client: client_within(embedded, Some(user))?, shared: Arc::clone(&self.shared) })
    }

    /// The typed client, for programs in Rust; any runtime may poll its calls.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// One call in, one reply out: the body of a success. The thread waits.
    ///
    /// # Errors
    ///
    /// What went wrong; `Closed` after [`close`](Self::close) and in a process forked from this one.
    pub fn call(&self, call: Call) -> Result<Bytes, Failure> {
        let (client, call) = call.prepared(&self.client)?;
        self.shared.runtime.wait(async move { client.reply(call).await.map_err(Failure::from) })
    }

    /// The same without waiting: `done` gets the reply, on a thread of ours.
    ///
    /// # Errors
    ///
    /// What can be told at once; `done` is not called then.
    pub fn start(
        &self,
        call: Call,
        done: impl FnOnce(Result<Bytes, Failure>) + Send + 'static,
    ) -> Result<Started, Failure> {
        self.shared.runtime.check()?;
        let (client, call) = call.prepared(&self.client)?;
        let work = async move { client.reply(call).await.map_err(Failure::from) };
        Ok(self.shared.runtime.begin(work, done))
    }

    /// The tokens of whoever signed in, as JSON, to be kept and handed to [`ConnectOptions::session`] later.
    pub fn session(&self) -> Option<String> {
        self.client.session().and_then(|session| serde_json::to_string(&session).ok())
    }

    /// Takes no more calls, lets visits under way finish for up to eight seconds, and closes the file, for all clones. Again is
    /// the same.
    pub fn close(&self) {
        let embedded = self.shared.embedded.clone();
        self.shared.runtime.finish(async move {
            if let Some(embedded) = embedded {
                embedded.close().await;
            }
        });
    }
}

fn client_within(embedded: &Arc<Embedded>, user: Option<UserId>) -> Result<Client, Failure> {
    let within = Within { embedded: Arc::clone(embedded), user };
    Ok(Client::builder(HERE).over(Arc::new(within))?)
}
