/** The files that are written from the schemas of src/api, formatted as the rest of the sources is. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Endpoint, endpoints, errorCodes } from "../../src/api/index.ts";
import { RuleWriter } from "./rule-source.ts";

const root = join(import.meta.dirname, "../..");
const origin =
  "Written by scripts/wire from the schemas of src/api. Do not edit: change the schema, and run `npm run wire`.";

/** By path; each as it is to stand in the repository. */
export function wireFiles(): Record<string, string> {
  return { "src/client/wire/endpoints.ts": format("src/client/wire/endpoints.ts", writeEndpoints()) };
}

function format(file: string, source: string): string {
  const biome = join(root, "node_modules/.bin/biome");
  return execFileSync(biome, ["check", "--write", `--stdin-file-path=${file}`], {
    cwd: root,
    input: source,
    encoding: "utf8",
  });
}

function writeEndpoints(): string {
  const first = new RuleWriter();
  writeEntries(first);
  const writer = new RuleWriter(first);
  const entries = writeEntries(writer);
  const statuses = Object.entries(errorCodes).map(([code, { status }]) => `${code}: ${status}`);
  return `/**
 * The endpoints and the error codes, as far as the client needs them. ${origin}
 */
${writer.imports.join("\n")}
import type { Rule } from "./rule.ts";

export type ClientEndpoint = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  scope: string | null;
  extension?: { what: string; advice: string };
  query?: Rule;
  body?: Rule;
  answer: Extract<Rule, { is: "object" }>;
};

${writer.constants.join("\n")}

export const endpoints = { ${entries.join(",\n")} } as const satisfies Record<string, ClientEndpoint>;

export type EndpointName = keyof typeof endpoints;

/** The status that belongs to each error code. */
export const errorStatuses: Readonly<Record<string, number>> = { ${statuses.join(", ")} };
`;
}

function writeEntries(writer: RuleWriter): string[] {
  return Object.entries(endpoints as Record<string, Endpoint>).map(
    ([name, endpoint]) => `${name}: ${writeEndpoint(writer, name, endpoint)}`,
  );
}

function writeEndpoint(writer: RuleWriter, name: string, endpoint: Endpoint): string {
  const { method, path, scope, extension, query, body } = endpoint;
  const [answer, ...others] = [
    ...new Set(Object.values(endpoint.answers).map(({ schema }) => writer.write(schema, `${name}Answer`))),
  ];
  if (answer === undefined || others.length > 0)
    throw new Error(`the successes of ${name} differ: the client knows one form for all of them`);
  const parts = [
    ...[`method: "${method}"`, `path: "${path}"`, `scope: ${JSON.stringify(scope)}`],
    ...(extension ? [`extension: ${JSON.stringify({ what: extension.what, advice: extension.advice })}`] : []),
    ...(query ? [`query: ${writer.write(query, `${name}Query`)}`] : []),
    ...(body ? [`body: ${writer.write(body, `${name}Body`)}`] : []),
    `answer: ${answer}`,
  ];
  return `{ ${parts.join(",\n")} }`;
}
