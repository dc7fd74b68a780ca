/** What a JSON Schema says of a value, as rows that a person reads. */

/** @param root the document that `#/…` points into */
export function resolveSchema(schema, root) {
  let found = schema ?? {};
  for (let hops = 0; found.$ref?.startsWith("#/") && hops < 10; hops += 1) {
    const { $ref, ...own } = found;
    const target = $ref
      .slice(2)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce((value, part) => value?.[part], root);
    found = { ...target, ...own };
  }
  return found;
}

function listChoices(schema, root) {
  return (schema.anyOf ?? schema.oneOf ?? []).map((each) => resolveSchema(each, root));
}

/** @param depth how far in: a value may hold values of its own kind */
export function describeType(schema, root, depth = 0) {
  const found = resolveSchema(schema, root);
  if (depth > 3) return "anything";
  const describe = (each) => describeType(each, root, depth + 1);
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (found.type === "array") return `list of ${describe(found.items)}`;
  const choices = listChoices(found, root);
  if (choices.length > 0) return [...new Set(choices.map(describe))].join(" or ");
  if (Array.isArray(found.type)) return found.type.join(" or ");
  return [found.type ?? (found.properties ? "object" : "anything"), found.format && `(${found.format})`]
    .filter(Boolean)
    .join(" ");
}

function describeLimits(schema) {
  const between = (least, most, what) =>
    least !== undefined && most !== undefined
      ? `${least} to ${most}${what}`
      : least !== undefined
        ? `at least ${least}${what}`
        : most !== undefined && `at most ${most}${what}`;
  // What whole numbers may be anyhow says nothing.
  const most = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  return [
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minItems, schema.maxItems, " of them"),
    between(schema.minimum === -Number.MAX_SAFE_INTEGER ? undefined : schema.minimum, most, ""),
    schema.default !== undefined && `${JSON.stringify(schema.default)} where it is left out`,
  ].filter(Boolean);
}

const maxDepth = 4;

/** Its own properties and those of each form it may have; one is required where every form has it so. */
function collectProperties(schema, root) {
  const forms = [...listChoices(schema, root), ...(schema.allOf ?? []).map((each) => resolveSchema(each, root))];
  const properties = Object.assign({}, ...forms.map((form) => form.properties ?? {}), schema.properties);
  const inEvery = (name) => forms.length > 0 && forms.every((form) => form.required?.includes(name));
  const required = Object.keys(properties).filter((name) => schema.required?.includes(name) || inEvery(name));
  return { properties, required };
}

/** @returns rows, outermost first: `{ name, depth, type, required, text }` */
export function listFields(schema, root, depth = 0) {
  const found = resolveSchema(schema, root);
  const { properties, required } = collectProperties(found, root);
  return Object.entries(properties).flatMap(([name, value]) => {
    const field = resolveSchema(value, root);
    const example = field.examples?.[0] ?? field.example;
    const inner = field.type === "array" ? resolveSchema(field.items, root) : field;
    return [
      {
        name,
        depth,
        type: describeType(field, root),
        required: required.includes(name),
        text: [
          (field.description ?? field.title)?.replace(/\.$/, ""),
          ...describeLimits(field),
          example !== undefined && typeof example !== "object" && `such as ${JSON.stringify(example)}`,
        ]
          .filter(Boolean)
          .join("; "),
      },
      ...(depth < maxDepth ? listFields(inner, root, depth + 1) : []),
    ];
  });
}

const methods = ["get", "post", "put", "patch", "delete"];

/** The operations of an OpenAPI document by their tag, in its order; its webhooks are in `tag` "Events". */
export function listOperations(document) {
  const toOperations = (paths) =>
    Object.entries(paths ?? {}).flatMap(([path, item]) =>
      methods
        .filter((method) => item[method])
        .map((method) => ({ method: method.toUpperCase(), path, ...item[method] })),
    );
  const operations = toOperations(document.paths);
  return document.tags
    .map(({ name, description }) => ({
      name,
      description,
      operations: operations.filter(({ tags }) => tags.includes(name)),
    }))
    .filter(({ operations: found }) => found.length > 0);
}

/** @returns path, title, description and a sample of each event */
export function listEvents(document) {
  return Object.entries(document.webhooks ?? {}).map(([type, { post }]) => {
    const { schema, examples } = post.requestBody.content["application/json"];
    return {
      type,
      title: post.summary,
      description: post.description,
      schema,
      sample: Object.values(examples)[0]?.value,
    };
  });
}

/** The first example of a body, set out; an empty object without one. */
export function getExampleBody(operation) {
  const { examples = {}, schema } = operation.requestBody?.content["application/json"] ?? {};
  const [first] = Object.values(examples);
  return schema === undefined ? null : JSON.stringify(first?.value ?? {}, null, 2);
}

/**
 * The address of a call: a path with its parameters filled in, and the query of what is given.
 * @throws Error that names the parameter of the path that is missing
 */
export function buildPath(path, parameters, values) {
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name) => {
    const value = values[name] ?? "";
    if (value === "") throw new Error(`Give ${name}: it is part of the path.`);
    return encodeURIComponent(value);
  });
  const query = parameters
    .filter((each) => each.in === "query" && (values[each.name] ?? "") !== "")
    .map(({ name }) => [name, values[name]]);
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query)}`;
}
