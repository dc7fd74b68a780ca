/** An export into a file of DuckDB. One process has it open at a time: DuckDB sees to that between processes, this file within one. */
import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { importOptional } from "../../../webhooks/sinks/optional.ts";
import type { PurgeableTarget } from "../forget/purge.ts";
import type { ColumnType } from "../records.ts";
import { openDatabaseTarget } from "./database/database-target.ts";
import { createEngineError, type SqlEngine, type SqlRow } from "./database/engine.ts";
import { quoteName } from "./database/names.ts";
import { TargetError } from "./paths.ts";

export type DuckDbTargetOptions = { file: string };

const types: Record<ColumnType, string> = {
  text: "VARCHAR",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMPTZ",
  json: "JSON",
};

/** No extension is fetched from the network, whatever a file or a query asks for. */
const settings = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };

const openFiles = new Set<string>();

/** @throws Error with a sentence where the file is another program's, in use, or cannot be written */
export async function openDuckDbTarget({ file }: DuckDbTargetOptions): Promise<PurgeableTarget> {
  const { DuckDBInstance } = await importOptional(
    "@duckdb/node-api",
    "An export into DuckDB",
    () => import("@duckdb/node-api"),
  );
  const path = checkPath(file);
  if (openFiles.has(path)) throw createFailure(file, "another export of this process writes into it");
  openFiles.add(path);
  try {
    const instance = await DuckDBInstance.create(path, settings);
    // Before a customer's word is in it. What DuckDB keeps beside it follows the umask.
    chmodSync(path, 0o600);
    const connection = await instance.connect();
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      connection.closeSync();
      instance.closeSync();
      openFiles.delete(path);
    };
    return await openDatabaseTarget(createEngine(connection, { file, path }, close));
  } catch (error) {
    openFiles.delete(path);
    throw createFailure(file, readReason(error));
  }
}

/** A link could lead to a file that somebody else chose. @returns absolute: DuckDB takes some names for addresses */
function checkPath(file: string): string {
  const path = resolve(file);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw createFailure(file, "it is a symbolic link; name the file itself");
  if (stats && !stats.isFile()) throw createFailure(file, "it is not a regular file");
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    throw createFailure(file, "its folder is not there; make it");
  }
}

function createFailure(file: string, reason: string): TargetError {
  return new TargetError(`${file} cannot be exported into: ${reason.replace(/\.$/, "")}. Or name another file.`);
}

function readReason(error: unknown): string {
  const { message } = error as Error;
  if (/Could not set lock/i.test(message)) return "another program has it open; wait until that has ended, or close it";
  return /Extension "|not a valid DuckDB/.test(message) ? "it is no file of DuckDB, and was left as it is" : message;
}

function createEngine(
  connection: DuckDBConnection,
  { file: place, path }: { file: string; path: string },
  close: () => Promise<void>,
): SqlEngine {
  const run: SqlEngine["run"] = async (sql, ...parameters) => {
    try {
      const reader = await connection.runAndReadAll(sql, parameters);
      return { rows: reader.getRowObjectsJson() as SqlRow[], changed: Number(reader.rowsChanged) };
    } catch (error) {
      throw createEngineError(`DuckDB did not do it with ${place}: ${(error as Error).message.split("\n")[0]}`);
    }
  };
  return {
    place,
    types,
    byteOrderedText: "VARCHAR",
    quoteTable: quoteName,
    keepsZeroBytes: true,
    unpack(columns) {
      const fields = columns.map((type, index) => [`c${index}`, type === "timestamp" ? "BIGINT" : types[type]]);
      return `(SELECT unnest(from_json($1::JSON, '${JSON.stringify([Object.fromEntries(fields)])}'), recursive := true)) AS given`;
    },
    fromUnpacked: (name, type) => (type === "timestamp" ? `make_timestamptz(${name})` : name),
    toText: (expression, type) =>
      type === "timestamp" ? `CAST(epoch_us(${expression}) AS VARCHAR)` : `CAST(${expression} AS VARCHAR)`,
    async hasTable(name) {
      const { rows } = await run(
        "SELECT 'there' AS table FROM information_schema.tables WHERE table_name ILIKE $1",
        name,
      );
      return rows.length > 0;
    },
    run,
    begin: async () => void (await run("BEGIN")),
    async scrub() {
      // What is deleted stays in the blocks of its file: it is copied, and the copy takes its place.
      const copy = `${path}.${randomBytes(6).toString("hex")}`;
      try {
        const { rows } = await run("SELECT current_database() AS name");
        await run(`ATTACH '${copy.replaceAll("'", "''")}' AS onsync_copy`);
        await run(`COPY FROM DATABASE ${quoteName(rows[0]?.name ?? "")} TO onsync_copy`);
        await run("DETACH onsync_copy");
        await close();
        chmodSync(copy, statSync(path).mode & 0o777);
        renameSync(copy, path);
        return true;
      } finally {
        rmSync(copy, { force: true });
        rmSync(`${copy}.wal`, { force: true });
      }
    },
    close,
  };
}
