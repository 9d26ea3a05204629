// Tries the calls of the page. Everything it knows of an operation is in that operation's form.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const trials = all("form.trial");
  const dialog = one("dialog");
  const session = one(".session");

  // The access token outlives a reload and no tab: `sessionStorage` is of one tab and one origin. Of the other tokens of
  // a session nothing is kept, so what is lost with it ends within the hour.
  const TOKEN = "wishlist.docs.token";
  const token = () => sessionStorage.getItem(TOKEN) ?? "";
  const keep = (value) => {
    if (value) sessionStorage.setItem(TOKEN, value);
    else sessionStorage.removeItem(TOKEN);
    session.dataset.state = value ? "in" : "out";
    session.textContent = value ? "Signed in" : "Sign in";
    one("#session-title").textContent = value ? "Signed in" : "Sign in";
    one(".forget").hidden = !value;
    for (const mark of all(".trial .token")) mark.textContent = value ? "with your token" : "needs a token";
  };

  // ---- one call

  const fields = (form) => all("[data-place]", form).filter((field) => field.dataset.place !== "body");
  const body = (form) => one("[data-place=body]", form);

  /** What the form says, as a request; a path parameter that is not typed yet stays as it is in the template. */
  const request = (form) => {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const headers = [];
    for (const field of fields(form)) {
      const value = field.value.trim();
      if (value === "") continue;
      if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
      else if (field.dataset.place === "query") query.append(field.name, value);
      else headers.push([field.name, value]);
    }
    if (query.size > 0) path += `?${query}`;
    const typed = body(form)?.value.trim() ?? "";
    if (typed !== "") headers.push(["Content-Type", body(form).dataset.media]);
    return { method: form.dataset.method.toUpperCase(), path, headers, body: typed === "" ? undefined : typed };
  };

  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const curl = (form) => {
    const { method, path, headers, body } = request(form);
    const parts = [`curl -X ${method} ${quoted(location.origin + path)}`];
    if ("token" in form.dataset) parts.push('-H "Authorization: Bearer $TOKEN"');
    for (const [name, value] of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
    if (body !== undefined) parts.push(`-d ${quoted(body)}`);
    one("[data-curl]", form).textContent = parts.join(" \\\n  ");
  };

  const hint = (within, text, bad = false) => {
    const line = one(".hint", within);
    line.textContent = text;
    line.dataset.state = bad ? "bad" : "";
  };

  /** Calls and shows; answers the response's status, headers and text. */
  const send = async (form) => {
    const { method, path, headers, body } = request(form);
    if ("token" in form.dataset && token()) headers.push(["Authorization", `Bearer ${token()}`]);
    const button = one("button[type=submit]", form);
    button.disabled = true;
    hint(form, "Waiting for the answer");
    const started = performance.now();
    try {
      const response = await fetch(path, { method, headers, body, cache: "no-store", credentials: "omit" });
      const text = await response.text();
      show(form, response, text, performance.now() - started);
      hint(form, response.status === 401 && "token" in form.dataset ? "Sign in for a token that is good" : "", true);
      if (response.ok) learn(form, response, text);
    } catch (error) {
      hint(form, `The server could not be reached: ${error.message}`, true);
    } finally {
      button.disabled = false;
      renew(form);
    }
  };

  // ---- answers

  const JSON_PARTS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
  /** Sets JSON with its parts coloured. */
  const colour = (code, text) => {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(JSON_PARTS)) {
      const kind = match[2] !== undefined ? "json-name" : match[1] !== undefined ? "json-text" : "json-other";
      const value = match[1] ?? match[0];
      parts.push(text.slice(end, match.index), element("span", { class: kind }, value));
      end = match.index + value.length;
    }
    code.replaceChildren(...parts, text.slice(end));
  };

  const pretty = (text, type) => {
    if (!/[/+]json/.test(type)) return text;
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  const show = (form, response, text, took) => {
    const type = response.headers.get("content-type") ?? "";
    const status = String(response.status);
    const bar = element("p", { class: "bar" },
      element("span", { class: "status", "data-class": status[0] }, status),
      element("span", {}, response.statusText),
      element("span", { class: "size" }, `${Math.round(took)} ms · ${new Blob([text]).size} bytes`));
    const code = element("code");
    if (/[/+]json/.test(type)) colour(code, pretty(text, type));
    else code.textContent = text;
    const shown = text === "" ? element("p", { class: "empty" }, "No body.") : element("pre", { tabindex: "0" }, code);
    const names = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const headers = element("details", {}, element("summary", {}, "Headers"),
      element("pre", { tabindex: "0" }, element("code", {}, names)));
    const place = one(".answered", form);
    place.dataset.status = status;
    place.replaceChildren(bar, shown, headers);
  };

  /** Takes from an answer what the next calls need: the ids in its place, and the token of a session. */
  const learn = (form, response, text) => {
    ids(response.headers.get("location"));
    if (!/json/.test(response.headers.get("content-type") ?? "")) return;
    const answer = JSON.parse(text);
    if (typeof answer.accessToken === "string") keep(answer.accessToken);
  };

  /** Puts the steps of a path into the path parameters of every form whose template it begins with. */
  const ids = (path) => {
    if (!path) return;
    const steps = path.split("/");
    for (const form of trials) {
      const template = form.dataset.path.split("/");
      if (template.length !== steps.length) continue;
      const fits = template.every((step, at) => step.startsWith("{") || step === steps[at]);
      if (!fits) continue;
      template.forEach((step, at) => step.startsWith("{") && fill(step.slice(1, -1), decodeURIComponent(steps[at])));
    }
  };

  const fill = (name, value) => {
    for (const form of trials) {
      const field = all("[data-place=path]", form).find((field) => field.name === name);
      if (!field || field === document.activeElement) continue;
      field.value = value;
      curl(form);
    }
  };

  /** A key is of one call: the next one is another. */
  const renew = (form) => {
    const key = fields(form).find((field) => field.name.toLowerCase() === "idempotency-key");
    if (!key) return;
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    key.value = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
    curl(form);
  };

  const copy = async (button) => {
    const text = one("[data-curl]", button.closest(".curl")).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(one("[data-curl]", button.closest(".curl")));
      button.textContent = "Selected";
    }
    button.addEventListener("blur", () => (button.textContent = "Copy"), { once: true });
  };

  for (const form of trials) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    form.addEventListener("input", ({ target }) => {
      curl(form);
      if (target.dataset.place === "path") fill(target.name, target.value.trim());
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    one("[data-copy]", form).addEventListener("click", ({ currentTarget }) => copy(currentTarget));
    renew(form);
    curl(form);
  }
  // A form that is taller than the window sticks by its lower edge.
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) target.style.setProperty("--tall", `${target.offsetHeight}px`);
  });
  for (const form of trials) sizes.observe(form);
  for (const code of all("[data-json]")) colour(code, code.textContent);

  // ---- signing in

  session.addEventListener("click", () => dialog.showModal());
  one(".close").addEventListener("click", () => dialog.close());
  one(".forget").addEventListener("click", () => {
    keep("");
    dialog.close();
  });
  one(".paste").addEventListener("submit", (event) => {
    event.preventDefault();
    keep(event.target.elements.token.value.trim());
    event.target.reset();
    dialog.close();
  });
  one(".password")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const { email, password } = form.elements;
    hint(dialog, "Signing in");
    try {
      const sent = JSON.stringify({ email: email.value, password: password.value });
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(form.dataset.path, { method: "POST", headers, body: sent, credentials: "omit" });
      const answer = await response.json();
      if (!response.ok) return hint(dialog, answer.detail ?? `Answered with ${response.status}`, true);
      keep(answer.accessToken);
      form.reset();
      hint(dialog, "");
      dialog.close();
    } catch (error) {
      hint(dialog, `The server could not be reached: ${error.message}`, true);
    }
  });

  // ---- finding one's way

  /** Puts what a type holds where the type is only named. */
  const open = (named) => {
    const fields = one(":scope > .fields", document.getElementById(`type-${named.dataset.type}`));
    named.replaceWith(fields.cloneNode(true));
  };
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches("details")) for (const named of all(":scope > [data-type]", target)) open(named);
  }, true);
  const unfoldTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.matches("details")) target.open = true;
  };
  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();

  const navigation = one("nav");
  const filter = one(".filter input");
  const menu = one(".menu");
  const unfold = (open) => {
    navigation.classList.toggle("open", open);
    menu.setAttribute("aria-expanded", String(open));
  };
  menu.addEventListener("click", () => unfold(!navigation.classList.contains("open")));
  navigation.addEventListener("click", (event) => event.target.closest("a") && unfold(false));
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    for (const entry of all("[data-words]")) entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
    for (const group of all("section", navigation)) group.hidden = !one("li:not([hidden])", group);
    one(".nothing").hidden = Boolean(one("[data-words]:not([hidden])"));
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") one("[data-words]:not([hidden]) a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") unfold(false);
    if (event.key !== "/" || event.target.matches("input, textarea, select") || dialog.open) return;
    event.preventDefault();
    unfold(true);
    filter.focus();
  });
  const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    const entry = entries.find((entry) => entry.isIntersecting);
    if (!entry) return;
    one("nav [aria-current]")?.removeAttribute("aria-current");
    links.get(entry.target.id)?.setAttribute("aria-current", "location");
  }, { rootMargin: "-15% 0px -75%" });
  for (const section of all("article.operation, #conventions, #problems, #types")) seen.observe(section);

  document.documentElement.classList.add("live");
  keep(token());
})();
