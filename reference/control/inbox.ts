/** What customers, teammates and carriers do: messages that arrive, are delivered, are taken on and are resolved. */
import type * as z from "zod";
import type { Assignee } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { invalidField } from "../http/answers.ts";
import { validate } from "../http/input.ts";
import {
  assignConversation,
  getConversationByAnyId,
  resolveConversation,
  toConversationBody,
} from "../inbox/conversations.ts";
import { receiveMessage, setMessageStatus } from "../inbox/messages.ts";
import { type ControlContext, makeChange, resolveOrgId } from "./context.ts";
import type { Control } from "./control.ts";
import { type AssigneeInput, AssignInput, InboundInput, ResolveInput, StatusInput } from "./input.ts";

export function createInboxControl(
  control: ControlContext,
): Pick<Control, "inbound" | "setMessageStatus" | "assign" | "resolve"> {
  const { context } = control;
  return {
    inbound: async (given) => {
      const { orgId, ...message } = validate(InboundInput, given);
      return makeChange(control, () => receiveMessage(context, resolveOrgId(control, orgId), message));
    },

    setMessageStatus: async (id, given) => {
      const { status, failureReason } = validate(StatusInput, given);
      return makeChange(control, () => setMessageStatus(context, id, status, failureReason));
    },

    assign: async (conversationId, assignee, options = {}) => {
      const wanted = validate(AssignInput, { assignee, ...options });
      const orgId = resolveOrgId(control, wanted.orgId);
      return makeChange(control, () => {
        const conversation = getConversationByAnyId(context, orgId, conversationId);
        const assigned = assignConversation(context, conversation, resolveAssignee(context, orgId, wanted.assignee));
        return toConversationBody(context, assigned);
      });
    },

    resolve: async (conversationId, options = {}) => {
      const { orgId } = validate(ResolveInput, options);
      return makeChange(control, () => {
        const conversation = getConversationByAnyId(context, resolveOrgId(control, orgId), conversationId);
        return toConversationBody(context, resolveConversation(context, conversation));
      });
    },
  };
}

/**
 * A teammate of the org, by id, e-mail address or name; anybody else as they are described.
 * @throws Refusal 400 where nothing is said of them
 */
function resolveAssignee(context: ReferenceContext, orgId: string, wanted: z.output<typeof AssigneeInput>): Assignee {
  const { id, name, email } =
    typeof wanted === "string" ? { id: wanted, name: wanted, email: wanted } : { email: null, ...wanted };
  const same = (one: string | null | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
  const teammate = context.store.orgs
    .teammates(orgId)
    .find((each) => each.id === id || same(email, each.email) || same(name, each.name));
  if (teammate) return typeof wanted === "string" ? teammate : { ...teammate, ...wanted };
  if (name === undefined && email == null && id === undefined) {
    throw invalidField(["assignee"], "needs at least one of id, name and email");
  }
  if (typeof wanted !== "string") {
    return { id: id ?? context.ids("user"), name: name ?? email ?? (id as string), email: email ?? null };
  }
  return { id: context.ids("user"), name: wanted, email: wanted.includes("@") ? wanted : null };
}
