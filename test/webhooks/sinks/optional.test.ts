import { expect, test } from "@jest/globals";
import { importOptional } from "../../../src/webhooks/sinks/optional.ts";
import { rejection } from "../../../testing/scripted.ts";

const importOrFail = (thrown: unknown) =>
  rejection(importOptional("a-queue", "The queue's sink", () => Promise.reject(thrown)));

test("a package that is not there is named, with how to install it", async () => {
  const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  expect(await importOrFail(missing)).toMatchObject({
    message: "The queue's sink needs the package a-queue: install it beside this one (npm install a-queue).",
    cause: missing,
  });
});

test.each([
  ["that breaks while it loads", new Error("a syntax it cannot read")],
  ["that breaks with a code of its own", Object.assign(new Error("no such file"), { code: "ENOENT" })],
  ["that throws what is no error", null],
])("a package %s is told of as it is", async (_what, thrown) => {
  expect(await importOrFail(thrown)).toBe(thrown);
});
