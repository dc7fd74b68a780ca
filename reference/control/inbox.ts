/** What customers, teammates and carriers do: messages that arrive, are delivered, are taken on and are resolved. */
import { receiveAndAutomate, resolveAndSummarize } from "../automation/messages.ts";
import { validate } from "../http/input.ts";
import { resolveAssignee } from "../inbox/assignees.ts";
import { assignConversation, getConversationByAnyId, toConversationBody } from "../inbox/conversations.ts";
import { setMessageStatus } from "../inbox/messages.ts";
import { type ControlContext, makeChange, resolveOrgId } from "./context.ts";
import type { Control } from "./control.ts";
import { AssignInput, InboundInput, ResolveInput, StatusInput } from "./input.ts";

export function createInboxControl(
  control: ControlContext,
): Pick<Control, "inbound" | "setMessageStatus" | "assign" | "resolve"> {
  const { context } = control;
  return {
    inbound: async (given) => {
      const { orgId, ...message } = validate(InboundInput, given);
      return makeChange(control, () => receiveAndAutomate(context, resolveOrgId(control, orgId), message));
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
        return toConversationBody(context, resolveAndSummarize(context, conversation));
      });
    },
  };
}
