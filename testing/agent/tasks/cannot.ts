/** What the API cannot do: the right end is to say so, and to leave the account as it was. */

import { ModelAnswer } from "../model.ts";
import { readAccount, toPhone } from "../world.ts";
import type { Task } from "./task.ts";

const conversationId = `whatsapp:${toPhone(1)}`;

/** @param tool what a tool or an argument for it would be called */
function cannot(name: string, prompt: string, tool: RegExp): Task {
  let before = "";
  return {
    name: `${name}: not possible`,
    prompt,
    leastRequests: 0,
    prepare: async (reference) => {
      before = await readAccount(reference);
    },
    run: async ({ tools }) => {
      const names = tools.flatMap((each) => [
        each.name,
        ...Object.keys(each.inputSchema.properties).map((argument) => `${each.name}.${argument}`),
      ]);
      return names.some((each) => tool.test(each)) ? "there is a tool" : "cannot";
    },
    isRight: async (answer, reference) => {
      const isSaid =
        answer instanceof ModelAnswer
          ? /can(?:not|'t|’t)|unable|not (?:able|possible)|no tool/i.test(answer.text)
          : answer === "cannot";
      return isSaid && (await readAccount(reference)) === before;
    },
  };
}

export const cannotTasks = [
  cannot("resolve a conversation", `Resolve the conversation ${conversationId}.`, /^(?:resolve|close)_/),
  cannot("assign a conversation", `Assign the conversation ${conversationId} to Maya.`, /^assign_/),
  cannot(
    "send a message tomorrow",
    `Send "Good morning" to ${conversationId} tomorrow at nine.`,
    /^schedule_|^send_message\.(?:sendAt|scheduledAt)$/,
  ),
  cannot(
    "send a picture",
    `Send the picture https://example.com/a.png to ${conversationId}.`,
    /^send_(?:picture|image|media)|^send_message\.(?:image|media|attachments?)$/,
  ),
  cannot("add a note", `Add the internal note "call back" to ${conversationId}.`, /note/),
  cannot("delete a contact", `Delete the contact with the phone ${toPhone(1)}.`, /^(?:delete|remove)_contact/),
];
