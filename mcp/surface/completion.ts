/**
 * Completion of ids, where a person fills in a resource's address or a prompt's argument: from the conversations active
 * last, and of a contact also by the words of its name. Hosts ask at every keystroke, so answers are kept for a minute.
 */
import type { Data } from "../answers/summaries.ts";
import type { Toolbox } from "../call/toolbox.ts";
import type { ToolContext } from "../tools/tool.ts";

const maxAgeMs = 60_000;
const maxEntries = 50;
/** Most values the protocol takes in an answer. */
const maxValues = 100;
const minLetters = 3;

export type CompletionKind = "contact" | "conversation";
export type Completion = { values: string[]; total: number; hasMore: boolean };

function readRows(data: Data | undefined): Data[] {
  return Array.isArray(data?.data) ? (data.data as Data[]) : [];
}

/** Ids as the tools show them: one that reads as something else is fenced, and is no id to offer. */
function collectIds(rows: readonly Data[], field: string) {
  return [
    ...new Set(rows.map((row) => row[field]).filter((id) => typeof id === "string" && !id.startsWith("<"))),
  ] as string[];
}

export function createCompleter(toolbox: Toolbox, now: () => number) {
  const kept = new Map<string, { rows: Promise<Data[]>; at: number; writes: number }>();

  /** What the tool answers, asked once a minute and after a change; nothing where it cannot. */
  const ask = (tool: string, args: Data, context: ToolContext): Promise<Data[]> => {
    const key = JSON.stringify([tool, args]);
    const known = kept.get(key);
    const writes = toolbox.writes();
    if (known && known.writes === writes && now() - known.at < maxAgeMs) return known.rows;
    const rows = toolbox.offers(tool)
      ? toolbox.call(tool, args, context).then(({ structuredContent }) => readRows(structuredContent))
      : Promise.resolve([]);
    kept.delete(key);
    kept.set(key, { rows, at: now(), writes });
    if (kept.size > maxEntries) kept.delete(kept.keys().next().value as string);
    return rows;
  };

  return async (what: CompletionKind, typed: string, context: ToolContext = {}): Promise<Completion> => {
    // Not cancelled with the keystroke that asked: the next one uses the same answer.
    const { signal: _signal, ...lasting } = context;
    const recent = await ask("list_conversations", { limit: 100 }, lasting);
    const start = typed.trim().toLowerCase();
    const found = collectIds(recent, what === "contact" ? "contactId" : "id").filter((id) =>
      // An address may be typed without its platform.
      what === "contact" ? id.toLowerCase().startsWith(start) : id.toLowerCase().includes(start),
    );
    const byName =
      what === "contact" && found.length === 0 && start.length >= minLetters && !start.startsWith("contact_")
        ? collectIds(await ask("find_contacts", { query: start.slice(0, 200) }, lasting), "id")
        : [];
    const all = [...found, ...byName];
    return { values: all.slice(0, maxValues), total: all.length, hasMore: all.length > maxValues };
  };
}

export type Completer = ReturnType<typeof createCompleter>;
