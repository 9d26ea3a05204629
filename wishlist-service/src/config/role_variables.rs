//! The variables of the roles that are functions, for whoever deploys them.

use clap::builder::Resettable;
use clap::{Arg, Args, Command};

use super::{ApiSettings, Faults, SweepSettings, WorkerSettings};

/// The one variable of AWS Lambda's own that people may set elsewhere; the others are no flags that the help shows.
const OF_LAMBDA: &str = "AWS_REGION";

/// A variable that a role reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RoleVariable {
    pub(crate) name: String,
    /// Whether the role does not start without.
    pub(crate) is_required: bool,
    /// Whether AWS Lambda sets it, and nobody else may.
    pub(crate) is_lambdas: bool,
}

/// Each role with its variables, in the order of the help.
pub(crate) fn of_roles() -> [(&'static str, Vec<RoleVariable>); 3] {
    [
        ("api", read(|settings: &ApiSettings, faults| drop(settings.read(faults)))),
        ("worker", read(|settings: &WorkerSettings, faults| drop(settings.read(faults)))),
        ("sweep", read(|settings: &SweepSettings, faults| drop(settings.read(faults)))),
    ]
}

/// Reads the settings as a start without any variable would, and takes what that complains of as what is required.
fn read<T: Args>(role: impl Fn(&T, &mut Faults)) -> Vec<RoleVariable> {
    let command = T::augment_args(Command::new("role"));
    let unset = command.clone().mut_args(|argument| argument.env(Resettable::Reset));
    let mut faults = Faults::default();
    // As with a start, what the command line itself would refuse ends the program and says why.
    let settings = T::from_arg_matches(&unset.get_matches_from(["role"])).unwrap_or_else(|error| error.exit());
    role(&settings, &mut faults);
    let required: Vec<&str> = faults.unset_variables().collect();
    command.get_arguments().filter_map(|argument| variable(argument, &required)).collect()
}

fn variable(argument: &Arg, required: &[&str]) -> Option<RoleVariable> {
    let name = argument.get_env()?.to_str()?;
    let is_lambdas = argument.is_hide_set() || name == OF_LAMBDA;
    Some(RoleVariable { name: name.to_owned(), is_required: required.contains(&name), is_lambdas })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_needs_what_it_does_not_start_without() {
        let needed = |role: usize| {
            let (_, variables) = &of_roles()[role];
            let needed = variables.iter().filter(|variable| variable.is_required && !variable.is_lambdas);
            needed.map(|variable| variable.name.clone()).collect::<Vec<_>>()
        };
        let with_pool = ["DYNAMODB_TABLE_NAME", "SQS_QUEUE_URL", "COGNITO_USER_POOL_ID", "COGNITO_USER_POOL_CLIENT_ID"];
        assert_eq!(
            (needed(0), needed(1)),
            (with_pool.map(str::to_owned).to_vec(), with_pool.map(str::to_owned).to_vec())
        );
        assert_eq!(needed(2), ["DYNAMODB_TABLE_NAME", "SQS_QUEUE_URL"]);
    }

    #[test]
    fn what_lambda_sets_is_told_apart() {
        let (_, variables) = &of_roles()[0];
        let of = |name: &str| variables.iter().find(|variable| variable.name == name).map(|of| of.is_lambdas);
        assert_eq!(
            [of("AWS_REGION"), of("AWS_LAMBDA_RUNTIME_API"), of("AWS_ENDPOINT_URL")],
            [Some(true), Some(true), Some(false)]
        );
    }
}
