/** What the schemas say of fields that triggers and records have: their titles, and what one is chosen from. */
import type * as z from "zod";
import { Contact } from "../../src/api/contact.ts";
import { Conversation } from "../../src/api/conversation.ts";
import { Channel } from "../../src/api/fields.ts";
import { Message } from "../../src/api/message.ts";
import { describeField } from "../schema-field.ts";

function readTitles<Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>): Record<keyof Shape & string, string> {
  const titles = Object.entries(shape).map(([key, field]) => [key, describeField(field as z.ZodType).title ?? key]);
  return Object.fromEntries(titles);
}

/** By the object's key. */
export const titles = {
  contact: readTitles(Contact),
  conversation: readTitles(Conversation),
  message: readTitles(Message),
};

/** What a contact can have come by. */
export const channels: readonly string[] = Channel.options;
