/** The fields of a contact, in groups: what OnSync finds it by, who it is, and the rest. */
import { expect, test } from "@jest/globals";
import App from "../../index.ts";

type Grouped = { inputFieldGroups?: { key: string; label: string }[]; inputFields?: { key: string; group?: string }[] };

test.each(["save_contact", "update_contact"] as const)("%s has its fields in groups, one after the other", (key) => {
  const { inputFieldGroups = [], inputFields = [] } = (App.creates[key]?.operation ?? {}) as unknown as Grouped;
  const groups = inputFieldGroups.map((group) => group.key);
  expect(groups).toEqual(["found_by", "person", "more"]);
  const inForm = inputFields.map(({ group }) => group).filter((group) => group !== undefined);
  expect([...new Set(inForm)]).toEqual(key === "save_contact" ? groups : expect.arrayContaining(groups));
  expect(inputFields.filter(({ group }) => group === undefined).map((field) => field.key)).toEqual(
    key === "save_contact" ? [] : ["contactId", "clear"],
  );
});
