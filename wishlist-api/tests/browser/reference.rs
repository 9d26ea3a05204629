//! `/docs`: laid out on every screen, of no use to anybody else, and every call on it can be tried.

use serde_json::{Value, json};

use crate::page::{Page, Screen};
use crate::server::Server;

const LIGHT: Screen = Screen { name: "light", width: 1440, height: 1000, scheme: "light" };
const DARK: Screen = Screen { name: "dark", width: 1440, height: 1000, scheme: "dark" };
const TABLET: Screen = Screen { name: "tablet", width: 1024, height: 1180, scheme: "light" };
const PHONE: Screen = Screen { name: "phone", width: 360, height: 780, scheme: "light" };
const PHONE_AT_NIGHT: Screen = Screen { name: "phone-dark", width: 390, height: 844, scheme: "dark" };

const EMAIL: &str = "alice@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// The parts of the page that are looked at.
const PLACES: [(&str, &str); 3] =
    [("top", "body"), ("text", "#add_item"), ("form", "form[data-operation=update_item]")];

/// Paper and card, the two grounds of either scheme.
const LIGHT_GROUNDS: [[u64; 3]; 2] = [[251, 249, 246], [255, 255, 255]];
const DARK_GROUNDS: [[u64; 3]; 2] = [[23, 19, 27], [31, 26, 37]];

fn none() -> Vec<String> {
    Vec::new()
}

/// What a careful eye finds fault with.
fn measured(page: &mut Page) -> Vec<String> {
    serde_json::from_value(page.value(include_str!("measure.js"))).unwrap()
}

/// A form's selector.
fn form(operation: &str) -> String {
    format!("form[data-operation={operation}]")
}

/// Sends a form by its button and answers the status that the page then shows.
fn send(page: &mut Page, operation: &str) -> u64 {
    let form = form(operation);
    page.value(&format!("delete document.querySelector('{form} .answered').dataset.status"));
    page.press(&format!("{form} button[type=submit]"));
    page.until(&format!("document.querySelector('{form} .answered').dataset.status"));
    let status = page.value(&format!("document.querySelector('{form} .answered').dataset.status"));
    status.as_str().unwrap().parse().unwrap()
}

fn shown(page: &mut Page, operation: &str) -> Value {
    let text = page.value(&format!("document.querySelector('{} .answered pre').textContent", form(operation)));
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

/// Signs up by that operation's own form, and in by the dialog.
fn sign_in(page: &mut Page) {
    let draft = json!({"email": EMAIL, "password": PASSWORD}).to_string();
    page.fill(&format!("{} textarea", form("sign_up")), &draft);
    assert_eq!(send(page, "sign_up"), 201);
    page.press(".session");
    page.picture("docs-sign-in");
    assert_eq!(measured(page), none());
    page.fill("dialog [name=email]", EMAIL);
    page.fill("dialog [name=password]", PASSWORD);
    page.key("Enter");
    page.until("document.querySelector('.session').dataset.state === 'in' && !document.querySelector('dialog').open");
}

#[test]
fn it_is_laid_out_in_light_and_dark_from_phone_to_desktop() {
    let server = Server::start();
    let mut page = Page::open("about:blank", LIGHT);
    for screen in [LIGHT, DARK, TABLET, PHONE, PHONE_AT_NIGHT] {
        page.look(screen);
        page.go(&format!("{}/docs", server.origin));
        for (part, place) in PLACES {
            page.value(&format!("document.querySelector({place:?}).scrollIntoView()"));
            let picture = page.picture(&format!("docs-{}-{part}", screen.name));
            assert_eq!((picture.width, picture.height), (screen.width.into(), screen.height.into()), "{}", screen.name);
            let grounds = if screen.scheme == "dark" { DARK_GROUNDS } else { LIGHT_GROUNDS };
            assert!(grounds.contains(&picture.ground), "{} {part}: {picture:?}", screen.name);
            assert!((0.15..0.97).contains(&picture.share) && picture.colours > 12, "{} {picture:?}", screen.name);
        }
        if [LIGHT.name, PHONE.name].contains(&screen.name) {
            assert_eq!(measured(&mut page), none(), "{}", screen.name);
        }
        page.value("document.querySelectorAll('details').forEach((fold) => (fold.open = true))");
        page.until("!document.querySelector('details.answer > [data-type]')");
        assert_eq!(measured(&mut page), none(), "{}, unfolded", screen.name);
        page.value("document.querySelector('#list_items .told').scrollIntoView()");
        page.picture(&format!("docs-{}-unfolded", screen.name));
    }
    assert_eq!(page.faults(&server.origin), none());
}

#[test]
fn a_person_signs_in_and_fills_a_list() {
    let server = Server::start();
    let mut page = Page::open(&format!("{}/docs", server.origin), LIGHT);
    assert_eq!(send(&mut page, "create_wishlist"), 401);
    sign_in(&mut page);
    assert_eq!(send(&mut page, "create_wishlist"), 201);
    let list = shown(&mut page, "create_wishlist");
    // The list's id went into every form that asks for it.
    assert_eq!(send(&mut page, "add_item"), 201);
    assert_eq!(shown(&mut page, "add_item")["wishlistId"], list["id"]);
    assert_eq!(send(&mut page, "list_items"), 200);
    assert_eq!(shown(&mut page, "list_items")["items"].as_array().unwrap().len(), 1);
    page.picture("docs-tried");
    assert_eq!(measured(&mut page), none());
    // A reload keeps the token, and what is copied for a terminal never has it.
    page.go(&format!("{}/docs?anew#find_me", server.origin));
    assert_eq!(page.value("document.querySelector('.session').dataset.state"), "in");
    assert_eq!(send(&mut page, "find_me"), 200);
    let copied = page.value("document.querySelector('form[data-operation=find_me] [data-curl]').textContent");
    assert!(copied.as_str().unwrap().ends_with("-H \"Authorization: Bearer $TOKEN\""), "{copied}");
    assert_eq!(page.faults(&server.origin), none());
}

#[test]
fn every_operation_of_the_document_can_be_tried() {
    let server = Server::start();
    let mut page = Page::open(&format!("{}/docs", server.origin), LIGHT);
    sign_in(&mut page);
    for operation in ["create_wishlist", "add_item"] {
        assert_eq!(send(&mut page, operation), 201, "{operation}");
    }
    let document: Value = page.value("fetch('/openapi.json').then((answer) => answer.json())");
    let mut names = Vec::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        let name = operation["operationId"].as_str().unwrap();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let selector = format!(
                "{} [name={}][data-place={}]",
                form(name),
                parameter["name"],
                parameter["in"].as_str().unwrap()
            );
            assert_eq!(page.value(&format!("document.querySelectorAll({selector:?}).length")), 1, "{selector}");
        }
        let bodies = page.value(&format!("document.querySelectorAll('{} textarea').length", form(name)));
        assert_eq!(bodies, u64::from(operation["requestBody"].is_object()), "{name}");
        names.push(name);
    }
    // What ends a record or the session comes last.
    let ends = |name: &str| ["delete_", "remove_", "revoke_", "sign_out"].iter().any(|start| name.starts_with(start));
    names.sort_by_key(|name| ends(name));
    for name in names {
        // A parameter that no earlier answer has given has its example.
        page.value(&format!(
            "document.querySelectorAll('{} [data-place=path]').forEach((input) => (input.value ||= input.placeholder || 'x'))",
            form(name)
        ));
        let status = send(&mut page, name);
        assert!((200..500).contains(&status) && ![405, 415].contains(&status), "{name}: {status}");
        if status == 404 {
            // What an earlier call ended is no longer there; a path that never was is another matter.
            assert_ne!(shown(&mut page, name)["detail"], "there is no such path", "{name}");
        }
    }
    assert_eq!(page.faults(&server.origin), none());
}

#[test]
fn the_keyboard_is_enough_to_find_an_operation() {
    let server = Server::start();
    let mut page = Page::open(&format!("{}/docs", server.origin), PHONE);
    page.key("/");
    page.write("item post");
    page.until("document.activeElement.matches('nav input')");
    assert_eq!(page.value("document.querySelectorAll('nav [data-words]:not([hidden])').length > 0"), true);
    page.picture("docs-phone-menu");
    page.value("document.activeElement.select()");
    page.write("create_wish");
    page.key("Enter");
    page.until("location.hash === '#create_wishlist'");
    assert_eq!(page.value("document.querySelector('nav').classList.contains('open')"), false);
    page.until("Math.abs(document.querySelector('#create_wishlist').getBoundingClientRect().top) < innerHeight / 2");
    assert_eq!(page.faults(&server.origin), none());
}

#[test]
fn without_scripts_it_can_be_read() {
    let server = Server::start();
    let mut page = Page::open("about:blank", PHONE);
    page.without_scripts();
    page.go(&format!("{}/docs#add_item", server.origin));
    page.picture("docs-without-scripts");
    // What is shown to scripts alone is not shown, and the rest is where it belongs.
    let seen = "['.session', '.menu', '.send', '.filter'].some((of) => document.querySelector(of).checkVisibility())";
    assert_eq!(page.value(seen), false);
    assert_eq!(measured(&mut page), none());
}
