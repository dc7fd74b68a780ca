/**
 * Resources: what a person can put before the model by its address. They are read through the tools, so that fences,
 * masks, the operator's restrictions and the memory of failing calls hold for them too.
 */

import { callTool } from "../call/call-tool.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext } from "../tools/tool.ts";
import type { Skills } from "./skills.ts";
import { windowGuide } from "./window-guide.ts";

/** The guide is the same for everybody until another version of this server is started. */
const guideTtlMs = 60 * 60_000;

const guideUri = "onsync://guide/whatsapp-window";

export const resourceTemplates = {
  contact: {
    uriTemplate: "onsync://contacts/{id}",
    name: "contact",
    title: "Contact",
    description: "One contact with its activity.",
    mimeType: "text/plain",
    tool: "get_contact",
  },
  messages: {
    uriTemplate: "onsync://conversations/{id}/messages",
    name: "conversation-messages",
    title: "Conversation",
    description: "The latest messages of a conversation, newest first, and whether its window is open.",
    mimeType: "text/plain",
    tool: "list_messages",
  },
} as const;

const guide = {
  uri: guideUri,
  name: "whatsapp-window",
  title: "WhatsApp's 24-hour window",
  description: "When a text may be sent on WhatsApp, and when only a template.",
  mimeType: "text/markdown",
};

export type ResourceAnswer =
  | {
      found: true;
      contents: { uri: string; mimeType: string; text: string };
      /** How long a host may keep it, where it may. */
      cache?: { ttlMs: number; cacheScope: "public" };
    }
  /** `message` says what to do, and may be shown to the model. */
  | { found: false; message: string };

/** The id in an address, percent-encoded or as it is. */
function parseId(uri: string, { uriTemplate }: { uriTemplate: string }): string | undefined {
  const [before = "", after = ""] = uriTemplate.split("{id}");
  if (!uri.startsWith(before) || !uri.endsWith(after) || uri.length <= before.length + after.length) return undefined;
  const part = uri.slice(before.length, uri.length - after.length);
  if (/[/?#]/.test(part)) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** What an address that can change shows: `contact contact_…` or `messages whatsapp:+971…`, however it is spelled. */
export function parseSubject(uri: string): string | undefined {
  const contactId = parseId(uri, resourceTemplates.contact);
  if (contactId !== undefined) return `contact ${contactId}`;
  const conversationId = parseId(uri, resourceTemplates.messages);
  return conversationId === undefined ? undefined : `messages ${conversationId}`;
}

export function createResources(toolbox: Toolbox, skills: Pick<Skills, "read">) {
  const { contact, messages } = resourceTemplates;
  const templates = [contact, messages].filter(({ tool }) => toolbox.tools.has(tool));

  /** What the tool answers for the id, as text that stands alone. */
  const readByTool = async (
    uri: string,
    tool: string,
    args: Record<string, unknown>,
    context: ToolContext,
  ): Promise<ResourceAnswer> => {
    const { content, isError } = await callTool(toolbox, tool, args, context);
    const text = content.map((block) => block.text).join("\n");
    return isError ? { found: false, message: text } : { found: true, contents: { uri, mimeType: "text/plain", text } };
  };

  return {
    list: [guide],
    templates: templates.map(({ tool: _tool, ...template }) => template),

    async read(uri: string, context: ToolContext = {}): Promise<ResourceAnswer> {
      if (uri === guideUri) {
        const contents = { uri, mimeType: guide.mimeType, text: windowGuide };
        return { found: true, contents, cache: { ttlMs: guideTtlMs, cacheScope: "public" } };
      }
      const skill = skills.read(uri);
      if (skill !== undefined) {
        const contents = { uri, mimeType: guide.mimeType, text: skill };
        return { found: true, contents, cache: { ttlMs: guideTtlMs, cacheScope: "public" } };
      }
      const contactId = parseId(uri, contact);
      if (contactId !== undefined) return readByTool(uri, contact.tool, { contactId, detail: "full" }, context);
      const conversationId = parseId(uri, messages);
      if (conversationId !== undefined) return readByTool(uri, messages.tool, { conversationId }, context);
      const known = [guideUri, ...templates.map(({ uriTemplate }) => uriTemplate)].join(", ");
      return { found: false, message: `There is no such resource. There are: ${known}.` };
    },
  };
}

export type Resources = ReturnType<typeof createResources>;
