"use strict";
// Shared by the pages of hooks: text from outside, a list of documents, their parts, keys, and the connection. A page defines
// `noun`, `cells`, `searched`, `total`, `render`, `explainEmptiness`, `closeForm`, `receive`, `begin`, `KEYS` and `COMMAND`.
const MOST = 1000;
const ROW = 54;
const id = (name) => document.getElementById(name);
const list = id("list"), search = id("search"), detail = id("detail"), article = id("article");

// ---- Text from outside -------------------------------------------------------------------------------

// Characters that can hide or reorder text, as on the terminal; and lone surrogates.
const UNSAFE = /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e0fff}]/gu;
const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(c) {
  const code = c.codePointAt(0);
  return SHORT[c] ?? (code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u{" + code.toString(16) + "}");
}

// Appends text to an element, with unsafe characters escaped. With `lines`, line feeds and tabs stay.
function show(element, text, lines = false) {
  let end = 0;
  for (const { 0: c, index } of text.matchAll(UNSAFE)) {
    if (lines && (c === "\n" || c === "\t")) continue;
    if (index > end) element.append(text.slice(end, index));
    element.append(make("span", "escape", escaped(c)));
    end = index + c.length;
  }
  if (end < text.length) element.append(end ? text.slice(end) : text);
  return element;
}

const plain = (text) => text.replace(UNSAFE, escaped);

// An element with text from this page, and further elements.
function make(name, kind, ...inside) {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.append(...inside);
  return element;
}

const outside = (name, kind, text, lines) => show(make(name, kind), text, lines);

function button(words, key, act) {
  const element = make("button", "button", words);
  element.type = "button";
  if (key) {
    element.append(make("kbd", "", key));
    element.lastChild.setAttribute("aria-hidden", "true");
    element.setAttribute("aria-keyshortcuts", key);
  }
  element.addEventListener("click", () => act(element));
  return element;
}

const number = new Intl.NumberFormat("en");
const counted = (n, one) => number.format(n) + " " + (n === 1 ? one : one.replace(/y$/, "ie") + "s");

function size(bytes) {
  if (bytes < 1024) return bytes + " B";
  return bytes < 1048576 ? (bytes / 1024).toFixed(1) + " KiB" : (bytes / 1048576).toFixed(1) + " MiB";
}

const timeFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

const timeOf = (doc) => timeFormat.format(new Date(doc.time));

function say(words) {
  id("said").textContent = words;
}

// ---- The list ----------------------------------------------------------------------------------------

// By key, in the order of arrival: { doc, row }.
const entries = new Map();
let waiting = [];
let flushing = 0;
let selected = null;
let unread = 0;
// Whether the detail shows a form, which new documents must not replace.
let isBusy = false;

function row(key, doc) {
  const element = make("li", "row", ...cells(doc).map((line) => make("span", "", ...line)));
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.tabIndex = -1;
  element.id = "r" + key;
  return element;
}

const fits = (doc) => words.every((word) => searched(doc).some((text) => word.test(text)));

function add(key, doc) {
  waiting.push([String(key), doc]);
  // Not `requestAnimationFrame`: a page in the background gets no frames, so documents would pile up.
  flushing ||= setTimeout(() => flush(), 60);
}

// Shows these documents instead, as pairs of key and document.
function replaceAll(pairs) {
  clearTimeout(flushing);
  entries.clear();
  list.replaceChildren();
  waiting = [];
  pairs.forEach(([key, doc]) => add(key, doc));
  clearTimeout(flushing);
  flush(true);
  entries.get(selected)?.row.setAttribute("aria-selected", "true");
  layout();
}

function flush(isAtLoad = false) {
  flushing = 0;
  const news = waiting.slice(-MOST);
  waiting = [];
  if (!news.length) return;
  const isFirst = entries.size === 0;
  const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - ROW / 2;
  // While the pointer or the focus is in the list, it does not scroll.
  const isHeld = !isFirst && (!isAtEnd || list.matches(":hover") || list.contains(document.activeElement));
  const rows = document.createDocumentFragment();
  let shown = 0;
  for (const [key, doc] of news) {
    const element = row(key, doc);
    element.hidden = !fits(doc);
    const before = entries.get(key)?.row;
    entries.set(key, { doc, row: element });
    if (before) {
      update(before, element, key, doc);
    } else {
      shown += !element.hidden;
      rows.append(element);
    }
  }
  list.append(rows);
  forget();
  layout();
  if (!isHeld) list.scrollTop = list.scrollHeight;
  unread = isHeld && list.scrollHeight > list.clientHeight ? Math.min(unread + shown, MOST) : 0;
  offer();
  if (shown && !isAtLoad) say(counted(shown, "new " + noun));
  // The first document is opened at once.
  if (isFirst && !isAtLoad && matchMedia("(min-width: 52.01rem)").matches) select(news[0][0], false);
}

// A changed document keeps its position.
function update(before, element, key, doc) {
  element.tabIndex = before.tabIndex;
  element.setAttribute("aria-selected", before.getAttribute("aria-selected"));
  const isFocused = before === document.activeElement;
  before.replaceWith(element);
  if (isFocused) element.focus({ preventScroll: true });
  if (key === selected && !isBusy) render(doc);
}

// Removes the oldest rows without moving the others.
function forget() {
  let height = 0, isFocused = false;
  for (const [key, { row: element }] of entries) {
    if (entries.size <= MOST) break;
    if (!element.hidden) height += ROW;
    isFocused ||= element === document.activeElement;
    element.remove();
    entries.delete(key);
    if (key === selected && id("gone")) id("gone").hidden = false;
  }
  if (isFocused) visible()[0]?.focus({ preventScroll: true });
  if (height && list.scrollTop > 0) list.scrollTop -= height;
}

function offer() {
  id("more").hidden = !unread;
  id("more").textContent = "↓ " + counted(unread, "new " + noun);
}

list.addEventListener("scroll", () => {
  if (unread && list.scrollTop + list.clientHeight >= list.scrollHeight - ROW / 2) {
    unread = 0;
    offer();
  }
});
id("more").addEventListener("click", () => {
  list.scrollTop = list.scrollHeight;
  unread = 0;
  offer();
});

function visible() {
  return [...list.children].filter((element) => !element.hidden);
}

function layout() {
  const rows = visible();
  const all = entries.size;
  id("count").hidden = !all;
  const whole = total(), isSum = !whole.startsWith(number.format(all) + " ");
  id("count").textContent = words.length ? number.format(rows.length) + " of " + (isSum ? number.format(all) + ": " : "") + whole : whole;
  list.hidden = !rows.length;
  id("empty").hidden = rows.length > 0 || !isLoaded;
  if (!id("empty").hidden && all) {
    const nothing = make("p", "", "No " + noun + " contains all of these words.");
    id("empty").replaceChildren(nothing, button("Clear the search", "", clearSearch));
  } else if (!id("empty").hidden) explainEmptiness(id("empty"));
  const stop = entries.get(selected)?.row;
  const tabbed = list.querySelector('[tabindex="0"]');
  const next = stop && !stop.hidden ? stop : rows.at(-1);
  if (tabbed !== next) {
    if (tabbed) tabbed.tabIndex = -1;
    if (next) next.tabIndex = 0;
  }
}

// ---- Search ------------------------------------------------------------------------------------------

let words = [];
let searching = 0;

function filter() {
  searching = 0;
  words = search.value.split(/\s+/).filter(Boolean).map((word) => new RegExp(word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "iu"));
  for (const { doc, row: element } of entries.values()) element.hidden = !fits(doc);
  id("clear").hidden = !search.value;
  id("slash").hidden = Boolean(search.value);
  unread = 0;
  offer();
  layout();
  if (words.length) say(id("count").textContent);
  else entries.get(selected)?.row.scrollIntoView({ block: "nearest" });
}

function clearSearch() {
  search.value = "";
  filter();
  search.focus();
}

search.addEventListener("input", () => {
  clearTimeout(searching);
  searching = setTimeout(filter, 120);
});
id("clear").addEventListener("click", clearSearch);

// ---- The selected document ---------------------------------------------------------------------------

function select(key, moves = true) {
  const entry = entries.get(key);
  if (!entry) return;
  const before = entries.get(selected)?.row;
  before?.setAttribute("aria-selected", "false");
  const tabbed = list.querySelector('[tabindex="0"]');
  if (tabbed) tabbed.tabIndex = -1;
  selected = key;
  entry.row.setAttribute("aria-selected", "true");
  entry.row.tabIndex = 0;
  if (moves) {
    entry.row.focus({ preventScroll: true });
    entry.row.scrollIntoView({ block: "nearest" });
  }
  render(entry.doc);
  detail.scrollTop = 0;
}

function step(by) {
  const rows = visible();
  if (!rows.length) return;
  const at = rows.indexOf(entries.get(selected)?.row);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  select(rows[next].id.slice(1));
}

function present(...parts) {
  article.replaceChildren(...parts);
  article.setAttribute("aria-labelledby", "title");
  article.hidden = false;
  id("none").hidden = true;
}

function headersPart(name, headers) {
  const part = make("section", "part", make("header", "", make("h3", "", name)));
  const table = make("table", "headers", make("tbody"));
  for (const { name, value } of headers) {
    const head = outside("th", "", name);
    head.scope = "row";
    table.tBodies[0].append(make("tr", "", head, outside("td", "", value)));
  }
  part.append(headers.length ? table : make("p", "faint", "None."));
  return part;
}

function bodyPart(name, doc) {
  const header = make("header", "", make("h3", "", name));
  const part = make("section", "part", header);
  const bytes = typeof doc.body_base64 === "string" ? Uint8Array.from(atob(doc.body_base64), (c) => c.charCodeAt(0)) : null;
  const text = typeof doc.body === "string" ? doc.body : null;
  if (bytes === null && !text) {
    part.append(make("p", "faint", "No body."));
    return part;
  }
  const pre = make("pre", "body");
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", name);
  const pretty = text === null ? null : prettyJson(text);
  const raw = () => (bytes ? pre.replaceChildren(hexadecimal(bytes)) : (pre.replaceChildren(), show(pre, text, true)));
  if (pretty) {
    const choices = [["Pretty", () => pre.replaceChildren(pretty())], ["Raw", raw]].map(([label, draw]) =>
      button(label, "", (own) => {
        draw();
        choices.forEach((choice) => choice.setAttribute("aria-pressed", String(choice === own)));
      }));
    header.append(...choices);
    choices[0].click();
  } else {
    raw();
  }
  if (text !== null) {
    header.append(button("Copy", "", (own) => putOnClipboard(text, own, "Copy", part)));
  }
  part.append(pre);
  if (doc.body_truncated) {
    part.append(make("p", "faint", "Only the beginning of " + size(doc.body_bytes) + " is shown. Download the body to get all of it."));
  }
  return part;
}

// The text as an indented tree, with every number and string as received: JavaScript numbers would lose digits. Null if
// the text is not JSON.
function prettyJson(text) {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? [];
  return () => {
    const tree = document.createDocumentFragment();
    let depth = 0, run = "";
    const put = (kind, token) => {
      if (run) tree.append(run);
      run = "";
      tree.append(outside("span", kind, token));
    };
    tokens.forEach((token, index) => {
      const next = tokens[index + 1], line = () => "\n" + "  ".repeat(depth);
      if (token === "{" || token === "[") {
        run += token;
        if (next === "}" || next === "]") return;
        depth += 1;
        run += line();
      } else if (token === "}" || token === "]") {
        const before = tokens[index - 1];
        if (before !== "{" && before !== "[") {
          depth -= 1;
          run += line();
        }
        run += token;
      } else if (token === ",") {
        run += token + line();
      } else if (token === ":") {
        run += ": ";
      } else if (token[0] === '"') {
        put(next === ":" ? "k" : "s", token);
      } else {
        put(/^[-0-9]/.test(token) ? "n" : "w", token);
      }
    });
    if (run) tree.append(run);
    return tree;
  };
}

function hexadecimal(bytes) {
  const MOST_BYTES = 4096;
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_BYTES); at += 16) {
    const part = [...bytes.slice(at, Math.min(at + 16, MOST_BYTES))];
    const codes = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const signs = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(at.toString(16).padStart(6, "0") + "  " + codes.padEnd(48) + " " + signs);
  }
  if (bytes.length > MOST_BYTES) lines.push("… " + counted(bytes.length - MOST_BYTES, "more byte"));
  return lines.join("\n");
}

// ---- Actions -----------------------------------------------------------------------------------------

function flash(element, words, usual) {
  element.firstChild.data = words;
  say(words);
  setTimeout(() => (element.firstChild.data = usual), 1600);
}

async function putOnClipboard(text, element, usual, place) {
  try {
    await navigator.clipboard.writeText(text);
    flash(element, "Copied", usual);
  } catch {
    // If the browser denies access to the clipboard, the user can copy the text by hand.
    const area = make("textarea", "text", text);
    area.readOnly = true;
    area.setAttribute("aria-label", "Text to copy");
    place.querySelector("textarea")?.remove();
    place.append(area);
    place.hidden = false;
    area.select();
  }
}

const failure = (error) => make("p", "verdict bad", error instanceof ResponseError ? error.message : "hooks does not respond.");

// ---- Keys and clicks ---------------------------------------------------------------------------------

list.addEventListener("click", (event) => {
  const own = event.target.closest(".row");
  if (!own) return;
  select(own.id.slice(1));
  document.body.classList.add("reads");
});

function read() {
  if (selected === null) return;
  document.body.classList.add("reads");
  detail.focus();
}

function leave() {
  document.body.classList.remove("reads");
  const own = entries.get(selected)?.row;
  if (own && !own.hidden) {
    own.focus({ preventScroll: true });
    own.scrollIntoView({ block: "nearest" });
  } else {
    visible().at(-1)?.focus();
  }
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => search.focus(),
  Escape: () => closeForm() || leave(),
};
const IN_LIST = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  PageDown: () => step(10),
  PageUp: () => step(-10),
  Home: () => step(-MOST),
  End: () => step(MOST),
  Enter: read,
  " ": read,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  if (target === search) {
    if (event.key === "Escape") search.value ? clearSearch() : leave();
    else if (event.key === "Enter" || event.key === "ArrowDown") {
      clearTimeout(searching);
      filter();
      entries.get(selected)?.row.hidden === false ? leave() : step(1);
    } else return;
    event.preventDefault();
    return;
  }
  if (target.matches("input, textarea, select")) {
    if (event.key === "Escape") closeForm() || leave();
    return;
  }
  const isFree = target === document.body || list.contains(target);
  const act = KEYS[event.key] ?? (isFree ? IN_LIST[event.key] : undefined);
  if (!act) return;
  event.preventDefault();
  act();
});

// ---- The connection ----------------------------------------------------------------------------------

let token = null;
let after = 0;
let isLoaded = false;
let round = 0;

class ResponseError extends Error {}

function takeToken() {
  const given = /^#token=([\w-]+)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem("token", given[1]);
    history.replaceState(null, "", location.pathname);
  }
  token = sessionStorage.getItem("token");
}

async function ask(path, options = {}) {
  const response = await fetch("/" + path, { ...options, cache: "no-store", headers: { ...options.headers, "x-hooks-token": token } });
  if (response.ok) return response;
  const error = new ResponseError((await response.text()).trim());
  error.status = response.status;
  throw error;
}

function connection(kind, words, notice = "") {
  const state = id("state");
  state.className = "state " + kind;
  if (state.textContent !== words) state.textContent = words;
  id("notice").hidden = !notice;
  id("notice").textContent = notice;
}

async function load() {
  const all = await (await ask("documents")).json();
  after = all.last;
  isLoaded = true;
  await begin(all.about, all.documents.map((doc, index) => [all.last - all.documents.length + 1 + index, doc]));
}

// Reads server-sent events until the stream ends, without `EventSource`, which cannot send a header.
async function follow() {
  const SILENCE = 30000;
  const stop = new AbortController();
  let watch = setTimeout(() => stop.abort(), SILENCE);
  try {
    const response = await ask("events?after=" + after, { signal: stop.signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    connection("live", "live");
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(() => stop.abort(), SILENCE);
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) if (!take(event)) return;
    }
  } finally {
    clearTimeout(watch);
    stop.abort();
  }
}

function take(event) {
  if (event.startsWith(":")) return true;
  if (event.startsWith("event: reload")) {
    isLoaded = false;
    return false;
  }
  const [number, data] = event.split("\n");
  const newest = Number(number.slice("id: ".length));
  if (newest > after) {
    after = newest;
    receive(newest, JSON.parse(data.slice("data: ".length)));
  }
  return true;
}

async function run() {
  const own = ++round;
  takeToken();
  if (!token) {
    connection("ended", "not connected", "Open the complete URL that hooks printed, including the part after the #.");
    return;
  }
  let pause = 250;
  while (own === round) {
    try {
      if (!isLoaded) await load();
      await follow();
      pause = 250;
    } catch (error) {
      if (own !== round) return;
      if (error instanceof ResponseError && error.status < 500) {
        const isNew = error.status === 401;
        connection("ended", "not connected", isNew
          ? "hooks was restarted and printed a new URL: open it. The entries below are from before the restart."
          : error.message);
        return;
      }
    }
    if (own !== round) return;
    connection("waits", "reconnecting", pause > 1500 ? "hooks does not respond. Is `" + COMMAND + "` still running?" : "");
    await new Promise((go) => setTimeout(go, pause));
    pause = Math.min(pause * 2, 4000);
  }
}

// A new URL in the same tab changes only the part after the #.
addEventListener("hashchange", () => {
  if (!location.hash.startsWith("#token=")) return;
  isLoaded = false;
  selected = null;
  article.hidden = true;
  id("none").hidden = false;
  document.body.classList.remove("reads");
  connection("waits", "connecting");
  run();
});

