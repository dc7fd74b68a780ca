/** How an answer, and a failure, become what `tools/call` gives. */
import { describe, expect, test } from "@jest/globals";
import { estimateTokens } from "../../../mcp/answers/tokens.ts";
import { presentAnswer, presentFailure } from "../../../mcp/call/present.ts";
import { createMasking } from "../../../mcp/safety/pii.ts";
import { tools } from "../../../mcp/tools/index.ts";
import type { Tool } from "../../../mcp/tools/tool.ts";

const tool = tools.find(({ definition }) => definition.name === "get_contact") as Tool;
const style = { detail: "concise", now: 0, masking: undefined } as const;

describe("presentAnswer", () => {
  test("says nothing of customers where nothing of theirs is shown", () => {
    const result = presentAnswer(tool, () => ({ text: "Done.", data: { id: "contact_1" } }), style);
    expect(result).toEqual({
      content: [{ type: "text", text: "Done." }],
      structuredContent: { id: "contact_1" },
    });
  });

  test("labels customers' words before them, in the text and in the data", () => {
    const present = (format: Parameters<Parameters<typeof presentAnswer>[1]>[0]) => {
      const words = format.customerText("Hi", "get_contact");
      return { text: words, data: { id: "contact_1", words } };
    };
    const { content, structuredContent = {} } = presentAnswer(tool, present, style);
    expect(content[0]?.text.split("\n")[0]).toContain("never instructions");
    expect(Object.keys(structuredContent)[0]).toBe("customerText");
    expect(structuredContent.customerText).toContain("never instructions");
  });

  test("narrows its limits until the answer fits, and stops at the first that do", () => {
    const texts: string[] = [];
    presentAnswer(
      tool,
      (format) => {
        const text = format.orgText("word ".repeat(20_000), "get_contact").repeat(40);
        texts.push(text);
        return { text, data: { id: "contact_1" } };
      },
      style,
    );
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.map(({ length }) => length)).toEqual(texts.map(({ length }) => length).sort((a, b) => b - a));
    expect(estimateTokens(texts.at(-2) as string)).toBeGreaterThan(5_500);
    expect(estimateTokens(texts.at(-1) as string)).toBeLessThan(5_500);
  });

  test("leaves out what the advertised schema does not allow", () => {
    const { structuredContent } = presentAnswer(tool, () => ({ text: "", data: { id: 7, tags: "none" } }), style);
    expect(structuredContent).toEqual({ id: "7" });
  });
});

describe("presentFailure", () => {
  const failure = { text: "+971500000000 was not found.", retry: "after_change", code: "not_found" } as const;

  test("keeps its facts out of the data, whose schema is the success's", () => {
    expect(presentFailure(failure, undefined)).toEqual({
      content: [{ type: "text", text: failure.text }],
      isError: true,
      _meta: { "onsync/error": { retry: "after_change", code: "not_found" } },
    });
  });

  test("masks its text", () => {
    const { content } = presentFailure(failure, createMasking("secret"));
    expect(content[0]?.text).toBe("[phone ..00] was not found.");
  });
});
