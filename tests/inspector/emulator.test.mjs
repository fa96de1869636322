// The page of `hooks emulate --ui`, as a reader uses it. Run by `scripts/check-inspector.sh`.
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import { axe, closeBrowser, emulate, open, openBrowser, picture, project, receiver } from "./stage.mjs";

before(openBrowser);
after(closeBrowser);

const rows = (page, words) => page.locator(".row:visible", words && { hasText: words });
const wait = (page, words) => page.getByText(words).first().waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const complaints = (page) => page.complaints.filter((complaint) => !complaint.includes("Failed to load resource"));

/** Calls the API as a client does. */
async function api(tool, method, path, body, key = tool.key) {
  const response = await fetch(tool.api + path, { method, headers: { authorization: key, "content-type": "application/json" }, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const hook = (target, more = {}) => ({ name: "to CRM", active: true, method: "POST", payload_url: target.url + "/in", trigger: "create", trigger_element: "event_group", ...more });

test("calls of a client are there at once, with the webhooks that fire and those that do not", async (t) => {
  const [tool, target] = [await emulate(t, project(t)), await receiver(t)];
  const page = await open(t, tool);
  await api(tool, "POST", "/webhook", hook(target, { header: [{ key: "X-Key", value: "c4nary" }], payload_url: target.url + "/in?token=c4nary" }));
  await api(tool, "POST", "/group", { name: "Parties", colour: "red" });
  await rows(page, "POST /v1/group").waitFor();
  await wait(page, "ignored colour");
  await rows(page, "1 delivered").click();
  assert.match(await page.locator("table").innerText(), /webhook 1 \(to CRM\)\s+delivered\s+status 201/);
  assert.match(await page.locator("table").innerText(), /rsvp-to-cms \(.*\)\s+does not fire\s+\S/);
  assert.match(await page.locator("pre.body").textContent(), /"name": "Parties"/);
  assert.deepEqual(target.came.map(({ url }) => url), ["/in?token=c4nary"]);
  await picture(page, "emulator-change");
  await page.keyboard.press("2");
  await rows(page, "to CRM").click();
  assert.match(await page.locator("pre.body").textContent(), /"value": "\*\*\*"/);
  assert.ok(!(await page.locator("body").innerText()).includes("c4nary"));
  assert.deepEqual(complaints(page), []);
});

test("an element is created, changed and deleted on the page, and webhooks fire", async (t) => {
  const [tool, target] = [await emulate(t, project(t)), await receiver(t)];
  await api(tool, "POST", "/webhook", hook(target));
  await api(tool, "POST", "/webhook", hook(target, { trigger: "update" }));
  const page = await open(t, tool);
  await page.keyboard.press("2");
  await page.locator("#kind").selectOption("group");
  await press(page, "New…");
  await press(page, "Create");
  await wait(page, /400: .*name/);
  await page.getByLabel("name *", { exact: true }).fill("Parties");
  await page.getByLabel("subscription", { exact: true }).selectOption("no");
  await press(page, "Create");
  await rows(page, "Parties").waitFor();
  await press(page, "Edit…");
  await page.getByLabel("internal_note").fill("a <b>note</b>");
  await press(page, "Save");
  await wait(page, "a <b>note</b>");
  const [{ prokey }] = (await api(tool, "GET", "/group/all")).body;
  assert.equal((await api(tool, "GET", "/group/" + prokey)).body.internal_note, "a <b>note</b>");
  await press(page, "Delete");
  await press(page, "Confirm deletion");
  await wait(page, /This account has no elements/);
  await page.keyboard.press("1");
  await rows(page, "delete event_group").waitFor();
  assert.deepEqual(target.came.map(({ body }) => JSON.parse(body).element_data.internal_note), [null, "a <b>note</b>"]);
  await picture(page, "emulator-activity");
  assert.deepEqual(complaints(page), []);
});

test("a sign-up is submitted, confirmed and expired, and the clock is moved", async (t) => {
  const tool = await emulate(t, project(t), "--now", "2026-07-01T09:00:00Z");
  const form = (await api(tool, "POST", "/rsvp-block", { name: "form", doi: true, max: 5, maxpp: 2 })).body.id;
  await api(tool, "POST", "/event", { new_event_group_name: "Parties", dates: [{ name: "Summer", startDate: "2026-08-01" }], rsvp: true, rsvp_block: Number(form) });
  const page = await open(t, tool);
  const signUp = async (email) => {
    await page.keyboard.press("2");
    await page.locator("#kind").selectOption("event");
    await rows(page, "Summer").click();
    await press(page, "Sign up…");
    await page.getByLabel("email *").fill(email);
    await press(page, "Sign up");
    await rows(page, email).click();
  };
  await signUp("kim@example.com");
  await wait(page, "not confirmed");
  await press(page, "Confirm");
  await page.locator(".head", { hasText: "not confirmed" }).waitFor({ state: "detached" });
  await signUp("lee@example.com");
  await press(page, "Expire");
  await rows(page, "lee@example.com").waitFor({ state: "detached" });
  await signUp("sam@example.com");
  await page.keyboard.press("t");
  await page.getByLabel("advance").fill("31m");
  await press(page, "Move");
  await rows(page, "sam@example.com").waitFor({ state: "detached" });
  await wait(page, "clock: 2026-07-01 09:31");
  await page.keyboard.press("1");
  await rows(page, "create rsvp_answer").waitFor();
  assert.deepEqual(complaints(page), []);
});

test("each account has its own elements", async (t) => {
  const tool = await emulate(t, project(t));
  const page = await open(t, tool);
  await api(tool, "POST", "/group", { name: "first" });
  await api(tool, "POST", "/group", { name: "second" }, "another-key-2");
  await page.locator("#account option", { hasText: "ey-2" }).waitFor({ state: "attached" });
  await page.keyboard.press("2");
  await rows(page, "first").waitFor();
  await page.locator("#account").selectOption({ index: 1 });
  await rows(page, "second").waitFor();
  assert.equal(await rows(page, "first").count(), 0);
  assert.deepEqual(complaints(page), []);
});

test("hostile content is only text", async (t) => {
  const tool = await emulate(t, project(t));
  const page = await open(t, tool);
  const attack = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'\`javascript:alert(3)\u202e`;
  await api(tool, "POST", "/group", { name: attack, [attack]: 1 });
  await api(tool, "GET", "/" + encodeURIComponent(attack));
  await rows(page, "create event_group").click();
  await page.keyboard.press("2");
  await rows(page, "<img src=x").click();
  await press(page, "Edit…");
  assert.equal(await page.getByLabel("name", { exact: true }).inputValue(), attack);
  assert.equal(await page.locator("#article script, #article img, .row img").count(), 0);
  assert.deepEqual(complaints(page), []);
});

test("light, dark, wide and narrow: nothing overflows, and axe finds nothing", async (t) => {
  const [tool, target] = [await emulate(t, project(t), "--seed", "sample"), await receiver(t)];
  await api(tool, "POST", "/webhook", hook(target, { name: "long ".repeat(60) }));
  await api(tool, "POST", "/group", { name: "Parties", internal_note: "long".repeat(200) });
  await api(tool, "GET", "/" + "very-long-path/".repeat(30));
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [400, 1280]) {
      const page = await open(t, tool, { colorScheme, viewport: { width, height: 900 } });
      const examine = async (name) => {
        await picture(page, `emulator-${colorScheme}-${width}-${name}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight), name + " overflows");
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], `${colorScheme} ${width} ${name}`);
        if (await page.locator(".back:visible").count()) await page.locator(".back").click();
      };
      await examine("activity");
      await rows(page, "create event_group").click();
      await examine("change");
      for (const kind of ["webhook", "event", "style"]) {
        await page.keyboard.press("2");
        await page.locator("#kind").selectOption(kind);
        await rows(page).first().click();
        await examine(kind);
        await page.keyboard.press("n");
        await examine("new-" + kind);
        await page.keyboard.press("Escape");
      }
      await page.keyboard.press("3");
      await examine("answers");
      await page.keyboard.press("t");
      await examine("clock");
      assert.deepEqual(complaints(page), []);
    }
  }
});
