/**
 * Completion of ids, where a person fills in a resource's address or a prompt's argument: from the conversations active
 * last, and of a contact also by the words of its name. Hosts ask at every keystroke, so answers are kept for a minute.
 */
import { LRUCache } from "lru-cache";
import type { Data } from "../answers/summaries.ts";
import { callTool } from "../call/call-tool.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext } from "../tools/tool.ts";

const maxAgeMs = 60_000;
const maxEntries = 50;
/** Values the protocol takes in an answer. */
const maxValues = 100;
/** Letters of a name that are enough to search by. */
const minLetters = 3;

export type CompletionKind = "contact" | "conversation";
export type Completion = { values: string[]; total: number; hasMore: boolean };

function readRows(data: Data | undefined): Data[] {
  return Array.isArray(data?.data) ? (data.data as Data[]) : [];
}

/** Ids as the tools show them: one that reads as something else is fenced, and is no id to offer. */
function collectIds(rows: readonly Data[], field: string): string[] {
  const ids = rows.map((row) => row[field]).filter((id): id is string => typeof id === "string" && !id.startsWith("<"));
  return [...new Set(ids)];
}

export function createCompleter(toolbox: Toolbox) {
  const { now } = toolbox.clock;
  const answers = new LRUCache<string, { rows: Promise<Data[]>; at: number; writes: number }>({ max: maxEntries });

  /** What the tool answers, asked once a minute and after a change; nothing where it cannot. */
  const fetchRows = (tool: string, args: Data, context: ToolContext): Promise<Data[]> => {
    const key = JSON.stringify([tool, args]);
    const known = answers.get(key);
    const { writes } = toolbox;
    if (known && known.writes === writes && now() - known.at < maxAgeMs) return known.rows;
    const rows = toolbox.tools.has(tool)
      ? callTool(toolbox, tool, args, context).then(({ structuredContent }) => readRows(structuredContent))
      : Promise.resolve([]);
    answers.set(key, { rows, at: now(), writes });
    return rows;
  };

  return async (kind: CompletionKind, typed: string, context: ToolContext = {}): Promise<Completion> => {
    // Not cancelled with the keystroke that asked: the next one uses the same answer.
    const { signal: _signal, ...lasting } = context;
    const recent = await fetchRows("list_conversations", { limit: 100 }, lasting);
    const start = typed.trim().toLowerCase();
    const found = collectIds(recent, kind === "contact" ? "contactId" : "id").filter((id) =>
      // An address may be typed without its platform.
      kind === "contact" ? id.toLowerCase().startsWith(start) : id.toLowerCase().includes(start),
    );
    const byName =
      kind === "contact" && found.length === 0 && start.length >= minLetters && !start.startsWith("contact_")
        ? collectIds(await fetchRows("find_contacts", { query: start.slice(0, 200) }, lasting), "id")
        : [];
    const all = [...found, ...byName];
    return { values: all.slice(0, maxValues), total: all.length, hasMore: all.length > maxValues };
  };
}

export type Completer = ReturnType<typeof createCompleter>;
