//! A server and a shop for those who play `bindings/scenario.json`.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, copy};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::cargo;
use crate::server::{self, Server};

/// What the pages of the shop are served by.
const SHOP: &[&str] = &["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", "bindings/shop"];

/// The code of every mail of the emulator of Cognito.
const CODE: &str = "123456";

/// What runs while a scenario is played; it ends with the value.
#[derive(Debug)]
pub(crate) struct Ground {
    _server: Running,
    _shop: Told,
    variables: Vec<(&'static str, String)>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "they are held to be ended")]
enum Running {
    Here(Server),
    OnAws(Told),
}

impl Ground {
    /// The program as a server of its own. Data and logs go into `directory`.
    pub(crate) fn here(directory: &Path) -> Result<Self> {
        let directory = directory.join("server");
        fs::create_dir_all(&directory)?;
        let server = Server::start(&server::program()?, &directory, &["--allow-private-addresses"])?;
        let url = server.url.clone();
        Self::with(Running::Here(server), url, "python3", &directory)
    }

    /// The program as three functions on the emulator at this endpoint; the example is told `more`. `python` has what the example of a deployment needs.
    pub(crate) fn on_aws(
        program: &Path,
        endpoint: &str,
        more: &[String],
        python: &Path,
        directory: &Path,
    ) -> Result<Self> {
        let python = python.to_str().context("the target directory's name is not UTF-8")?;
        let mut deployment = cargo::command(python);
        deployment
            .args(["-u", "examples/deploy/walk.py", "--serve", "--endpoint", endpoint, "--program"])
            .arg(program)
            .args(more);
        let (deployment, url) = Told::start(deployment, "serving ", directory, "deployment.log")?;
        let mut ground = Self::with(Running::OnAws(deployment), url, python, directory)?;
        ground.variables.push(("WISHLIST_TEST_CODE", CODE.to_owned()));
        Ok(ground)
    }

    fn with(server: Running, url: String, python: &str, directory: &Path) -> Result<Self> {
        let mut shop = cargo::command(python);
        shop.args(SHOP);
        let (shop, address) = Told::start(shop, "(", directory, "shop.log")?;
        let address = address.trim_end_matches(|end: char| !end.is_ascii_digit()).to_owned();
        let variables = vec![("WISHLIST_TEST_SERVER", url), ("WISHLIST_TEST_SHOP", address)];
        Ok(Self { _server: server, _shop: shop, variables })
    }

    /// The variables by which tests are told.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// A program that says where it serves; it ends with the value.
#[derive(Debug)]
struct Told(Child);

impl Told {
    /// Starts it, and reads what it says until a line has an address behind the mark. What follows is kept in a file.
    fn start(mut command: Command, mark: &str, directory: &Path, log: &str) -> Result<(Self, String)> {
        let process =
            command.stdout(Stdio::piped()).stderr(File::create(directory.join(format!("{log}.err")))?).spawn();
        let mut told = Self(process.with_context(|| format!("`{}` does not start", command.get_program().display()))?);
        let mut said = BufReader::new(told.0.stdout.take().context("it says nothing")?);
        let mut line = String::new();
        while said.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once(&format!("{mark}http")) {
                let address = format!("http{}", address.trim());
                let mut kept = File::create(directory.join(log))?;
                thread::spawn(move || copy(&mut said, &mut kept));
                return Ok((told, address));
            }
            print!("{line}");
            line.clear();
        }
        bail!(
            "it ended before it served: `{}`; see `{log}.err` in the target directory",
            command.get_program().display()
        )
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// Asks a program to end, which takes along what it started itself, and then sees to it.
fn end(process: &mut Child) {
    let asked = Command::new("kill").arg(process.id().to_string()).status();
    if asked.is_ok_and(|status| status.success()) {
        for _ in 0..200 {
            if process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
    }
    let _ = process.kill();
    let _ = process.wait();
}
