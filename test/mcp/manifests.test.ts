/** What the packages say of the server, held to the code. */
import { expect, test } from "@jest/globals";
import { tools } from "../../mcp/tools/index.ts";
import { createMcpbManifest, createServerJson } from "../../scripts/mcp/manifests.ts";
import { createManifest } from "../../scripts/packages/manifest.ts";
import { packages } from "../../scripts/packages/table.ts";
import { version } from "../../src/version.ts";

type NpmManifest = { name: string; version: string; mcpName: string; exports: object; bin: Record<string, string> };
const onNpm = packages.find(({ name }) => name === "onsync-mcp") as (typeof packages)[number];
const npm = createManifest(onNpm, new Set()) as NpmManifest;

test("the .mcpb's manifest (which `npm run mcp:package` has its own program validate) lists every tool, asks for the key as a secret and confirms sends", () => {
  const manifest = createMcpbManifest();
  expect(manifest.tools.map(({ name }) => name)).toEqual(tools.map(({ definition }) => definition.name));
  expect(manifest.version).toBe(version);
  expect(manifest.user_config.api_key.sensitive).toBe(true);
  expect(manifest.user_config.send.default).toBe("confirm");
});

test("server.json names the npm package, at this version, within the registry's limits", () => {
  const { name, description, packages, ...rest } = createServerJson();
  expect(name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  expect(description.length).toBeLessThanOrEqual(100);
  expect(rest.version).toBe(version);
  expect(npm.mcpName).toBe(name);
  expect(packages).toMatchObject([{ identifier: npm.name, version: npm.version, transport: { type: "stdio" } }]);
  expect(packages[0]?.environmentVariables[0]).toMatchObject({
    name: "ONSYNC_API_KEY",
    isSecret: true,
    isRequired: true,
  });
});

test("the package on npm knows nothing of Zapier, and npx starts its command of the package's own name", () => {
  expect(JSON.stringify(npm).toLowerCase()).not.toContain("zapier");
  expect(Object.keys(npm.exports)).toEqual([".", "./package.json"]);
  expect(Object.keys(npm.bin)[0]).toBe(npm.name);
});
