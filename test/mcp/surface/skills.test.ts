/** The prompts' know-how as skills. */
import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { createMcpHttp } from "../../../mcp/index.ts";
import type { SafetySettings } from "../../../mcp/safety/settings.ts";
import { ask } from "../protocol/modern.ts";
import { scripted } from "../session.ts";

type Listed = { uri: string; frontmatter: { name: string; description: string }; resources: Record<string, unknown>[] };

const serve = (safety: SafetySettings = {}) => createMcpHttp({ onsync: scripted({}), safety });

test("each prompt's know-how is a skill, whose text is what its digest and size say", async () => {
  const http = serve();
  const { result } = await ask(http, "skills/list");
  const skills = result.skills as Listed[];
  expect(skills.map(({ uri }) => uri)).toEqual([
    "skill://reply-to-customer/SKILL.md",
    "skill://follow-up-leads/SKILL.md",
    "skill://triage-inbox/SKILL.md",
  ]);
  for (const skill of skills) {
    const { result: read } = await ask(http, "resources/read", { uri: skill.uri });
    const [{ text, mimeType }] = read.contents;
    expect(mimeType).toBe("text/markdown");
    expect(text).toContain(`name: ${skill.frontmatter.name}\ndescription: ${skill.frontmatter.description}\n`);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    expect(skill.resources).toEqual([{ uri: skill.uri, digest, size: Buffer.byteLength(text) }]);
    expect((await ask(http, "skills/get", { uri: skill.uri })).result.skill).toEqual(skill);
  }
});

test("a skill says what a prompt says, and what the operator leaves to do", async () => {
  const uri = "skill://reply-to-customer/SKILL.md";
  const read = async (safety: SafetySettings) =>
    (await ask(serve(safety), "resources/read", { uri })).result.contents[0].text as string;
  expect(await read({})).toContain("wait for my word before you send it");
  expect(await read({ send: "off" })).toContain("Nothing can be sent through this server");
});

test("a skill whose tools are not offered is not there, and neither is one that never was", async () => {
  const http = serve({ toolsets: ["contacts"] });
  expect((await ask(http, "skills/list")).result.skills).toEqual([]);
  const { error } = await ask(http, "skills/get", { uri: "skill://triage-inbox/SKILL.md" });
  expect(error?.code).toBe(-32602);
});
