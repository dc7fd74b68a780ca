#!/usr/bin/env node
import "./node-version.ts";
import "./sqlite-warning.ts";
import process from "node:process";
import { findBundle } from "./bundled.ts";

const args = process.argv.slice(2);
const bundled = findBundle(args, process.env, import.meta.url);
if (bundled !== undefined) await import(bundled);
else {
  const [{ run }, { processIo }] = await Promise.all([import("./program.ts"), import("./output/io.ts")]);
  const code = await run(args, processIo());
  process.exitCode = code || process.exitCode;
}
