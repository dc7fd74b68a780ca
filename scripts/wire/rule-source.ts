/** The source of a rule of the client (src/client/wire/rule.ts), written from a schema of src/api. */
import type * as z from "zod";
import * as checks from "../../src/api/values/checks.ts";
import * as identifiers from "../../src/api/values/identifiers.ts";
import { type CheckDefinition, getDefinition, unwrap } from "./definition.ts";

const modules = { "../../api/values/identifiers.ts": identifiers, "../../api/values/checks.ts": checks };

/** Writes rules, and remembers which functions of src/api they need. */
export class RuleWriter {
  readonly #used = new Map<string, Set<string>>();

  /** The imports of what was written. */
  get imports(): string[] {
    return [...this.#used].map(([path, names]) => `import { ${[...names].sort().join(", ")} } from "${path}";`).sort();
  }

  write(wrapped: z.ZodType): string {
    const { schema, optional, nullable, ...rest } = unwrap(wrapped);
    const checks = (getDefinition(schema).checks ?? []).flatMap(({ _zod }) => this.#writeCheck(_zod.def));
    return writeObject({
      ...this.#writeKind(schema),
      ...(checks.length > 0 && { checks: `[${checks.join(", ")}]` }),
      ...(optional && { optional: "true" }),
      ...(nullable && { nullable: "true" }),
      ...("fallback" in rest && { fallback: JSON.stringify(rest.fallback) }),
    });
  }

  #writeKind(schema: z.ZodType): Record<string, string> {
    const { type, element, valueType, shape = {}, catchall, options = [], ...def } = getDefinition(schema);
    const kind = { is: JSON.stringify(type) };
    switch (type) {
      case "string":
      case "number":
      case "boolean":
      case "unknown":
        return kind;
      case "enum":
      case "literal": {
        const choices = JSON.stringify(def.values ?? Object.values(def.entries ?? {}));
        const error = def.error?.({});
        return { is: '"choice"', values: choices, ...(error && { error: JSON.stringify(error) }) };
      }
      case "array":
        return { ...kind, of: this.write(element as z.ZodType) };
      case "record":
        return { ...kind, of: this.write(valueType as z.ZodType) };
      case "object":
        return { ...kind, fields: this.#writeFields(shape), ...this.#writeRest(catchall) };
      case "union":
        return def.discriminator === undefined
          ? { ...kind, of: `[${options.map((option) => this.write(option)).join(", ")}]` }
          : { is: '"variant"', ...this.#writeVariants(options, def.discriminator) };
      default:
        throw new Error(`there is no rule for a schema of type ${type}`);
    }
  }

  #writeFields(shape: Record<string, z.ZodType>): string {
    return writeObject(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, this.write(field)])));
  }

  /** zod's own: what is `never` is strict, what is unknown passes. */
  #writeRest(catchall: z.ZodType | undefined): { rest?: string } {
    if (catchall === undefined) throw new Error("a schema that drops fields has no rule: make it loose or strict");
    const { type } = getDefinition(catchall);
    if (type === "unknown") return {};
    return { rest: type === "never" ? "null" : this.write(catchall) };
  }

  #writeVariants(options: readonly z.ZodType[], by: string): Record<string, string> {
    const named = options.map((option) => {
      const tag = getDefinition(option).shape?.[by] as z.ZodType;
      return [String(getDefinition(tag).values?.[0]), this.write(option)];
    });
    return { by: JSON.stringify(by), of: writeObject(Object.fromEntries(named)) };
  }

  #writeCheck(def: CheckDefinition): string[] {
    const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
    // A whole number is one that JavaScript keeps exactly.
    if (def.check === "number_format")
      return ["{ int: true, stops: true }", `{ min: ${MIN_SAFE_INTEGER} }`, `{ max: ${MAX_SAFE_INTEGER} }`];
    const { findProblem } = def.params ?? {};
    const error = findProblem === undefined ? def.error?.({}) : undefined;
    const source = writeObject({
      ...this.#writeCondition(def),
      ...(def.path && { path: JSON.stringify(def.path) }),
      ...(error && { error: JSON.stringify(error) }),
      ...(def.abort && { stops: "true" }),
    });
    return [source];
  }

  #writeCondition(def: CheckDefinition): Record<string, string> {
    switch (def.check) {
      case "min_length":
        return { minLength: String(def.minimum) };
      case "max_length":
        return { maxLength: String(def.maximum) };
      case "greater_than":
        return { min: String(def.value) };
      case "less_than":
        return { max: String(def.value) };
      case "string_format":
        return { pattern: String(def.pattern) };
      case "overwrite":
        return { change: this.#name(def.tx) };
      default:
        if (def.params?.findProblem) return { findProblem: this.#name(def.params.findProblem) };
        return { test: this.#name(def.fn) };
    }
  }

  #name(fn: unknown): string {
    for (const [path, module] of Object.entries(modules)) {
      const name = Object.entries(module).find(([, value]) => value === fn)?.[0];
      if (name === undefined) continue;
      this.#used.set(path, (this.#used.get(path) ?? new Set()).add(name));
      return name;
    }
    throw new Error(
      `a check of a request is no function of ${Object.keys(modules).join(" or ")}: put it there, so that the client has it, too`,
    );
  }
}

function writeObject(fields: Record<string, string>): string {
  return `{ ${Object.entries(fields)
    .map(([name, source]) => `${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)}: ${source}`)
    .join(", ")} }`;
}
