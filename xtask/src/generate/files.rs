//! The generated files, one row each, and how they are written and compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use super::{access_patterns, infrastructure, node_face, python_face, reference, rust_client};
use crate::{aws, cargo, prove, server, simulate};

/// A file that is derived as a whole.
struct Generated {
    /// Its path from the root.
    file: &'static str,
    /// What to edit instead.
    source: &'static str,
    /// Its text without the header.
    produce: Produce,
}

/// What a text is made of.
enum Produce {
    /// Of the source as it is.
    Alone(fn() -> Result<String>),
    /// Of the contract: its document.
    OfContract(fn(&str) -> Result<String>),
}

use Produce::{Alone, OfContract};

const FILES: &[Generated] = &[
    Generated {
        file: "bindings/python/python/smart_wishlist/_generated/__init__.py",
        source: "wishlist-api/src",
        produce: OfContract(|document| python_face::text(document, python_face::File::Init)),
    },
    Generated {
        file: "bindings/python/python/smart_wishlist/_generated/async_operations.py",
        source: "wishlist-api/src",
        produce: OfContract(|document| python_face::text(document, python_face::File::AsyncOperations)),
    },
    Generated {
        file: "bindings/python/python/smart_wishlist/_generated/calls.py",
        source: "wishlist-api/src",
        produce: OfContract(|document| python_face::text(document, python_face::File::Calls)),
    },
    Generated {
        file: "bindings/python/python/smart_wishlist/_generated/models.py",
        source: "wishlist-api/src",
        produce: OfContract(|document| python_face::text(document, python_face::File::Models)),
    },
    Generated {
        file: "bindings/python/python/smart_wishlist/_generated/operations.py",
        source: "wishlist-api/src",
        produce: OfContract(|document| python_face::text(document, python_face::File::Operations)),
    },
    Generated {
        file: "bindings/node/generated/model.cjs",
        source: "wishlist-api/src",
        produce: OfContract(|document| node_face::text(document, node_face::File::Model)),
    },
    Generated {
        file: "bindings/node/generated/model.d.cts",
        source: "wishlist-api/src",
        produce: OfContract(|document| node_face::text(document, node_face::File::ModelTypes)),
    },
    Generated {
        file: "bindings/node/generated/operations.cjs",
        source: "wishlist-api/src",
        produce: OfContract(|document| node_face::text(document, node_face::File::Operations)),
    },
    Generated {
        file: "bindings/node/generated/operations.d.cts",
        source: "wishlist-api/src",
        produce: OfContract(|document| node_face::text(document, node_face::File::OperationTypes)),
    },
    Generated {
        file: "docs/generated/access-patterns.md",
        source: "wishlist-core/src/table/keys.rs",
        produce: Alone(|| Ok(access_patterns::markdown())),
    },
    Generated { file: "docs/generated/api.md", source: "wishlist-api/src", produce: OfContract(reference::markdown) },
    Generated {
        file: "docs/generated/configuration.md",
        source: "wishlist-service/src/config",
        produce: Alone(|| by_the_program("configuration")),
    },
    Generated {
        file: "docs/generated/cost-ledger.md",
        source: "wishlist-core/src/ledger",
        produce: Alone(|| by_the_program("cost-ledger")),
    },
    Generated {
        file: "docs/generated/day-of-visits.md",
        source: "xtask/src/simulate",
        produce: Alone(|| Ok(simulate::markdown())),
    },
    Generated {
        file: "infra/src/generated/program.ts",
        source: "wishlist-service/src/infrastructure.rs",
        produce: Alone(|| infrastructure::typescript(&by_the_program("infrastructure")?, contract()?)),
    },
    Generated {
        file: "wishlist-api/src/generated/openapi.json",
        source: "wishlist-api/src",
        produce: Alone(|| contract().map(str::to_owned)),
    },
    Generated { file: "openapi.json", source: "wishlist-api/src", produce: Alone(|| contract().map(str::to_owned)) },
    Generated {
        file: "wishlist-client/src/generated/blocking.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::Blocking)),
    },
    Generated {
        file: "wishlist-client/src/generated/mod.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::Mod)),
    },
    Generated {
        file: "wishlist-client/src/generated/model.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::Model)),
    },
    Generated {
        file: "wishlist-client/src/generated/operations.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::Operations)),
    },
    Generated {
        file: "wishlist-client/src/generated/options.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::Options)),
    },
    Generated {
        file: "bindings/scenario-rust/src/generated/by_name.rs",
        source: "wishlist-api/src",
        produce: OfContract(|document| rust_client::text(document, rust_client::File::ByName)),
    },
];

/// The OpenAPI document as the handlers have it now; several files are made of it.
fn contract() -> Result<&'static str> {
    static CONTRACT: OnceLock<String> = OnceLock::new();
    if let Some(contract) = CONTRACT.get() {
        return Ok(contract);
    }
    let programs = cargo::programs(&cargo::WHOLE, "example")?;
    let program = programs.first().context("cargo built no example `document`")?;
    let contract = cargo::output_of(cargo::text(program)?, &["--print"])?;
    Ok(CONTRACT.get_or_init(|| contract))
}

/// What the program prints of itself. It is built with the whole workspace, as the tests are: alone it would be built with
/// other features, and so twice.
fn by_the_program(document: &str) -> Result<String> {
    let program = server::program()?;
    let program = program.to_str().context("the target directory's name is not UTF-8")?;
    cargo::output_of(program, &["generate", document])
}

/// Folders that hold generated files and nothing else.
const FOLDERS: &[&str] = &[
    "bindings/node/generated",
    "bindings/python/python/smart_wishlist/_generated",
    "bindings/scenario-rust/src/generated",
    "docs/generated",
    "infra/src/generated",
    "wishlist-api/src/generated",
    "wishlist-client/src/generated",
];

/// Files of these folders that are written by what has run, and not from the source.
const KEPT: &[&str] = &[aws::CALLS, prove::FILE];

/// What follows `cargo xtask generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; name the files that are stale.
    #[arg(long)]
    check: bool,
    /// Make what is made of the contract of this document instead: the clients and the reference.
    #[arg(long, value_name = "FILE", requires = "into", conflicts_with = "check")]
    document: Option<PathBuf>,
    /// Write below this directory and not into the source.
    #[arg(long, value_name = "DIRECTORY", requires = "document")]
    into: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(&self) -> Result<()> {
        match (&self.document, &self.into) {
            (Some(document), Some(into)) => elsewhere(document, into),
            _ if self.check => check(),
            _ => write(),
        }
    }
}

/// Fails with the name of each file that is not what its source makes, or that no row makes.
pub(crate) fn check() -> Result<()> {
    let strays = strays(cargo::root())?;
    let told = |stray: &PathBuf| format!("{} is in a generated folder and nothing generates it", stray.display());
    let mut stale: Vec<_> = strays.iter().map(told).collect();
    for generated in FILES {
        let path = cargo::root().join(generated.file);
        if fs::read_to_string(path).ok().as_ref() != Some(&generated.text()?) {
            stale.push(format!("{} is stale; its source is {}", generated.file, generated.source));
        }
    }
    if !stale.is_empty() {
        bail!("{}\nrun `cargo xtask generate` and commit the result", stale.join("\n"));
    }
    println!("{} fresh", FILES.len());
    Ok(())
}

fn write() -> Result<()> {
    let texts = FILES.iter().map(Generated::text).collect::<Result<Vec<_>>>()?;
    for stray in strays(cargo::root())? {
        let removed = if stray.is_dir() { fs::remove_dir_all(&stray) } else { fs::remove_file(&stray) };
        removed.with_context(|| format!("`{}` cannot be removed", stray.display()))?;
    }
    for (generated, text) in FILES.iter().zip(texts) {
        let path = cargo::root().join(generated.file);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, text).with_context(|| format!("`{}` cannot be written", path.display()))?;
        println!("wrote {}", generated.file);
    }
    Ok(())
}

/// Writes what another contract makes.
pub(crate) fn elsewhere(document: &Path, into: &Path) -> Result<()> {
    let document = fs::read_to_string(document).with_context(|| format!("`{}` cannot be read", document.display()))?;
    for (generated, text) in FILES.iter().filter_map(|of| Some((of, of.text_of(&document)?))) {
        let path = into.join(generated.file);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, text?).with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    Ok(())
}

impl Generated {
    fn text(&self) -> Result<String> {
        match self.produce {
            Alone(produce) => self.headed(produce()),
            OfContract(produce) => self.headed(contract().and_then(produce)),
        }
    }

    /// What it would be under another contract, if it is made of that.
    fn text_of(&self, document: &str) -> Option<Result<String>> {
        match self.produce {
            Alone(_) => None,
            OfContract(produce) => Some(self.headed(produce(document))),
        }
    }

    fn headed(&self, text: Result<String>) -> Result<String> {
        let text = text.with_context(|| format!("`{}` cannot be generated", self.file))?;
        Ok(header(self.file, self.source) + &text)
    }
}

/// The line that says what to edit instead, as a comment of the file's kind. JSON has none: `.gitattributes` says it.
fn header(file: &str, source: &str) -> String {
    let note = format!("Generated by `cargo xtask generate` from {source}: edit that file instead.");
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("md") => format!("<!-- {note} -->\n\n"),
        Some("rs" | "ts" | "cjs" | "cts") => format!("// {note}\n\n"),
        Some("py" | "toml" | "yml") => format!("# {note}\n\n"),
        _ => String::new(),
    }
}

/// What is in a generated folder and no row makes.
fn strays(root: &Path) -> Result<Vec<PathBuf>> {
    let files = FILES.iter().map(|generated| generated.file).chain(KEPT.iter().copied());
    let known: BTreeSet<_> = files.map(|file| root.join(file)).collect();
    let mut strays = Vec::new();
    for folder in FOLDERS {
        let folder = root.join(folder);
        let entries = if folder.exists() { fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()? } else { Vec::new() };
        // Python leaves what it compiled beside what it read.
        let entries = entries.into_iter().filter(|entry| entry.file_name() != "__pycache__");
        strays.extend(entries.map(|entry| entry.path()).filter(|path| !known.contains(path)));
    }
    Ok(strays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_file_to_edit_instead() {
        let expected = "<!-- Generated by `cargo xtask generate` from keys.rs: edit that file instead. -->\n\n";
        assert_eq!(header("docs/generated/page.md", "keys.rs"), expected);
        assert!(header("client.rs", "openapi.json").starts_with("// Generated"));
        assert_eq!(header("openapi.json", "wishlist-api/src"), "");
    }

    #[test]
    fn a_generated_folder_holds_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(strays(root.path()).unwrap().len(), 0);
        fs::create_dir_all(root.path().join("docs/generated")).unwrap();
        fs::write(root.path().join("docs/generated/access-patterns.md"), "").unwrap();
        fs::write(root.path().join("docs/generated/left-over.md"), "").unwrap();
        fs::write(root.path().join(prove::FILE), "").unwrap();
        let strays = strays(root.path()).unwrap();
        assert_eq!(strays.len(), 1);
        assert!(strays[0].ends_with("docs/generated/left-over.md"), "{strays:?}");
    }

    #[test]
    fn every_generated_file_has_a_source_that_exists() {
        for generated in FILES {
            assert!(cargo::root().join(generated.source).exists(), "{}", generated.source);
        }
    }
}
