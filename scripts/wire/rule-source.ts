/** The source of a rule of the client (src/client/wire/rule.ts), written from a schema of src/api. */
import type * as z from "zod";
import * as checks from "../../src/api/values/checks.ts";
import * as identifiers from "../../src/api/values/identifiers.ts";
import { type CheckDefinition, getDefinition, unwrap } from "./definition.ts";

const modules = { "../../api/values/identifiers.ts": identifiers, "../../api/values/checks.ts": checks };

/** Shorter rules are written wherever they are needed. */
const minSharedLength = 16;

/** What any value of its kind fits is called by that, whatever field had it first. */
function nameAny(source: string): string | undefined {
  const [, first, rest] = /^\{ is: "(\w)(\w*)" \}$/.exec(source) ?? [];
  return first && `any${first.toUpperCase()}${rest}`;
}

/** Writes rules, and remembers which functions of src/api they need. What is written again is shared. */
export class RuleWriter {
  readonly #used = new Map<string, Set<string>>();
  /** How often each rule is written in full. */
  readonly #counts = new Map<string, number>();
  /** The constants of rules that are shared, in an order in which each has what it needs. */
  readonly #shared = new Map<string, { name: string; source: string }>();
  readonly #before: RuleWriter | undefined;

  /** @param before has written the same rules: those that it wrote several times are shared */
  constructor(before?: RuleWriter) {
    this.#before = before;
  }

  /** The constants of what is shared. */
  get constants(): string[] {
    return [...this.#shared.values()].map(({ name, source }) => `const ${name} = ${source} as const satisfies Rule;`);
  }

  /** The imports of what was written. */
  get imports(): string[] {
    return [...this.#used].map(([path, names]) => `import { ${[...names].sort().join(", ")} } from "${path}";`).sort();
  }

  /** @param name what a constant is called by, where it is shared */
  write(wrapped: z.ZodType, name = "rule"): string {
    const full = this.#before === undefined ? "" : new RuleWriter().write(wrapped);
    if (full.length < minSharedLength || this.#before === undefined || !this.#before.#isRepeated(full))
      return this.#writeHere(wrapped, name);
    const known = this.#shared.get(full);
    if (known) return known.name;
    const source = this.#writeHere(wrapped, name);
    const wanted = nameAny(source) ?? name;
    const names = new Set([...this.#shared.values()].map((each) => each.name));
    const free = Array.from({ length: names.size + 1 }, (_, index) => (index === 0 ? wanted : `${wanted}${index + 1}`));
    const constant = { name: free.find((each) => !names.has(each)) as string, source };
    this.#shared.set(full, constant);
    return constant.name;
  }

  #isRepeated(source: string): boolean {
    return (this.#counts.get(source) ?? 0) > 1;
  }

  #writeHere(wrapped: z.ZodType, name: string): string {
    const { schema, optional, nullable, ...rest } = unwrap(wrapped);
    const checks = (getDefinition(schema).checks ?? []).flatMap(({ _zod }) => this.#writeCheck(_zod.def));
    const source = writeObject({
      ...this.#writeKind(schema, name),
      ...(checks.length > 0 && { checks: `[${checks.join(", ")}]` }),
      ...(optional && { optional: "true" }),
      ...(nullable && { nullable: "true" }),
      ...("fallback" in rest && { fallback: JSON.stringify(rest.fallback) }),
    });
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
    return source;
  }

  #writeKind(schema: z.ZodType, name: string): Record<string, string> {
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
        return { ...kind, of: this.write(element as z.ZodType, `${name}Item`) };
      case "record":
        return { ...kind, of: this.write(valueType as z.ZodType, `${name}Value`) };
      case "object":
        return { ...kind, fields: this.#writeFields(shape), ...this.#writeRest(catchall, name) };
      case "union":
        return def.discriminator === undefined
          ? { ...kind, of: `[${options.map((option) => this.write(option, `${name}Kind`)).join(", ")}]` }
          : { is: '"variant"', ...this.#writeVariants(options, def.discriminator) };
      default:
        throw new Error(`there is no rule for a schema of type ${type}`);
    }
  }

  #writeFields(shape: Record<string, z.ZodType>): string {
    return writeObject(Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, this.write(field, key)])));
  }

  /** zod's own: what is `never` is strict, what is unknown passes. */
  #writeRest(catchall: z.ZodType | undefined, name: string): { rest?: string } {
    if (catchall === undefined) throw new Error("a schema that drops fields has no rule: make it loose or strict");
    const { type } = getDefinition(catchall);
    if (type === "unknown") return {};
    return { rest: type === "never" ? "null" : this.write(catchall, `${name}Value`) };
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
