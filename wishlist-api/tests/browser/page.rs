//! A tab, used as a person would: by pointer and keyboard.

use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::picture::Picture;

/// What the page is looked at with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scheme: &'static str,
}

/// A tab with a page in it.
pub(crate) struct Page {
    chromium: Chromium,
    session: String,
}

impl Page {
    /// Opens an address on a screen.
    pub(crate) fn open(url: &str, screen: Screen) -> Self {
        let mut page = Self::blank();
        page.look(screen);
        page.go(url);
        page
    }

    /// Looks at the page on this screen from now on.
    pub(crate) fn look(&mut self, screen: Screen) {
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": false}),
        );
        let features = json!([
            {"name": "prefers-color-scheme", "value": screen.scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.ask("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    fn blank() -> Self {
        let mut chromium = Chromium::start();
        let target = chromium.ask(None, "Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = chromium.ask(None, "Target.attachToTarget", &attach);
        let mut page = Self { chromium, session: attached["sessionId"].as_str().unwrap().to_owned() };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.ask(&format!("{domain}.enable"), &json!({}));
        }
        page
    }

    /// Goes to an address and waits until everything of it is there.
    pub(crate) fn go(&mut self, url: &str) {
        self.chromium.events.retain(|event| event["method"] != "Page.loadEventFired");
        let gone = self.ask("Page.navigate", &json!({"url": url}));
        assert!(gone["errorText"].is_null(), "{url}: {gone}");
        self.chromium.until("Page.loadEventFired");
    }

    /// From the next address on, no script of a page runs.
    pub(crate) fn without_scripts(&mut self) {
        self.ask("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    }

    /// The value of an expression in the page; a promise is waited for.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.ask("Runtime.evaluate", &parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {:#}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true, for at most ten seconds.
    pub(crate) fn until(&mut self, expression: &str) {
        self.value(&format!(
            "new Promise((done, late) => {{
                const end = performance.now() + 10000;
                const look = () => ({expression}) ? done(true)
                    : performance.now() > end ? late(new Error('it never was so'))
                    : requestAnimationFrame(look);
                look();
            }})"
        ));
    }

    /// Presses what is seen in the middle of an element: if something else covers it, that.
    pub(crate) fn press(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{
                const pressed = document.querySelector({selector:?});
                pressed.scrollIntoView({{ block: 'center' }});
                const box = pressed.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", &event);
        }
    }

    /// Types a text in place of what an input holds.
    pub(crate) fn fill(&mut self, selector: &str, text: &str) {
        self.press(selector);
        self.value(&format!("document.querySelector({selector:?}).select()"));
        self.write(text);
    }

    /// Types where the focus is.
    pub(crate) fn write(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({"text": text}));
    }

    /// Presses a key that writes nothing, as `Enter`, or the one of a character.
    pub(crate) fn key(&mut self, key: &str) {
        let text = if key.chars().count() == 1 {
            key
        } else if key == "Enter" {
            "\r"
        } else {
            ""
        };
        let code = match key {
            "Enter" => 13,
            "Tab" => 9,
            "Escape" => 27,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code});
            self.ask("Input.dispatchKeyEvent", &event);
        }
    }

    /// What is seen on the screen at the moment.
    pub(crate) fn picture(&mut self, name: &str) -> Picture {
        let shot = self.ask("Page.captureScreenshot", &json!({"format": "png"}));
        Picture::keep(name, shot["data"].as_str().unwrap(), self)
    }

    /// Everything that went wrong so far, in words: errors of the script, refusals by the policy, requests that failed,
    /// and requests to anybody but this origin. An answer of 400 or more is an answer.
    pub(crate) fn faults(&self, origin: &str) -> Vec<String> {
        self.chromium.events.iter().filter_map(|event| fault(event, origin)).collect()
    }

    pub(crate) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.chromium.ask(Some(&self.session), method, parameters)
    }
}

fn fault(event: &Value, origin: &str) -> Option<String> {
    let of = &event["params"];
    let is_fault = match event["method"].as_str()? {
        "Runtime.exceptionThrown" | "Network.loadingFailed" => true,
        "Runtime.consoleAPICalled" => of["type"] == "error" || of["type"] == "warning",
        "Log.entryAdded" => of["entry"]["level"] != "verbose" && of["entry"]["source"] != "network",
        "Network.requestWillBeSent" => {
            let url = of["request"]["url"].as_str().unwrap_or_default();
            let rest = url.strip_prefix(origin);
            url != "about:blank" && !url.starts_with("data:") && !rest.is_some_and(|rest| rest.starts_with('/'))
        }
        _ => false,
    };
    is_fault.then(|| of.to_string())
}
