/** Of a run with faults, what docs/metrics.md shows. */
import type { FaultyRun } from "./faulty-run.ts";
import { readPage } from "./page.ts";

const [begins, ends] = ["<!-- run -->", "<!-- /run -->"];

/** What differs from run to run is left out: seconds, buckets, the process's own; so are series that are still at 0. */
function formatPage(text: string): string {
  const told = [...readPage(text).series].filter(
    ([name, value]) =>
      name.startsWith("onsync_") &&
      !/_(bucket|sum)\b|_seconds(?:\{|$)/.test(name) &&
      (value !== 0 || name === "onsync_events_waiting"),
  );
  return ["```text", ...told.map(([name, value]) => `${name} ${value}`), "```"].join("\n");
}

/** The page with what this run says put between its marks. @throws Error where it has no place for it */
export function withRun(page: string, { pages }: FaultyRun): string {
  const [start, end] = [page.indexOf(begins), page.indexOf(ends)];
  if (start < 0 || end < start) throw new Error(`there must be a place for the run: ${begins} and ${ends}`);
  const blocks = [
    "The receiver, before it was killed:",
    formatPage(pages.receiver),
    "The receiver that was started in its place, on the same file:",
    formatPage(pages.restarted),
    "The MCP server:",
    formatPage(pages.mcp),
  ];
  return `${page.slice(0, start + begins.length)}\n\n${blocks.join("\n\n")}\n\n${page.slice(end)}`;
}
