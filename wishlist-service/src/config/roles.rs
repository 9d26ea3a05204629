//! The settings of the roles: the functions on AWS, and what is done to their table.

use clap::Args;

use super::visits::{BackgroundSettings, CallerSettings, FetchingSettings};
use super::{AwsSettings, Faults, LogSettings, Place, Pool};

#[derive(Debug, Args)]
pub(crate) struct ApiSettings {
    #[command(flatten)]
    pub(crate) function: FunctionSettings,

    #[command(flatten)]
    pub(crate) aws: AwsSettings,

    #[command(flatten)]
    pub(crate) fetching: FetchingSettings,

    #[command(flatten)]
    pub(crate) callers: CallerSettings,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerSettings {
    #[command(flatten)]
    pub(crate) function: FunctionSettings,

    #[command(flatten)]
    pub(crate) aws: AwsSettings,

    #[command(flatten)]
    pub(crate) fetching: FetchingSettings,

    #[command(flatten)]
    pub(crate) background: BackgroundSettings,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

#[derive(Debug, Args)]
pub(crate) struct SweepSettings {
    #[command(flatten)]
    pub(crate) function: FunctionSettings,

    #[command(flatten)]
    pub(crate) aws: AwsSettings,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

#[derive(Debug, Args)]
pub(crate) struct CreateTableSettings {
    #[command(flatten)]
    pub(crate) aws: AwsSettings,

    #[command(flatten)]
    pub(crate) logs: LogSettings,
}

/// What AWS Lambda, or a local stand-in for it, tells the process of a function.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "a flag has the name of its field, and its variable's name is AWS' own")]
pub(crate) struct FunctionSettings {
    /// The address of the Runtime API, set by AWS Lambda: this role is a function and is called through it.
    #[arg(long, env = "AWS_LAMBDA_RUNTIME_API", value_name = "HOST:PORT", hide = true)]
    aws_lambda_runtime_api: Option<String>,

    /// The name of the function, set by AWS Lambda.
    #[arg(long, env = "AWS_LAMBDA_FUNCTION_NAME", value_name = "NAME", hide = true)]
    aws_lambda_function_name: Option<String>,

    /// Its version, set by AWS Lambda.
    #[arg(long, env = "AWS_LAMBDA_FUNCTION_VERSION", value_name = "VERSION", hide = true)]
    aws_lambda_function_version: Option<String>,

    /// Its memory in MB, set by AWS Lambda.
    #[arg(long, env = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", value_name = "MB", hide = true)]
    aws_lambda_function_memory_size: Option<String>,
}

/// What every function stands on.
pub(crate) struct Ground {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) table: String,
    pub(crate) queue: String,
}

impl ApiSettings {
    pub(crate) fn read(&self, faults: &mut Faults) -> (Ground, Pool) {
        (self.function.ground(&self.aws, faults), self.aws.pool(faults))
    }
}

impl WorkerSettings {
    pub(crate) fn read(&self, faults: &mut Faults) -> (Ground, Pool) {
        (self.function.ground(&self.aws, faults), self.aws.pool(faults))
    }
}

impl SweepSettings {
    pub(crate) fn read(&self, faults: &mut Faults) -> Ground {
        self.function.ground(&self.aws, faults)
    }
}

impl FunctionSettings {
    fn ground(&self, aws: &AwsSettings, faults: &mut Faults) -> Ground {
        let name = self.name(faults);
        Ground { name, place: aws.place(faults), table: aws.table(faults), queue: aws.queue(faults) }
    }

    /// The function's name; the others are needed by the library that calls the Runtime API.
    fn name(&self, faults: &mut Faults) -> String {
        faults.needed(self.aws_lambda_runtime_api.as_ref(), "AWS_LAMBDA_RUNTIME_API");
        faults.needed(self.aws_lambda_function_version.as_ref(), "AWS_LAMBDA_FUNCTION_VERSION");
        let memory = faults.needed(self.aws_lambda_function_memory_size.as_ref(), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
        if !memory.is_empty() && memory.parse::<i32>().is_err() {
            faults.add("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "is not a number");
        }
        faults.needed(self.aws_lambda_function_name.as_ref(), "AWS_LAMBDA_FUNCTION_NAME")
    }
}
