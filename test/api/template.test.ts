import { expect, test } from "@jest/globals";
import { fillTemplateVariables, findTemplateBody, listTemplateVariables, samples } from "../../src/api/index.ts";

test("the body is found however its type is written, and whatever stands before it", () => {
  const header = { type: "HEADER", text: "Order" };
  for (const type of ["BODY", "body", "Body"])
    expect(findTemplateBody({ ...samples.template, components: [header, { type, text: "Hi {{1}}" }] })).toBe(
      "Hi {{1}}",
    );
  expect(findTemplateBody({ ...samples.template, components: [header] })).toBeUndefined();
});

test("variables are listed once each: numbers by number, names in the order of the text", () => {
  expect(listTemplateVariables("{{2}} {{ 10 }} {{1}} {{2}}")).toEqual(["1", "2", "10"]);
  expect(listTemplateVariables("{{name}} and {{order.id}}, {{1}}")).toEqual(["name", "order.id", "1"]);
  expect(listTemplateVariables("Nothing in {braces}")).toEqual([]);
});

test("variables are filled in wherever they stand; one without a value stays", () => {
  const values = new Map([
    ["1", "Sara"],
    ["2", "$& {{1}}"],
  ]);
  expect(fillTemplateVariables("Hi {{1}}, {{ 2 }}, {{3}}. {{1}}", values)).toBe("Hi Sara, $& {{1}}, {{3}}. Sara");
});
