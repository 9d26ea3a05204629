//! An emulator of AWS: a process on a free port of the loopback that ends with the leg.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo;

/// A program that emulates AWS.
#[derive(Debug)]
pub(super) struct Program {
    name: &'static str,
    /// What answers once it can be used.
    health: &'static str,
    /// How it is told its port.
    listen: Listen,
    /// What else it is told.
    variables: &'static [(&'static str, &'static str)],
    /// The variable by which tests are told its address.
    pub(super) variable: &'static str,
}

#[derive(Debug)]
enum Listen {
    /// By this variable, and the address by another.
    Variables { address: &'static str, port: &'static str },
    /// By these arguments.
    Arguments { address: &'static str, port: &'static str },
}

/// DynamoDB, SQS and Cognito.
pub(super) const MINISTACK: Program = Program {
    name: "ministack",
    health: "/_ministack/health",
    listen: Listen::Variables { address: "BIND_HOST", port: "GATEWAY_PORT" },
    // Without `AUTH` it takes any signature, code and token; the secret is that of every key of the tests.
    variables: &[("AUTH", "true"), ("AWS_SECRET_ACCESS_KEY", "secret")],
    variable: "WISHLIST_TEST_MINISTACK",
};

/// What the other one gets wrong of Cognito.
pub(super) const MOTO: Program = Program {
    name: "moto_server",
    health: "/moto-api/",
    listen: Listen::Arguments { address: "-H", port: "-p" },
    variables: &[],
    variable: "WISHLIST_TEST_MOTO",
};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running emulator; it ends with the value.
#[derive(Debug)]
pub(super) struct Emulator {
    pub(super) program: &'static Program,
    process: Child,
    /// Where it answers.
    pub(super) url: String,
}

impl Emulator {
    /// Starts the program and waits until it answers. Its log goes into `directory`.
    pub(super) fn start(program: &'static Program, programs: &Path, directory: &Path) -> Result<Self> {
        let address = free_address()?;
        let log = File::create(directory.join(format!("{}.log", program.name)))?;
        let mut command = cargo::command(programs.join(program.name));
        command.current_dir(directory).envs(program.variables.iter().copied()).stdout(Stdio::null()).stderr(log);
        let (ip, number) = (address.ip().to_string(), address.port().to_string());
        match program.listen {
            Listen::Variables { address, port } => command.envs([(address, ip), (port, number)]),
            Listen::Arguments { address, port } => command.args([address, &ip, port, &number]),
        };
        let process = command.spawn().with_context(|| format!("`{}` does not start", program.name))?;
        let mut emulator = Self { program, process, url: format!("http://{address}") };
        emulator.wait(address)?;
        println!("{} answers at {}", program.name, emulator.url);
        Ok(emulator)
    }

    fn wait(&mut self, address: SocketAddr) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait()? {
                bail!("`{}` ended with {status}; its log is in the target directory", self.program.name);
            }
            if answers(address, self.program.health).is_ok_and(|answers| answers) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("`{}` does not answer within {} s", self.program.name, PATIENCE.as_secs())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It keeps everything in memory, so it is not asked to end in order.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody has at the moment.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("the loopback has no free port")?;
    Ok(listener.local_addr()?)
}

/// Whether a request for this path is answered with success.
fn answers(address: SocketAddr, path: &str) -> Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(head.ends_with(b" 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_an_answer() {
        for (status, expected) in [("200 OK", true), ("503 Service Unavailable", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
                // The request is read, so that closing does not take the answer back.
                stream.read(&mut [0; 1024]).unwrap()
            });
            assert_eq!(answers(address, "/health").unwrap(), expected, "{status}");
            assert!(server.join().unwrap() > 0);
        }
    }

    #[test]
    fn nobody_there_is_no_answer() {
        assert!(answers(free_address().unwrap(), "/").is_err());
    }
}
