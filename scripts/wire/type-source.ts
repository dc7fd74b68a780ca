/** TypeScript types of the API's objects, written from their schemas, with what the schemas say of each field. */
import type * as z from "zod";
import { getDefinition, unwrap } from "./definition.ts";

/** Whether what callers give is described, or what the API answers. */
export type Side = "given" | "answered";

type Meta = { title?: string; description?: string; examples?: unknown[] };

/** Knows the types that have a name. */
export class TypeWriter {
  readonly #named: ReadonlyMap<z.ZodType, string>;

  constructor(named: ReadonlyMap<z.ZodType, string>) {
    this.#named = named;
  }

  /** @param self is being declared: it is written in full */
  write(wrapped: z.ZodType, side: Side, self?: z.ZodType): string {
    const { schema, nullable, optional } = unwrap(wrapped);
    const name = wrapped === self ? undefined : (this.#named.get(wrapped) ?? this.#named.get(schema));
    const type = name ?? this.#writeKind(schema, side);
    return [type, ...(nullable ? ["null"] : []), ...(optional ? ["undefined"] : [])].join(" | ");
  }

  #writeKind(schema: z.ZodType, side: Side): string {
    const { type, element, valueType, shape = {}, catchall, options = [], ...def } = getDefinition(schema);
    switch (type) {
      case "string":
      case "number":
      case "boolean":
      case "unknown":
        return type;
      case "enum":
      case "literal":
        return (def.values ?? Object.values(def.entries ?? {})).map((value) => JSON.stringify(value)).join(" | ");
      case "array":
        return `(${this.write(element as z.ZodType, side)})[]`;
      case "record":
        return `{ [name: string]: ${this.write(valueType as z.ZodType, side)} }`;
      case "union":
        return options.map((option) => this.write(option, side)).join(" | ");
      case "object":
        return this.#writeObject(shape, catchall, side);
      default:
        throw new Error(`there is no type for a schema of type ${type}`);
    }
  }

  #writeObject(shape: Record<string, z.ZodType>, catchall: z.ZodType | undefined, side: Side): string {
    const rest = catchall && getDefinition(catchall).type;
    const fields = Object.entries(shape).map(([name, field]) => this.#writeField(name, field, side));
    if (rest === "unknown") fields.push("[field: string]: unknown;");
    const own = `{ ${fields.join("\n")} }`;
    return catchall === undefined || rest === "never" || rest === "unknown"
      ? own
      : `${own} & { [name: string]: ${this.write(catchall, side)} }`;
  }

  #writeField(name: string, field: z.ZodType, side: Side): string {
    const { optional, ...rest } = unwrap(field);
    const mayBeLeftOut = optional || (side === "given" && "fallback" in rest);
    const isUndefined = mayBeLeftOut && !optional ? " | undefined" : "";
    return `${describeField(field)}${name}${mayBeLeftOut ? "?" : ""}: ${this.write(field, side)}${isUndefined};`;
  }
}

/** Of the schema itself, or of what it wraps. */
function readMeta(schema: z.ZodType): Meta {
  const { innerType } = getDefinition(schema);
  const inner = innerType ? readMeta(innerType) : {};
  return { ...inner, ...(schema.meta() as Meta | undefined) };
}

/** How long a text or a list, how large a number may be. */
function describeFormat(field: z.ZodType): string | undefined {
  const { schema, ...rest } = unwrap(field);
  const { type, checks = [] } = getDefinition(schema);
  const all = checks.map(({ _zod }) => _zod.def);
  const min = all.map((each) => each.minimum ?? (each.check === "greater_than" ? each.value : undefined));
  const max = all.map((each) => each.maximum ?? (each.check === "less_than" ? each.value : undefined));
  const least = min.findLast((each) => each !== undefined);
  const most = max.findLast((each) => each !== undefined);
  if (most === undefined) return undefined;
  const unit = { string: " characters", array: " items" }[type] ?? "";
  const fallback = "fallback" in rest ? `, ${rest.fallback} unless it is given` : "";
  return least === undefined ? `Up to ${most}${unit}${fallback}.` : `${least} to ${most}${unit}${fallback}.`;
}

function describeField(field: z.ZodType): string {
  const { title, description, examples = [] } = readMeta(field);
  const isSaid = title !== undefined && description?.toLowerCase().startsWith(title.toLowerCase());
  const about = [isSaid ? undefined : title && `${title}.`, description].filter(Boolean).join(" ");
  const format = describeFormat(field);
  const isFormatSaid = format !== undefined && description?.includes(format.split(" ").slice(0, 3).join(" "));
  const lines = [
    ...(about ? [about] : []),
    ...(format && !isFormatSaid ? [format] : []),
    ...(examples.length > 0 ? ["", `@example ${JSON.stringify(examples[0])}`] : []),
  ];
  return lines.length === 0 ? "" : `\n/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
}
