/** What the judge of the fuzzing takes for a leak. */
import { tmpdir } from "node:os";
import { expect, test } from "@jest/globals";
import { createCanary, findLeaks } from "../../../testing/fuzz/judge.ts";

const secret = "a-made-up-secret-that-is-long-4711";
const canaries = [createCanary("the secret", secret)];

test.each([
  ["as it stands", `{"secret":"${secret}"}`],
  ["in base64", Buffer.from(`the key is ${secret}!`).toString("base64")],
  ["in base64url, behind a colon", Buffer.from(`u:${secret}:1`).toString("base64url")],
  ["in hex", Buffer.from(secret).toString("hex")],
])("a secret %s is found", (_how, text) => {
  expect(findLeaks(text, "", canaries)).toEqual(["it shows the secret"]);
});

test("who has sent a secret may read it again", () => {
  expect(findLeaks(`no user ${secret}`, `GET /users/${secret}`, canaries)).toEqual([]);
});

test("what was asked for in an address may be said again as it is meant", () => {
  const given = "GET /v1/contacts?file%3A%2F%2F%2Fetc=1";
  expect(findLeaks("file:///etc: is no filter", given, [])).toEqual([]);
  expect(findLeaks("file:///srv: is no filter", "GET /v1/contacts?file%3A=1", [])).toHaveLength(1);
});

test("what an earlier input has given a record may be shown to a later one", () => {
  const told = new Set<string>();
  expect(findLeaks("{}", 'PATCH /v1/contacts/1 {"firstName":"file:///etc/hostname"}', [], told)).toEqual([]);
  expect(findLeaks('{"firstName":"file:///etc/hostname"}', "GET /v1/contacts/1", [], told)).toEqual([]);
  expect(findLeaks(`cannot open ${import.meta.filename}`, "GET /v1/contacts/1", [], told)).toHaveLength(1);
});

test.each(["Error: no\n    at open (/srv/app/file.ts:12:3)", '{"error":"no\\n    at node:internal/process:1:2"}'])(
  "a stack is found in %j",
  (text) => expect(findLeaks(text, "", [])).toContain("it shows a stack"),
);

test.each([`${import.meta.filename}`, `${tmpdir()}/onsync-fuzz-1/sends.db`, "/srv/node_modules/zod"])(
  "a path of this machine is found: %s",
  (path) => expect(findLeaks(`cannot open ${path}`, "", [])).toEqual(["it shows where on this machine something is"]),
);

test("a plain answer has none of it", () => {
  expect(findLeaks('{"error":{"message":"Look at /v1/contacts: it is there."}}', "", canaries)).toEqual([]);
});
