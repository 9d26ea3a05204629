//! The operations as TypeScript declares them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::operations::{optional, positional};
use super::words::{comment, member, method, pascal, value};
use crate::generate::contract::{Contract, Operation, Shape};

/// `operations.d.cts`.
pub(super) fn file(contract: &Contract) -> Result<String> {
    let (mut options, mut methods) = (String::new(), String::new());
    let mut named = BTreeSet::new();
    for operation in &contract.operations {
        options += &options_of(contract, operation)?;
        methods += &methods_of(contract, operation)?;
        for (_, shape) in positional(operation)? {
            named.extend(shape.named().map(str::to_owned));
        }
        named.extend(optional(operation).filter_map(|of| of.shape.named().map(str::to_owned)));
        named.extend(operation.answer.as_ref().and_then(Shape::named).map(str::to_owned));
        named.extend(item_of(contract, operation).and_then(Shape::named).map(str::to_owned));
    }
    methods.truncate(methods.trim_end().len());
    let named = named.into_iter().collect::<Vec<_>>().join(",\n  ");
    Ok(format!(
        "import type {{\n  {named},\n}} from './model.cjs';\nimport type {{ Pages }} from '../runtime/pages.cjs';\n\n\
         {CALL_OPTIONS}{options}{CLASS}{methods}\n}}\n"
    ))
}

const CALL_OPTIONS: &str = "/** What every call takes. */
export interface CallOptions {
  /** Gives the call up: it rejects with the signal's reason. What became of it is then not known. */
  signal?: AbortSignal | undefined;
}

";

const CLASS: &str = "/** One method for each operation of the contract. Each rejects with a `WishlistError`, or a `TypeError` for a wrong argument. */
export declare abstract class Operations {
";

const KEY: &str = "  /**
   * The name of this call, instead of one drawn by chance: called again under it within a day, even by another
   * process, it has no second effect.
   */
  key?: string | undefined;
";

const IF_VERSION: &str = "  /** Only where the record still has this version; else it rejects with a `StaleError`. */
  ifVersion?: number | undefined;
";

fn options_name(contract: &Contract, operation: &Operation) -> Result<String> {
    let has_own = operation.is_idempotent || operation.is_conditional || optional(operation).next().is_some();
    if !has_own {
        return Ok("CallOptions".to_owned());
    }
    let name = pascal(&operation.name) + "Options";
    if contract.find(&name).is_some() {
        bail!("the type `{name}` has the name of what `{}` may be told", operation.name);
    }
    Ok(name)
}

fn options_of(contract: &Contract, operation: &Operation) -> Result<String> {
    let name = options_name(contract, operation)?;
    if name == "CallOptions" {
        return Ok(String::new());
    }
    let mut text = format!(
        "/** What {{@link Operations.{}}} may be told. */\nexport interface {name} extends CallOptions {{\n",
        method(&operation.name)?
    );
    for of in optional(operation) {
        let (doc, name, value) = (comment(&of.description, 2), member(&of.name), value(&of.shape));
        let _ = writeln!(text, "{doc}  {name}?: {value} | undefined;");
    }
    if operation.is_idempotent {
        text += KEY;
    }
    if operation.is_conditional {
        text += IF_VERSION;
    }
    Ok(text + "}\n\n")
}

fn item_of<'a>(contract: &'a Contract, operation: &Operation) -> Option<&'a Shape> {
    contract.page_of(operation).and_then(|page| page.items())
}

fn methods_of(contract: &Contract, operation: &Operation) -> Result<String> {
    let arguments = positional(operation)?.into_iter().map(|(name, shape)| format!("{name}: {}", value(&shape)));
    let options = format!("options?: {}", options_name(contract, operation)?);
    let arguments = arguments.chain([options]).collect::<Vec<_>>().join(", ");
    let name = method(&operation.name)?;
    let answer = operation.answer.as_ref().map_or_else(|| "void".to_owned(), value);
    let docs = [operation.summary.as_str(), &operation.description].join("\n\n");
    let mut text = format!("{}  {name}({arguments}): Promise<{answer}>;\n\n", comment(&docs, 2));
    if let Some(item) = item_of(contract, operation) {
        let docs = format!(
            "The pages of {{@link Operations.{name}}}, one after the other; `items()` of them for what they hold."
        );
        let item = value(item);
        let _ = write!(text, "{}  {name}Pages({arguments}): Pages<{answer}, {item}>;\n\n", comment(&docs, 2));
    }
    Ok(text)
}
