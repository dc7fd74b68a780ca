/**
 * What a Zap gets to see of an object: a flat record with the same keys every time, whatever the API left out. One list
 * of columns gives the mapper, the labels and the sample, so that a live result always has what the sample promised.
 */
import type { PlainOutputField } from "zapier-platform-core";

export type Column<Source> = Omit<PlainOutputField, "sample"> & {
  label: string;
  value: (source: Source) => unknown;
  /** In the sample, in place of `value`: for maps whose keys are the customer's own, which a live result need not have. */
  sampleValue?: unknown;
};

export type ZapierRecord<Source> = {
  outputFields: PlainOutputField[];
  /** Every column; `null` for what the source does not have. */
  from(source: Source): Record<string, unknown>;
  /** The same of a sample of the API's answer. */
  sampleFrom(source: Source): Record<string, unknown>;
};

export function defineRecord<Source>(columns: readonly Column<Source>[]): ZapierRecord<Source> {
  return {
    outputFields: toOutputFields(columns),
    from: (source) => Object.fromEntries(columns.map(({ key, value }) => [key, value(source) ?? null])),
    sampleFrom: (source) =>
      Object.fromEntries(columns.map(({ key, value, sampleValue }) => [key, sampleValue ?? value(source) ?? null])),
  };
}

/** The columns as Zapier's output fields. */
export function toOutputFields(columns: readonly Column<never>[]): PlainOutputField[] {
  return columns.map(({ value: _value, sampleValue: _sampleValue, ...field }) => field);
}

/** Gives `column(key, overrides)`: a field of the API's object, labelled as its schema says. */
export function createColumnBuilder<Key extends string>(titles: Readonly<Record<Key, string>>) {
  return (key: Key, overrides: Partial<PlainOutputField> = {}): Column<Readonly<Record<string, unknown>>> => ({
    key,
    label: titles[key],
    value: (source) => source[key],
    ...overrides,
  });
}

export function toDateTime(label: string): { label: string; type: "datetime" } {
  return { label, type: "datetime" };
}

/** The entries of a map, without those that have a column of their own; empty where there is no map. */
export function omitKeys(map: Readonly<Record<string, unknown>> | null | undefined, known: readonly string[]) {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !known.includes(key)));
}
