#!/usr/bin/env node
/**
 * `onsync mcp` by itself: what hosts start. Bundled into one file (`scripts/mcp/bundle.ts`), it loads nothing of the other
 * commands.
 */
import "./no-compiled-schemas.ts";
import "./sqlite-warning.ts";
import process from "node:process";
import { Command } from "commander";
import { addMcpCommand } from "./mcp/index.ts";
import { processIo } from "./output/io.ts";
import { redirectOutput, runProgram } from "./output/run-program.ts";
import { version } from "./version.ts";

const io = processIo();
const program = redirectOutput(new Command("onsync").version(version), io);
addMcpCommand(program, io);

const args = process.argv.slice(2);
// No top-level await: the bundle is CommonJS, which starts faster.
runProgram(program, args[0] === "mcp" || args[0] === "--version" ? args : ["mcp", ...args], io).then((code) => {
  process.exitCode = code || process.exitCode;
});
