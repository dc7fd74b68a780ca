/** The client's table of endpoints, with the rule of each request and answer. */
import { type Endpoint, endpoints, errorCodes } from "../../src/api/index.ts";
import { RuleWriter } from "./rule-source.ts";

export function writeEndpoints(origin: string): string {
  const first = new RuleWriter();
  writeEntries(first);
  const writer = new RuleWriter(first);
  const entries = writeEntries(writer);
  const statuses = Object.entries(errorCodes).map(([code, { status }]) => `${code}: ${status}`);
  return `/**
 * The endpoints and the error codes, as far as the client needs them.
 *
 * ${origin}
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
