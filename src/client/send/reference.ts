/** The reference of a send (`metadata.clientReference`): what it may be, and which message it stands for. */

import type { MessageInput } from "../../api/index.ts";
import { isLongerThan } from "../../api/values/checks.ts";
import { toConversationId } from "../../api/values/conversation-id.ts";
import { createOptionError } from "../errors/option-error.ts";
import { canonicalJson } from "../wire/canonical-json.ts";
import { isObject, type Json } from "../wire/json.ts";
import { sha256 } from "./sha256.ts";

const maxCharacters = 200;

/** The message a reference stands for. */
export type MessageIdentity = {
  platform: string;
  to: string;
  clientReference: string;
  /** Whether a message of the history can be it, by what it says. */
  isSame(message: unknown): boolean;
};

/** As a caller gave it, of whatever kind. */
function findReference(input: unknown): unknown {
  return isObject(input) && isObject(input.metadata) ? input.metadata.clientReference : undefined;
}

/** The reference that a message of OnSync's carries; `undefined`: none. A server may write one of digits as a number. */
export function readSentReference(message: unknown): string | undefined {
  const reference = findReference(message);
  if (typeof reference === "number") return String(reference);
  return typeof reference === "string" ? reference : undefined;
}

function checkReference(name: string, value: unknown): string {
  if (typeof value !== "string")
    throw createOptionError(name, `must be a text, not ${value === null ? "null" : `a ${typeof value}`}`);
  if (value.trim() === "") throw createOptionError(name, "must not be blank: leave it out instead");
  if (isLongerThan(value, maxCharacters)) throw createOptionError(name, `must be at most ${maxCharacters} characters`);
  if (!value.isWellFormed()) throw createOptionError(name, "must be well-formed Unicode text");
  return value;
}

/**
 * The caller's reference, as it was given; `undefined` without one.
 *
 * @throws ValidationError where it cannot be one, or where option and metadata differ
 */
export function parseReference(input: MessageInput, option: unknown): string | undefined {
  const inMetadata = findReference(input);
  const given = option === undefined ? undefined : checkReference("clientReference", option);
  if (inMetadata === undefined) return given;
  const own = checkReference("metadata.clientReference", inMetadata);
  if (given !== undefined && given !== own)
    throw createOptionError("clientReference", "differs from metadata.clientReference: one message has one reference");
  return own;
}

/** SHA-256, in hex, of what makes a message the one it is: platform, recipient, type and text or template. */
export function createFingerprint(input: MessageInput): string {
  const { platform, to, messageType } = input;
  const said = messageType === "text" ? input.content : { components: [], ...input.metadata.template };
  const canonical = canonicalJson([toConversationId(platform, to), messageType, said]);
  return sha256(canonical);
}

function normalizeText(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** Every text that a template is filled with, in order. */
function findTemplateValues(template: Json): string[] {
  const components = Array.isArray(template.components) ? template.components.filter(isObject) : [];
  return components
    .flatMap(({ parameters }) => (Array.isArray(parameters) ? parameters.filter(isObject) : []))
    .flatMap(({ text }) => (typeof text === "string" ? [normalizeText(text)] : []));
}

function isSameTemplate(found: Json, template: Json): boolean {
  if (typeof found.name === "string" && found.name !== template.name) return false;
  const [there, here] = [findTemplateValues(found), findTemplateValues(template)];
  return there.length === 0 || JSON.stringify(there) === JSON.stringify(here);
}

/** Whether a message of the history can be this one: nothing it says of itself speaks against it. */
export function isSameMessage(message: unknown, input: MessageInput): boolean {
  if (!isObject(message)) return false;
  if (typeof message.type === "string" && message.type !== input.messageType) return false;
  if (input.messageType === "text")
    return typeof message.content !== "string" || normalizeText(message.content) === normalizeText(input.content);
  const template = isObject(message.metadata) ? message.metadata.template : undefined;
  return !isObject(template) || isSameTemplate(template, input.metadata.template);
}
