/** Operations as Zapier creates and searches. What the schemas do not say is said by the caller, in Zapier's words. */
import type { Bundle, Create, PlainInputField, Search, ZObject } from "zapier-platform-core";
import type * as z from "zod";
import type { Contact } from "../src/api/index.ts";
import { type Operation, runOperation } from "../src/operations/operation.ts";
import { markOwnUpdate } from "./contacts/own-updates.ts";
import type { ErrorTexts } from "./errors.ts";
import { createFieldBuilder, type FieldBuilder } from "./input/field-builder.ts";
import type { InputData } from "./input/input-data.ts";
import { readPhones } from "./input/phone.ts";
import { readInput } from "./input/read-input.ts";
import { type PerformContext, perform } from "./perform.ts";
import type { ZapierRecord } from "./records/record.ts";
import { describeField } from "./schema-field.ts";
import { type Send, sendOnce } from "./send/send-once.ts";
import { createLock, toSend } from "./send/to-send.ts";

/** Computes fields while a person fills in the form. */
type InputFieldFunction = (z: ZObject, bundle: Bundle) => Promise<PlainInputField[]>;

type ActionSettings<Input extends z.ZodObject, Item> = {
  /** Singular, in title case. */
  noun: string;
  /** The operation's title where it is not given. */
  label?: string;
  /** A whole sentence that begins with a verb: "Creates a …", "Finds a …". */
  description: string;
  fields: (field: FieldBuilder<Input["shape"]>) => (PlainInputField | InputFieldFunction)[];
  /** Where the form has its fields in groups: their keys and labels, in the order of the form. */
  groups?: readonly { key: string; label: string }[];
  record: ZapierRecord<Item>;
  /** Of the API's answer, from src/api/samples/. */
  sample: Item;
  /** Where the operation's input is not simply the fields of the same names. It may ask OnSync. */
  readInput?: (schema: z.ZodObject, inputData: InputData, context: PerformContext) => InputData | Promise<InputData>;
  errors?: Omit<ErrorTexts, "labels">;
};

/** A create; an operation that sends is noted before it leaves. */
export function toCreate<Input extends z.ZodObject, Output extends z.ZodObject>(
  operation: Operation<Input, Output>,
  settings: ActionSettings<Input, z.output<Output>> & {
    /** Steps with the same key run one after the other; those that send do so whichever connection they use. */
    lock?: string;
    /** Whether it changes a contact, which the Contact Updated trigger is then not to take for somebody else's change. */
    changesContact?: boolean;
    /** What is sent, where that is not simply what the operation sends. */
    toSend?: (input: InputData, context: PerformContext) => Send<z.output<Output>>;
    /** Where it is not simply running the operation. */
    run?: (input: InputData, context: PerformContext) => Promise<z.output<Output>>;
  },
): Create {
  const { head, form, errors, readActionInput } = describeAction(operation, settings);
  const run = async (context: PerformContext): Promise<z.output<Output>> => {
    const input = await readActionInput(context);
    if (settings.run) return settings.run(input, context);
    if (operation.effect !== "sends") return runOperation(operation, context.onsync, input, { signal: context.signal });
    return sendOnce(context, settings.toSend?.(input, context) ?? toSend(operation, input), errors);
  };
  return {
    key: operation.name,
    ...head,
    operation: {
      perform: perform(async (context) => {
        const result = await run(context);
        if (settings.changesContact) await markOwnUpdate(result as Contact, context.z);
        return settings.record.from(result);
      }, errors),
      ...(settings.lock && { lock: createLock(operation, settings.lock) }),
      ...form,
    },
  };
}

/** A search: a miss is an empty list. */
export function toSearch<Input extends z.ZodObject, Output extends z.ZodObject, Item>(
  operation: Operation<Input, Output>,
  settings: ActionSettings<Input, Item> & {
    /** Where it is not the operation's name. */
    key?: string;
    /** The items found, out of what the operation gives. */
    readItems: (output: z.output<Output>, context: PerformContext) => readonly Item[];
  },
): Search {
  const { head, form, errors, readActionInput } = describeAction(operation, settings);
  return {
    key: settings.key ?? operation.name,
    ...head,
    operation: {
      perform: perform(async (context) => {
        const input = await readActionInput(context);
        const output = await runOperation(operation, context.onsync, input, { signal: context.signal });
        return settings.readItems(output, context).map((item) => settings.record.from(item));
      }, errors),
      ...form,
    },
  };
}

/** What creates and searches have in common. */
function describeAction<Input extends z.ZodObject, Output extends z.ZodObject, Item>(
  operation: Operation<Input, Output>,
  settings: ActionSettings<Input, Item>,
) {
  const { noun, label = operation.title, description, record } = settings;
  const inputFields = settings.fields(createFieldBuilder(operation.input as Input));
  const labels = Object.fromEntries(inputFields.filter(isPlainField).map(({ key, label }) => [key, label ?? key]));
  return {
    head: { noun, display: { label, description } },
    form: {
      inputFields: inputFields as PlainInputField[],
      ...(settings.groups && { inputFieldGroups: [...settings.groups] }),
      outputFields: record.outputFields,
      sample: record.sampleFrom(settings.sample),
    },
    errors: { ...settings.errors, labels },
    readActionInput: async (context: PerformContext) => {
      const { bundle } = context;
      const input = await (settings.readInput ?? readInput)(operation.input, bundle.inputData, context);
      return readPhones(input, isOnWhatsApp(operation, input), bundle);
    },
  };
}

/** An operation that knows no other platform has a literal for it. */
function isOnWhatsApp({ input: schema }: Pick<Operation, "input">, input: InputData): boolean {
  const { platform } = schema.shape;
  return input.platform === "whatsapp" || (platform !== undefined && describeField(platform).type === "literal");
}

function isPlainField(field: PlainInputField | InputFieldFunction): field is PlainInputField {
  return typeof field !== "function";
}
