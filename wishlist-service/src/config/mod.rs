//! All configuration: every flag, its variable, its default. `docs/generated/configuration.md` is made from it.

#[cfg_attr(
    not(feature = "aws"),
    allow(dead_code, reason = "a program without AWS documents its settings all the same")
)]
mod aws;
mod cli;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "as above"))]
mod credentials;
mod data;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "as above"))]
mod faults;
mod markdown;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "as above"))]
mod regions;
mod role_variables;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "as above"))]
mod roles;
mod serve;
mod variables;
mod visits;

pub(crate) use aws::AwsSettings;
pub(crate) use aws::{Place, Pool};
pub(crate) use cli::{Cli, Command, Document, ExtractSettings, LineKind, LogFormat, LogSettings, TrySettings};
pub(crate) use data::{BackupSettings, CheckSettings, RestoreSettings};
pub(crate) use faults::Faults;
pub(crate) use markdown::markdown;
pub(crate) use role_variables::{RoleVariable, of_roles};
#[cfg(feature = "aws")]
pub(crate) use roles::Ground;
pub(crate) use roles::{ApiSettings, CreateTableSettings, SweepSettings, WorkerSettings};
pub(crate) use serve::{Confirm, ConfirmSettings, IdentityChoice, QueueChoice, ServeSettings, TableChoice};
pub(crate) use visits::{BackgroundSettings, CallerSettings, FetchingSettings};
