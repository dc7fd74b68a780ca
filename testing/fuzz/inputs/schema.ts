/** Values that a JSON Schema describes, mostly: here and there one is left out, is added, or is something else. */
import fc from "fast-check";
import { hostileText, hostileValue } from "./text.ts";

export type Schema = { [keyword: string]: unknown };

/** A place in a schema, with where its definitions are. */
type Place = { schema: Schema; root: Schema; depth: number };

/** One in so many values is not what the schema says. */
const wrongOneIn = 14;
const maxDepth = 5;

/** @param schema a JSON Schema as zod, and the MCP server, write it */
export function fromSchema(schema: Schema): fc.Arbitrary<unknown> {
  return fromPlace({ schema, root: schema, depth: 0 });
}

function fromPlace(place: Place): fc.Arbitrary<unknown> {
  const fitting = place.depth > maxDepth ? fc.constant(null) : fitPlace(place);
  return fc.oneof({ weight: wrongOneIn, arbitrary: fitting }, { weight: 1, arbitrary: hostileValue });
}

function findDefinition(root: Schema, path: string): Schema {
  let found: unknown = root;
  for (const name of path.split("/").slice(1)) found = (found as Schema)[name];
  return found as Schema;
}

function fitPlace({ schema, root, depth }: Place): fc.Arbitrary<unknown> {
  const inside = (within: unknown): fc.Arbitrary<unknown> =>
    fromPlace({ schema: (within ?? {}) as Schema, root, depth: depth + 1 });
  if (typeof schema.$ref === "string")
    return fitPlace({ schema: findDefinition(root, schema.$ref), root, depth: depth + 1 });
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const examples = Array.isArray(schema.examples) ? schema.examples : [];
  const made = schema.properties ? fitObject(schema, inside) : fitType(schema, inside);
  return examples.length === 0
    ? made
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...examples) }, { weight: 2, arbitrary: made });
}

function fitType(schema: Schema, inside: (schema: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const either = (schema.anyOf ?? schema.oneOf) as unknown[] | undefined;
  if (either) return fc.oneof(...either.map(inside));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return fc.oneof(...types.map((type) => fitOne(type, schema, inside)));
}

function fitOne(
  type: unknown,
  schema: Schema,
  inside: (schema: unknown) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  switch (type) {
    case "string":
      return fitText(schema);
    case "integer":
      return fc.oneof(
        fc.integer({
          min: Math.max(bound(schema.minimum, 0), -(2 ** 31)),
          max: Math.min(bound(schema.maximum, 1000), 2 ** 31 - 1),
        }),
        fc.constantFrom(0, -1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e21, 0.5),
      );
    case "number":
      return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e300, 5e-324));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(inside(schema.items), { maxLength: 3 });
    case "object":
      return fitObject(schema, inside);
    default:
      return fc.oneof(hostileValue, fc.jsonValue({ maxDepth: 2 }));
  }
}

function bound(given: unknown, otherwise: number): number {
  return typeof given === "number" ? given : otherwise;
}

function fitText({ pattern, minLength, maxLength, format }: Schema): fc.Arbitrary<string> {
  const min = bound(minLength, 0);
  const max = bound(maxLength, min + 20);
  const plain = fc.string({ minLength: Math.min(min, 200), maxLength: Math.min(Math.max(min, max), 200) });
  const edge = fc.constantFrom("x".repeat(Math.min(max, 5000)), "x".repeat(Math.min(max, 5000) + 1), "é".repeat(min));
  const time = fc.constantFrom("2024-12-01T10:00:00.000Z", "2024-12-01T10:00:00+04:00", "1970-01-01T00:00:00Z");
  const fitting = typeof pattern === "string" ? matchPattern(pattern, plain) : format === "date-time" ? time : plain;
  return fc.oneof(
    { weight: 5, arbitrary: fitting },
    { weight: 1, arbitrary: edge },
    { weight: 1, arbitrary: hostileText },
  );
}

/** Some expressions say more than a generator can follow. */
function matchPattern(pattern: string, otherwise: fc.Arbitrary<string>): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(new RegExp(pattern, "u"), { size: "small" });
  } catch {
    return otherwise;
  }
}

function fitObject(schema: Schema, inside: (schema: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, unknown>);
  const required = new Set((schema.required ?? []) as string[]);
  const fields = Object.fromEntries(properties.map(([name, each]) => [name, inside(each)]));
  const some = fc.record(fields, { requiredKeys: [...required].filter((name) => name in fields) });
  const lacking = fc.record(fields, { requiredKeys: [] });
  const more = fc
    .tuple(some, fc.dictionary(hostileText, hostileValue, { maxKeys: 2 }))
    .map(([value, added]) => ({ ...value, ...added }));
  return fc.oneof({ weight: 12, arbitrary: some }, { weight: 1, arbitrary: lacking }, { weight: 1, arbitrary: more });
}
