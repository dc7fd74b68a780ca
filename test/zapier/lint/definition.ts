/** The app definition as Zapier's publishing checks look at it. */
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
export type Kind = "triggers" | "creates" | "searches";
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
/** What the listing in Zapier's directory says. */
export type Listing = { coreVersion: string; coreDependency: string; title: string; description: string };

const kinds = ["triggers", "creates", "searches"] as const;

export function allItems(app: Definition) {
  return kinds.flatMap((kind) => Object.values(app[kind]).map((item) => ({ kind, item, at: `${kind}.${item.key}` })));
}

/** Without the hidden triggers of dropdowns. */
export function visibleItems(app: Definition) {
  return allItems(app).filter(({ item }) => !item.display.hidden);
}

export function plainFields(item: Item): Field[] {
  return (item.operation.inputFields ?? []).filter((field): field is Field => typeof field !== "function");
}

export function allFields(app: Definition) {
  return allItems(app).flatMap(({ item, at }) =>
    plainFields(item).map((field) => ({ field, at: `${at}.${field.key}` })),
  );
}

export function allSamples(app: Definition) {
  return visibleItems(app).map(({ item, at }) => ({ at, item, sample: item.operation.sample }));
}
