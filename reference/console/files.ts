/** The console's own files: a page, a style sheet, a handful of modules. Read once, named by a fixed list. */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export type ConsoleFiles = {
  page: string;
  /** By path below `/_console/files/`. */
  get(name: string): { type: string; text: string } | undefined;
};

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

export function readFiles(folder = join(import.meta.dirname, "assets")): ConsoleFiles {
  const files = new Map<string, { type: string; text: string }>();
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = types[extname(entry)];
    if (type) files.set(entry.replaceAll("\\", "/"), { type, text: readFileSync(join(folder, entry), "utf8") });
  }
  return { page: readFileSync(join(folder, "index.html"), "utf8"), get: (name) => files.get(name) };
}

/**
 * Nothing is loaded from anywhere else, nothing runs that is not one of the files, text cannot become markup (trusted
 * types), nobody may frame the page, and no other page may hold a handle to it.
 */
export const securityHeaders: Record<string, string> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};
