/** Groups of tools, so that an operator offers what the agent is for and nothing else. */

export const toolsets = {
  account: ["get_account"],
  contacts: ["find_contacts", "get_contact", "save_contact", "update_contact"],
  conversations: ["list_conversations", "list_messages", "check_messaging_window"],
  sending: ["send_message", "send_template", "list_templates", "check_messaging_window"],
  webhooks: ["list_webhooks", "create_webhook", "delete_webhook"],
  events: ["wait_for_events"],
} as const;
export type Toolset = keyof typeof toolsets;

/**
 * The names of the tools in the sets.
 *
 * @throws Error that names the sets there are
 */
export function toolsOf(sets: readonly string[]): ReadonlySet<string> {
  const known = Object.keys(toolsets);
  const unknown = sets.filter((name) => !known.includes(name));
  if (unknown.length > 0 || sets.length === 0)
    throw new Error(`there is no toolset ${JSON.stringify(unknown[0] ?? "")}; choose from ${known.join(", ")}`);
  return new Set(sets.flatMap((name): readonly string[] => toolsets[name as Toolset]));
}
