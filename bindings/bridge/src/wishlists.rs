//! Wishlists, wherever they are.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use wishlist_client::{Client, ErrorKind};
use wishlist_core::ids::UserId;

use crate::call::Call;
use crate::embedded::{Embedded, Within, untold};
use crate::failure::Failure;
use crate::open_files::OpenFile;
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

/// What all clones and all clients of them hold.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) runtime: Runtime,
    /// The file, where there is one.
    embedded: Option<(Embedded, Mutex<Option<OpenFile>>)>,
}

impl Shared {
    /// The file, if it is one and this is the process that opened it.
    pub(crate) fn embedded(&self) -> Result<Option<&Embedded>, Failure> {
        self.runtime.check()?;
        Ok(self.embedded.as_ref().map(|(embedded, _)| embedded))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !self.runtime.is_of_this_process() {
            // Its locks may be held by threads that are not here, and its file is the other process's to close.
            std::mem::forget(self.embedded.take());
        }
    }
}

impl Wishlists {
    /// Opens a file of wishlists, or makes it. Several processes may have it open. Calls are nobody's until
    /// [`as_user`](Self::as_user) says whose, or somebody signs in.
    ///
    /// # Errors
    ///
    /// `Invalid` for a file that is not ours or is of a newer version and for options out of their range, `Unavailable` for a
    /// place that cannot be written and for a file that was open when this process was forked.
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> Result<Self, Failure> {
        options.check()?;
        OpenFile::check(path.as_ref())?;
        let (runtime, file) = (Runtime::start()?, path.as_ref().to_owned());
        let opened = runtime.wait(async move { Embedded::open(&file, options).await.map_err(|e| untold(&e)) })?;
        let open = OpenFile::note(path.as_ref()).map_err(|e| {
            Failure::new(ErrorKind::Unavailable, format!("`{}` cannot be looked at: {e}", path.as_ref().display()))
        })?;
        let shared = Arc::new(Shared { runtime, embedded: Some((opened, Mutex::new(Some(open)))) });
        Ok(Self { client: client_within(&shared, None)?, shared })
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
        let Some(_) = self.shared.embedded()? else {
            let message = "`as_user` is for wishlists in this process; of a server, call `sign_in`";
            return Err(Failure::new(ErrorKind::Invalid, message));
        };
        let user: UserId = name.parse().map_err(|error: wishlist_core::Error| {
            Failure::new(ErrorKind::Invalid, format!("`name` is `{name}`: {error}"))
        })?;
        let (shared, person) = (Arc::clone(&self.shared), user.clone());
        self.shared.runtime.wait(async move {
            match shared.embedded()? {
                Some(embedded) => embedded.register(&person).await,
                None => Ok(()),
            }
        })?;
        Ok(Self { client: client_within(&self.shared, Some(user))?, shared: Arc::clone(&self.shared) })
    }

    /// The typed client, for programs in Rust. Any runtime may poll the calls of a file; those of a server belong to one runtime
    /// that goes on, because it keeps the connections: have a [`wishlist_client::Client`] of your own for another.
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
        self.shared.runtime.check().ok()?;
        self.client.session().and_then(|session| serde_json::to_string(&session).ok())
    }

    /// Takes no more calls, lets calls and visits under way finish for up to eight seconds, and closes the file, for all clones.
    /// What is still under way then is told `Closed`. Again is the same.
    pub fn close(&self) {
        let shared = Arc::clone(&self.shared);
        self.shared.runtime.finish(async move {
            if let Some((embedded, open)) = &shared.embedded {
                embedded.close().await;
                open.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
        });
    }
}

fn client_within(shared: &Arc<Shared>, user: Option<UserId>) -> Result<Client, Failure> {
    let within = Within { shared: Arc::clone(shared), user };
    Ok(Client::builder(HERE).over(Arc::new(within))?)
}
