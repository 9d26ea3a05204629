//! What a caller can read (RFC 9110, section 12.5.1).

use axum::http::header::{ACCEPT, HeaderMap};
use mediatype::{MediaType, MediaTypeList, ReadParams};

use crate::problem::{Code, Problem};

/// What every operation answers, in these two forms.
const ALWAYS: [&str; 2] = ["application/json", "application/problem+json"];

/// Refuses a caller that can read neither JSON, nor problems, nor `own`: what else the operation answers.
///
/// # Errors
/// `406 not_acceptable`. A header that is not understood is as if it were not there.
pub(super) fn check(headers: &HeaderMap, own: Option<&str>) -> Result<(), Problem> {
    let readable = ALWAYS.into_iter().chain(own).any(|kind| takes(headers, kind));
    readable.then_some(()).ok_or_else(|| {
        Problem::new(
            Code::NotAcceptable,
            "expected an `Accept` that takes `application/json`, as every answer is written",
        )
    })
}

/// Whether the caller takes this type: the range that describes it most closely decides.
fn takes(headers: &HeaderMap, kind: &str) -> bool {
    let mut decided: Option<(Closeness, bool)> = None;
    for value in headers.get_all(ACCEPT) {
        let Ok(text) = value.to_str() else { return true };
        for range in MediaTypeList::new(text) {
            let Ok(range) = range else { return true };
            let Some(closeness) = closeness(&range, kind) else {
                decided = decided.or(Some((Closeness::None, false)));
                continue;
            };
            let takes = is_wanted(&range);
            decided = match decided {
                Some((closest, before)) if closest > closeness => Some((closest, before)),
                Some((closest, before)) if closest == closeness => Some((closest, before || takes)),
                _ => Some((closeness, takes)),
            };
        }
    }
    decided.is_none_or(|(_, takes)| takes)
}

/// How closely a range describes a type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    None,
    Anything,
    Kind,
    Exact,
}

/// Parameters of a range are not looked at: `application/json; charset=utf-8` is how some clients write JSON.
fn closeness(range: &MediaType<'_>, kind: &str) -> Option<Closeness> {
    let (wanted, given) = (range.essence().to_string(), kind);
    let (top, _) = given.split_once('/')?;
    if wanted.eq_ignore_ascii_case(given) {
        return Some(Closeness::Exact);
    }
    if range.subty != "*" {
        return None;
    }
    match range.ty.as_str() {
        "*" => Some(Closeness::Anything),
        any => any.eq_ignore_ascii_case(top).then_some(Closeness::Kind),
    }
}

/// Whether the range has a weight above zero; one that is not understood is none.
fn is_wanted(range: &MediaType<'_>) -> bool {
    let weight = range.params().find(|(name, _)| name.as_str().eq_ignore_ascii_case("q"));
    weight.and_then(|(_, weight)| weight.as_str().parse::<f32>().ok()).is_none_or(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accept(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (ACCEPT, HeaderValue::from_bytes(value.as_bytes()).unwrap())).collect()
    }

    #[test]
    fn the_closest_range_decides() {
        let rows: [(&[&str], bool); 25] = [
            (&[], true),
            (&[""], true),
            (&["*/*"], true),
            (&["application/*"], true),
            (&["Application/JSON"], true),
            (&["application/json; charset=utf-8"], true),
            (&["application/problem+json"], true),
            (&["text/html, */*;q=0.8"], true),
            (&["text/html", "application/json;q=0.001"], true),
            (&["text/html,application/json"], true),
            (&["text/*"], false),
            (&["text/html"], false),
            (&["text/html, image/png;q=0.9"], false),
            (&["*/*;q=0"], false),
            (&["application/json;q=0, application/problem+json;Q=0.000, */*"], false),
            (&["application/*;q=0, */*"], false),
            (&["application/*;q=0, application/json"], true),
            (&["application/json;q=0"], false),
            (&["application/json;q=0, application/json"], true),
            (&["application/jsonp"], false),
            (&["application/json;q=x"], true),
            (&["garbage"], true),
            (&["text/html, ;;;"], true),
            (&["/"], true),
            (&["é"], true),
        ];
        for (values, expected) in rows {
            assert_eq!(check(&accept(values), None).is_ok(), expected, "{values:?}");
        }
    }

    #[test]
    fn what_an_operation_answers_beside_json_is_enough() {
        assert!(check(&accept(&["text/html"]), Some("text/html")).is_ok());
        assert!(check(&accept(&["text/csv;q=0, text/*"]), Some("text/csv")).is_err());
    }
}
