import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { version as coreVersion } from "zapier-platform-core";
import App from "../../../index.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { createAuthentication } from "../../../zapier/connection/authentication.ts";
import type { Definition, Field, Item, Listing } from "./definition.ts";
import { checks, lint, missingInLive } from "./lint.ts";

const docs = readFileSync(new URL("../../../docs/zapier.md", import.meta.url), "utf8");
const listing: Listing = {
  coreVersion,
  coreDependency: packageJson.dependencies["zapier-platform-core"],
  title: "OnSync",
  description: /^\| Description \| (.+) \|$/m.exec(docs)?.[1] ?? "",
};
const app = App as unknown as Definition;

/** A copy whose functions are the app's own, to break one thing in. */
function copy<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copy) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as Value;
}

test("the app passes every check", async () => {
  expect(await lint(app, listing)).toEqual([]);
});

test("so does the public build, whose connection has no address", async () => {
  const { ONSYNC_ZAPIER_BUILD: build } = process.env;
  delete process.env.ONSYNC_ZAPIER_BUILD;
  try {
    const authentication = createAuthentication() as unknown as Definition["authentication"];
    expect(authentication.fields?.map(({ key }) => key)).toEqual(["api_key", "default_country"]);
    expect(await lint({ ...app, authentication }, listing)).toEqual([]);
  } finally {
    process.env.ONSYNC_ZAPIER_BUILD = build;
  }
});

type Change = (app: Definition, listing: Listing) => void;

function getItem(items: Record<string, Item>, key: string) {
  return items[key] as Item;
}

function getField({ operation }: Item, key: string) {
  return operation.inputFields?.find((each) => typeof each !== "function" && each.key === key) as Field;
}

const broken: [id: string, what: string, change: Change][] = [
  [
    "D001",
    "a secret among the input fields",
    ({ creates }) => getItem(creates, "send_message").operation.inputFields?.push({ key: "api_key", label: "Key" }),
  ],
  [
    "D002",
    "no link to where the key is found",
    ({ authentication }) => Object.assign(authentication.fields[0] as Field, { helpText: "Find it in the settings." }),
  ],
  [
    "D003",
    "a label with the key",
    ({ authentication }) => Object.assign(authentication, { connectionLabel: "{{api_key}}" }),
  ],
  [
    "D003",
    "a label that is the same for every connection",
    ({ authentication }) => Object.assign(authentication, { connectionLabel: "OnSync" }),
  ],
  [
    "D003",
    "a label function that shows the key",
    ({ authentication }) =>
      Object.assign(authentication, {
        connectionLabel: (_z: never, { authData }: { authData: { api_key: string } }) => `Org ${authData.api_key}`,
      }),
  ],
  [
    "D004",
    "an id to paste",
    ({ creates }) =>
      Object.assign(getField(getItem(creates, "add_tags"), "contactId"), { dynamic: undefined, search: undefined }),
  ],
  [
    "D004",
    "a label that says ID",
    ({ creates }) => Object.assign(getField(getItem(creates, "add_tags"), "contactId"), { label: "Contact ID" }),
  ],
  [
    "D005",
    "a dropdown from nowhere",
    ({ creates }) => Object.assign(getField(getItem(creates, "add_tags"), "contactId"), { dynamic: "people.id.name" }),
  ],
  [
    "D006",
    "no list",
    ({ triggers }) => Object.assign(getItem(triggers, "contact_created").operation, { performList: undefined }),
  ],
  [
    "D007",
    "a link without TLS",
    ({ creates }) =>
      Object.assign(getItem(creates, "send_message").display, {
        description: "Sends a text, see [docs](http://onsync.com).",
      }),
  ],
  [
    "D008",
    "a bare link",
    ({ creates }) =>
      Object.assign(getField(getItem(creates, "send_message"), "to"), { helpText: "See https://onsync.com for more." }),
  ],
  [
    "D009",
    "a search without a field",
    ({ searches }) => Object.assign(getItem(searches, "find_contact").operation, { inputFields: [] }),
  ],
  ["D010", "a sample without id", ({ triggers }) => delete getItem(triggers, "contact_created").operation.sample?.id],
  [
    "D011",
    "help that repeats the label",
    ({ creates }) => Object.assign(getField(getItem(creates, "send_message"), "to"), { helpText: "Customer address." }),
  ],
  ["D012", "no sample", ({ searches }) => Object.assign(getItem(searches, "find_contact").operation, { sample: {} })],
  [
    "D013",
    "a search from nowhere",
    ({ creates }) => Object.assign(getField(getItem(creates, "add_tags"), "contactId"), { search: "find_person.id" }),
  ],
  [
    "D014",
    "a list with a search",
    ({ creates }) => Object.assign(getField(getItem(creates, "add_tags"), "contactId"), { list: true }),
  ],
  [
    "D015",
    "find or create what cannot be created",
    ({ searchOrCreates }) => Object.assign(searchOrCreates.find_contact as object, { create: "make_contact" }),
  ],
  [
    "D017",
    "a hook that cannot be unsubscribed",
    ({ triggers }) => Object.assign(getItem(triggers, "contact_created").operation, { performUnsubscribe: undefined }),
  ],
  [
    "D018",
    "an output field in lower case",
    ({ triggers }) =>
      Object.assign(getItem(triggers, "contact_created").operation.outputFields?.[0] as Field, { label: "name" }),
  ],
  [
    "D018",
    "a label in sentence case",
    ({ triggers }) => Object.assign(getItem(triggers, "contact_created").display, { label: "New contact" }),
  ],
  [
    "D021",
    "another beginning",
    ({ triggers }) =>
      Object.assign(getItem(triggers, "contact_created").display, {
        description: "Triggers whenever a contact is created.",
      }),
  ],
  [
    "D021",
    "no full stop",
    ({ searches }) => Object.assign(getItem(searches, "find_contact").display, { description: "Finds a contact" }),
  ],
  [
    "D021",
    "another verb",
    ({ creates }) => Object.assign(getItem(creates, "save_contact").display, { description: "Create a contact." }),
  ],
  ["D021", "a plural", ({ searches }) => Object.assign(getItem(searches, "find_messages"), { noun: "Messages" })],
  [
    "D022",
    "a create with dynamic fields only",
    ({ creates }) => Object.assign(getItem(creates, "send_template").operation, { inputFields: [() => []] }),
  ],
  [
    "D023",
    "a time without zone",
    ({ triggers }) =>
      Object.assign(getItem(triggers, "contact_created").operation.sample as object, { source: "2024-12-01T10:00:00" }),
  ],
  [
    "D023",
    "a date in words",
    ({ triggers }) =>
      Object.assign(getItem(triggers, "contact_created").operation.sample as object, { source: "01 Aug 2023" }),
  ],
  [
    "D024",
    "a sample of another type",
    ({ triggers }) => Object.assign(getItem(triggers, "contact_created").operation.sample as object, { tags: "lead" }),
  ],
  [
    "D024",
    "a key that is no output field",
    ({ triggers }) => Object.assign(getItem(triggers, "contact_created").operation.sample as object, { extra: "x" }),
  ],
  [
    "D024",
    "a required field that the sample lacks",
    ({ triggers }) => getItem(triggers, "contact_created").operation.outputFields?.push({ key: "vip", required: true }),
  ],
  [
    "D026",
    "a base URL that is not checked",
    ({ authentication }) => Object.assign(authentication, { test: async () => ({}) }),
  ],
  ["D027", "a range of platform versions", (_app, listing) => Object.assign(listing, { coreDependency: "^19.1.0" })],
  ["D028", "cleaned input", ({ flags }) => Object.assign(flags, { cleanInputData: true })],
  [
    "D028",
    "cleaned input in one step",
    ({ creates }) => Object.assign(getItem(creates, "send_message").operation, { cleanInputData: true }),
  ],
  [
    "M002",
    "another beginning",
    (_app, listing) => Object.assign(listing, { description: "The shared inbox for all of your customers' messages." }),
  ],
  [
    "M002",
    "Zapier in it",
    (_app, listing) =>
      Object.assign(listing, { description: "OnSync is a shared inbox that Zapier users like a lot." }),
  ],
  [
    "M002",
    "too long",
    (_app, listing) => Object.assign(listing, { description: `OnSync is a ${"very ".repeat(30)}shared inbox.` }),
  ],
];

describe("each check notices its broken variant", () => {
  test.each(broken)("%s: %s", async (id, _what, change) => {
    const brokenApp = copy(app);
    const brokenListing = { ...listing };
    change(brokenApp, brokenListing);
    const found = await lint(brokenApp, brokenListing);
    expect(found.map((finding) => finding.slice(0, 4))).toContain(id);
  });

  test("every check has a variant", () => {
    expect(new Set(broken.map(([id]) => id))).toEqual(new Set(Object.keys(checks)));
  });

  test("T004 and T006: a key that the sample has and the live result has not", () => {
    expect(
      missingInLive({ id: 1, name: "x", more: { a: 1 } }, { id: 2, name: null, more: { a: 2 }, extra: 1 }),
    ).toEqual([]);
    expect(missingInLive({ id: 1, name: "x", more: { a: 1 } }, { id: 2, more: {} })).toEqual(["name", "more.a"]);
  });
});
