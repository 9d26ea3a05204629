//! Every operation: its method, its path, its handler.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Api;
use crate::resources::{items, me, sessions, system, wishlists};

/// Makes the router and the document from one list. They are made apart because the document costs a cold start about a
/// millisecond, and most processes are never asked for it.
macro_rules! operations {
    ($($method:ident $path:literal => $handler:path;)+) => {
        /// The router of all operations.
        pub(crate) fn router() -> Router<Api> {
            Router::new()$(.route($path, axum::routing::$method($handler)))+
        }

        /// The document of all operations, as their handlers say.
        pub(crate) fn document() -> OpenApi {
            OpenApiRouter::<Api>::new()$(.routes(routes!($handler)))+.into_openapi()
        }

        /// The methods and paths of the list.
        #[cfg(test)]
        const LISTED: &[(&str, &str)] = &[$((stringify!($method), $path)),+];
    };
}

operations! {
    post   "/v1/auth/sign-up"                              => sessions::sign_up;
    post   "/v1/auth/sign-in"                              => sessions::sign_in;
    post   "/v1/auth/refresh"                              => sessions::refresh_session;
    post   "/v1/auth/sign-out"                             => sessions::sign_out;
    get    "/v1/me"                                        => me::find_me;
    post   "/v1/wishlists"                                 => wishlists::create_wishlist;
    get    "/v1/wishlists"                                 => wishlists::list_wishlists;
    get    "/v1/wishlists/{wishlistId}"                    => wishlists::find_wishlist;
    put    "/v1/wishlists/{wishlistId}"                    => wishlists::update_wishlist;
    delete "/v1/wishlists/{wishlistId}"                    => wishlists::delete_wishlist;
    post   "/v1/wishlists/{wishlistId}/items"              => items::add_item;
    post   "/v1/wishlists/{wishlistId}/items/batch"        => items::add_items;
    get    "/v1/wishlists/{wishlistId}/items"              => items::list_items;
    get    "/v1/wishlists/{wishlistId}/items/{itemId}"     => items::find_item;
    put    "/v1/wishlists/{wishlistId}/items/{itemId}"     => items::update_item;
    delete "/v1/wishlists/{wishlistId}/items/{itemId}"     => items::remove_item;
    get    "/health"                                       => system::find_health;
    get    "/openapi.json"                                 => system::find_openapi;
    get    "/.well-known/jwks.json"                        => system::find_jwks;
}

#[cfg(test)]
mod tests {
    use super::*;

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
