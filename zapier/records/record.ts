/**
 * What a Zap gets to see of an object: a flat record with the same keys every time, whatever the API left out. One list
 * of columns gives the mapper, the labels and the sample, so that a live result always has what the sample promised.
 */
import type { PlainOutputField } from "zapier-platform-core";
import type * as z from "zod";
import { factsOf } from "../input/facts.ts";

export type Column<Source> = Omit<PlainOutputField, "sample"> & {
  label: string;
  value: (source: Source) => unknown;
  /** In the sample, in place of `value`: for maps whose keys are the customer's own, which a live result need not have. */
  inSample?: unknown;
};

export type ZapierRecord<Source> = {
  columns: readonly Column<Source>[];
  outputFields: PlainOutputField[];
  /** Every column; `null` for what the source does not have. */
  of(source: Source): Record<string, unknown>;
  sampleOf(source: Source): Record<string, unknown>;
};

export function record<Source>(columns: readonly Column<Source>[]): ZapierRecord<Source> {
  return {
    columns,
    outputFields: columns.map(({ value: _value, inSample: _inSample, ...field }) => field),
    of: (source) => Object.fromEntries(columns.map(({ key, value }) => [key, value(source) ?? null])),
    sampleOf: (source) =>
      Object.fromEntries(columns.map(({ key, value, inSample }) => [key, inSample ?? value(source) ?? null])),
  };
}

/** Columns that are fields of the API's object: label and type from its schema. */
export function columnsOf<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return (
    key: keyof Shape & string,
    words: Partial<PlainOutputField> = {},
  ): Column<Readonly<Record<string, unknown>>> => ({
    key,
    label: factsOf(schema.shape[key] as unknown as z.ZodType).title ?? key,
    value: (source) => source[key],
    ...words,
  });
}

export function dateTime(label: string): { label: string; type: "datetime" } {
  return { label, type: "datetime" };
}

/** The entries of a map, without those that have a column of their own; `null` where there is no map. */
export function othersOf(map: Readonly<Record<string, unknown>> | null | undefined, known: readonly string[]) {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !known.includes(key)));
}
