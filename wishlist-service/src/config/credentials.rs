//! The variables of credentials, which the SDK reads by itself.

use std::ffi::OsStr;

use super::Faults;

const VARIABLES: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Names what can be no credential. The SDK writes them into headers, and panics where a header cannot hold them.
pub(super) fn check(faults: &mut Faults) {
    for variable in VARIABLES {
        #[expect(clippy::disallowed_methods, reason = "configuration is read here")]
        let value = std::env::var_os(variable);
        if value.is_some_and(|value| !fits(&value)) {
            faults.add(variable, "holds a line break, a space or another character that no credential has");
        }
    }
}

fn fits(value: &OsStr) -> bool {
    value.to_str().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_of_printable_characters() {
        let rows = [
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("wJalr/K7M+bPx=", true),
            ("", true),
            ("key\n", false),
            ("a key", false),
            ("k\u{e9}y", false),
        ];
        for (value, expected) in rows {
            assert_eq!(fits(OsStr::new(value)), expected, "{value:?}");
        }
    }
}
