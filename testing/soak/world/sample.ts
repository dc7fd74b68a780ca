/** What a process holds, as the system tells it: memory, handles, sockets. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Sample } from "../evidence.ts";

/** @returns `null` where it is gone, or this system does not tell */
export function sampleProcess(pid: number): Omit<Sample, "at"> | null {
  try {
    const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const handles = readdirSync(`/proc/${pid}/fd`);
    const sockets = handles.filter((handle) => isSocket(`/proc/${pid}/fd/${handle}`)).length;
    return rss === undefined ? null : { rssBytes: Number(rss) * 1024, handles: handles.length, sockets };
  } catch {
    return null;
  }
}

function isSocket(handle: string): boolean {
  try {
    return readlinkSync(handle).startsWith("socket:");
  } catch {
    // Closed since it was listed.
    return false;
  }
}
