//! JSON that is written to mean two things, or to break who reads it.

use super::claims::{Members, fill, good, object};

/// How deep `...` nests: what no parser should follow, and what still fits into a token.
const DEPTHS: [usize; 2] = [100_000, 1000];

/// The headers and claims that `raw` may stand for, of a token whose good ones these are.
///
/// `{...}` in it is the good object, hexadecimal digits around that are bytes. Otherwise it stands for the claims: an
/// object is completed by the good members that it has not, so that nothing but its fault is wrong with it.
pub(crate) fn forms(raw: &str, header: &str, claims: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let good = || header.as_bytes().to_vec();
    if let Some((before, after)) = raw.split_once("{...}") {
        let around = |object: &str| [bytes(before), object.as_bytes().to_vec(), bytes(after)].concat();
        return vec![(around(header), claims.as_bytes().to_vec()), (good(), around(claims))];
    }
    if raw.contains("...") {
        return DEPTHS.map(|depth| (good(), nested(depth).into_bytes())).to_vec();
    }
    let Some(members) = members(raw) else { return vec![(good(), raw.as_bytes().to_vec())] };
    let texts = [Some(completed(&members)), everywhere_good(&members)];
    texts.into_iter().flatten().map(|text| (good(), text.into_bytes())).collect()
}

fn bytes(words: &str) -> Vec<u8> {
    let pairs: Vec<_> = words.as_bytes().chunks(2).map(String::from_utf8_lossy).collect();
    let read: Result<Vec<u8>, _> = pairs.iter().map(|pair| u8::from_str_radix(pair, 16)).collect();
    read.ok().filter(|_| words.len().is_multiple_of(2)).unwrap_or_else(|| words.as_bytes().to_vec())
}

fn nested(depth: usize) -> String {
    let mut claims = good();
    claims.push(("\"a\"".to_owned(), format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))));
    object(&claims)
}

/// The members of an object as they are written, whatever their values; `None` where it is no object.
fn members(raw: &str) -> Option<Members> {
    let inner = raw.strip_prefix('{')?.strip_suffix('}')?;
    let (mut depth, mut quoted, mut escaped, mut start) = (0_i32, false, false, 0);
    let mut parts = Vec::new();
    for (place, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(inner.get(start..place)?);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(inner.get(start..)?);
    parts
        .into_iter()
        .map(|part| part.split_once("\":"))
        .map(|part| {
            let (name, value) = part?;
            let filled =
                serde_json::from_str(value).map_or_else(|_| value.to_owned(), |value| fill(&value).to_string());
            Some((format!("{}\"", name.trim_start()), filled))
        })
        .collect()
}

fn name_of(member: &(String, String)) -> String {
    serde_json::from_str(&member.0).unwrap_or_default()
}

fn completed(members: &Members) -> String {
    let mut all = good();
    all.retain(|claim| members.iter().all(|member| name_of(member) != name_of(claim)));
    all.extend(members.iter().cloned());
    object(&all)
}

/// Where a name stands twice: with the good value in each place, so that no reading of it is refused for its value.
fn everywhere_good(members: &Members) -> Option<String> {
    let stands_twice =
        members.iter().any(|of| members.iter().filter(|other| name_of(other) == name_of(of)).count() > 1);
    let good = good();
    let good_value = |member: &(String, String)| {
        let same = good.iter().find(|claim| name_of(claim) == name_of(member));
        (member.0.clone(), same.map_or_else(|| member.1.clone(), |claim| claim.1.clone()))
    };
    stands_twice.then(|| completed(&members.iter().map(good_value).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(raw: &str) -> Vec<String> {
        forms(raw, "{}", "{}").into_iter().map(|(_, claims)| String::from_utf8(claims).unwrap()).collect()
    }

    #[test]
    fn an_object_is_completed_by_what_it_has_not() {
        let [text] = claims(r#"{"exp":NaN}"#).try_into().unwrap();
        assert!(text.contains("\"exp\":NaN") && text.contains("\"sub\":") && text.matches("\"exp\"").count() == 1);
    }

    #[test]
    fn a_name_that_stands_twice_is_tried_with_good_values_too() {
        let [given, good] = claims(r#"{"sub":"a","s\u0075b":"b"}"#).try_into().unwrap();
        assert!(given.contains(r#""sub":"a","s\u0075b":"b""#), "{given}");
        assert!(!good.contains("\"a\"") && good.contains(r"s\u0075b"), "{good}");
    }

    #[test]
    fn bytes_stand_around_the_good_object_in_both_places() {
        let both = forms("efbbbf{...}", "{\"h\":1}", "{\"c\":1}");
        assert_eq!(both[0], (b"\xef\xbb\xbf{\"h\":1}".to_vec(), b"{\"c\":1}".to_vec()));
        assert_eq!(both[1], (b"{\"h\":1}".to_vec(), b"\xef\xbb\xbf{\"c\":1}".to_vec()));
    }

    #[test]
    fn what_is_no_object_stands_as_it_is() {
        for raw in ["[]", "\"x\"", "null", "{", "{\"a\":1},"] {
            assert_eq!(claims(raw), [raw]);
        }
    }
}
