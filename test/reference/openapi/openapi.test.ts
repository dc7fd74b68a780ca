/** The OpenAPI document: fresh in docs/, complete by the tables, valid by redocly; and the Arazzo workflow runs. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { createReference, openApiDocument } from "../../../reference/index.ts";
import { type Endpoint, endpoints, errorCodes, eventTypes } from "../../../src/api/index.ts";
import { type Body, still } from "../caller.ts";

const root = join(import.meta.dirname, "../../..");
const document = openApiDocument({ extensions: true }) as Body;
const table = Object.entries(endpoints as Record<string, Endpoint>);

const redoclyCli = join(root, "test/tools/node_modules/@redocly/cli/bin/cli.js");

function redocly(...words: string[]) {
  return promisify(execFile)(process.execPath, [redoclyCli, ...words], {
    cwd: root,
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
  });
}

describe("the document", () => {
  test("in docs/openapi.yaml is the one the schemas give (else: node scripts/openapi.ts)", () => {
    const written = parse(readFileSync(join(root, "docs/openapi.yaml"), "utf8"));
    expect(written).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test("is served without a key, and costs nothing", async () => {
    await using api = still();
    const answer = await api.call("GET", "/v1/openapi.json", undefined, { key: null });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-request-id")).toMatch(/^req_/);
    const here = { ...document, servers: [{ url: "http://127.0.0.1/v1" }] };
    expect(answer.body).toEqual(JSON.parse(JSON.stringify(here)));
    expect(answer.body.openapi).toMatch(/^3\.1\./);
  });

  test.each(table)("has %s: operation, scope, answers, errors, headers, examples", (name, endpoint) => {
    const operation = document.paths[endpoint.path][endpoint.method.toLowerCase()];
    expect(operation.operationId).toBe(name);
    expect(operation["x-extension"]).toBe(endpoint.extension ? true : undefined);
    if (endpoint.scope) expect(operation.description).toContain(endpoint.scope);
    const statuses = new Set([
      ...Object.keys(endpoint.answers),
      ...endpoint.errors.map((code) => String(errorCodes[code].status)),
      ...["400", "401", "429", "500", "503"],
      ...(endpoint.scope ? ["403"] : []),
    ]);
    expect(new Set(Object.keys(operation.responses))).toEqual(statuses);
    for (const status of Object.keys(endpoint.answers)) {
      const answer = operation.responses[status];
      expect(Object.keys(answer.headers)).toEqual(["X-Request-Id", "RateLimit-Policy", "RateLimit"]);
      expect(Object.keys(answer.content["application/json"].examples).length).toBeGreaterThan(0);
    }
    if (endpoint.body) {
      expect(operation.requestBody.required).toBe(true);
      expect(Object.keys(operation.requestBody.content["application/json"].examples).length).toBeGreaterThan(0);
    } else expect(operation).not.toHaveProperty("requestBody");
    const parameters = (operation.parameters ?? []).map((parameter: Body) => parameter.name);
    expect(parameters).toEqual([
      ...Object.keys(endpoint.params?.shape ?? {}),
      ...Object.keys(endpoint.query?.shape ?? {}),
    ]);
  });

  test("has no operation beyond the table, and one webhook an event", () => {
    const operations = Object.values(document.paths).flatMap((path: Body) =>
      Object.values(path).map((operation: Body) => operation.operationId),
    );
    expect(operations.toSorted()).toEqual(table.map(([name]) => name).toSorted());
    expect(Object.keys(document.webhooks)).toEqual([...eventTypes]);
    for (const type of eventTypes) {
      const { post } = document.webhooks[type];
      expect(post.parameters.map((parameter: Body) => parameter.name)).toEqual([
        "X-OnSync-Signature",
        "X-OnSync-Event",
        "X-OnSync-Delivery",
        "X-OnSync-Attempt",
      ]);
      expect(post.requestBody.content["application/json"].examples.delivery.value.type).toBe(type);
    }
  });

  test("every error example is one the errors' status belongs to", () => {
    const seen = new Set<string>();
    for (const response of Object.values(document.components.responses) as Body[]) {
      for (const [code, { value }] of Object.entries(response.content["application/json"].examples) as [
        string,
        Body,
      ][]) {
        expect(value.error.code).toBe(code);
        seen.add(code);
      }
    }
    expect(seen.has("outside_messaging_window")).toBe(true);
    expect(seen.has("rate_limited")).toBe(true);
  });
});

// Installed by .ci/run and by whoever wants them (npm ci --prefix test/tools).
const withRedocly = existsSync(redoclyCli) || process.env.ONSYNC_REQUIRE_TOOLS === "1" ? describe : describe.skip;

withRedocly("redocly", () => {
  test("lint finds no error", async () => {
    const { stderr, stdout } = await redocly("lint", "docs/openapi.yaml", "docs/main-path.arazzo.yaml");
    expect(stdout + stderr).toMatch(/descriptions are valid/);
  }, 30_000);

  test("respect runs the main path against the reference", async () => {
    const reference = createReference();
    try {
      const { url } = await reference.listen();
      const { stdout, stderr } = await redocly(
        ...["respect", "docs/main-path.arazzo.yaml"],
        ...["--server", `onsync=${url}`, "--input", `key=${reference.key}`],
      );
      expect(stdout + stderr).toMatch(/Steps: 8 passed, 8 total/);
      expect(stdout + stderr).not.toContain(reference.key);
      expect(reference.snapshot().data.messages).toHaveLength(1);
    } finally {
      await reference.close();
    }
  }, 30_000);
});
