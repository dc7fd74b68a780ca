import { describe, expect, test } from "@jest/globals";
import { hasIdentifier, mapColumns, parseMappingChanges } from "../../../src/data/index.ts";

describe("the guessed mapping", () => {
  test("leaves out what it does not know, and nothing that is said to be something", () => {
    const columns = ["First Name", "Phone", "Company", "Notes"];
    expect(mapColumns(columns).targets).toEqual(["firstName", "phone", "-", "-"]);
    expect(mapColumns(columns, { Company: "properties.company", Phone: "-" }).targets).toEqual([
      ...["firstName", "-", "properties.company", "-"],
    ]);
  });

  test("takes a field that is said to be in one column from no other", () => {
    expect(mapColumns(["Phone", "Mobile"], { Phone: "phone" }).targets).toEqual(["phone", "-"]);
  });

  test("takes a mobile number before another one, and one id alone", () => {
    const { targets, sources } = mapColumns(["Phone", "Mobile", "Customer ID", "Record ID"]);
    expect(targets).toEqual(["phone", "phone", "externalId", "-"]);
    expect(sources.get("phone")).toEqual([1, 0]);
  });

  test.each([
    [
      ["Name", "Surname"],
      ["firstName", "lastName"],
    ],
    [
      ["Name", "Phone"],
      ["name", "phone"],
    ],
    [
      ["Nombre", "Apellidos"],
      ["firstName", "lastName"],
    ],
    [
      ["Nombre", "Teléfono"],
      ["name", "phone"],
    ],
    [
      ["Full Name", "Last Name"],
      ["name", "lastName"],
    ],
    [
      ["Name", "First Name", "Last Name"],
      ["-", "firstName", "lastName"],
    ],
  ])("of %j a name is what it is beside the others: %j", (columns, targets) => {
    expect(mapColumns(columns).targets).toEqual(targets);
  });

  test("does not take OnSync's own ids for those of a CRM", () => {
    expect(mapColumns(["id", "phone", "orgId", "createdAt"]).targets).toEqual(["-", "phone", "-", "-"]);
  });

  test("takes properties by their name, and none that JavaScript keeps for itself", () => {
    const columns = ["phone", "properties.company", "properties.externalId", "properties.__proto__"];
    expect(mapColumns(columns).targets).toEqual(["phone", "properties.company", "externalId", "-"]);
  });

  test("tells where nothing is found by which OnSync knows a contact", () => {
    expect(hasIdentifier(mapColumns(["First Name", "Notes"]))).toBe(false);
    expect(hasIdentifier(mapColumns(["First Name", "Notes"], { Notes: "externalId" }))).toBe(true);
  });
});

describe("--map", () => {
  const columns = ["Mobile", "a,b", "x=y", "Notes"];

  test("takes one column, or several with commas between, whatever stands in their names", () => {
    expect(parseMappingChanges("Mobile=phone,Notes=-", columns)).toEqual({ Mobile: "phone", Notes: "-" });
    expect(parseMappingChanges("a,b=email", columns)).toEqual({ "a,b": "email" });
    expect(parseMappingChanges("x=y = properties.z", columns)).toEqual({ "x=y": "properties.z" });
    expect(parseMappingChanges("mobile=phone", columns)).toEqual({ Mobile: "phone" });
  });

  test.each([
    ["Phone=phone", 'the file has no column "Phone"; it has "Mobile"'],
    ["Mobile=fone", "a column can be firstName"],
    ["Mobile=properties.constructor", "it cannot be"],
    ["Mobile", "write COLUMN=FIELD"],
  ])("%s is refused with what can be said", (text, message) => {
    expect(() => parseMappingChanges(text, columns)).toThrow(message);
  });
});
