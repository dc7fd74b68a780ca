/**
 * Zapier's publishing checks that its offline validation leaves out, by their ids
 * (https://docs.zapier.com/platform/publish/integration-checks-reference).
 */

export type Field = {
  key: string;
  label?: string;
  helpText?: string;
  type?: string;
  required?: boolean;
  list?: boolean;
  dict?: boolean;
  children?: unknown;
  dynamic?: string;
  search?: string;
};
export type Item = {
  key: string;
  noun: string;
  display: { label: string; description: string; hidden?: boolean };
  operation: {
    type?: string;
    perform?: unknown;
    performList?: unknown;
    performSubscribe?: unknown;
    performUnsubscribe?: unknown;
    inputFields?: (Field | ((...args: never) => unknown))[];
    outputFields?: Field[];
    sample?: Record<string, unknown>;
    cleanInputData?: boolean;
  };
};
type Kind = "triggers" | "creates" | "searches";
export type Definition = {
  flags: { cleanInputData?: boolean };
  authentication: {
    fields: Field[];
    connectionLabel: string | ((z: never, bundle: never) => unknown);
    test: (z: never, bundle: never) => Promise<unknown>;
  };
  triggers: Record<string, Item>;
  creates: Record<string, Item>;
  searches: Record<string, Item>;
  searchOrCreates: Record<string, { key: string; display: { label: string }; search: string; create: string }>;
};
export type Listing = { coreVersion: string; coreDependency: string; title: string; description: string };

const kinds = ["triggers", "creates", "searches"] as const;

function all(app: Definition) {
  return kinds.flatMap((kind) => Object.values(app[kind]).map((item) => ({ kind, item, at: `${kind}.${item.key}` })));
}

function visible(app: Definition) {
  return all(app).filter(({ item }) => !item.display.hidden);
}

function plainFields(item: Item): Field[] {
  return (item.operation.inputFields ?? []).filter((field): field is Field => typeof field !== "function");
}

function fields(app: Definition) {
  return all(app).flatMap(({ item, at }) => plainFields(item).map((field) => ({ field, at: `${at}.${field.key}` })));
}

function samples(app: Definition) {
  return visible(app).map(({ item, at }) => ({ at, item, sample: item.operation.sample }));
}

const sensitive = /api_?key|token|secret|password|passwd|jwt/i;
const small = /^(a|an|the|in|of|to|or|and|for|with|by|on|at|from)$/;

function isTitleCase(label: string): boolean {
  return label.split(" ").every((word, index) => (index > 0 && small.test(word)) || /^[A-Z0-9]/.test(word));
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

function fits({ type, list, dict }: Field, value: unknown): boolean {
  if (value === null) return true;
  if (list) return Array.isArray(value);
  if (dict) return typeof value === "object" && !Array.isArray(value);
  if (type === "boolean") return typeof value === "boolean";
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number";
  return typeof value === "string" && (type !== "datetime" || iso.test(value));
}

function texts(value: unknown): string[] {
  return typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : [];
}

/** A bundle whose every secret would be noticed in a label. */
const labelSecret = "onsync_pk_live_thatNobodyMaySee0123456789";

type Check = (app: Definition, listing: Listing) => string[] | Promise<string[]>;

export const checks: Record<string, Check> = {
  D001: (app) => fields(app).flatMap(({ field, at }) => (sensitive.test(field.key) ? [at] : [])),
  D002: ({ authentication }) =>
    authentication.fields
      .filter(({ key, helpText }) => sensitive.test(key) && !/\[[^\]]+\]\(https:\/\/[^)]+\)/.test(helpText ?? ""))
      .map(({ key }) => key),
  D003: async ({ authentication: { connectionLabel } }) => {
    if (typeof connectionLabel === "string")
      return sensitive.test(connectionLabel) || !connectionLabel.includes("{{") ? [connectionLabel] : [];
    const bundle = { authData: { api_key: labelSecret }, inputData: { organization: "Org", api_key: labelSecret } };
    const label = String(await connectionLabel({} as never, bundle as never));
    return label.includes(labelSecret) || !label.includes("Org") ? [label] : [];
  },
  D004: (app) =>
    fields(app)
      // The contact's number in the customer's own system is nothing that OnSync could list.
      .filter(({ field }) => field.key !== "externalId")
      .filter(({ field }) => /(^id|Id|_id)$/.test(field.key) && !field.dynamic && !field.search)
      .map(({ at }) => at)
      .concat(fields(app).flatMap(({ field, at }) => (/\bID$/i.test(field.label ?? "") ? [`${at} (label)`] : []))),
  D005: (app) =>
    fields(app).flatMap(({ field, at }) =>
      field.dynamic && !app.triggers[field.dynamic.split(".")[0] ?? ""] ? [`${at} → ${field.dynamic}`] : [],
    ),
  D006: ({ triggers }) =>
    Object.values(triggers).flatMap(({ key, operation }) =>
      operation.type === "hook" && typeof operation.performList !== "function" ? [key] : [],
    ),
  D007: (app) => texts(app).filter((text) => /\bhttp:\/\//.test(text)),
  D008: (app) =>
    texts(app).filter((text) =>
      /https?:\/\//.test(
        text
          .replace(/`[^`]*`/g, "")
          .replace(/\[[^\]]+\]\(https?:[^)\s]+\)/g, "")
          .replace(/^\S+$/, ""),
      ),
    ),
  D009: ({ searches }) => Object.values(searches).flatMap((item) => (plainFields(item).length === 0 ? [item.key] : [])),
  D010: (app) => samples(app).flatMap(({ at, sample }) => (sample?.id == null ? [at] : [])),
  D011: (app) =>
    fields(app).flatMap(({ field, at }) =>
      field.helpText?.replace(/\.$/, "").toLowerCase() === field.label?.toLowerCase() ? [at] : [],
    ),
  D012: (app) => samples(app).flatMap(({ at, sample }) => (Object.keys(sample ?? {}).length === 0 ? [at] : [])),
  D013: (app) =>
    fields(app).flatMap(({ field, at }) =>
      field.search && !app.searches[field.search.split(".")[0] ?? ""] ? [`${at} → ${field.search}`] : [],
    ),
  D014: (app) =>
    fields(app).flatMap(({ field, at }) => (field.search && (field.list || field.dict || field.children) ? [at] : [])),
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
      ...visible(app).map(({ item }) => item.display.label),
      ...Object.values(app.searchOrCreates).map((each) => each.display.label),
    ]
      .concat(visible(app).map(({ item }) => item.noun))
      .concat(fields(app).map(({ field }) => field.label ?? field.key))
      .concat(
        visible(app).flatMap(({ item }) => (item.operation.outputFields ?? []).map(({ key, label }) => label ?? key)),
      )
      .filter((label) => !isTitleCase(label)),
  D021: (app) =>
    visible(app)
      .filter(({ kind, item }) => !descriptions[kind].test(item.display.description) || isPlural(item.noun))
      .map(({ item, at }) => `${at}: ${item.noun}: ${item.display.description}`),
  D022: ({ creates }) => Object.values(creates).flatMap((item) => (plainFields(item).length === 0 ? [item.key] : [])),
  D023: (app) =>
    samples(app).flatMap(({ at, sample }) =>
      texts(sample).flatMap((text) => (looksLikeDate.test(text) && !iso.test(text) ? [`${at}: ${text}`] : [])),
    ),
  D024: (app) =>
    samples(app).flatMap(({ at, item, sample = {} }) => {
      const output = item.operation.outputFields ?? [];
      const known = output.map(({ key }) => key);
      return [
        ...output
          .filter(({ key, required }) => required && !(key in sample))
          .map(({ key }) => `${at}.${key} is missing`),
        ...output
          .filter((field) => field.key in sample && !fits(field, sample[field.key]))
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
      ? all(app).flatMap(({ item, at }) => (item.operation.cleanInputData ? [at] : []))
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
