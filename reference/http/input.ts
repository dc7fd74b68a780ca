/**
 * What a request carries: path parameters, query, and a JSON body (UTF-8, 1 MiB at most, checked while it is read), held
 * against the schemas of the wire format. Findings become the `details` of a 400.
 */
import * as z from "zod";
import { type ErrorDetail, maxBodyBytes, toErrorDetails } from "../../src/api/index.ts";
import { acceptOwnTimes, type Behaviour, checkLimit } from "../deviations/behaviour.ts";
import { invalidField, invalidRequest, Refusal } from "./answers.ts";
import { findLosses } from "./json-text.ts";
import type { Route } from "./routes.ts";

type Part = { schema: z.ZodType; value: unknown };

/**
 * The parts of the request that the endpoint takes, validated together so that one answer names every finding.
 * @throws Refusal 415, 413 or 400
 */
export async function readInput(
  request: Request,
  url: URL,
  { endpoint, params }: Route,
  behaviour: Behaviour,
): Promise<{ params?: unknown; query?: unknown; body?: unknown }> {
  const parts: Record<string, Part> = {};
  if (endpoint.params) parts.params = { schema: endpoint.params, value: params };
  if (endpoint.query) {
    const value = acceptOwnTimes(readQuery(url.searchParams, endpoint.query), behaviour);
    checkLimit(value.limit, behaviour);
    parts.query = { schema: endpoint.query, value };
  }
  if (endpoint.body) parts.body = { schema: endpoint.body, value: await readJson(request) };
  return validateParts(parts);
}

/**
 * The values of all parts, as their schemas give them.
 * @throws Refusal 400 with the findings of all of them
 */
function validateParts(parts: Record<string, Part>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const details: ErrorDetail[] = [];
  for (const [name, { schema, value }] of Object.entries(parts)) {
    const { data, error } = schema.safeParse(value);
    if (error) details.push(...toErrorDetails(error, value));
    else values[name] = data;
  }
  if (details.length > 0) throw invalidRequest(details);
  return values;
}

/**
 * One value, as its schema gives it.
 * @throws Refusal 400 with the findings
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { error, data } = schema.safeParse(value);
  if (error) throw invalidRequest(toErrorDetails(error, value));
  return data;
}

/**
 * The query as an object: numbers where the schema wants them. A parameter given twice is a list, which no schema of
 * the API takes, so that it is named instead of one value being dropped in silence.
 */
export function readQuery(query: URLSearchParams, schema: z.ZodObject): Record<string, unknown> {
  const names = [...new Set(query.keys())];
  // zod passes this one over, as if nobody had given it.
  if (names.includes("__proto__")) throw invalidField(["__proto__"], "is not a known parameter: remove it");
  return Object.fromEntries(
    names.map((name) => {
      const all = query.getAll(name);
      const value = all.length === 1 ? all[0] : all;
      const wantsNumber = Object.hasOwn(schema.shape, name) && isNumber(schema.shape[name] as z.ZodType);
      const isDecimal = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
      return [name, wantsNumber && isDecimal ? Number(value) : value];
    }),
  );
}

function isNumber(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isNumber(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodNumber;
}

function bodyTooLarge(): Refusal {
  return new Refusal("payload_too_large", "The body is larger than 1 MiB (1048576 bytes). Send less in one request.");
}

/** @throws Refusal 413; an error where the body breaks off */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBodyBytes) throw bodyTooLarge();
  if (declared !== null) {
    // HTTP holds the body to its declared length; in process nobody does.
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.length > maxBodyBytes) throw bodyTooLarge();
    return bytes;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBodyBytes) throw bodyTooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array<ArrayBuffer>) : Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidField([], `The body is not valid JSON: ${(error as Error).message}.`);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The request's JSON.
 * @throws Refusal 415, 413 or 400, in this order
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type.trim())) {
    throw new Refusal(
      "unsupported_media_type",
      `The body must be JSON with the header \`Content-Type: application/json\`${type === "" ? "" : `, not ${type.slice(0, 100)}`}.`,
    );
  }
  const bytes = await readBytes(request).catch((error: unknown) => {
    throw error instanceof Refusal ? error : invalidField([], "The body ended before it was complete.");
  });
  if (bytes.length === 0) throw invalidField([], "The body is empty. Send a JSON object.");
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw invalidField([], "The body is not valid UTF-8.");
  }
  const value = parseJson(text);
  const losses = findLosses(text);
  if (losses.length > 0) throw invalidRequest(losses);
  return value;
}
