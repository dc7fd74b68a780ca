/** Operations as Zapier creates and searches. Everything that the schemas do not say is said by the caller, in Zapier's words. */
import type { Bundle, Create, PlainInputField, Search, ZObject } from "zapier-platform-core";
import type * as z from "zod";
import { type Operation, runOperation } from "../src/operations/index.ts";
import type { ErrorWords } from "./errors.ts";
import { type FieldOf, fieldsOf } from "./input/fields.ts";
import { inputOf } from "./input/inputs.ts";
import { perform, type Step } from "./perform.ts";
import type { ZapierRecord } from "./records/record.ts";
import { runSend } from "./replay.ts";

export type InputFieldFunction = (z: ZObject, bundle: Bundle) => Promise<PlainInputField[]>;
type InputData = Readonly<Record<string, unknown>>;

type Words<Input extends z.ZodObject, Item> = {
  /** Singular, in title case. */
  noun: string;
  /** The operation's title where it is not given. */
  label?: string;
  /** A whole sentence that begins with a verb: "Creates a …", "Finds a …". */
  description: string;
  fields: (field: FieldOf<Input["shape"]>) => (PlainInputField | InputFieldFunction)[];
  record: ZapierRecord<Item>;
  /** Of the API's answer, from src/api/samples.ts. */
  sample: Item;
  /** The operation's input, where it is not simply the fields of the same names. */
  input?: (inputData: InputData) => InputData;
  errors?: Omit<ErrorWords, "labels">;
};

function isPlain(field: PlainInputField | InputFieldFunction): field is PlainInputField {
  return typeof field !== "function";
}

function projection<Input extends z.ZodObject, Output extends z.ZodObject, Item>(
  operation: Operation<Input, Output>,
  words: Words<Input, Item>,
) {
  const inputFields = words.fields(fieldsOf(operation.input as Input));
  const labels = Object.fromEntries(inputFields.filter(isPlain).map(({ key, label }) => [key, label ?? key]));
  const input = words.input ?? ((inputData: InputData) => inputOf(operation.input, inputData));
  return {
    head: {
      noun: words.noun,
      display: { label: words.label ?? operation.title, description: words.description },
    },
    errors: { ...words.errors, labels },
    input: (bundle: Bundle) => input(bundle.inputData),
    body: {
      inputFields: inputFields as PlainInputField[],
      outputFields: words.record.outputFields,
      sample: words.record.sampleOf(words.sample),
    },
  };
}

/** A create; what `sends` goes through the replay guard. */
export function createOf<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  words: Words<Input, z.output<Output>> & {
    /** Steps with the same key run one after the other. */
    lock?: string;
  },
): Create {
  const { head, errors, input, body } = projection(operation, words);
  const run = (step: Step): Promise<z.output<Output>> =>
    operation.effect === "sends"
      ? runSend(operation, input(step.bundle), step, errors)
      : runOperation(operation, step.onsync, input(step.bundle), { signal: step.signal });
  return {
    key: operation.name,
    ...head,
    operation: {
      perform: perform(async (step) => words.record.of(await run(step)), errors),
      ...(words.lock && { lock: { key: words.lock, scope: ["auth"], timeout: 30 } }),
      ...body,
    },
  };
}

/** A search: a miss is an empty list. */
export function searchOf<Input extends z.ZodObject, Output extends z.ZodObject, Item>(
  operation: Operation<Input, Output>,
  words: Words<Input, Item> & {
    /** Where it is not the operation's name. */
    key?: string;
    found: (output: z.output<Output>, step: Step) => readonly Item[];
  },
): Search {
  const { head, errors, input, body } = projection(operation, words);
  return {
    key: words.key ?? operation.name,
    ...head,
    operation: {
      perform: perform(async (step) => {
        const output = await runOperation(operation, step.onsync, input(step.bundle), { signal: step.signal });
        return words.found(output, step).map((item) => words.record.of(item));
      }, errors),
      ...body,
    },
  };
}
