/** Who may be written to: the operator's patterns, such as `+9715*`, `whatsapp:+971500000000` or `telegram:*`. */
import { parseConversationId, platforms, toConversationId } from "../../src/api/index.ts";

/** @throws Error where a pattern is empty */
export function createRecipientFilter(patterns: readonly string[]) {
  const expressions = patterns.map((pattern) => {
    const trimmed = pattern.trim();
    if (trimmed === "") throw new Error("allowRecipients: a pattern is empty; write one such as +9715* or telegram:*");
    const platform = parseConversationId(trimmed)?.platform ?? "";
    const whole = (platforms as readonly string[]).includes(platform);
    const source = trimmed
      .split("*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^]*");
    return { whole, expression: new RegExp(`^${source}$`, "u") };
  });
  /** Compared as the API compares: a WhatsApp number without spaces, dashes and brackets. */
  return (platform: string, to: string): boolean => {
    const id = toConversationId(platform, to);
    const address = id.slice(platform.length + 1);
    return expressions.some(({ whole, expression }) => expression.test(whole ? id : address));
  };
}

/** Whether a recipient may be written to. */
export type RecipientFilter = ReturnType<typeof createRecipientFilter>;
