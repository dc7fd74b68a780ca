/** A reference with the control API, as its tests have it. */
import { still } from "../caller.ts";

export const sara = "+971500000000";

export const conversation = `whatsapp%3A%2B971500000000`;

export function controlled(options = {}) {
  return still({ control: true, ...options });
}

/** The control API asks for its token, and for no key. */
export const keyless = { key: null };
