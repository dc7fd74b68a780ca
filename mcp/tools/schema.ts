/**
 * JSON schemas that every host takes. What breaks some of them is taken out of zod's: `$ref`, root compositions, nullable
 * types, patterns, bounds, defaults, open maps. Nothing is lost by it: the operation's own zod schema validates every call.
 */
import * as z from "zod";

export type JsonSchema = { [keyword: string]: unknown };

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNull(value: unknown) {
  return isSchema(value) && value.type === "null";
}

/** The schema a `$ref` stands for, with what is written beside it. */
function resolveReference(node: JsonSchema, definitions: JsonSchema): JsonSchema {
  if (typeof node.$ref !== "string") return node;
  const { $ref, ...beside } = node;
  const target = definitions[$ref.slice("#/$defs/".length)];
  return { ...(isSchema(target) ? resolveReference(target, definitions) : {}), ...beside };
}

/** A union without its `null`: one schema where one is left, no type where several are. */
function removeUnion(node: JsonSchema, definitions: JsonSchema): JsonSchema & { nullable: boolean } {
  const { anyOf, oneOf, allOf, ...rest } = node;
  if (allOf) throw new Error("an intersection cannot be advertised: state the object's fields in one schema");
  const members = [anyOf, oneOf].find(Array.isArray) as JsonSchema[] | undefined;
  if (members) {
    const left = members.filter((member) => !isNull(member));
    const only = left.length === 1 ? resolveReference(left[0] as JsonSchema, definitions) : {};
    return { ...only, ...rest, nullable: left.length < members.length };
  }
  if (!Array.isArray(node.type)) return { ...rest, nullable: false };
  const types = node.type.filter((type) => type !== "null");
  return { ...rest, type: types.length === 1 ? types[0] : undefined, nullable: types.length < node.type.length };
}

function getDefinitions(schema: JsonSchema): JsonSchema {
  return isSchema(schema.$defs) ? schema.$defs : {};
}

function resolve(node: unknown, definitions: JsonSchema) {
  return removeUnion(resolveReference(isSchema(node) ? node : {}, definitions), definitions);
}

function omitUndefined(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}

/** A map of names that nobody knows beforehand: strict hosts refuse objects that are open. Each text is `name=value`. */
const namesAndValues = { type: "array", items: { type: "string" } };

/** An object whose further fields have a type of their own, or that has no field of its own at all. */
function isOpenMap({ type, properties, additionalProperties }: JsonSchema): boolean {
  if (type !== "object" || additionalProperties === false) return false;
  const hasTypedRest = isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0;
  return hasTypedRest || !isSchema(properties) || Object.keys(properties).length === 0;
}

function toInputNode(node: unknown, definitions: JsonSchema, words?: string): JsonSchema {
  const schema = resolve(node, definitions);
  const { type, enum: choices, const: constant, description, properties, required, items } = schema;
  const values = choices ?? (constant === undefined ? undefined : [constant]);
  // The values of an enum say what its help would.
  const help = words === "" ? undefined : (words ?? (values ? undefined : description));
  if (isOpenMap(schema)) throw new Error("a map within a field cannot be advertised: give the field another form");
  return omitUndefined({
    type,
    description: help,
    enum: values,
    items:
      items === undefined ? undefined : toInputNode({ ...(items as JsonSchema), description: undefined }, definitions),
    ...(type === "object" && {
      properties: Object.fromEntries(
        Object.entries(isSchema(properties) ? properties : {}).map(([name, field]) => [
          name,
          toInputNode(field, definitions),
        ]),
      ),
      required,
      additionalProperties: false,
    }),
  });
}

/**
 * What a tool's arguments look like.
 *
 * @param words help by field, where an agent needs fewer words than the operation has; empty: the name says it
 * @param omit fields that this face does not offer
 * @param optional fields that the operation needs and this face can do without
 * @param extra fields of this face's own, or in a form of its own
 * @returns the schema, and the fields of it that are maps: a list of texts `name=value` each
 */
export function toInputSchema(
  input: z.ZodType,
  {
    words = {},
    omit = [],
    optional = [],
    extra = {},
  }: { words?: Record<string, string>; omit?: string[]; optional?: string[]; extra?: JsonSchema } = {},
): { schema: JsonSchema & { type: "object" }; maps: readonly string[] } {
  const written = z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const definitions = getDefinitions(written);
  const root = resolve(written, definitions);
  const fields = Object.entries(isSchema(root.properties) ? root.properties : {}).filter(
    ([name]) => !omit.includes(name),
  );
  const required = (Array.isArray(root.required) ? root.required : []).filter(
    (name) => !omit.includes(name) && !optional.includes(name),
  );
  const own = fields.filter(([name]) => !Object.hasOwn(extra, name));
  const maps = own.filter(([, field]) => isOpenMap(resolve(field, definitions))).map(([name]) => name);
  const describe = (name: string, field: unknown) =>
    maps.includes(name)
      ? { ...namesAndValues, description: words[name] ?? "Each name=value" }
      : toInputNode(field, definitions, words[name]);
  const schema = {
    type: "object" as const,
    properties: { ...Object.fromEntries(own.map(([name, field]) => [name, describe(name, field)])), ...extra },
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
  return { schema, maps };
}

/** `undefined` where the value may be of several types: what is not advertised may still be answered. */
function toOutputNode(node: unknown, definitions: JsonSchema): JsonSchema | undefined {
  const { type, items, properties } = resolve(node, definitions);
  if (type === undefined) return undefined;
  return omitUndefined({
    type,
    items: type === "array" ? (toOutputNode(items, definitions) ?? { type: "string" }) : undefined,
    ...(type === "object" &&
      (isSchema(properties)
        ? {
            properties: omitUndefined(
              Object.fromEntries(
                Object.entries(properties).map(([name, field]) => [name, toOutputNode(field, definitions)]),
              ),
            ),
          }
        : { additionalProperties: true })),
  });
}

/**
 * What a tool's structured answer looks like: an object, loose throughout, so that an API that adds or leaves out never
 * breaks it. A field that may be null is missing instead: hosts know no nullable types.
 */
export function toOutputSchema(output: z.ZodType, adds: JsonSchema = {}): JsonSchema {
  const schema = z.toJSONSchema(output, { io: "output", unrepresentable: "any" }) as JsonSchema;
  const root = toOutputNode(schema, getDefinitions(schema)) ?? {};
  const properties: JsonSchema = { ...(isSchema(root.properties) ? root.properties : {}), ...adds };
  // What the client promises of every answer; all else may be missing.
  const required = ["data", "id"].filter((name) => Object.hasOwn(properties, name)).slice(0, 1);
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

function getType(value: unknown): string {
  return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function hasType(type: unknown, value: unknown) {
  return type === undefined || type === getType(value) || (type === "integer" && Number.isInteger(value));
}

/**
 * The answer without what its advertised schema does not allow: strict hosts refuse a whole answer for one field of
 * another type. A scalar where a string is expected is written as one.
 */
export function conformToSchema(schema: JsonSchema, value: unknown): unknown {
  if (!hasType(schema.type, value)) {
    return schema.type === "string" && (typeof value === "number" || typeof value === "boolean")
      ? String(value)
      : undefined;
  }
  if (Array.isArray(value)) {
    const items = isSchema(schema.items) ? schema.items : {};
    return value.map((item) => conformToSchema(items, item)).filter((item) => item !== undefined);
  }
  if (!isSchema(value)) return value;
  const properties = isSchema(schema.properties) ? schema.properties : {};
  return omitUndefined(
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => {
        const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return [name, isSchema(known) ? conformToSchema(known, field) : field];
      }),
    ),
  );
}
