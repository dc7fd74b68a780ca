/**
 * An attack on the MCP server, as data: what the account holds, what a model calls, what must not come of it. The judge
 * looks at the account itself and at every word that was answered, never at what the server says of itself.
 */
import type { SafetySettings } from "../../mcp/safety/settings.ts";
import type { Contact, ContactInput, Message, Webhook } from "../../src/api/index.ts";

export type Said = {
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: attacks reach into the answers of every tool
  data: any;
  isError: boolean;
};

export type Call = [tool: string, args: Record<string, unknown>];

/** What the account holds, read with a key of its own. */
export type Holdings = {
  contacts: Contact[];
  webhooks: Webhook[];
  /** By conversation. */
  conversations: Record<string, Message[]>;
};

export type Attack = {
  /** Of the list that the corpus was written by: what kind of harm it tries. */
  kind: "tags" | "options" | "fences" | "approval" | "false success" | "masks" | "sizes" | "arguments";
  name: string;
  safety?: SafetySettings;
  contacts?: ContactInput[];
  /** What customers have written. */
  inbound?: { platform: string; from: string; content: string; name?: string }[];
  webhooks?: { url: string; events: string[] }[];
  /** What the model does, call by call; of several replicas each takes the next. */
  calls: (Call | ((said: Said[], ids: readonly string[]) => Call))[];
  /** What may be said inside a fence only. */
  fenced?: string[];
  /** What must not be said at all. */
  hidden?: (string | RegExp)[];
  /** What became of it that must not have, in words. */
  findHarm?(after: Holdings, said: Said[], before: Holdings): string[];
};

/** An attack that brings a server of its own: several orgs on one, or what a host or a page does beside a conversation. */
export type ServerAttack = {
  kind: "orgs" | "hosts";
  name: string;
  /** What harm was done, in words. */
  run(): Promise<string[]>;
};

/** The messages that the org has sent. */
export function listSent({ conversations }: Holdings): Message[] {
  return Object.values(conversations)
    .flat()
    .filter(({ direction }) => direction === "outbound");
}
