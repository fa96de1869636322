// The page of `hooks listen --ui`, as a reader uses it. Run by `scripts/check-inspector.sh`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, before, after } from "node:test";
import { axe, burst, closeBrowser, hooks, listen, open, openBrowser, picture, project, receiver, send } from "./stage.mjs";

before(openBrowser);
after(closeBrowser);

const rows = (page) => page.locator(".row:visible");
const wait = (page, words) => page.getByText(words).first().waitFor();
const count = async (page, words) => page.locator("#count", { hasText: words }).waitFor();

test("a request that is fired is there at once, with its webhook", async (t) => {
  const folder = project(t);
  const tool = await listen(t, folder);
  const page = await open(t, tool);
  const command = await page.locator("#empty pre").textContent();
  assert.equal(command, `hooks fire rsvp-to-cms --to ${tool.url}/hooks/rsvp`);
  await picture(page, "empty");
  await hooks(folder, ...command.split(" ").slice(1));
  await rows(page).waitFor();
  assert.match(await rows(page).textContent(), /^POST \/hooks\/rsvp200.*381 B.*rsvp-to-cms$/);
  await wait(page, "Matches rsvp-to-cms.");
  assert.match(await page.locator("pre.body").textContent(), /\n {4}"email": "jane\.doe@example\.com",\n/);
  await picture(page, "match");
  assert.deepEqual(page.complaints, []);
});

test("the differences from the closest webhook are in a table", async (t) => {
  const folder = project(t);
  const tool = await listen(t, folder);
  const page = await open(t, tool);
  await send(tool, "POST /hooks/rsvp", "content-type: application/json\r\n", '{"element_data": {"email": "a@b.c"}, "more": 1}');
  await rows(page).click();
  await wait(page, "No match. The closest webhook is rsvp-to-cms");
  const table = await page.locator(".differences").innerText();
  assert.match(table, /body more\s+not expected\s+–\s+1/);
  await picture(page, "differences");
  assert.deepEqual(page.complaints, []);
});

test("numbers keep their digits, and raw is raw", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  const body = '{"large":12345678901234567890,"exact":1.10,"e":1E400,"text":"a\\u0041 \\" {}[],:","none":[],"of":{}}';
  await send(tool, "POST /", "", body);
  await rows(page).click();
  assert.equal(await page.locator("pre.body").textContent(),
    '{\n  "large": 12345678901234567890,\n  "exact": 1.10,\n  "e": 1E400,\n  "text": "a\\u0041 \\" {}[],:",\n  "none": [],\n  "of": {}\n}');
  await page.getByRole("button", { name: "Raw" }).click();
  assert.equal(await page.locator("pre.body").textContent(), body);
  assert.deepEqual(page.complaints, []);
});

test("bytes that are not text, and no body", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  await burst(tool, 1, () => "/first");
  await send(tool, "GET /none");
  await page.evaluate(() => 0);
  const socket = (await import("node:net")).connect(tool.port, "127.0.0.1");
  socket.resume();
  socket.end(Buffer.concat([Buffer.from("POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"), Buffer.from([0, 255, 65, 10])]));
  await count(page, "3 requests");
  await rows(page).nth(1).click();
  await wait(page, "No body.");
  await rows(page).nth(2).click();
  assert.equal((await page.locator("pre.body").textContent()).replace(/ +/g, " "), "000000 00 ff 41 0a ..A.");
  assert.deepEqual(page.complaints, []);
});

test("a list of a thousand requests does not move under the pointer", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  await burst(tool, 990, (index) => "/bulk/" + index);
  await count(page, "990 requests");
  assert.ok(await page.evaluate(() => { const list = document.getElementById("list"); return list.scrollTop + list.clientHeight > list.scrollHeight - 60; }), "it follows");
  await page.locator("#list").hover();
  await page.evaluate(() => (document.getElementById("list").scrollTop = 20000));
  const top = () => page.evaluate(() => document.elementFromPoint(100, 300).closest(".row").textContent);
  const before = await top();
  await burst(tool, 110, (index) => "/more/" + index);
  await page.locator("#more", { hasText: "110 new requests" }).waitFor();
  assert.equal(await top(), before);
  await count(page, "1,000 requests");
  assert.equal(await page.locator(".row").count(), 1000);
  await picture(page, "thousand");
  await page.locator("#more").click();
  await page.locator("#more").waitFor({ state: "hidden" });
  await page.locator("#search").fill("more/ 109");
  await count(page, "1 of 1,000 requests");
  // Through the whole list by keyboard, in reasonable time: the test would time out.
  await page.locator("#search").fill("");
  await count(page, /^1,000 requests$/);
  await rows(page).first().click();
  for (let step = 0; step < 50; step += 1) await page.keyboard.press("j");
  assert.equal(await page.locator('[aria-selected="true"]').count(), 1);
  assert.deepEqual(page.complaints, []);
});

test("search looks at method, path, headers and body, and is cleared by Escape", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  await send(tool, "PUT /one", "user-agent: Blue\r\nx-key: hidden\r\n", "apple");
  await send(tool, "POST /two?q=1", "user-agent: red\r\n", "(pear) [x]");
  await count(page, "2 requests");
  for (const [words, found] of [["put", "/one"], ["TWO", "/two"], ["blue", "/one"], ["user-agent: red", "/two"], ["apple", "/one"], ["(pear) [x]", "/two"], ["q=1 post", "/two"]]) {
    await page.locator("#search").fill(words);
    await rows(page).filter({ hasText: found }).waitFor();
    await count(page, "1 of 2 requests");
    assert.match(await rows(page).textContent(), new RegExp("^\\w+ " + found), words);
  }
  await page.locator("#search").fill("hidden");
  await wait(page, "No request contains all of these words.");
  await page.locator("#search").press("Escape");
  await count(page, /^2 requests$/);
  assert.deepEqual(page.complaints, []);
});

test("everything can be done with the keyboard", async (t) => {
  const tool = await listen(t, project(t));
  const target = await receiver(t);
  const page = await open(t, tool);
  for (const name of ["a", "b", "c"]) await send(tool, "POST /" + name, "", `{"name":"${name}"}`);
  await count(page, "3 requests");
  const chosen = () => page.locator("#title").textContent();
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  assert.equal(await chosen(), "POST /a", "the first is open");
  await press("j", "j");
  assert.equal(await chosen(), "POST /c");
  await press("k");
  assert.equal(await chosen(), "POST /b");
  await press("Home");
  assert.equal(await chosen(), "POST /a");
  await press("ArrowDown");
  assert.equal(await chosen(), "POST /b");
  await press("Enter");
  assert.equal(await focus(), "detail");
  await press("Escape");
  assert.equal(await focus(), "r2");
  await press("/");
  assert.equal(await focus(), "search");
  await page.keyboard.type("/c");
  await press("Enter");
  assert.equal(await chosen(), "POST /c");
  await press("r");
  assert.equal(await focus(), "to");
  await page.keyboard.type(target.url + "/again");
  await press("Enter");
  await wait(page, "delivered, status 201");
  assert.deepEqual(target.came.map(({ method, url, body }) => [method, url, body]), [["POST", "/again", '{"name":"c"}']]);
  await press("Escape");
  assert.equal(await page.locator(".replay").count(), 0);
  // Every stop of the Tab key is visible.
  for (let step = 0; step < 12; step += 1) {
    await press("Tab");
    const seen = await page.evaluate(() => document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== "none");
    assert.ok(seen, await focus());
  }
  assert.deepEqual(page.complaints, []);
});

test("a replay is sent as received, and secrets are not shown", async (t) => {
  const tool = await listen(t, project(t));
  const target = await receiver(t);
  const page = await open(t, tool);
  await send(tool, "PATCH /a?b", "Authorization: Bearer hidden-t0ken\r\nX-Text: plain\r\n", '{"n":1.10}');
  await rows(page).click();
  assert.match(await page.locator(".headers").textContent(), /AuthorizationBearer \*\*\*/);
  await page.getByRole("button", { name: "Replay" }).click();
  const field = page.getByLabel("Send this request to");
  assert.equal(await field.inputValue(), "http://localhost:3000/a?b");
  for (const [address, words] of [["ftp://x/", "must start with http"], ["http://", "the URL"], ["http://127.0.0.1:1/", "not sent"]]) {
    await field.fill(address);
    await field.press("Enter");
    await wait(page, words);
  }
  await field.fill(target.url + "/c?d");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await wait(page, "delivered, status 201");
  const [{ method, url, headers, body }] = target.came;
  assert.deepEqual([method, url, headers.authorization, headers["x-text"], body], ["PATCH", "/c?d", "Bearer hidden-t0ken", "plain", '{"n":1.10}']);
  await picture(page, "replay");
  const all = await page.locator("body").innerText();
  assert.ok(!all.includes("hidden-t0ken") && all.includes("x-echo"), all);
  assert.deepEqual(page.complaints.filter((complaint) => !complaint.includes("422")), []);
});

test("copy as curl and download", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool, { permissions: ["clipboard-read", "clipboard-write"] });
  await send(tool, "POST /a?b", "Authorization: hidden-t0ken\r\nContent-Type: application/json\r\n", `{"it's": "c4nary-s3cret-value"}`);
  await rows(page).click();
  await page.keyboard.press("c");
  await wait(page, "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^curl --disable/);
  for (const part of ["--request POST", `--url '${tool.url}/a?b'`, "'content-type: application/json'", "'authorization: ***'", `{"it'\\''s": "***"}`]) assert.ok(copied.includes(part), part + "\n" + copied);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("d")]);
  assert.equal(download.suggestedFilename(), "request-1.json");
  assert.equal(readFileSync(await download.path(), "utf8"), `{"it's": "***"}`);
  assert.ok(!(await page.locator("body").innerText()).includes("c4nary"));
  assert.deepEqual(page.complaints, []);
});

test("hostile content is only text", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  const attack = `</script><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"'\`\${alert(4)}javascript:alert(5)`;
  await send(tool, "POST /" + encodeURI("x") + "</script><img/src=x/onerror=alert(1)>?<svg/onload=alert(1)>", `user-agent: ${attack}\r\nx-${"a".repeat(60)}: b\r\n`, attack + "\u001b]0;title\u0007\u202egpj.exe\u200b\r\n\u0085");
  await send(tool, "POST /json", "", JSON.stringify({ [attack]: attack, bidi: "a\u202eb\u2028", __proto__: { x: 1 } }));
  await send(tool, "POST /deep", "", "[".repeat(400) + "]".repeat(400));
  await count(page, "3 requests");
  for (const index of [0, 1, 2]) {
    await rows(page).nth(index).click();
    await picture(page, "hostile-" + index);
  }
  await rows(page).nth(0).click();
  assert.ok((await page.locator(".headers").textContent()).includes(attack), "a header that is not masked");
  const body = await page.locator("pre.body").textContent();
  assert.ok(body.startsWith(attack) && body.endsWith("\\x1b]0;title\\x07\\u{202e}gpj.exe\\u{200b}\\r\n\\x85"), body);
  await rows(page).nth(1).click();
  assert.match(await page.locator("pre.body").textContent(), /"bidi": "a\\u\{202e\}b\\u\{2028\}"/);
  assert.equal(await page.locator("#article script, #article img, #article svg, .row img, .row svg").count(), 0);
  await page.waitForTimeout(200);
  assert.deepEqual(page.complaints, []);
});

test("after a restart the page says so, and the new URL works in the same tab", async (t) => {
  const folder = project(t);
  const first = await listen(t, folder);
  const port = new URL(first.page).port;
  const page = await open(t, first);
  await send(first, "POST /before");
  await count(page, "1 request");
  await first.stop();
  await page.locator("#state", { hasText: "reconnecting" }).waitFor();
  const second = await listen(t, folder, "--ui-port", port);
  await wait(page, "hooks was restarted");
  assert.equal(await rows(page).count(), 1, "earlier requests are still shown");
  await picture(page, "restarted");
  await page.goto(second.page);
  await page.locator("#state.live").waitFor();
  await wait(page, "No requests yet.");
  for (const key of ["c", "r", "d"]) await page.keyboard.press(key);
  assert.equal(await page.locator("body.reads").count(), 0, "keys do not act on a request that is gone");
  await send(second, "POST /after");
  await count(page, "1 request");
  assert.equal(new URL(page.url()).hash, "", "the token does not stay in the address");
  await page.reload();
  await count(page, "1 request");
});

test("without its token the page says what to do", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  const bare = await page.context().newPage();
  await bare.goto(new URL("/", tool.page).href);
  await wait(bare, "Open the complete URL that hooks printed");
});

test("light, dark, wide and narrow: nothing overflows, and axe finds nothing", async (t) => {
  const folder = project(t);
  const tool = await listen(t, folder);
  await hooks(folder, "fire", "rsvp-to-cms", "--to", tool.url + "/hooks/rsvp");
  await send(tool, "POST /hooks/rsvp", "", '{"element_data": {"email": "a@b.c"}, "more": ' + '"' + "long".repeat(200) + '"}');
  await send(tool, "GET /" + "very-long-path/".repeat(30));
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [400, 900, 1600]) {
      const page = await open(t, tool, { colorScheme, viewport: { width, height: 900 } });
      const name = `${colorScheme}-${width}`;
      const examine = async (state) => {
        await picture(page, name + "-" + state);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight), name + " overflows: " + state);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name + " " + state);
      };
      await examine("list");
      for (const index of [0, 1, 2]) {
        await rows(page).nth(index).click();
        await examine("request-" + index);
        if (width === 400) await page.getByRole("button", { name: "Requests" }).click();
      }
      await page.keyboard.press("r");
      await examine("replay");
    }
  }
});

test("axe finds nothing on an empty page", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
});

test("the forward URL and its response are shown", async (t) => {
  const [folder, target] = [project(t), await receiver(t)];
  const tool = await listen(t, folder, "--forward", `${target.url}/in?token=t0p`);
  const page = await open(t, tool);
  await send(tool, "POST /a", "", "{}");
  await rows(page).click();
  await wait(page, "status 201");
  const facts = await page.locator("#detail .head > p.faint").first().textContent();
  assert.match(facts, /status 201; http:\/\/127\.0\.0\.1:\d+\/in\/a\?token=\*\*\*: status 201 in [\d.]+ ms$/);
  assert.deepEqual(target.came.map(({ url }) => url), ["/in/a?token=t0p"]);
  await wait(page, "Response body");
  await wait(page, '"stored": 1.10');
  await wait(page, "x-echo");
  await picture(page, "forward");
  const gone = await listen(t, folder);
  await gone.stop();
  const deaf = await listen(t, folder, "--forward", gone.url);
  const other = await open(t, deaf);
  await send(deaf, "POST /b", "", "{}");
  await rows(other).click();
  await wait(other, `status 502; ${gone.url}/b: Nothing is listening on port`);
  assert.deepEqual([page.complaints, other.complaints], [[], []]);
});

test("refused messages are in the list, with the reason", async (t) => {
  const tool = await listen(t, project(t));
  const page = await open(t, tool);
  await send(tool, "POST /a", "", "{}");
  await send(tool, "POST /b?token=t0p", "Transfer-Encoding: chunked\r\n", "{}");
  await send(tool, "this is <b>no</b> request");
  await count(page, "1 request, 2 refused");
  assert.equal(await rows(page).nth(1).locator(".match").textContent(), "refused");
  assert.equal(await rows(page).nth(1).locator(".response").textContent(), "400");
  assert.match(await rows(page).nth(2).locator(".target").textContent(), /^no request/);
  await rows(page).nth(2).click();
  await wait(page, "Refused: not HTTP");
  for (const key of ["c", "r", "d"]) await page.keyboard.press(key);
  assert.equal(await page.locator("#detail .button:visible").count(), 0);
  await picture(page, "refused");
  await page.getByRole("textbox").fill("refused");
  await count(page, "2 of 3: 1 request, 2 refused");
  await page.reload();
  await count(page, "1 request, 2 refused");
  assert.deepEqual(page.complaints, []);
});
