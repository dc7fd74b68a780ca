/** A row as the contact that OnSync is told of, or what is wrong with it. */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { type ContactInput as Contact, ContactInput, normalizeEmail, toErrorDetails } from "../../api/index.ts";
import { type HomeCountry, readPhoneNumber } from "../../phone-number.ts";
import type { Cell, Problem, Row } from "../rows/row.ts";
import type { Mapping, Target } from "./mapping.ts";

/** `keep` leaves the tags of contacts alone, `add` adds the file's, `replace` puts them in the place of those that are there. */
export const tagModes = ["keep", "add", "replace"] as const;
export type TagMode = (typeof tagModes)[number];

export type ReadOptions = { mapping: Mapping; country?: string | undefined; tags: TagMode };

export type ReadContact = {
  /** What is saved. */
  contact: Contact;
  /** To be added to those the contact has. */
  addTags: readonly string[];
};

export type Reading = ReadContact | { problem: Problem };

export class CountryError extends Error {
  override readonly name = "CountryError";
}

/** @returns reads one row after the other; @throws CountryError where there is no such country */
export function createReader({ mapping, country, tags }: ReadOptions): (row: Row) => Reading {
  const home = country === undefined ? undefined : readCountry(country);
  const properties = [...mapping.sources.keys()].filter((target) => target.startsWith("properties.")).sort();
  return (row) => {
    if (row.problem) return { problem: row.problem };
    const cells = (target: Target): Cell => firstFilled(row, mapping.sources.get(target));
    const draft: Record<string, unknown> = { ...readNames(cells), ...readIdentifiers(cells) };
    const phone = readPhone(cells("phone"), home);
    if (phone?.problem !== undefined) return { problem: { field: "phone", reason: phone.problem } };
    if (phone) draft.phone = phone.number;
    const channel = cells("channel");
    if (channel !== null) draft.channel = toText(channel).toLowerCase();
    const listed = tags === "keep" ? [] : readTags(cells("tags"));
    if (tags === "replace" && listed.length > 0) draft.tags = listed;
    const known = readProperties(cells, properties);
    if (known) draft.properties = known;
    return validate(draft, tags === "add" ? listed : []);
  };
}

export function readCountry(country: string): HomeCountry {
  const code = country.trim().toUpperCase().replace(/^UK$/, "GB");
  if (isSupportedCountry(code)) return { code, saidBy: "the country that was given" };
  throw new CountryError(`${JSON.stringify(country)} is no country: give two letters, such as AE, GB or US`);
}

function firstFilled(row: Row, columns: readonly number[] = []): Cell {
  for (const column of columns) {
    const cell = row.cells[column];
    if (cell !== null && cell !== undefined && cell !== "") return cell;
  }
  return null;
}

export function toText(cell: Exclude<Cell, null>): string {
  return Array.isArray(cell) ? cell.join(", ") : String(cell);
}

function readNames(cells: (target: Target) => Cell): Record<string, unknown> {
  const [firstName, lastName, name] = [cells("firstName"), cells("lastName"), cells("name")];
  const names: Record<string, unknown> = {};
  if (firstName !== null) names.firstName = toText(firstName);
  if (lastName !== null) names.lastName = toText(lastName);
  if (name !== null && firstName === null) {
    const [first, ...others] = toText(name).split(/\s+/);
    names.firstName = first;
    if (others.length > 0 && lastName === null) names.lastName = others.join(" ");
  }
  return names;
}

/** Several values in one cell, as Google writes them. */
const valueSeparator = " ::: ";

function readIdentifiers(cells: (target: Target) => Cell): Record<string, unknown> {
  const email = cells("email");
  return email === null ? {} : { email: toText(email).split(valueSeparator, 1)[0] };
}

/** As a spreadsheet writes a long number: digits are lost. */
const shortened = /^\d[.,]\d+E\+?\d+$/i;

export function readPhone(cell: Cell, home: HomeCountry | undefined) {
  if (cell === null) return undefined;
  // An apostrophe is how a spreadsheet is told that a number is a text.
  const typed = (toText(cell).split(valueSeparator, 1)[0] ?? "").replace(/^'/, "");
  if (shortened.test(typed))
    return {
      problem: `${typed} is what a spreadsheet has made of a number: format the column as text, and enter it again`,
    };
  const reading = readPhoneNumber({ parsePhoneNumberFromString }, typed, home);
  if (reading.number !== undefined && home === undefined && /^\d{6,15}$/.test(reading.number))
    return {
      problem:
        "has no country code: begin it with + and its country code, or say with --country whose numbers these are",
    };
  return reading;
}

/** Written in one cell with semicolons, or else with commas, between; or a list. */
export function readTags(cell: Cell): string[] {
  if (cell === null) return [];
  const parts = Array.isArray(cell) ? cell : splitTags(toText(cell as Exclude<Cell, null>));
  return [...new Set(parts.map((tag) => tag.trim().replace(/^\* /, "")).filter((tag) => tag !== ""))];
}

function splitTags(text: string): string[] {
  return text.split([valueSeparator, ";", "|", ","].find((separator) => text.includes(separator)) ?? ",");
}

function readProperties(cells: (target: Target) => Cell, names: readonly Target[]): Record<string, unknown> | null {
  const properties: Record<string, unknown> = {};
  for (const target of ["source", "language", "externalId"] as const) {
    const cell = cells(target);
    // They are texts, whatever the file has them as.
    if (cell !== null) properties[target] = toText(cell);
  }
  for (const target of names) {
    const cell = cells(target);
    if (cell !== null) properties[target.slice("properties.".length)] = Array.isArray(cell) ? toText(cell) : cell;
  }
  return Object.keys(properties).length === 0 ? null : properties;
}

function validate(draft: Record<string, unknown>, addTags: readonly string[]): Reading {
  // The tags that are added are checked as those that are saved.
  const checked = addTags.length === 0 ? draft : { ...draft, tags: addTags };
  const parsed = ContactInput.safeParse(checked);
  if (parsed.success) {
    const { tags, ...contact } = parsed.data;
    return addTags.length === 0 ? { contact: parsed.data, addTags } : { contact, addTags: tags ?? [] };
  }
  const [first, ...others] = toErrorDetails(parsed.error, checked).map(({ path, message }) => ({
    field: path.join("."),
    reason: message,
  }));
  const more = others.map(({ field, reason }) => `; ${field}: ${reason}`).join("");
  return { problem: { field: first?.field ?? "", reason: `${first?.reason ?? "is not valid"}${more}` } };
}

/** What OnSync finds the contact by, each with its kind before it, as OnSync compares them. */
export function listIdentifiers({ phone, email, properties }: Contact): { field: string; value: string }[] {
  return [
    ...(phone === undefined ? [] : [{ field: "phone", value: phone }]),
    ...(email === undefined ? [] : [{ field: "email", value: normalizeEmail(email) }]),
    ...(properties?.externalId === undefined
      ? []
      : [{ field: "properties.externalId", value: `id ${properties.externalId}` }]),
  ];
}
