/** What a teammate does with a whole conversation. What can be taken back, can be so at once. */
import { consoleApi, controlApi, encodeId } from "../api.js";
import { toast, toastErrors } from "../elements/toast.js";
import { withOrg } from "../org/address.js";

function post(conversationId, action, body) {
  return controlApi.post(`conversations/${encodeId(conversationId)}/${action}`, withOrg(body));
}

export function reopen({ id }) {
  return toastErrors(() => consoleApi.post(`conversations/${encodeId(id)}/reopen`));
}

export function resolve(conversation) {
  const { id, name, address } = conversation;
  return toastErrors(async () => {
    await post(id, "resolve");
    toast(["Resolved: ", name ?? address], "plain", { undo: () => reopen(conversation) });
  });
}

/** Asked twice, it is as it was. */
export function toggleResolved(conversation) {
  return conversation.status === "resolved" ? reopen(conversation) : resolve(conversation);
}

export function assign({ id }, teammateId) {
  return toastErrors(() => post(id, "assign", { assignee: teammateId }));
}
