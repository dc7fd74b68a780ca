#!/usr/bin/env node
import process from "node:process";
import { bundledFor } from "./bundled.ts";

// `onsync … | head` closes our stdout: there is nobody left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A command that has to know whether its output arrives (`listen`) listens itself.
  if (process.stdout.listenerCount("error") > 1) return;
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const args = process.argv.slice(2);
const bundled = bundledFor(args, import.meta.url);
if (bundled !== undefined) await import(bundled);
else {
  const { run } = await import("./program.ts");
  process.exitCode = await run(args, {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}
