//! The reader of the contract, on our own document and on changes of it.

use serde_json::{Value, json};

use super::{Contract, Kind, Place, Shape};
use crate::cargo;

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap()).unwrap()
}

/// What the reader says of the document with this value at a place.
fn fault(place: &str, value: Value) -> String {
    let mut document = document();
    let (parent, name) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.replace("~1", "/"), value);
    match Contract::read(&document.to_string()) {
        Ok(_) => panic!("`{place}` is read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_not_known_fails_and_is_named() {
    let item = "/components/schemas/Item/properties/title";
    let add = "/paths/~1v1~1wishlists~1{wishlistId}~1items/post";
    let rows = [
        (format!("{item}/contentEncoding"), json!("base64")),
        (format!("{item}/format"), json!("hostname")),
        (format!("{item}/type"), json!(["string", "null"])),
        (format!("{item}/type"), json!("number")),
        ("/components/schemas/Item/patternProperties".to_owned(), json!({})),
        ("/components/schemas/Item/additionalProperties".to_owned(), json!(true)),
        ("/components/schemas/Item/allOf".to_owned(), json!([])),
        ("/components/schemas/Availability/const".to_owned(), json!("inStock")),
        (format!("{add}/callbacks"), json!({})),
        (format!("{add}/responses/202"), json!({"description": "another success"})),
        (format!("{add}/responses/404"), json!({"description": "another problem"})),
        (format!("{add}/requestBody/content/text~1csv"), json!({})),
        ("/paths/~1v1~1me/patch".to_owned(), json!({})),
        ("/openapi".to_owned(), json!("3.0.3")),
        ("/webhooks".to_owned(), json!({})),
    ];
    for (place, value) in rows {
        let said = fault(&place, value);
        // Two successes are a fault of all responses.
        let named = place.strip_suffix("/202").unwrap_or(&place);
        assert!(said.starts_with(&format!("`#{named}")) && said.contains("unknown"), "{place}: {said}");
    }
}

#[test]
fn a_parameter_of_the_path_that_is_not_described_fails() {
    let find = document()["paths"]["/v1/me"]["get"].clone();
    let said = fault("/paths/~1v1~1people~1{personId}", json!({"get": find}));
    assert_eq!(said, "`find_me` does not describe `personId` of its path `/v1/people/{personId}`");
}

#[test]
fn the_document_is_read_as_it_is_meant() {
    let contract = Contract::read(&document().to_string()).unwrap();
    let find = |name: &str| contract.operations.iter().find(|of| of.name == name).unwrap();
    let add = find("add_item");
    assert_eq!((add.method.as_str(), add.body.as_deref()), ("POST", Some("ItemDraft")));
    assert_eq!((add.is_signed, add.is_idempotent, add.is_conditional), (true, true, false));
    assert_eq!(add.answer, Some(Shape::Named("Item".to_owned())));
    let [wishlist] = add.parameters.as_slice() else { panic!("{add:?}") };
    assert_eq!((wishlist.place, &wishlist.shape, wishlist.is_required), (Place::Path, &Shape::Id, true));

    assert!(!find("sign_in").is_idempotent && !find("sign_in").is_signed);
    assert!(find("update_item").is_conditional);
    assert_eq!(contract.page_of(find("list_items")).unwrap().items(), Some(&Shape::Named("Item".to_owned())));
    assert!(contract.page_of(find("find_item")).is_none());

    let of = |name: &str| contract.find(name).unwrap();
    assert!(of("ItemDraft").is_sent && of("Money").is_sent && of("ListedSort").is_sent);
    assert!(!of("Item").is_sent && !of("Sources").is_sent);
    assert!(matches!(&of("Exported").kind, Kind::Union { variants, .. } if variants[0].word == "account"));
}

#[test]
fn passwords_and_tokens_are_secrets() {
    let contract = Contract::read(&document().to_string()).unwrap();
    let fields = contract.types.iter().filter_map(|of| match &of.kind {
        Kind::Struct(fields) => Some(fields.iter().map(|field| (of.name.as_str(), field))),
        _ => None,
    });
    let hidden = ["password", "newPassword", "accessToken", "idToken", "refreshToken"];
    let found: Vec<_> = fields.flatten().filter(|(_, field)| hidden.contains(&field.name.as_str())).collect();
    assert_eq!(found.len(), 7);
    for (of, field) in found {
        assert_eq!(field.shape, Shape::Secret, "{of}.{}", field.name);
    }
}
