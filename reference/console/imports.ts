/**
 * Imports on the console's Import page. What works with files is no part of an API: whoever starts the reference brings it
 * (`imports` of its options), and the console shows it to the org that is looked at.
 */
import * as z from "zod";
import type { JsonRoute } from "../control/json-routes.ts";
import { invalidField, Refusal } from "../http/answers.ts";
import { readQuery, validate } from "../http/input.ts";

/** What a person says of a file, beside what is guessed. */
const Settings = z.strictObject({
  /** By the name of a column, the field that it is. */
  columns: z.record(z.string(), z.string()).optional(),
  /** Whose numbers those without a country code are; empty: nobody's. */
  country: z.string().max(60).optional(),
  tags: z.enum(["keep", "add", "replace"]).optional(),
  onDuplicate: z.enum(["skip", "first", "newest"]).optional(),
  /** Of the org's hour, in percent. */
  budget: z.int().min(1).max(100).optional(),
});

export type ImportSettings = z.output<typeof Settings>;

/** An org has one import at a time; a {@link Refusal} is thrown where something cannot be done with it. */
export type Imports = {
  /** What the page shows of it; `null`: there is none. */
  read(orgId: string): Promise<object | null>;
  /** Takes a file in the place of the one before, and plans. */
  open(orgId: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Plans anew. */
  change(orgId: string, settings: ImportSettings): Promise<void>;
  /** Begins, or goes on; resolves while it runs. */
  start(orgId: string): Promise<void>;
  /** Resolves when what was under way is over. */
  stop(orgId: string): Promise<void>;
  /** Forgets it, and removes its files. */
  discard(orgId: string): Promise<void>;
  /** The rows that were refused, as a file. */
  readRefused(orgId: string): Promise<{ name: string; text: string }>;
};

/** What the routes work on. */
export type ImportSubject = {
  imports: Imports | null;
  org: { id: string };
  context: { changes: { note(change: { kind: "import" }): void } };
};

const FileQuery = z.strictObject({ name: z.string().min(1).max(1000) });

function requireImports({ imports }: ImportSubject): Imports {
  if (imports) return imports;
  throw new Refusal("not_found", "This console imports no files: the one of `onsync start` does.");
}

/** Does it, tells every page that looks on, and answers with what there is then. */
async function changeImport(
  subject: ImportSubject,
  work: (imports: Imports, orgId: string) => Promise<void>,
): Promise<{ import: object | null }> {
  const imports = requireImports(subject);
  try {
    await work(imports, subject.org.id);
  } finally {
    subject.context.changes.note({ kind: "import" });
  }
  return { import: await imports.read(subject.org.id) };
}

function requireFile(file: AsyncIterable<Uint8Array> | null): AsyncIterable<Uint8Array> {
  if (file) return file;
  throw invalidField([], "The body is empty. Send a file.");
}

export const importRoutes: readonly JsonRoute<ImportSubject>[] = [
  {
    method: "GET",
    path: "/import",
    run: async (subject) => ({ import: await requireImports(subject).read(subject.org.id) }),
  },
  {
    method: "POST",
    path: "/import",
    creates: true,
    takesFile: true,
    run: (subject, { query, file }) => {
      const { name } = validate(FileQuery, readQuery(query, FileQuery));
      return changeImport(subject, (imports, orgId) => imports.open(orgId, name, requireFile(file)));
    },
  },
  {
    method: "PATCH",
    path: "/import",
    takesBody: true,
    run: (subject, { body }) => {
      const settings = validate(Settings, body);
      return changeImport(subject, (imports, orgId) => imports.change(orgId, settings));
    },
  },
  {
    method: "DELETE",
    path: "/import",
    run: (subject) => changeImport(subject, (imports, orgId) => imports.discard(orgId)),
  },
  {
    method: "POST",
    path: "/import/start",
    run: (subject) => changeImport(subject, (imports, orgId) => imports.start(orgId)),
  },
  {
    method: "POST",
    path: "/import/stop",
    run: (subject) => changeImport(subject, (imports, orgId) => imports.stop(orgId)),
  },
  {
    method: "GET",
    path: "/import/refused",
    run: (subject) => requireImports(subject).readRefused(subject.org.id),
  },
];
