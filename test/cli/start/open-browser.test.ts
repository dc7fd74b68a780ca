/** `onsync start --open`, with a browser of the test's own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openBrowser } from "../../../cli/start/open-browser.ts";
import { cleanUps, start } from "./started.ts";

test("a browser that is there is asked for the page, and one that is not is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "onsync-browser-"));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  for (const name of ["xdg-open", "open"]) writeFileSync(join(folder, name), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  expect(await openBrowser("http://127.0.0.1:1/", { PATH: folder })).toBeNull();
  expect(await openBrowser("http://127.0.0.1:1/", { PATH: join(folder, "none") })).toContain("on this machine");
});

test("--rate-limit is the embedded API's", async () => {
  const { get } = await start({ rateLimit: 7 });
  expect(await (await get("/v1/me")).json()).toMatchObject({ rateLimit: { limit: 7 } });
});
