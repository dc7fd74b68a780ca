/** What a teammate does with a whole conversation. What can be taken back, can be so at once. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { toast, toastErrors } from "../elements/toast.js";
import { getChosenOrgId, withOrg } from "../org/address.js";

function post(conversationId, action, body) {
  return controlApi.post(`conversations/${encodeId(conversationId)}/${action}`, withOrg(body));
}

/** @param orgId of the conversation, `undefined` for the default org's: another may have one of the same id */
function reopen({ id }, orgId) {
  return toastErrors(() => consoleApi.post(`conversations/${encodeId(id)}/reopen`, undefined, { orgId }));
}

function resolve(conversation) {
  const { id, name, address } = conversation;
  const orgId = getChosenOrgId();
  return toastErrors(async () => {
    await post(id, "resolve");
    toast(["Resolved: ", name ?? address], "plain", { undo: () => reopen(conversation, orgId) });
  });
}

/** Asked twice, it is as it was. */
export function toggleResolved(conversation) {
  return conversation.status === "resolved" ? reopen(conversation, getChosenOrgId()) : resolve(conversation);
}

export function assign({ id }, teammateId) {
  return toastErrors(() => post(id, "assign", { assignee: teammateId }));
}
