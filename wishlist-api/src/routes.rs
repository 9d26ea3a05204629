//! Every operation: its method, its path, its handler.

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::header::ALLOW;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use crate::api::Api;
use crate::pages;
use crate::problem::{Code, Problem};
use crate::resources::{codes, items, me, moves, prices, products, sessions, system, wishlists};

/// Makes the router and the document from one list. They are made apart because the document costs a cold start about a
/// millisecond, and most processes are never asked for it.
macro_rules! operations {
    ($($method:ident $path:literal => $module:ident::$handler:ident;)+) => {
        /// The router of all operations.
        pub(crate) fn router() -> Router<Api> {
            Router::new()$(.route($path, axum::routing::$method($module::$handler)))+
        }

        /// The document of all operations, as their handlers say.
        pub(crate) fn document() -> OpenApi {
            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($module::$handler),+))]
            struct Operations;

            Operations::openapi()
        }

        /// The methods and paths of the list.
        const LISTED: &[(&str, &str)] = &[$((stringify!($method), $path)),+];
    };
}

operations! {
    post   "/v1/auth/sign-up"                                         => sessions::sign_up;
    post   "/v1/auth/confirm"                                         => codes::confirm_sign_up;
    post   "/v1/auth/resend-code"                                     => codes::resend_code;
    post   "/v1/auth/sign-in"                                         => sessions::sign_in;
    post   "/v1/auth/refresh"                                         => sessions::refresh_session;
    post   "/v1/auth/sign-out"                                        => sessions::sign_out;
    post   "/v1/auth/forgot-password"                                 => codes::forgot_password;
    post   "/v1/auth/reset-password"                                  => codes::reset_password;
    get    "/v1/me"                                                   => me::find_me;
    put    "/v1/me"                                                   => me::update_me;
    delete "/v1/me"                                                   => me::delete_me;
    get    "/v1/me/export"                                            => me::export_me;
    post   "/v1/wishlists"                                            => wishlists::create_wishlist;
    get    "/v1/wishlists"                                            => wishlists::list_wishlists;
    get    "/v1/wishlists/{wishlistId}"                               => wishlists::find_wishlist;
    put    "/v1/wishlists/{wishlistId}"                               => wishlists::update_wishlist;
    delete "/v1/wishlists/{wishlistId}"                               => wishlists::delete_wishlist;
    post   "/v1/wishlists/{wishlistId}/items"                         => items::add_item;
    post   "/v1/wishlists/{wishlistId}/items/batch"                   => items::add_items;
    get    "/v1/wishlists/{wishlistId}/items"                         => items::list_items;
    get    "/v1/wishlists/{wishlistId}/items/{itemId}"                => items::find_item;
    put    "/v1/wishlists/{wishlistId}/items/{itemId}"                => items::update_item;
    delete "/v1/wishlists/{wishlistId}/items/{itemId}"                => items::remove_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/place"          => moves::place_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/move"           => moves::move_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/copy"           => moves::copy_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/receive"        => moves::receive_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/restore"        => moves::restore_item;
    post   "/v1/wishlists/{wishlistId}/items/{itemId}/refresh"        => prices::refresh_item;
    get    "/v1/wishlists/{wishlistId}/items/{itemId}/prices"         => prices::list_prices;
    post   "/v1/products/preview"                                     => products::preview_product;
    get    "/health"                                                  => system::find_health;
    get    "/openapi.json"                                            => system::find_openapi;
    get    "/.well-known/jwks.json"                                   => system::find_jwks;
}

/// The operations that take query parameters.
const WITH_QUERY: [(&str, &str); 5] = [
    ("get", "/v1/me/export"),
    ("get", "/v1/wishlists"),
    ("get", "/v1/wishlists/{wishlistId}/items"),
    ("get", "/v1/wishlists/{wishlistId}/items/{itemId}"),
    ("get", "/v1/wishlists/{wishlistId}/items/{itemId}/prices"),
];

/// Whether a call may have query parameters. One of a method that the path does not have is told that first, and what lies
/// outside of `/v1` takes any: a page or a document may be asked for past a cache.
pub(crate) fn takes_query(method: &Method, path: &str) -> bool {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let listed = |(of, at): &(&str, &str)| *at == path && method.as_str().eq_ignore_ascii_case(of);
    !path.starts_with("/v1/") || WITH_QUERY.iter().any(listed) || !LISTED.iter().any(listed)
}

/// The path of the reference, a page for people and no operation.
pub const REFERENCE: &str = "/docs";

/// The pages for people.
pub(crate) fn pages() -> Router<Api> {
    Router::new().route(REFERENCE, get(pages::show_reference))
}

/// Whether the answers of a path hold tokens.
pub(crate) fn holds_secrets(path: &str) -> bool {
    path.starts_with("/v1/auth/")
}

/// Whether a path is for those who have no token yet. To sign out is not: it is somebody's session that ends.
pub(crate) fn is_for_strangers(path: &str) -> bool {
    path.starts_with("/v1/auth/") && path != "/v1/auth/sign-out"
}

/// Whether a path is asked by what watches over the process.
pub(crate) fn is_probe(path: &str) -> bool {
    path == "/health"
}

/// The answer to a method that the path does not have, and to `OPTIONS`, which asks for those it has.
pub(crate) async fn no_such_method(method: Method, path: Option<MatchedPath>) -> Response {
    let allow = [(ALLOW, allowed(path.as_ref().map_or("", MatchedPath::as_str)))];
    if method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, allow).into_response();
    }
    let detail = "the path does not take this method; `Allow` names those it takes";
    (allow, Problem::new(Code::MethodNotAllowed, detail)).into_response()
}

fn allowed(path: &str) -> String {
    let mut methods: Vec<String> = Vec::new();
    for (method, _) in LISTED.iter().chain(&[("get", REFERENCE)]).filter(|(_, of)| *of == path) {
        methods.push(method.to_uppercase());
        if *method == "get" {
            methods.push("HEAD".to_owned());
        }
    }
    methods.push("OPTIONS".to_owned());
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_takes_a_query_where_the_document_says_so() {
        let document = serde_json::to_value(document()).unwrap();
        for (method, path) in LISTED.iter().filter(|(_, path)| path.starts_with("/v1/")) {
            let parameters = document["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
            let says = parameters.iter().any(|parameter| parameter["in"] == "query");
            let method: Method = method.to_uppercase().parse().unwrap();
            assert_eq!(takes_query(&method, path), says, "{method} {path}");
        }
    }

    #[test]
    fn the_document_asks_for_a_token_wherever_it_is_not_for_strangers() {
        let document = serde_json::to_value(document()).unwrap();
        let mut compared = 0;
        for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/v1/")) {
            for (method, operation) in item.as_object().unwrap() {
                assert_eq!(operation["security"].is_null(), is_for_strangers(path), "{method} {path}");
                compared += 1;
            }
        }
        assert!(compared > 20, "{compared}");
    }

    #[test]
    fn the_document_says_what_the_list_says() {
        let document = serde_json::to_value(document()).unwrap();
        let mut written: Vec<(&str, &str)> = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            written.extend(item.as_object().unwrap().keys().map(|method| (method.as_str(), path.as_str())));
        }
        let mut listed = LISTED.to_vec();
        written.sort_unstable();
        listed.sort_unstable();
        assert_eq!(written, listed);
    }
}
