import { describe, expect, test } from "@jest/globals";
import {
  createExampleInput,
  findNearestName,
  formatOperationHelp,
  formatOperationTable,
  toInputSchema,
} from "../../../cli/call/operation-help.ts";
import { allOperations, operations } from "../../../src/operations/index.ts";

describe.each(allOperations.map((operation) => [operation.name, operation] as const))("%s", (name, operation) => {
  test("its schema is an object with the operation's own fields, without a reference", () => {
    const schema = toInputSchema(operation);
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(Object.keys(schema.properties as object)).toEqual(Object.keys(operation.input.shape));
    expect(JSON.stringify(schema)).not.toContain("$ref");
  });

  test("the example in its help is an input that it takes", () => {
    const example = createExampleInput(operation);
    expect(operation.input.safeParse(example)).toMatchObject({ success: true });
    const help = formatOperationHelp(operation);
    expect(help).toContain(`onsync call ${name}`);
    if (Object.keys(example).length > 0) expect(help).toContain(JSON.stringify(example));
  });

  test("its help describes each field", () => {
    const help = formatOperationHelp(operation);
    for (const field of Object.keys(operation.input.shape)) expect(help).toMatch(new RegExp(`\\n  ${field} .*\\S`));
  });

  test("the table has it with effect and scope", () => {
    const row = formatOperationTable(allOperations)
      .split("\n")
      .find((line) => line.startsWith(`${name} `));
    expect(row?.split(/ {2,}/)).toEqual([name, operation.effect, operation.scope ?? "any key", operation.title]);
  });
});

test.each([
  ["send_mesage", "send_message"],
  ["sendMessage", "send_message"],
  ["send-template", "send_template"],
  ["find_contact", "find_contacts"],
  ["contacts", "find_contacts"],
  ["xyzzy", undefined],
])("%s means %s", (written, meant) => {
  expect(findNearestName(written, Object.keys(operations))).toBe(meant);
});
