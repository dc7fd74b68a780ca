/** What gets to Zapier is the zip that was tested, byte for byte, under the app that it belongs to. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { callZapier } from "../../../scripts/zapier/account.ts";
import { findBuildFiles, hashFile, readRecord } from "../../../scripts/zapier/builds.ts";
import { upload } from "../../../scripts/zapier/upload.ts";
import { type Clone, createClone, type FakeZapier, startFakeZapier, version } from "./clone.ts";

const commandMs = 60_000;

let clone: Clone;
let zapier: FakeZapier;
beforeAll(async () => {
  zapier = await startFakeZapier();
});
afterAll(() => zapier.close());
beforeEach(() => {
  zapier.requests.length = 0;
  clone = createClone();
  clone.write(".zapierapprc-public", '{ "id": 111, "key": "App111" }\n');
  clone.write(".zapierapprc-staging", '{ "id": 222, "key": "App222" }\n');
  clone.commit();
  clone.buildAndTest();
});
afterEach(() => clone.remove());

describe("uploading", () => {
  test(
    "hands the tested zip to Zapier's own command, which sends these bytes",
    async () => {
      const { zip } = findBuildFiles(clone.root, "public");
      expect(await upload(clone.root, "public", false)).toBe(
        `uploaded version ${version} of the public build, sha256 ${hashFile(zip)}`,
      );
      expect(zapier.requests.map(({ path }) => path)).toEqual([`/apps/111/versions/${version}`]);
      const sent = Buffer.from(String(zapier.requests[0]?.body.zip_file), "base64");
      expect(createHash("sha256").update(sent).digest("hex")).toBe(hashFile(zip));
      expect(readRecord(clone.root, "public", "uploaded")).toMatchObject({ version });
    },
    commandMs,
  );

  test(
    "staging's goes to an app of its own",
    async () => {
      clone.buildAndTest("staging");
      await upload(clone.root, "staging", false);
      expect(zapier.requests.map(({ path }) => path)).toEqual([`/apps/222/versions/${version}`]);
      expect(readRecord(clone.root, "public", "uploaded")).toBeUndefined();
    },
    commandMs,
  );

  test("a dry run says what would be uploaded, and sends nothing", async () => {
    expect(await upload(clone.root, "public", true)).toMatch(/^would upload version 0\.2\.0 of the public build/);
    expect(zapier.requests).toEqual([]);
    expect(readRecord(clone.root, "public", "uploaded")).toBeUndefined();
  });

  test.each<[string, (clone: Clone) => void, string]>([
    [
      "a zip that was built again",
      ({ root }) => writeFileSync(findBuildFiles(root, "public").zip, "other"),
      "not one that was tested",
    ],
    [
      "a zip of another version",
      ({ write }) => write("package.json", '{ "version": "0.3.0" }'),
      "has version 0.2.0, package.json 0.3.0",
    ],
    ["no app at Zapier", ({ write }) => write(".zapierapprc-public", "{}"), 'zapier:account -- register "OnSync"'],
    ["staging's app", ({ write }) => write(".zapierapprc-public", '{ "id": 222 }'), "staging's build needs its own"],
  ])("refuses %s, and sends nothing", async (_what, change, text) => {
    change(clone);
    await expect(upload(clone.root, "public", false)).rejects.toThrow(text);
    expect(zapier.requests).toEqual([]);
  });
});

describe("Zapier's other commands", () => {
  test.each(["build", "push", "upload", "promote"])(
    "%s is refused: it has a script that takes the tested zip",
    async (name) => {
      await expect(callZapier(clone.root, [name])).rejects.toThrow(`not ${name}: npm run zapier:`);
      await expect(callZapier(clone.root, ["--staging", name])).rejects.toThrow(`not ${name}: npm run zapier:`);
      expect(zapier.requests).toEqual([]);
    },
  );

  test(
    "migrate speaks for the public app, and keeps its id",
    async () => {
      const { app } = findBuildFiles(clone.root, "public");
      const before = readFileSync(app, "utf8");
      await callZapier(clone.root, ["migrate", "0.1.0", "0.2.0", "10"]);
      expect(zapier.requests.at(-1)).toMatchObject({
        path: "/apps/111/migrations",
        body: { job: { name: "migrate", from_version: "0.1.0", to_version: "0.2.0", percent_human: 10 } },
      });
      expect(readFileSync(app, "utf8")).toBe(before);
      expect(existsSync(`${clone.root}/.zapierapprc`)).toBe(false);
    },
    commandMs,
  );
});
