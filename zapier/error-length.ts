/**
 * Zapier cuts what it shows of an error after 250 characters. So the fix stands first, and what follows it is cut here, where
 * the cut can be seen.
 */
const maxErrorCharacters = 250;

/** A longer one comes from something in front of OnSync, and helps nobody. */
const maxRequestIdCharacters = 64;

/** What an error says: what to do about it, and then as much as fits of what else is known. */
export type ErrorText = { fix: string; details?: readonly string[]; separator?: string };

function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const start = text.slice(0, Math.max(0, maxCharacters - 1));
  // Half of a character that takes two units would be shown as a broken one.
  return `${start.replace(/[\uD800-\uDBFF]$/, "").trimEnd()}…`;
}

/** As many of the items as fit, and how many are left out; the first is cut where it does not fit alone. */
function joinFitting(items: readonly string[], separator: string, maxCharacters: number): string {
  for (let shown = items.length; shown > 0; shown--) {
    const more = shown < items.length ? `${separator}and ${items.length - shown} more` : "";
    const text = `${items.slice(0, shown).join(separator)}${more}`;
    if (text.length <= maxCharacters) return text;
    if (shown === 1) return `${cutText(items[0] ?? "", maxCharacters - more.length)}${more}`;
  }
  return "";
}

export function endWithFullStop(text: string): string {
  return /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** The whole text, with the request id that support asks for; 250 characters at most. */
export function fitErrorText({ fix, details = [], separator = " " }: ErrorText, requestId: string | undefined): string {
  const isShown = requestId !== undefined && requestId.length <= maxRequestIdCharacters && !fix.includes(requestId);
  const suffix = isShown ? ` (request id ${requestId})` : "";
  const maxCharacters = maxErrorCharacters - suffix.length;
  const start = cutText(fix, maxCharacters);
  // One for the space between, one for the full stop.
  const left = maxCharacters - start.length - 2;
  const rest = left > 20 ? joinFitting(details, separator, left) : "";
  return `${rest === "" ? start : `${start} ${endWithFullStop(rest)}`}${suffix}`;
}
