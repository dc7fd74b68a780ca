/**
 * Zapier's publishing checks that its offline validation leaves out, by their ids
 * (https://docs.zapier.com/platform/publish/integration-checks-reference).
 */
import {
  allFields,
  allItems,
  allSamples,
  type Definition,
  type Field,
  type Kind,
  type Listing,
  plainFields,
  visibleItems,
} from "./definition.ts";

const secretKey = /api_?key|token|secret|password|passwd|jwt/i;
const smallWord = /^(a|an|the|in|of|to|or|and|for|with|by|on|at|from)$/;

function isTitleCase(label: string): boolean {
  return label.split(" ").every((word, index) => (index > 0 && smallWord.test(word)) || /^[A-Z0-9]/.test(word));
}

function isPlural(noun: string): boolean {
  return /[^su]s$/.test(noun);
}

const descriptions: Record<Kind, RegExp> = {
  triggers: /^Triggers when .+[^.]\.$/,
  creates: /^(Creates|Updates|Adds|Removes|Sends) .+[^.]\.$/,
  searches: /^Finds an? .+[^.]\.$/,
};
const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const looksLikeDate = /^\d{4}-\d{2}-\d{2}|^\d{1,2} [A-Z][a-z]{2} \d{4}|^\d{1,2}\/\d{1,2}\/\d{2,4}/;

function fitsField({ type, list, dict, children }: Field, value: unknown): boolean {
  if (value === null) return true;
  if (Array.isArray(children))
    return (
      Array.isArray(value) && value.every((item) => children.every((child: Field) => fitsField(child, item[child.key])))
    );
  if (list) return Array.isArray(value);
  if (dict) return typeof value === "object" && !Array.isArray(value);
  if (type === "boolean") return typeof value === "boolean";
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number";
  return typeof value === "string" && (type !== "datetime" || iso.test(value));
}

function listTexts(value: unknown): string[] {
  return typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(listTexts)
      : [];
}

/** A bundle whose every secret would be noticed in a label. */
const labelSecret = "onsync_pk_live_thatNobodyMaySee0123456789";

type Check = (app: Definition, listing: Listing) => string[] | Promise<string[]>;

export const checks: Record<string, Check> = {
  D001: (app) => allFields(app).flatMap(({ field, at }) => (secretKey.test(field.key) ? [at] : [])),
  D002: ({ authentication }) =>
    authentication.fields
      .filter(({ key, helpText }) => secretKey.test(key) && !/\[[^\]]+\]\(https:\/\/[^)]+\)/.test(helpText ?? ""))
      .map(({ key }) => key),
  D003: async ({ authentication: { connectionLabel } }) => {
    if (typeof connectionLabel === "string")
      return secretKey.test(connectionLabel) || !connectionLabel.includes("{{") ? [connectionLabel] : [];
    const bundle = { authData: { api_key: labelSecret }, inputData: { organization: "Org", api_key: labelSecret } };
    const label = String(await connectionLabel({} as never, bundle as never));
    return label.includes(labelSecret) || !label.includes("Org") ? [label] : [];
  },
  D004: (app) =>
    allFields(app)
      // The contact's number in the customer's own system is nothing that OnSync could list.
      .filter(({ field }) => field.key !== "externalId")
      .filter(({ field }) => /(^id|Id|_id)$/.test(field.key) && !field.dynamic && !field.search)
      .map(({ at }) => at)
      .concat(allFields(app).flatMap(({ field, at }) => (/\bID$/i.test(field.label ?? "") ? [`${at} (label)`] : []))),
  D005: (app) =>
    allFields(app).flatMap(({ field, at }) =>
      field.dynamic && !app.triggers[field.dynamic.split(".")[0] ?? ""] ? [`${at} → ${field.dynamic}`] : [],
    ),
  D006: ({ triggers }) =>
    Object.values(triggers).flatMap(({ key, operation }) =>
      operation.type === "hook" && typeof operation.performList !== "function" ? [key] : [],
    ),
  D007: (app) => listTexts(app).filter((text) => /\bhttp:\/\//.test(text)),
  D008: (app) =>
    listTexts(app).filter((text) =>
      /https?:\/\//.test(
        text
          .replace(/`[^`]*`/g, "")
          .replace(/\[[^\]]+\]\(https?:[^)\s]+\)/g, "")
          .replace(/^\S+$/, ""),
      ),
    ),
  D009: ({ searches }) => Object.values(searches).flatMap((item) => (plainFields(item).length === 0 ? [item.key] : [])),
  D010: (app) => allSamples(app).flatMap(({ at, sample }) => (sample?.id == null ? [at] : [])),
  D011: (app) =>
    allFields(app).flatMap(({ field, at }) =>
      field.helpText?.replace(/\.$/, "").toLowerCase() === field.label?.toLowerCase() ? [at] : [],
    ),
  D012: (app) => allSamples(app).flatMap(({ at, sample }) => (Object.keys(sample ?? {}).length === 0 ? [at] : [])),
  D013: (app) =>
    allFields(app).flatMap(({ field, at }) =>
      field.search && !app.searches[field.search.split(".")[0] ?? ""] ? [`${at} → ${field.search}`] : [],
    ),
  D014: (app) =>
    allFields(app).flatMap(({ field, at }) =>
      field.search && (field.list || field.dict || field.children) ? [at] : [],
    ),
  D015: (app) =>
    Object.values(app.searchOrCreates).flatMap(({ key, search, create }) =>
      key === search && app.searches[search] && app.creates[create] ? [] : [key],
    ),
  D017: ({ triggers }) =>
    Object.values(triggers).flatMap(({ key, operation }) =>
      operation.type === "hook" && !(operation.performSubscribe && operation.performUnsubscribe) ? [key] : [],
    ),
  D018: (app) =>
    [
      ...visibleItems(app).map(({ item }) => item.display.label),
      ...Object.values(app.searchOrCreates).map((each) => each.display.label),
    ]
      .concat(visibleItems(app).map(({ item }) => item.noun))
      .concat(allFields(app).map(({ field }) => field.label ?? field.key))
      .concat(
        visibleItems(app).flatMap(({ item }) =>
          (item.operation.outputFields ?? []).map(({ key, label }) => label ?? key),
        ),
      )
      .filter((label) => !isTitleCase(label)),
  D021: (app) =>
    visibleItems(app)
      .filter(({ kind, item }) => !descriptions[kind].test(item.display.description) || isPlural(item.noun))
      .map(({ item, at }) => `${at}: ${item.noun}: ${item.display.description}`),
  D022: ({ creates }) => Object.values(creates).flatMap((item) => (plainFields(item).length === 0 ? [item.key] : [])),
  D023: (app) =>
    allSamples(app).flatMap(({ at, sample }) =>
      listTexts(sample).flatMap((text) => (looksLikeDate.test(text) && !iso.test(text) ? [`${at}: ${text}`] : [])),
    ),
  D024: (app) =>
    allSamples(app).flatMap(({ at, item, sample = {} }) => {
      const output = item.operation.outputFields ?? [];
      const known = output.map(({ key }) => key);
      return [
        ...output
          .filter(({ key, required }) => required && !(key in sample))
          .map(({ key }) => `${at}.${key} is missing`),
        ...output
          .filter((field) => field.key in sample && !fitsField(field, sample[field.key]))
          .map(({ key }) => `${at}.${key}`),
        ...Object.keys(sample)
          .filter((key) => !known.includes(key))
          .map((key) => `${at}.${key} is no output field`),
      ];
    }),
  D026: async ({ authentication }) => {
    const domains = authentication.fields.filter(({ key }) => /url|domain|host/i.test(key));
    const problems: string[] = [];
    for (const { key } of domains) {
      for (const value of ["http://evil.example", "https://user:pass@evil.example", "javascript:alert(1)", "evil"]) {
        let requested = false;
        const request = async () => {
          requested = true;
          throw new Error("no request was to be made");
        };
        const z = {
          request,
          console: { log() {}, error() {} },
          errors: { Error, HaltedError: Error, ExpiredAuthError: Error },
        };
        const bundle = { authData: { api_key: labelSecret, [key]: value }, inputData: {} };
        const refused = await authentication.test(z as never, bundle as never).then(
          () => false,
          () => true,
        );
        if (!refused || requested) problems.push(`${key}: ${value}`);
      }
    }
    return problems;
  },
  D027: (_app, { coreVersion, coreDependency }) => (coreDependency === coreVersion ? [] : [coreDependency]),
  D028: (app) =>
    app.flags.cleanInputData === false
      ? allItems(app).flatMap(({ item, at }) => (item.operation.cleanInputData ? [at] : []))
      : ["flags.cleanInputData"],
  M002: (_app, { title, description }) =>
    description.startsWith(`${title} is a`) &&
    description.length >= 40 &&
    description.length <= 140 &&
    !/zapier|\bsync/i.test(description)
      ? []
      : [description],
};

/** T004 and T006: what the sample promises and a live result lacks. */
export function missingInLive(sample: unknown, live: unknown, at = ""): string[] {
  if (typeof sample !== "object" || sample === null || Array.isArray(sample)) return [];
  if (typeof live !== "object" || live === null) return [at || "everything"];
  return Object.entries(sample).flatMap(([key, value]) =>
    key in live
      ? value === null || (live as Record<string, unknown>)[key] === null
        ? []
        : missingInLive(value, (live as Record<string, unknown>)[key], `${at}${key}.`)
      : [`${at}${key}`],
  );
}

/** What is wrong, as `D018: New message`. */
export async function lint(app: Definition, listing: Listing): Promise<string[]> {
  const findings = await Promise.all(
    Object.entries(checks).map(async ([id, check]) =>
      (await check(app, listing)).map((problem) => `${id}: ${problem}`),
    ),
  );
  return findings.flat();
}
