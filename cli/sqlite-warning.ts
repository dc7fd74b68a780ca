/**
 * Node 22 warns, wherever SQLite is loaded, that it is experimental: nothing that whoever runs a command can act on. That
 * one warning is left out, and every other is shown. The commands import this before anything that loads `node:sqlite`.
 */
import process from "node:process";

const { emitWarning } = process;

process.emitWarning = (warning: string | Error, ...details: unknown[]): void => {
  if (!/^SQLite is an experimental feature\b/.test(String(warning)))
    Reflect.apply(emitWarning, process, [warning, ...details]);
};
