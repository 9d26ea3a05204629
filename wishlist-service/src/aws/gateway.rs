//! Requests and responses as an HTTP API of API Gateway writes them: payload format 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//!
//! Requests are read here and not by `lambda_http`, which panics where a query, a host or base64 is not as it expects: what a
//! caller sends would be a fault of ours, without an id. Whatever an event holds becomes a request, and the router answers.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lambda_http::IntoResponse;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::aws_lambda_events::encodings::Body as Encoded;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;
use wishlist_api::Unreadable;

/// What a query may not hold as it is (RFC 3986, section 3.4); `%` may, for it is encoded already.
const IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// The same of a path, which an HTTP API hands over decoded and a function URL does not: a `%` stays, for no path of ours has one.
const IN_PATH: &AsciiSet = &IN_QUERY.add(b'?').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// What of an event the router has to know.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    raw_path: String,
    raw_query_string: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    request_context: Context,
}

#[derive(Debug, Deserialize)]
struct Context {
    stage: Option<String>,
    http: Http,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

/// The request of an event. Of one that is not well-formed it is what can be read, marked to be refused.
pub(super) fn request(event: Event) -> Request<Body> {
    let mut expected = None;
    let uri = uri(&event).unwrap_or_else(|| {
        expected = Some("expected a shorter path and query");
        Uri::from_static("/")
    });
    let method = Method::from_bytes(event.request_context.http.method.as_bytes()).unwrap_or_else(|_| {
        expected = Some("expected the method to be a word");
        Method::TRACE
    });
    let headers = headers(event.headers.unwrap_or_default(), &event.cookies.unwrap_or_default());
    let headers = headers.unwrap_or_else(|| {
        expected = Some("expected headers without control characters");
        HeaderMap::new()
    });
    let body = body(event.body.unwrap_or_default(), event.is_base64_encoded == Some(true)).unwrap_or_else(|| {
        expected = Some("expected a body in base64, as the event says that it is");
        Body::empty()
    });
    let mut request = Request::new(body);
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
    if let Some(expected) = expected {
        request.extensions_mut().insert(Unreadable(expected));
    }
    request
}

/// A response as the gateway takes it: text as it is, anything else in base64.
pub(super) async fn response(mut response: Response<Body>) -> ApiGatewayV2httpResponse {
    join_repeated(response.headers_mut());
    let (mut parts, body) = response.into_response().await.into_parts();
    let mut told = ApiGatewayV2httpResponse::default();
    told.status_code = i64::from(parts.status.as_u16());
    told.is_base64_encoded = matches!(body, Encoded::Binary(_));
    told.body = Some(body).filter(|body| !matches!(body, Encoded::Empty));
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    told.cookies = cookies.map(|cookie| cookie.to_str().unwrap_or_default().to_owned()).collect();
    parts.headers.remove(SET_COOKIE);
    told.headers = parts.headers;
    told
}

/// Path and query, with what is not allowed there encoded.
fn uri(event: &Event) -> Option<Uri> {
    let path = utf8_percent_encode(without_stage(&event.raw_path, event.request_context.stage.as_deref()), IN_PATH);
    let slash = if event.raw_path.starts_with('/') { "" } else { "/" };
    match event.raw_query_string.as_deref().unwrap_or_default() {
        "" => format!("{slash}{path}").parse().ok(),
        query => format!("{slash}{path}?{}", utf8_percent_encode(query, IN_QUERY)).parse().ok(),
    }
}

/// Takes the stage off the path, which the gateway puts before it for any stage but `$default`.
fn without_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let Some(stage) = stage.filter(|stage| *stage != "$default") else { return path };
    match path.strip_prefix('/').and_then(|path| path.strip_prefix(stage)) {
        Some("") => "/",
        Some(inner) if inner.starts_with('/') => inner,
        _ => path,
    }
}

fn headers(headers: BTreeMap<String, String>, cookies: &[String]) -> Option<HeaderMap> {
    let mut read = HeaderMap::with_capacity(headers.len() + 1);
    for (name, value) in headers {
        read.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    if !cookies.is_empty() {
        read.insert(COOKIE, cookies.join("; ").try_into().ok()?);
    }
    Some(read)
}

fn body(body: String, is_base64: bool) -> Option<Body> {
    if !is_base64 {
        return Some(body.into());
    }
    BASE64_STANDARD.decode(body).ok().map(Body::from)
}

/// Has each header once, its values in one list (RFC 9110, section 5.3): the gateway's format keeps the first of several. Cookies
/// have a place of their own there.
fn join_repeated(headers: &mut HeaderMap) {
    let repeated: Vec<HeaderName> =
        headers.keys().filter(|name| headers.get_all(*name).iter().count() > 1).cloned().collect();
    for name in repeated.into_iter().filter(|name| name != SET_COOKIE) {
        let values: Vec<&[u8]> = headers.get_all(&name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(all) = HeaderValue::from_bytes(&values.join(&b", "[..])) {
            headers.insert(name, all);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    fn event(stage: &str, path: &str, query: &str) -> Value {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": {"host": "api.example"}, "isBase64Encoded": false,
            "requestContext": { "stage": stage, "http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"} },
        })
    }

    fn read(event: Value) -> Request<Body> {
        request(serde_json::from_value(event).unwrap())
    }

    #[test]
    fn a_stage_is_no_part_of_the_path() {
        let rows = [
            ("$default", "/v1/me", "/v1/me"),
            ("prod", "/prod/v1/me", "/v1/me"),
            ("prod", "/prod/", "/"),
            ("prod", "/prod", "/"),
            ("prod", "/production", "/production"),
            ("v1", "/v1/v1/me", "/v1/me"),
            ("prod", "/prod/a%2Fb", "/a%2Fb"),
        ];
        for (stage, path, expected) in rows {
            let request = read(event(stage, path, "a=%2F"));
            assert_eq!((request.uri().path(), request.uri().query()), (expected, Some("a=%2F")), "{stage} {path}");
        }
    }

    #[test]
    fn what_a_path_or_a_query_may_not_hold_is_encoded() {
        let rows = [
            ("/a b", "q=<b> c", "/a%20b?q=%3Cb%3E%20c"),
            ("/a?b#c", "q=\u{1}\n\"#", "/a%3Fb%23c?q=%01%0A%22%23"),
            ("/ü", "q=ü&r=%C3%BC", "/%C3%BC?q=%C3%BC&r=%C3%BC"),
            ("no-slash", "", "/no-slash"),
            ("", "", "/"),
            ("//x.example/y", "?", "//x.example/y??"),
        ];
        for (path, query, expected) in rows {
            let request = read(event("$default", path, query));
            assert_eq!(request.uri().to_string(), expected, "{path} {query}");
            assert!(request.extensions().get::<Unreadable>().is_none(), "{path} {query}");
        }
    }

    #[test]
    fn any_character_of_a_path_or_a_query_makes_a_request() {
        for character in (0..=0x2ff).filter_map(char::from_u32) {
            let request = read(event("$default", &format!("/a{character}b"), &format!("q={character}")));
            assert!(request.extensions().get::<Unreadable>().is_none(), "{character:?}");
            assert!(request.uri().path().len() > 2 && request.uri().query().is_some(), "{character:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_once_and_handed_on() {
        let plain = || event("$default", "/v1/me", "");
        let rows = [
            ("/body", json!("no base64!"), "base64"),
            ("/requestContext/http/method", json!("GE T"), "method"),
            ("/headers/host", json!("a\u{0}b"), "headers"),
            ("/rawPath", json!(format!("/{}", "a".repeat(70_000))), "shorter path"),
        ];
        let mut told = BTreeSet::new();
        for (place, value, word) in rows {
            let mut event = plain();
            (event["body"], event["isBase64Encoded"]) = (json!("YQ=="), json!(true));
            *event.pointer_mut(place).unwrap() = value;
            let request = read(event);
            let Unreadable(expected) = *request.extensions().get().unwrap_or_else(|| panic!("{place}"));
            assert!(expected.contains(word), "{place}: {expected}");
            told.insert(expected);
        }
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn a_doubled_protocol_and_an_odd_host_are_headers_like_others() {
        let mut event = event("$default", "/v1/me", "");
        event["headers"] = json!({ "X-Forwarded-Proto": "https,http", "host": "no host: [" });
        event["cookies"] = json!(["a=1", "b=2"]);
        let request = read(event);
        let told = ["x-forwarded-proto", "host", "cookie"].map(|name| request.headers()[name].to_str().unwrap());
        assert_eq!(told, ["https,http", "no host: [", "a=1; b=2"]);
        assert!(request.extensions().get::<Unreadable>().is_none());
    }

    #[test]
    fn a_header_of_several_values_is_one_list() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("vary", "accept-encoding"), ("vary", "origin"), ("etag", "\"1\""), ("set-cookie", "a")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers.append("set-cookie", HeaderValue::from_static("b"));
        join_repeated(&mut headers);
        assert_eq!(headers.get_all("vary").iter().collect::<Vec<_>>(), ["accept-encoding, origin"]);
        assert_eq!((headers.get_all("set-cookie").iter().count(), headers.len()), (2, 4));
    }
}
