// The environment of the tests: the tool, a browser, a receiver for replays.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, cpSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { createRequire } from "node:module";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(process.env.TOOLS + "/");
const { chromium } = require("playwright-core");
export const axe = require("axe-core").source;

/** A project with the example definitions in a folder of its own. */
export function project(t) {
  const folder = mkdtempSync(join(tmpdir(), "hooks-inspector-"));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(new URL("../../webhooks.example.toml", import.meta.url).pathname, join(folder, "webhooks.toml"));
  writeFileSync(join(folder, ".env"), "CMS_HOST=cms.example.com\nCMS_TOKEN=c4nary-s3cret-value\n");
  return folder;
}

const environment = (folder) => ({ PATH: process.env.PATH, HOME: folder, HOOKS_HISTORY: "off", CMS_TOKEN: "c4nary-s3cret-value" });

/** Starts `hooks listen --ui` and waits until it is ready. */
export const listen = (t, folder, ...options) => start(t, folder, "listen", ...options);

/** Starts `hooks emulate --ui` and waits until it is ready. */
export const emulate = (t, folder, ...options) => start(t, folder, "emulate", ...options);

async function start(t, folder, command, ...options) {
  const child = spawn(process.env.HOOKS, [command, "--json", "--port", "0", "--ui", ...options], {
    cwd: folder, env: environment(folder), stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  t.after(stop);
  const [line] = await once(lines, "line");
  const ready = JSON.parse(line);
  // The other lines are read, so that the output does not block.
  lines.on("line", () => {});
  return { url: ready.url, api: ready.api, page: ready.inspector, port: Number(new URL(ready.url).port), key: ready.key, stop };
}

/** Runs `hooks` to its end. */
export async function hooks(folder, ...words) {
  const child = spawn(process.env.HOOKS, words, { cwd: folder, env: environment(folder), stdio: "ignore" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`hooks ${words.join(" ")} ended with ${code}`);
}

/** Sends bytes to the receiver and waits for the end of the response. */
export async function send(tool, line, headers = "", body = "") {
  const socket = net.connect(tool.port, "127.0.0.1");
  socket.resume();
  const bytes = Buffer.from(body, "utf8");
  socket.write(Buffer.concat([
    Buffer.from(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${tool.port}\r\n${headers}Content-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`, "latin1"),
    bytes,
  ]));
  await once(socket, "close");
}

/** Sends many small requests, on a few connections. */
export async function burst(tool, count, path) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const post = (index) => new Promise((done, failed) => {
    const request = http.request(tool.url + path(index), { method: "POST", agent }, (answer) => answer.resume().on("end", done));
    request.on("error", failed);
    request.end(JSON.stringify({ index }));
  });
  await Promise.all(Array.from({ length: count }, (_, index) => post(index)));
  agent.destroy();
}

/** A receiver that keeps the requests. */
export async function receiver(t) {
  const came = [];
  const server = http.createServer(async (request, answer) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    came.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer.writeHead(201, { "content-type": "application/json", "x-echo": request.headers.authorization ?? "" });
    answer.end('{"stored":1.10}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, came };
}

let browser;
export const openBrowser = async () => (browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] }));
export const closeBrowser = () => browser.close();

/** Opens the page. Errors that the browser reports fail the test. */
export async function open(t, tool, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(error.stack));
  page.on("dialog", (dialog) => (page.complaints.push("a dialog: " + dialog.message()), dialog.dismiss()));
  page.on("request", (request) => new URL(request.url()).host === new URL(tool.page).host || request.url().startsWith("data:") || request.url().startsWith("blob:") || page.complaints.push("a request to " + request.url()));
  await page.goto(tool.page);
  await page.locator("#state.live").waitFor();
  return page;
}

export async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, name + ".png") });
}
