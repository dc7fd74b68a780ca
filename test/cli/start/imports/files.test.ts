/** The files of the console's Import page: whose they are, when they go, and what stands in the one that is downloaded. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { createReference } from "../../../../reference/index.ts";
import { cleanUps } from "../started.ts";
import { ask, filesIn, finished, people, rowsOf, started, startForEachTest, temporary, upload } from "./import-page.ts";

startForEachTest();

describe("the files", () => {
  test("are for their owner alone, under names of ours, and go with the import", async () => {
    await upload(people, "../../etc/cron.d/evil\u0000\u202e.csv");
    const all = filesIn(temporary);
    expect(all.map((path) => path.replace(temporary, "")).filter((path) => /evil|cron/.test(path))).toEqual([]);
    expect(all.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
    expect(all.some((path) => path.endsWith("/file"))).toBe(true);
    expect((await ask("GET")).import.file.name).toBe("evil.csv");
    await ask("DELETE");
    expect(filesIn(temporary).filter((path) => /\/(?:file|refused)$/.test(path))).toEqual([]);
  });

  test("of the one before go when another file is taken", async () => {
    await upload(people);
    await upload(rowsOf(1));
    expect(filesIn(temporary).filter((path) => path.endsWith("/file"))).toHaveLength(1);
  });

  test("go when the server stops, also while it runs", async () => {
    await started.post("/_control/faults", { latencyMs: 50, path: "/v1/contacts" });
    await upload(rowsOf(30));
    await ask("POST", "/start");
    expect(filesIn(temporary)).not.toEqual([]);
    await started.close();
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("go when everything starts over, and what was sent before is sent again", async () => {
    await upload(rowsOf(2));
    await ask("POST", "/start");
    await finished();
    await started.post("/_control/reset", {});
    expect((await ask("GET")).import).toBeNull();
    expect(readdirSync(temporary)).toEqual([]);
    expect((await upload(rowsOf(2))).import.plan).toMatchObject({ unchanged: 0, requests: 2 });
  });
});

test("no cell of the refused rows is a formula, whatever stands in the file", async () => {
  const hostile = ["=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", "'=1"];
  const quoted = hostile.map((cell) => `"${cell}","${cell.replaceAll("'", "")}",12`).join("\n");
  await upload(`Name,"=Note",Phone\n${quoted}\n`, "=cmd.csv");
  await ask("POST", "/start");
  await finished();
  const { text } = await ask("GET", "/refused");
  expect(text.match(/(?:^|,)"[\s\p{Cc}]*[=+\-@＝＋－＠]/gmu)).toBeNull();
  expect(text.split("\r\n")).toHaveLength(hostile.length + 2);
});

test("a reference without imports says so, and its page has no link to them", async () => {
  const reference = createReference({ control: true });
  cleanUps.push(() => reference.close());
  const headers = { Authorization: `Bearer ${reference.controlToken}` };
  const answer = await reference.fetch(new Request("http://127.0.0.1:4010/_console/import", { headers }));
  expect(answer.status).toBe(404);
  const choices = await reference.fetch(new Request("http://127.0.0.1:4010/_console/choices", { headers }));
  expect(await choices.json()).toMatchObject({ imports: false });
  expect(existsSync(temporary)).toBe(true);
});
