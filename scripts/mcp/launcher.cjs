#!/usr/bin/env node
// Starts the bundle beside it with its compiled code kept between starts: an eighth off the start, and less memory. The
// cache is the user's own: what lies in a folder that others can write to is not run. Where it cannot be kept, the bundle
// starts without it.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || major === 23 || (major === 22 && minor < 21) || (major === 24 && minor < 5)) {
  process.stderr.write(
    `error: onsync-mcp needs Node 22, from 22.21 on, or 24.5 or newer, and this is ${process.version}. Install a newer one, or name it in the host's configuration in place of "node" or "npx".\n`,
  );
  process.exit(1);
}

const { enableCompileCache } = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

const { XDG_CACHE_HOME, LOCALAPPDATA, NODE_COMPILE_CACHE } = process.env;
const system = { darwin: "Library/Caches", win32: "AppData/Local" }[process.platform] ?? ".cache";
const caches = XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), system);
enableCompileCache(NODE_COMPILE_CACHE || join(caches, "onsync-mcp"));
require("./onsync-mcp.bundle.cjs");
