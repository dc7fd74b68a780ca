/** `--orgs FILE`: whose contacts are in which file, and by which key they are imported. JSON, NDJSON or CSV. */
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import * as z from "zod";
import { duplicatePolicies, FileError, openRows, tagModes } from "../../../src/data/index.ts";
import { UsageError } from "../../output/errors.ts";
import type { Environment } from "../../output/io.ts";
import { readSecretFile, readVariable } from "../../settings/environment.ts";

const oneLine = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u, "must be one line of 1 to 100 characters");
const path = z.string().min(1, "must not be empty");
const changes = z.union([
  z.string().transform((text) => [text]),
  z.array(z.string()),
  z
    .record(z.string(), z.string())
    .transform((each) => Object.entries(each).map(([column, field]) => `${column}=${field}`)),
]);

const OrgLine = z.strictObject({
  org: oneLine,
  key: z.string().optional(),
  keyFile: path.optional(),
  keyEnv: z.string().optional(),
  file: path,
  baseUrl: z.string().optional(),
  country: z.string().optional(),
  map: changes.optional(),
  tags: z.enum(tagModes).optional(),
  onDuplicate: z.enum(duplicatePolicies).exclude(["ask"]).optional(),
  budget: z
    .union([z.string(), z.number()])
    .refine((share) => /^(?:[1-9]\d?|100)%?$/.test(String(share)), "must be a share of the org's hour, from 1% to 100%")
    .transform((share) => Number.parseInt(String(share), 10) / 100)
    .optional(),
  journal: path.optional(),
  errors: path.optional(),
});

/** One org's import. Its key is in `env` alone. */
export type OrgImport = {
  org: string;
  file: string;
  /** The file as it is written there: what workers know it by, wherever it lies. */
  name: string;
  /** As the commands read it: key and base URL. */
  env: Environment;
  options: {
    country?: string;
    map?: string[];
    tags?: z.infer<typeof OrgLine>["tags"];
    onDuplicate?: z.infer<typeof OrgLine>["onDuplicate"];
    budget?: number;
    journal?: string;
    errors?: string;
  };
};

type Found = { value: unknown; line: number };

export type OrgsFile = {
  imports: OrgImport[];
  /** Whether it has keys in it, and others on this machine can read it. */
  isExposed: boolean;
};

/** @throws UsageError with the line, the field and the fix, and never with a key */
export async function readOrgsFile(file: string, env: Environment): Promise<OrgsFile> {
  const found = await readLines(file);
  if (found.length === 0) throw new UsageError(`--orgs: ${file} names no org.`);
  const lines = found.map(({ value, line }) => ({ line, ...parseLine(file, value, line) }));
  const imports = lines.map(({ line, parsed }) => toImport(file, parsed, line, env));
  for (const [index, { file: contacts, options }] of imports.entries()) {
    const first = imports.findIndex((each) => (each.options.journal ?? each.file) === (options.journal ?? contacts));
    if (first < index)
      throw new UsageError(
        `--orgs: ${file}, line ${lines[index]?.line}: ${contacts} is imported in line ${lines[first]?.line}, too, and one journal is for one import: give one of them a journal of its own.`,
      );
  }
  const isExposed = lines.some(({ parsed }) => parsed.key !== undefined) && (statSync(file).mode & 0o077) !== 0;
  return { imports, isExposed };
}

async function readLines(file: string): Promise<Found[]> {
  const text = readText(file).trim();
  if (text.startsWith("[")) return parseList(file, text).map((value, index) => ({ value, line: index + 1 }));
  if (!text.startsWith("{")) return readCsv(file);
  const whole = parseJson(text);
  if (whole !== undefined) return [{ value: whole, line: 1 }];
  return text.split("\n").flatMap((each, index) => {
    if (each.trim() === "") return [];
    const value = parseJson(each);
    if (value !== undefined) return [{ value, line: index + 1 }];
    throw new UsageError(`--orgs: ${file}, line ${index + 1} is no JSON object: write one object a line, or a list.`);
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--orgs: ${file} cannot be read (${code}): check its path and permissions.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseList(file: string, text: string): unknown[] {
  const list = parseJson(text);
  if (Array.isArray(list)) return list;
  // What is wrong with it is not quoted: it may be a key.
  throw new UsageError(`--orgs: ${file} begins as a JSON list, and is none that can be read.`);
}

async function readCsv(file: string): Promise<Found[]> {
  try {
    const rows = await openRows(file);
    const found: Found[] = [];
    for await (const { cells, line, problem } of rows.rows()) {
      if (problem) throw new FileError(problem.reason, line);
      const filled = rows.columns.flatMap((name, index) => (cells[index] == null ? [] : [[name, cells[index]]]));
      found.push({ value: Object.fromEntries(filled), line });
    }
    return found;
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`--orgs: ${file}: ${error.message}`);
    throw error;
  }
}

function parseLine(file: string, value: unknown, line: number): { parsed: z.infer<typeof OrgLine> } {
  const parsed = OrgLine.safeParse(value);
  if (parsed.success) return { parsed: parsed.data };
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const field = issue?.path.join(".");
  const what =
    issue?.code === "unrecognized_keys"
      ? `${issue.keys.map(nameField).join(", ")}: there is no such field. There are ${Object.keys(OrgLine.shape).join(", ")}`
      : `${field ? `${field}: ` : ""}${issue?.message.replace(/^Invalid input: expected string, received undefined$/, "it is missing")}`;
  throw new UsageError(`--orgs: ${file}, line ${line}: ${what}.`);
}

/** Without a line of names, those of a CSV are what its first line holds: a key, it may be. */
function nameField(name: string): string {
  return /^[A-Za-z][A-Za-z ]{0,30}$/.test(name) ? name : "a name that is not shown";
}

function toImport(file: string, given: z.infer<typeof OrgLine>, line: number, env: Environment): OrgImport {
  const { org, key, keyFile, keyEnv, baseUrl, file: contacts, journal, errors, ...options } = given;
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(file), name));
  const where = `--orgs: ${file}, line ${line}`;
  if ([key, keyFile, keyEnv].filter((each) => each !== undefined).length !== 1)
    throw new UsageError(`${where}: give ${org} one of key, keyFile (a file that holds it) and keyEnv (a variable).`);
  const apiKey = key ?? readKey(where, env, keyFile === undefined ? undefined : beside(keyFile), keyEnv);
  if (apiKey.trim() === "") throw new UsageError(`${where}: the key of ${org} is empty.`);
  return {
    org,
    file: beside(contacts),
    name: contacts,
    env: {
      ...env,
      ONSYNC_API_KEY: apiKey.trim(),
      ONSYNC_API_KEY_FILE: "",
      ...(baseUrl === undefined ? {} : { ONSYNC_BASE_URL: baseUrl }),
    },
    options: {
      ...(options as OrgImport["options"]),
      ...(journal === undefined ? {} : { journal: beside(journal) }),
      ...(errors === undefined ? {} : { errors: beside(errors) }),
    },
  };
}

function readKey(where: string, env: Environment, keyFile: string | undefined, keyEnv = ""): string {
  if (keyFile !== undefined) return readSecretFile(`${where}: keyFile`, keyFile);
  const key = readVariable(env, keyEnv);
  if (key !== undefined) return key;
  // Whoever wrote the key itself there does not want to see it on a screen.
  const name = /^[A-Z][A-Z0-9_]*$/.test(keyEnv) ? `the variable ${keyEnv}` : "the variable that keyEnv names";
  throw new UsageError(`${where}: ${name} is not set.`);
}
