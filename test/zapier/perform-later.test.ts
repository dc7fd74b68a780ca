import { expect, test } from "@jest/globals";
import type { Bundle, ZObject } from "zapier-platform-core";
import { errors } from "zapier-platform-core";
import { performLater } from "../../zapier/perform-later.ts";

type Call = (z: ZObject, bundle: Bundle) => Promise<unknown>;
const z = {} as ZObject;
const bundle = { inputData: { template: "x" } } as unknown as Bundle;

test("a step that is data gets functions, which load its code when they are called", async () => {
  let loads = 0;
  const load = async () => {
    loads++;
    return {
      perform: (_z: ZObject, { inputData }: Bundle) => inputData.template,
      fields: ["code", async () => ["language"]],
    };
  };
  const step = { key: "send", perform: null as unknown as Call, fields: ["data", null as unknown as Call] as const };
  performLater(step, [["perform"], ["fields", 1]], load);
  expect(Object.keys(step)).toEqual(["key", "perform", "fields"]);
  expect([step.fields[0], loads]).toEqual(["data", 0]);
  expect(await step.perform(z, bundle)).toBe("x");
  expect(await step.fields[1](z, bundle)).toEqual(["language"]);
  expect(loads).toBe(2);
});

test("what a step throws, Zapier gets", async () => {
  const halted = new Error("halted");
  const step = { perform: null as unknown as Call };
  performLater(step, [["perform"]], async () => ({
    perform: () => {
      throw halted;
    },
  }));
  await expect(step.perform(z, bundle)).rejects.toBe(halted);
});

test("code that cannot be loaded gives an error to which Zapier appends no bundle, and is loaded with the next call", async () => {
  const logged: unknown[] = [];
  const platform = { errors, console: { error: (line: unknown) => logged.push(line) } } as unknown as ZObject;
  const step = { perform: null as unknown as Call };
  const answers = [
    Promise.reject(new Error("EMFILE: too many open files")),
    Promise.resolve({ perform: () => "sent" }),
  ];
  performLater(step, [["perform"]], () => answers.shift() as Promise<unknown>);
  const error = await step.perform(platform, bundle).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "AppError", doNotContextify: true });
  expect(String(error)).toContain("Run the Zap again");
  expect(logged).toEqual(["Error: EMFILE: too many open files"]);
  expect(await step.perform(platform, bundle)).toBe("sent");
});
