/** What the template list says of one template, remembered for a while: a send does not cost a second request each time. */
import { createHash } from "node:crypto";
import type { Template, TemplateSlot } from "../../src/api/index.ts";
import { listTemplateSlots } from "../../src/api/template/template-slots.ts";
import { isErrorNamed } from "../../src/client/index.ts";
import { createScopedCache, type ScopedCache } from "../connection/cache.ts";
import type { PerformContext } from "../perform.ts";

/** A template as it can be sent: one version a language. */
type KnownTemplate = {
  versions: { language: string; slots: TemplateSlot[] }[];
  /** Some templates that there are, to name them where this one is not among them. */
  others: string[];
};

const memorySeconds = 5 * 60;
const maxOthers = 10;

/** A send waits for its messages, and not for a list that only checks them. */
const listDeadlineMs = 2_000;
const cacheCallMs = 500;

/** The WhatsApp templates that can be sent now. */
export async function listApprovedTemplates({ onsync, signal }: PerformContext, deadlineMs?: number) {
  const { data } = await onsync.templates.list({ platform: "whatsapp" }, { signal, ...(deadlineMs && { deadlineMs }) });
  return data.filter(({ status }) => status.toLowerCase() === "approved");
}

function describeTemplate(templates: readonly Template[], name: string): KnownTemplate | null {
  // An empty list says that none is registered where it is kept, not that WhatsApp has none.
  if (templates.length === 0) return null;
  const versions = templates.filter((template) => template.name === name);
  return {
    versions: versions.map((version) => ({ language: version.language, slots: listTemplateSlots(version) })),
    others: versions.length > 0 ? [] : [...new Set(templates.map((each) => each.name))].slice(0, maxOthers),
  };
}

/** `null`: there is no list, or the key may not read it; `undefined`: it could not be read this time. OnSync decides then. */
async function readKnownTemplate(context: PerformContext, name: string): Promise<KnownTemplate | null | undefined> {
  try {
    return describeTemplate(await listApprovedTemplates(context, listDeadlineMs), name);
  } catch (error) {
    if (context.signal.aborted) throw error;
    return isErrorNamed(error, "ExtensionUnavailableError") || isErrorNamed(error, "PermissionError")
      ? null
      : undefined;
  }
}

async function readRemembered(cache: ScopedCache, key: string): Promise<{ known: KnownTemplate | null } | null> {
  const remembered: unknown = await cache.get(key).catch(() => null);
  return typeof remembered === "object" && remembered !== null && "known" in remembered
    ? (remembered as { known: KnownTemplate | null })
    : null;
}

/**
 * Runs a check by what is known of the template. What it finds wrong by an older answer is looked at again by a new one.
 * `null`: nothing is known of it.
 */
export async function checkAgainstTemplate<Result extends { problem?: unknown }>(
  context: PerformContext,
  name: string,
  check: (known: KnownTemplate | null) => Result,
): Promise<Result> {
  const cache = createScopedCache(context.z, ["auth"], { callMs: cacheCallMs });
  const key = `template:${createHash("sha256").update(name).digest("hex")}`;
  const remembered = await readRemembered(cache, key);
  if (remembered) {
    const result = check(remembered.known);
    if (result.problem === undefined) return result;
  }
  const known = await readKnownTemplate(context, name);
  if (known !== undefined) await cache.set(key, { known }, memorySeconds).catch(() => null);
  return check(known ?? null);
}
