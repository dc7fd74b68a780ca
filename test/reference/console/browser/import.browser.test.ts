/** The console's Import page, in a browser: from a file that is dropped to the rows that were refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { expectCalm } from "./browser.ts";
import { expectSound, looks } from "./looks.ts";
import { origin, startForEachTest, watched } from "./onsync-start.ts";

startForEachTest();

const folder = mkdtempSync(join(tmpdir(), "onsync-import-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pictures = process.env.ONSYNC_SCREENSHOTS;

const crm = `Kundennummer;Vorname;Nachname;Mobiltelefon;E-Mail;Firma;Tags
K-1001;Jürgen;Groß;0171 2345678;j.gross@example.com;"ACME; GmbH";lead
K-1002;Sara;Hussein;+971 50 000 1002;sara.h@example.com;Initech;lead,expo
K-1003;Ali;Khan;12;;Initech;
K-1004;Eva;Braun;0171 2345679;eva@example.com;;
K-1005;Eva Maria;Braun;0171 2345679;;;
`;

async function choose(page: Page, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  writeFileSync(path, text);
  await page.locator("input[type=file]").setInputFiles(path);
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      return transfer;
    })()`,
  );
  await page.locator(".drop").dispatchEvent("drop", { dataTransfer: transfer });
}

async function download(page: Page): Promise<{ name: string; text: string }> {
  const [downloaded] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the refused rows" }).click(),
  ]);
  return { name: downloaded.suggestedFilename(), text: readFileSync(await downloaded.path(), "utf8") };
}

function stat(page: Page, name: string) {
  return page.locator(".stats > div", { has: page.getByText(name, { exact: true }) }).locator("dd");
}

async function addFault(page: Page, fault: object): Promise<void> {
  const token = await page.locator('meta[name="control-token"]').getAttribute("content");
  await fetch(`${origin}/_control/faults`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(fault),
  });
}

test("a file that is dropped is planned, changed, imported, and what was refused is mended and imported, too", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/inbox`);
  await page.getByRole("link", { name: "Import" }).click();
  await drop(page, "crm.csv", crm);
  await page.getByText("CSV, UTF-8, separated by semicolons").waitFor();
  await page.getByLabel("Column Firma is").selectOption("A property of this name");
  await page.getByLabel("Country of numbers").fill("DE");
  await page.getByLabel("Country of numbers").press("Enter");
  await page.getByText("is no phone number of DE").waitFor();
  await page.getByText("Lines 5, 6 share phone").waitFor();
  await page.getByLabel("Rows that share an identifier").selectOption("Send the first");
  await page.getByLabel("Tags", { exact: true }).selectOption("Add the file's tags");
  await page.getByText("Of those, up to 2 are for tags.").waitFor();
  await page.getByRole("button", { name: "Start: 5 requests" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await stat(page, "Created").innerText()).toBe("3");
  expect(await stat(page, "Refused").innerText()).toBe("2");

  const { name, text } = await download(page);
  expect(name).toBe("crm.refused.csv");
  expect(text).toContain('"K-1003";"Ali";"Khan";"12"');
  await page.getByRole("button", { name: "Another file" }).click();
  await drop(page, name, text.replace('"12"', '"0171 2345670"').replace(/.*Eva Maria.*\r\n/, ""));
  await page.getByLabel("Country of numbers").fill("DE");
  await page.getByLabel("Country of numbers").press("Enter");
  await page.getByRole("button", { name: "Start: 1 request" }).click();
  await page.getByText("Done", { exact: true }).waitFor();

  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByRole("searchbox").fill("Groß");
  await page.getByRole("link", { name: /Jürgen/ }).click();
  await page.getByText("ACME; GmbH").waitFor();
  expectCalm(watched, origin);
});

test("it goes on while the page is loaded again, is stopped, and goes on to its end", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/import`);
  await addFault(page, { latencyMs: 500, path: "/v1/contacts" });
  const rows = Array.from({ length: 48 }, (_, index) => `N${index},+97150${1_000_000 + index}`);
  await choose(page, "many.csv", ["Name,Phone", ...rows].join("\n"));
  await page.getByRole("button", { name: "Start: 48 requests" }).click();
  await page.getByText("Running", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("Running", { exact: true }).waitFor();
  await page.getByText("You can leave this page").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped", { exact: true }).waitFor();
  const created = Number(await stat(page, "Created").innerText());
  expect(created).toBeLessThan(48);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await stat(page, "Created").innerText()).toBe("48");
  expectCalm(watched, origin);
});

test("a file's name, its columns and its cells are text, and nothing in them runs, loads or is a formula", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/import`);
  const markup = '<img src="/v1/x" onerror="window.ran = 1"><script>window.ran = 2</script>';
  const cell = `"${markup.replaceAll('"', '""')}"`;
  await drop(
    page,
    `../..\\=cmd"><svg onload='window.ran = 3'>\u202ecsv.exe`,
    `Name,${cell},Phone\n${cell},=cmd|'/c calc'!A0,${cell}\nEve,,+971500000001\n"Eve\n${markup.replaceAll('"', "'")}",,+971500000001\n`,
  );
  await page.getByText("must be a phone number").waitFor();
  await page.getByRole("button", { name: "Get the refused rows" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await page.locator("main img, main script, main svg, main iframe").count()).toBe(0);
  expect(await page.evaluate("window.ran")).toBeUndefined();
  const { name, text } = await download(page);
  expect(name).toMatch(/^[^/\\<>"]*\.refused\.csv$/);
  expect(name).not.toMatch(/^[.=]|\u202e/);
  expect(text).toContain(`"'=cmd|`);
  expect(text.match(/(?:^|,)"[\s\p{Cc}]*[=+\-@]/gmu)).toBeNull();
  expectCalm(watched, origin);
});

test("without a mouse, rows are pasted, a column is changed, and the import is started", async () => {
  const { page } = watched;
  const press = (key: string) => page.keyboard.press(key);
  const focused = () =>
    page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
  const tabTo = async (wanted: string) => {
    for (let steps = 0; steps < 60; steps++) {
      await press("Tab");
      if (String(await focused()).startsWith(wanted)) return;
    }
    throw new Error(`Tab does not come to ${wanted}`);
  };
  await page.goto(`${origin}/#/import`);
  await page.getByText("Drop a file").waitFor();
  await tabTo("Paste rows");
  await press("Enter");
  await page.keyboard.insertText("Wer\tNummer\nEve\t+971511111111\n");
  await tabTo("Look at the plan");
  await press("Enter");
  await page.getByText("No column is a phone").waitFor();
  await tabTo("Column Nummer is");
  await page.keyboard.type("Phone");
  await page.getByText("1 request at 600 an hour").waitFor();
  expect(await focused()).toBe("Column Nummer is");
  await tabTo("Start: 1 request");
  await press("Enter");
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await stat(page, "Created").innerText()).toBe("1");
  expectCalm(watched, origin);
});

test("what cannot be imported is said, and the page stays where it was", async () => {
  const { page } = watched;
  await page.goto(`${origin}/#/import`);
  await choose(page, "book.xlsx", "PK\u0003\u0004");
  await page.getByText("save its sheet as “CSV UTF-8”").waitFor();
  await page.getByText("Drop a file of contacts here").waitFor();
  await choose(page, "ok.csv", "Phone\n+971500000001\n");
  await page.getByLabel("Country of numbers").fill("Atlantis");
  await page.getByLabel("Country of numbers").press("Enter");
  await page.getByText("is no country: give two letters").waitFor();
  expect(await page.getByLabel("Country of numbers").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Country of numbers").fill("");
  await page.getByLabel("Country of numbers").press("Enter");
  await page.getByText("is no country: give two letters").waitFor({ state: "detached" });
  expectCalm(watched, origin);
});

test.each(Object.keys(looks))("every state of it is accessible, and nothing sticks out: %s", async (look) => {
  const { page } = watched;
  const picture = async (state: string) => {
    await expectSound(page);
    if (pictures) await page.screenshot({ path: join(pictures, `import-${state}-${look}.png`) });
  };
  await page.emulateMedia({ colorScheme: looks[look]?.colorScheme as "light" });
  await page.setViewportSize(looks[look]?.viewport ?? { width: 1280, height: 800 });
  await page.goto(`${origin}/#/import`);
  await page.getByText("Drop a file of contacts here").waitFor();
  await picture("choice");
  await choose(page, "crm.csv", crm);
  await page.getByLabel("Country of numbers").fill("DE");
  await page.getByLabel("Country of numbers").press("Enter");
  await page.getByText("is no phone number of DE").waitFor();
  await page.evaluate("document.querySelector('main').scrollTo(0, 0)");
  await picture("plan");
  await page.getByRole("button", { name: "Start: " }).scrollIntoViewIfNeeded();
  await picture("plan-end");
  await addFault(page, { latencyMs: 2_000, path: "/v1/contacts", times: 2 });
  await page.getByRole("button", { name: "Start: " }).click();
  await page.getByText("Running", { exact: true }).waitFor();
  await picture("running");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped", { exact: true }).waitFor();
  await picture("stopped");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  await page.evaluate("document.querySelector('main').scrollTo(0, 0)");
  await picture("done");
  expectCalm(watched, origin);
});
